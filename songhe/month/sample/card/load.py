"""Load the love card's sample into a practice database: the ground, bodies, people with their cards, funds."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain

from django.db import transaction

from songhe.jobs.models import Run, RunState
from songhe.kernel import place_code
from songhe.kernel.refusal import reason
from songhe.month.sample.card import giving, providers, register
from songhe.month.sample.card.bodies import bodies_of
from songhe.month.sample.card.logins import open_bureaus
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.shape import COUNTIES, HOME, Which, figures, villages
from songhe.month.sample.load import Silent, Watch, analyse
from songhe.place.division import LEVELS, LISTED_SINCE
from songhe.place.models import Division, Kind

JOB = "card-sample"

#: From so many cards on the database is told to count its rows before it lives through a month.
LARGE = 5_000

NO_SAMPLE = reason(
    "card_sample.not_loaded",
    zh="这个数据库里没有爱心卡样例县。",
    en="There is no sample county of the love card in this database.",
    status=404,
)


@dataclass(frozen=True)
class Loaded:
    """How many cards the two counties have, how many bodies take them and how many funds stand behind them."""

    cards: int
    cards_of_neighbour: int
    bodies: int
    funds: int

    def as_dict(self) -> dict[str, int]:
        return asdict(self)


def load(plan: CardPlan, *, watch: Watch | None = None) -> Loaded:
    """Divisions, logins, bodies, people with their cards, funds, in this order. Packs and catalogue stand already."""
    seen = watch or Silent()
    load_divisions()
    seen.stage("bodies", len(bodies_of(plan)))
    with transaction.atomic():
        open_bureaus()
        bodies = providers.take_in(plan, watch=seen.advance)
    seen.stage("people", plan.cards("home") + plan.cards("other"))
    assessing: dict[Which, str] = {"home": "assess-1"}
    told = {
        which: register.fill(plan, which, bodies.get(assessing.get(which, "")), watch=seen.advance)
        for which in COUNTIES
    }
    with transaction.atomic():
        funds = giving.fill_funds(plan)
        providers.name_funds(plan)
    if plan.elders >= LARGE:
        analyse()
    Run.objects.create(
        county=HOME, job=JOB, period=str(plan.month), state=RunState.RUNNING, result=plan.as_dict(), attempts=1
    )
    return Loaded(told["home"], told["other"], len(bodies), len(funds))


def what_is_there() -> str:
    """``nothing``, ``whole``, or ``cut_off``: loading it or living its month was not finished."""
    if Run.objects.filter(county=HOME, job=JOB, state=RunState.DONE).exists():
        return "whole"
    return "cut_off" if Division.objects.filter(code=HOME).exists() else "nothing"


def finish(at: datetime) -> None:
    """The sample is whole."""
    Run.objects.filter(county=HOME, job=JOB).update(state=RunState.DONE, finished_at=at)


def loaded_plan() -> CardPlan:
    """The plan of the sample in this database. Refuses with ``card_sample.not_loaded``."""
    run = Run.objects.filter(county=HOME, job=JOB).order_by("period").first()
    if run is None:
        raise NO_SAMPLE("county")
    return CardPlan.of_dict(run.result)


def load_divisions() -> int:
    """The two invented counties with their towns and villages; those that stand already stay."""
    standing = set(Division.objects.filter(code__in=_codes()).values_list("code", flat=True))
    rows = [_division(code, name) for code, name in _codes().items() if code not in standing]
    Division.objects.bulk_create(rows, batch_size=500)
    return len(rows)


def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for which, code in COUNTIES.items():
        found[code] = figures()[which]["name"]
        found |= {town["code"]: town["name"] for town in figures()[which]["towns"]}
    return found | {each.code: each.name for each in chain(villages("home"), villages("other"))}


def _division(code: str, name: str) -> Division:
    return Division(
        code=code,
        name=name,
        parent=place_code.parent(code) or "",
        level=LEVELS[place_code.level(code)],
        kind=Kind.SYNTHETIC,
        own_code=True,
        pays=len(code) == 6,
        valid_from=LISTED_SINCE,
        source=figures()["source"],
    )
