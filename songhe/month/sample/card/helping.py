"""Teams, volunteers and what they did: a few of each, through their verbs. 团队和志愿者"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from songhe.kernel.geo import Point
from songhe.month.sample.card.act import Company, Scene
from songhe.month.sample.card.cast import APPROVER, CLERK
from songhe.month.sample.card.plan import GROUND_ON, CardPlan
from songhe.month.sample.card.register import met_by
from songhe.month.sample.card.shape import HOME, centre_of, figures
from songhe.month.sample.plan import moment
from songhe.outreach.models import Team
from songhe.outreach.team import form_team
from songhe.outreach.volunteer import confirm, enlist, tell

#: So many of the helpers have done something that is written down.
HELPERS, TIMES = 24, 2
DONE = (
    ("meals", 90, "帮厨、送餐"),
    ("company", 60, "陪聊、读报"),
    ("cleaning", 75, "打扫卫生"),
    ("travel", 45, "陪同外出"),
)


def help_each_other(plan: CardPlan, company: Company) -> None:
    """A service team in each town, a volunteers' team in the first, and helpers of class 4 with their minutes."""
    teams = [_team(plan, company, place, town) for place, town in enumerate(figures()["home"]["towns"])]
    volunteers = _form(f"{figures()['home']['name']}银龄志愿队", Team.Kind.VOLUNTEER, HOME, "样例队长", None)
    helpers = [
        scene
        for (which, _), scene in company.scenes.items()
        if which == "home" and met_by(plan, scene.holder).in_class == 4 and scene.reported is None
    ]
    assert teams
    for number, scene in enumerate(helpers[:HELPERS]):
        _helps(plan, scene, volunteers, number)


def _team(plan: CardPlan, company: Company, place: int, town: dict[str, str]) -> Team:
    centre = centre_of("home", town["code"])
    kind = Team.Kind.MUTUAL if place >= 2 else Team.Kind.SERVICE
    word = "邻里互助队" if place >= 2 else "助老服务队"
    position = Point(centre.latitude + 0.004, centre.longitude + 0.004)
    return _form(f"样例{town['name']}{word}", kind, town["code"], f"样例队长{place + 1}", position)


def _form(name: str, kind: str, place: str, leader: str, position: Point | None) -> Team:
    return form_team(
        county=HOME,
        name=name,
        kind=kind,
        place=place,
        leader=leader,
        formed_on=GROUND_ON,
        at=moment(GROUND_ON, 17),
        by=CLERK,
        position=position,
    )


def _helps(plan: CardPlan, scene: Scene, team: Team, number: int) -> None:
    chance = Random(f"{plan.seed}/helper/{scene.holder.number}")
    since = plan.opened_on
    volunteer = enlist(
        county=HOME,
        name=scene.holder.name,
        phone=scene.holder.phone,
        helps=("meals", "company", "cleaning", "travel"),
        since=since,
        at=moment(since, 16),
        by=CLERK,
        person_id=scene.person_id,
        team=team,
    )
    for _ in range(TIMES):
        help_, minutes, words = chance.choice(DONE)
        day: date = plan.month.first + timedelta(days=chance.randrange(plan.month.days))
        stint = tell(
            volunteer=volunteer,
            help=help_,
            minutes=minutes,
            done_on=day,
            at=moment(day, 18),
            on=day,
            by=CLERK,
            words=words,
        )
        if number % 4:
            confirm(stint=stint, at=moment(plan.closed_on, 9), on=plan.closed_on, by=APPROVER)
