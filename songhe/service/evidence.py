"""What the evidence of a visit is worth: pure, so that anybody can see why. 凭据核验

The limits are data; a code among the reasons of a passing verdict is a remark, not a fault.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from songhe.kernel.geo import Point, distance_metres

PASS = "pass"
FAIL = "fail"

#: Who confirmed a service. A proxy who works for the provider, or is tied to it, confirms nothing.
CONFIRMED_BY_ELDER = "elder"
CONFIRMED_BY_PROXY = "proxy"
CONFIRMED_BY_TIED_PROXY = "tied_proxy"
CONFIRMATIONS = frozenset({"", CONFIRMED_BY_ELDER, CONFIRMED_BY_PROXY, CONFIRMED_BY_TIED_PROXY})

#: Remarks that go with a passing verdict.
REMARKS = frozenset({"home_not_located"})

#: Reasons that speak of another visit as well.
OVERLAPS = frozenset({"overlaps_worker", "overlaps_person"})

#: Reasons after which a person should look again before the provider is told no for good.
FOR_REVIEW = frozenset({"too_far", "position_vague"}) | OVERLAPS


#: Kinds that one worker cannot give at the same time. One steward signs many in at day care.
SAME_HANDS: Mapping[str, frozenset[str]] = {
    "visit": frozenset({"visit", "escort"}),
    "escort": frozenset({"visit", "escort"}),
}

#: Kinds that one person cannot receive at the same time. A meal or an escort during day care is no contradiction.
SAME_BODY: Mapping[str, frozenset[str]] = {
    "visit": frozenset({"visit", "escort", "attendance"}),
    "escort": frozenset({"visit", "escort"}),
    "attendance": frozenset({"visit", "attendance"}),
}


@dataclass(frozen=True)
class Limits:
    """Minutes, metres and kinds by which evidence is judged; a place may set its own.

    ``elements``: which of the six (recipient, worker, item, date, place, start–end) each kind of evidence needs;
    recipient, item and date stand in every record. ``confirmed``: the kinds that somebody other than the provider
    has to confirm.
    """

    elements: Mapping[str, frozenset[str]] = field(
        default_factory=lambda: {
            "visit": frozenset({"worker", "place", "times"}),
            "escort": frozenset({"worker", "place", "times"}),
            "attendance": frozenset({"times"}),
            "meal": frozenset(),
        }
    )
    confirmed: frozenset[str] = frozenset({"visit"})
    timed: frozenset[str] = frozenset({"visit", "escort", "attendance"})
    farthest_metres: float = 300
    vaguest_metres: float = 1000
    least_part_of_minimum: tuple[int, int] = (1, 2)
    least_minutes: int = 8
    overlap_minutes: int = 5


LIMITS = Limits()


@dataclass(frozen=True)
class Times:
    started_at: datetime
    ended_at: datetime

    def shared_with(self, other: Times) -> timedelta:
        """How long both ran at the same time."""
        return max(timedelta(), min(self.ended_at, other.ended_at) - max(self.started_at, other.started_at))


@dataclass(frozen=True)
class Facts:
    """What a visit record says. ``accuracy`` in metres; ``place_told``: where an escort went, in words."""

    kind: str
    service_on: date
    has_worker: bool = False
    times: Times | None = None
    position: Point | None = None
    accuracy: float | None = None
    place_told: bool = False
    quantity: int = 1
    confirmed_by: str = ""


@dataclass(frozen=True)
class Setting:
    """What is known around it: the recipient's home and death, where else worker and recipient were."""

    home: Point | None = None
    died_on: date | None = None
    in_institution: bool = False
    of_worker: Sequence[tuple[str, Times]] = ()
    of_person: Sequence[tuple[str, Times]] = ()


def judge(
    facts: Facts, *, least_minutes: int, setting: Setting, limits: Limits = LIMITS
) -> tuple[str, tuple[str, ...]]:
    """``pass`` or ``fail`` with the codes that say why, in a fixed order.

    ``least_minutes`` is the catalogue's minimum for one unit of the item. A missing element fails; a home visit
    without a position is not payable, nor one farther from the home than 300 m and the accuracy of the fix (a person
    looks at it again); nor one shorter than half the catalogue's minimum or than 8 minutes; nor one that shares more
    than 5 minutes with another visit of the same worker or the same person.
    """
    found: list[str] = []
    if setting.died_on is not None and facts.service_on > setting.died_on:
        found.append("after_death")
    found += _missing(facts, limits)
    found += _position(facts, setting, limits)
    found += _duration(facts, least_minutes, limits)
    if facts.kind == "visit" and setting.in_institution:
        found.append("in_institution")
    if facts.times is not None:
        if overlaps(facts.kind, facts.times, setting.of_worker, alike=SAME_HANDS, limits=limits):
            found.append("overlaps_worker")
        if overlaps(facts.kind, facts.times, setting.of_person, alike=SAME_BODY, limits=limits):
            found.append("overlaps_person")
    confirmed = facts.confirmed_by in {CONFIRMED_BY_ELDER, CONFIRMED_BY_PROXY}
    if not confirmed and facts.kind in limits.confirmed:
        tied = facts.confirmed_by == CONFIRMED_BY_TIED_PROXY
        found.append("confirmed_by_tied_proxy" if tied else "unconfirmed")
    verdict = FAIL if any(code not in REMARKS for code in found) else PASS
    return verdict, tuple(found)


def overlaps(
    kind: str,
    times: Times,
    others: Iterable[tuple[str, Times]],
    *,
    alike: Mapping[str, frozenset[str]],
    limits: Limits = LIMITS,
) -> bool:
    """Whether one of the others ran at the same time for longer than a handover takes, and cannot have."""
    most = timedelta(minutes=limits.overlap_minutes)
    return any(other in alike.get(kind, frozenset()) and times.shared_with(span) > most for other, span in others)


def _missing(facts: Facts, limits: Limits) -> list[str]:
    needed = limits.elements.get(facts.kind, frozenset())
    there = {
        "worker": facts.has_worker,
        "times": facts.times is not None,
        "place": facts.kind == "visit" or facts.position is not None or facts.place_told,
    }
    return [
        f"missing_{element}" for element in ("worker", "place", "times") if element in needed and not there[element]
    ]


def _position(facts: Facts, setting: Setting, limits: Limits) -> list[str]:
    if facts.kind != "visit":
        return []
    if facts.position is None or facts.accuracy is None:
        return ["position_absent"]
    if facts.accuracy > limits.vaguest_metres:
        return ["position_vague"]
    if setting.home is None:
        return ["home_not_located"]
    if distance_metres(facts.position, setting.home) > limits.farthest_metres + facts.accuracy:
        return ["too_far"]
    return []


def _duration(facts: Facts, least_minutes: int, limits: Limits) -> list[str]:
    if facts.times is None or facts.kind not in limits.timed:
        return []
    lasted = facts.times.ended_at - facts.times.started_at
    part, whole = limits.least_part_of_minimum
    if lasted < timedelta(minutes=limits.least_minutes):
        return ["too_short"]
    if lasted * whole < timedelta(minutes=least_minutes * facts.quantity) * part:
        return ["below_half_of_minimum"]
    return []
