"""What carers do in people's homes: appointments of up to two hours, three times a week at most. Pure. 居家照料"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from songhe.month.sample.people import Elder
from songhe.month.sample.plan import ELDERS_OF_A_CARER, moment
from songhe.month.sample.shape import Weights

#: Minutes after midnight at which a carer's four appointments of a day begin; each is over before the next.
STARTS = (480, 610, 810, 940)

#: A carer comes to an elder at so many fixed times a week, on different days.
TIMES_A_WEEK = 3

#: Minutes by which a service is shorter or longer than meant, and between two of one appointment.
JITTER, BETWEEN = 3, 2

ESCORTS = frozenset({"home-walk", "home-medical-escort"})


@dataclass(frozen=True)
class Part:
    """One service of an appointment: minutes in all, and how many units of the price list they are."""

    item: str
    minutes: int
    quantity: int = 1


#: What an appointment is for, with its weight at level 2, 3 and 4. Assumed: the heavier the level, the more is bodily
#: care and the less is housework.
APPOINTMENTS: tuple[tuple[tuple[int, int, int], tuple[Part, ...]], ...] = (
    ((20, 10, 4), (Part("home-cleaning", 121, 2),)),
    ((18, 18, 14), (Part("home-personal-care", 50), Part("home-cleaning", 62))),
    ((8, 6, 3), (Part("home-bath", 55),)),
    ((18, 24, 28), (Part("home-bath", 55), Part("home-personal-care", 45))),
    ((6, 5, 4), (Part("home-rehab", 60),)),
    ((10, 14, 14), (Part("home-rehab", 60), Part("home-personal-care", 45))),
    ((5, 6, 5), (Part("home-rehab", 60), Part("home-health-check", 25))),
    ((6, 4, 2), (Part("home-company", 121, 2),)),
    ((3, 3, 6), (Part("home-cleaning", 64), Part("home-medication", 30))),
    ((2, 5, 15), (Part("home-personal-care", 45), Part("home-feeding", 35), Part("home-turning", 30))),
    ((3, 4, 4), (Part("home-medical-escort", 95),)),
    ((1, 1, 1), (Part("home-walk", 45),)),
)
_DRAWN = {
    level: Weights.of({place: weights[level - 2] for place, (weights, _) in enumerate(APPOINTMENTS)})
    for level in (2, 3, 4)
}


def times(elder: Elder, begins: date, ends: date) -> list[datetime]:
    """When the elder's carer is free for them: fixed times of the week, nobody else's."""
    found = []
    for nth in range(TIMES_A_WEEK):
        weekday, place = divmod(elder.turn % ELDERS_OF_A_CARER + ELDERS_OF_A_CARER * nth, len(STARTS))
        day = begins + timedelta(days=(weekday - begins.weekday()) % 7)
        while day <= ends:
            found.append(moment(day, *divmod(STARTS[place], 60)))
            day += timedelta(days=7)
    return sorted(found)


def appointment(elder: Elder, chance: Random) -> tuple[Part, ...]:
    """What is done this time."""
    return APPOINTMENTS[_DRAWN[elder.level or 2].draw(chance)][1]


def timed(parts: tuple[Part, ...], starts: datetime, chance: Random) -> Iterator[tuple[Part, datetime, datetime]]:
    """One service after the other, each a few minutes shorter or longer than meant."""
    for part in parts:
        ends = starts + timedelta(minutes=part.minutes + chance.randint(-JITTER, JITTER))
        yield part, starts, ends
        starts = ends + timedelta(minutes=BETWEEN)
