"""What other rules would cost a county in a year: people, money, winners and losers, by group and by town. 政策测算

The people are those on file today, a year or two older; nobody dies, moves in or is newly assessed meanwhile. What
each spends is what they spent in one month, twelve times over. Who would only become entitled has spent nothing yet:
for them the use of the present holders is assumed, and told apart.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db import connection
from django.db.models import Exists, OuterRef, Sum

from songhe.county.key import plain_id
from songhe.eligibility.facts import facts_from_row, facts_parameters, facts_sql, who_is_on_file
from songhe.jobs.models import Run
from songhe.jobs.run import running
from songhe.kernel.integer import ratio, share
from songhe.kernel.month import Month
from songhe.kernel.refusal import reason
from songhe.person.models import Person
from songhe.policy.population import KEY, Population, judge
from songhe.policy.resolve import Policy, library
from songhe.policy.sql import facts_of
from songhe.policy.what_if import carried_on, changed
from songhe.redemption.models import Line, Reversal

TOPIC = "statistics.simulate"
#: People judged at once.
CHUNK = 20_000
#: Up to so many people the answer is there while one waits; more go to the worker.
AT_ONCE = 5_000
MONTHS = 12
NOBODY = UUID(int=0)

NOTHING_CHANGED = reason(
    "statistics.nothing_changed",
    zh="没有改动任何取值，测算没有意义。请至少改一项。",
    en="Nothing is changed; change one value at least.",
)


@dataclass(frozen=True)
class Question:
    """``values``: names with ratios as ``9/20`` and whole numbers as text. ``base``: the month whose bills count."""

    place: str
    programme: str
    year: int
    base: str
    on: str
    values: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        return {
            "place": self.place,
            "programme": self.programme,
            "year": self.year,
            "base": self.base,
            "on": self.on,
            "values": dict(sorted(self.values.items())),
        }

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Question:
        return cls(**{name: told[name] for name in ("place", "programme", "year", "base", "on", "values")})

    @property
    def job(self) -> str:
        """The name of its run: the same question is the same run."""
        text = json.dumps(self.as_dict(), sort_keys=True)
        return f"simulate:{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    @property
    def numbers(self) -> dict[str, Fraction | int]:
        return {name: ratio(text) if name.startswith("ratio_") else int(text) for name, text in self.values.items()}


@dataclass
class Part:
    """Some of the people: how many, what they cost a month under both rules, who wins and loses."""

    people: int = 0
    before: int = 0
    after: int = 0
    before_fen: int = 0
    after_fen: int = 0
    winners: int = 0
    losers: int = 0

    def add(self, was: str, is_now: str, had: int, has: int) -> None:
        self.people += 1
        self.before += was == "entitled"
        self.after += is_now == "entitled"
        self.before_fen += had
        self.after_fen += has
        self.winners += has > had
        self.losers += has < had

    def as_dict(self) -> dict[str, int]:
        return {
            "people": self.people,
            "before": self.before,
            "after": self.after,
            "before_fen": self.before_fen,
            "after_fen": self.after_fen,
            "winners": self.winners,
            "losers": self.losers,
        }


@dataclass
class Tally:
    """Everything that is counted while the chunks go by."""

    whole: Part = field(default_factory=Part)
    by_group: dict[str, Part] = field(default_factory=dict)
    by_town: dict[str, Part] = field(default_factory=dict)
    users: int = 0
    gained_fen: int = 0
    lost_fen: int = 0
    newly: int = 0
    no_longer: int = 0
    unknown: int = 0
    before_ceiling_fen: int = 0
    after_ceiling_fen: int = 0

    def answer(self) -> dict[str, Any]:
        """The figures of a month; ``new_fen`` is what the newly entitled would spend if they used it as others do."""
        whole = self.whole
        new_fen = share(self.newly * whole.after_fen, Fraction(1, whole.before)) if whole.before else 0
        return {
            **whole.as_dict(),
            "unchanged": whole.people - whole.winners - whole.losers,
            "users": self.users,
            "gained_fen": self.gained_fen,
            "lost_fen": self.lost_fen,
            "newly": self.newly,
            "no_longer": self.no_longer,
            "unknown": self.unknown,
            "before_ceiling_fen": self.before_ceiling_fen,
            "after_ceiling_fen": self.after_ceiling_fen,
            "new_fen": new_fen,
            "by_group": {name: part.as_dict() for name, part in sorted(self.by_group.items())},
            "by_town": {name: part.as_dict() for name, part in sorted(self.by_town.items())},
        }


def prepare(*, county: str, question: Question) -> Run:
    """The run of the question, found or made; nothing is counted yet.

    Refuses with ``statistics.nothing_changed``, and as ``what_if.changed`` and ``Library.resolve`` do.
    """
    if not question.values:
        raise NOTHING_CHANGED("values")
    both_rules(county, question)
    run, _ = Run.objects.get_or_create(
        county=county,
        job=question.job,
        period=str(question.year),
        defaults={"result": {"question": question.as_dict()}},
    )
    return run


def both_rules(county: str, question: Question) -> tuple[Policy, Policy]:
    """The rules of today carried on to the year, and the same with the values changed."""
    on = date.fromisoformat(question.on)
    rules = library().resolve(policy=question.programme, place=county, on=on)
    until = date(question.year, 12, 31)
    return carried_on(rules, until), changed(rules, question.numbers, until=until)


def run(
    *, county: str, question: Question, clock: Callable[[], datetime], watch: Callable[[Run], None] | None = None
) -> dict[str, Any]:
    """Judge everybody on file by both rules and keep the answer with the run; a few queries a chunk."""
    before, after = both_rules(county, question)
    today = date.fromisoformat(question.on)
    judged_on = max(today, date(question.year, 7, 1)) if question.year > today.year else today
    tally = Tally()
    with running(county=county, job=question.job, period=str(question.year), clock=clock, watch=watch) as progress:
        progress.result["question"] = question.as_dict()
        progress.expect(who_is_on_file(county, today).count())
        start = NOBODY
        while (upto := _bound(county, start)) is not None:
            people, towns, groups = _people(county, question, before, after, start, upto, today, judged_on)
            if people.table.num_rows:
                _count(tally, people, towns, groups, before, after, judged_on)
            progress.advance(people.table.num_rows)
            start = upto
        progress.result["answer"] = tally.answer()
    return tally.answer()


def _bound(county: str, after: UUID) -> UUID | None:
    ids = Person.rows.filter(county=county, id__gt=after).order_by("id").values_list("id", flat=True)
    chunk: list[UUID] = list(ids[CHUNK - 1 : CHUNK])
    return chunk[0] if chunk else ids.last()


def _people(
    county: str,
    question: Question,
    before: Policy,
    after: Policy,
    start: UUID,
    upto: UUID,
    today: date,
    judged_on: date,
) -> tuple[Population, list[str], list[str]]:
    """The facts of a chunk as known today, the ages of the year, and what each spent in the base month."""
    names = tuple(dict.fromkeys((*facts_of(before), *facts_of(after))))
    given = {
        **facts_parameters(county, today),
        "year": judged_on.year,
        "day_of_year": judged_on.month * 100 + judged_on.day,
        "after": plain_id(start),
        "upto": plain_id(upto),
    }
    with connection.cursor() as cursor:
        cursor.execute(facts_sql(connection.vendor, names, bounded=True), given)
        rows = cursor.fetchall()
    spent = _spent(county, question, start, upto)
    homes = dict(Person.rows.filter(county=county, id__gt=start, id__lte=upto).order_by().values_list("id", "place"))
    columns: dict[str, list[Any]] = {KEY: [], **{name: [] for name in names}, "category": [], "base_fen": []}
    towns, groups = [], []
    for person, *facts in rows:
        person_id = person if isinstance(person, UUID) else UUID(person)
        group, fen = spent.get(person_id, (None, None))
        columns[KEY].append(person_id.hex)
        for name, value in facts_from_row(names, facts).items():
            columns[name].append(value)
        columns["category"].append(group)
        columns["base_fen"].append(fen)
        towns.append(homes.get(person_id, "")[:9])
        groups.append(group or "")
    types = {KEY: pa.string(), "category": pa.string(), "base_fen": pa.int64()}
    table = pa.table(
        {name: pa.array(values, type=types.get(name)) for name, values in columns.items()}
        if rows
        else {KEY: pa.array([], type=pa.string())}
    )
    return Population(table), towns, groups


def _spent(county: str, question: Question, start: UUID, upto: UUID) -> dict[UUID, tuple[str, int]]:
    """The group that each used in the base month, and what they bore there after LTCI and other public money."""
    undone = Reversal.objects.filter(county=OuterRef("county"), line_id=OuterRef("id"))
    rows = (
        Line.objects.filter(
            ~Exists(undone),
            county=county,
            bill__month=question.base,
            bill__grant__programme=question.programme,
            bill__person_id__gt=start,
            bill__person_id__lte=upto,
        )
        .order_by("category")
        .values_list("bill__person_id", "category")
        .annotate(fen=Sum("base_fen"))
    )
    found: dict[UUID, tuple[str, int]] = {}
    for person_id, category, fen in rows:
        if fen > found.get(person_id, ("", -1))[1]:
            found[person_id] = (category, fen)
    return found


def _count(
    tally: Tally,
    people: Population,
    towns: list[str],
    groups: list[str],
    before: Policy,
    after: Policy,
    on: date,
) -> None:
    ours = judge(people=people, policy=before, on=on, engine="duckdb")
    theirs = judge(people=people, policy=after, on=on, engine="duckdb")
    was, is_now = ours.column("outcome").to_pylist(), theirs.column("outcome").to_pylist()
    had, has = _used(ours), _used(theirs)
    least, most = _ceiling(ours), _ceiling(theirs)
    tally.before_ceiling_fen += sum(least)
    tally.after_ceiling_fen += sum(most)
    for place in range(len(was)):
        one = (was[place], is_now[place], had[place], has[place])
        tally.whole.add(*one)
        tally.by_town.setdefault(towns[place], Part()).add(*one)
        tally.by_group.setdefault(groups[place], Part()).add(*one)
        tally.users += was[place] == "entitled" and bool(groups[place])
        tally.gained_fen += max(0, has[place] - had[place])
        tally.lost_fen += max(0, had[place] - has[place])
        tally.newly += was[place] != "entitled" and is_now[place] == "entitled"
        tally.no_longer += was[place] == "entitled" and is_now[place] != "entitled"
        tally.unknown += is_now[place] == "unknown"


def _used(judged: pa.Table) -> list[int]:
    return [fen or 0 for fen in judged.column("amount_fen").to_pylist()]


def _ceiling(judged: pa.Table) -> list[int]:
    """The highest cap that each could choose."""
    columns = [judged.column(name).to_pylist() for name in judged.column_names if name.startswith("cap_fen_")]
    return [max((cap or 0 for cap in caps), default=0) for caps in zip(*columns, strict=True)]


def base_months(county: str, programme: str, on: date, back: int = 12) -> list[Month]:
    """The months with bills that can stand for a month of the year, the newest first; one query."""
    first = Month.of(on).plus(-back)
    rows = Line.objects.filter(county=county, bill__grant__programme=programme, bill__month__gte=str(first))
    months = rows.order_by("-bill__month").values_list("bill__month", flat=True).distinct()
    return [Month.parse(month) for month in months if Month.parse(month) <= Month.of(on)]
