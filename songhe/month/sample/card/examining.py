"""The county looks at its meal points, families say how it was, and the month's scores are made public. 考核"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from random import Random

from songhe.examine.draw import draw, publish
from songhe.examine.models import Examination
from songhe.feedback.answer import answer
from songhe.feedback.complain import complain
from songhe.feedback.models import Complaint
from songhe.feedback.rate import rate
from songhe.meal.close import inspect
from songhe.meal.models import Inspection
from songhe.month.sample.card.act import Company, Scene
from songhe.month.sample.card.cast import APPROVER, CLERK, DAUGHTER
from songhe.month.sample.card.people import MOTHER
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.providers import points_of
from songhe.month.sample.card.register import FAMILIES_WITH_LOGIN, family_login
from songhe.month.sample.card.shape import HOME, figures, weights
from songhe.month.sample.plan import moment, workday
from songhe.redemption.models import Bill


def inspect_points(plan: CardPlan) -> None:
    """Each meal point of the first county once in the month; one of them is to mend something, and has a week later."""
    told = figures()["inspections"]
    for number, (body, point) in enumerate((body, point) for body, point in points_of(plan) if body.county == HOME):
        day = workday(plan.month.first, 3 + number)
        mends = body.code == told["mends"]
        inspect(
            point=point,
            day=day,
            result=Inspection.Result.REMEDY if mends else Inspection.Result.PASS,
            findings=told["findings"] if mends else [],
            at=moment(day, 16),
            by=CLERK,
            remedy_by=workday(day, 5) if mends else None,
        )
        if mends:
            again = workday(day, 5)
            inspect(point=point, day=again, result=Inspection.Result.PASS, findings=[], at=moment(again, 16), by=CLERK)


def say_how_it_was(plan: CardPlan, company: Company) -> None:
    """Families with a login rate some bills; the daughter of the stories complains of one, and is answered."""
    for number in range(FAMILIES_WITH_LOGIN):
        scene = company.scenes["home", number]
        if scene.holder.family is not None and scene.reported is None:
            _rate(plan, scene)
    _complain(plan, company.scenes["home", MOTHER])


def _rate(plan: CardPlan, scene: Scene) -> None:
    on = plan.month.next.first
    chance = Random(f"{plan.seed}/rates/{scene.holder.number}")
    for bill in _bills(plan, scene):
        if chance.randrange(100) >= figures()["rated_per_hundred"]:
            continue
        stars = int(weights("stars").draw(chance))
        words = chance.choice(figures()["said"][stars])
        at = moment(on, 19, chance.randrange(60))
        rate(county=HOME, bill_id=bill.id, stars=stars, words=words, by=family_login(scene.holder), at=at, on=on)


def _complain(plan: CardPlan, scene: Scene) -> None:
    told = figures()["complaint"]
    bill = next(each for each in _bills(plan, scene) if each.other_fen)
    said_on = workday(plan.month.first + timedelta(days=19), 1)
    made = complain(
        county=HOME,
        about=bill,
        person_id=scene.person_id,
        category="service",
        confidential=False,
        words=told["words"],
        phone="",
        by=DAUGHTER,
        at=moment(said_on, 20),
        on=said_on,
    )
    on = workday(said_on, 3)
    answer(
        complaint=made.complaint,
        outcome=Complaint.Outcome.UPHELD,
        text=told["answer"],
        at=moment(on, 10),
        on=on,
        by=CLERK,
    )


def _bills(plan: CardPlan, scene: Scene) -> Sequence[Bill]:
    """What stands of the month, in the county, in the order of time."""
    rows = Bill.objects.filter(county=HOME, person_id=scene.person_id, month=str(plan.month), served_in="")
    return list(rows.filter(state=Bill.State.BOOKED).order_by("booked_at", "no"))


def examine(plan: CardPlan) -> Examination:
    """The month is over: one draws the scores up, another makes them public."""
    on = plan.closed_on
    drawn = draw(county=HOME, month=plan.month, at=moment(on, 9), on=on, by=CLERK)
    return publish(examination=drawn, at=moment(on, 9, 30), on=on, by=APPROVER)
