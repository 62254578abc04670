"""The weekly rounds of a steward: whom, on which weekday, what was done, what was heard. 每周走访"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.outreach.models import Round, Steward, Visit
from songhe.outreach.team import STEWARD_LEFT
from songhe.person.deceased import refuse_after_death
from songhe.person.models import Person
from songhe.provider.help import require_help
from songhe.trail.note import note

UNKNOWN_PERSON = reason("outreach.unknown_person", zh="没有这个人的档案。", en="There is no such person.", status=404)
OTHER_PLACE = reason(
    "outreach.other_place",
    zh="此人不住在这位管家负责的地方。",
    en="The person does not live where this steward goes.",
    status=409,
)
NOT_A_WEEKDAY = reason(
    "outreach.not_a_weekday", zh="星期应为1（星期一）至7（星期日）。", en="A weekday is 1 (Monday) to 7 (Sunday)."
)
HAS_A_STEWARD = reason(
    "outreach.has_a_steward", zh="此人已有管家探访。", en="A steward looks in on this person already.", status=409
)
ROUND_ENDED = reason(
    "outreach.round_ended", zh="这项探访已于{last}结束。", en="This round ended on {last}.", status=409
)
UNKNOWN_ROUND = reason("outreach.unknown_round", zh="没有这项探访安排。", en="There is no such round.", status=404)
NOT_MINE = reason(
    "outreach.not_their_round", zh="这位老人由别的管家探访。", en="Another steward looks in on this person.", status=403
)
SAME_STEWARD = reason("outreach.same_steward", zh="请选另一位管家。", en="Choose another steward.", status=409)
LIVE_ELSEWHERE = reason(
    "outreach.live_elsewhere",
    zh="这几位老人不住在新管家负责的地方，请先单独转交：{names}。",
    en="These elders do not live where the new steward goes; hand them over one by one first: {names}.",
    status=409,
)
UNKNOWN_MEANS = reason("outreach.unknown_means", zh="没有“{means}”这种探访方式。", en="There is no means {means}.")
UNKNOWN_OUTCOME = reason(
    "outreach.unknown_outcome", zh="没有“{outcome}”这种探访结果。", en="There is no outcome {outcome}."
)
VISITED = reason(
    "outreach.visited_this_week", zh="本周已探访过。", en="This week's visit is written down already.", status=409
)
NOT_YET = reason("outreach.in_the_future", zh="{day}还没有到。", en="{day} has not come yet.")
SAY_WHAT = reason("outreach.say_what", zh="请写明做了什么或听到了什么。", en="Say what was done or heard.")


def plan_round(
    *, steward: Steward, person_id: UUID, weekday: int, since: date, at: datetime, by: str, why: str = ""
) -> Round:
    """A steward looks in on a person of their place every week on a weekday; a person has one steward.

    Refuses with ``outreach.not_a_weekday``, ``outreach.steward_left``, ``outreach.unknown_person``,
    ``person.after_death``, ``outreach.other_place`` or ``outreach.has_a_steward``.
    """
    if weekday not in range(1, 8):
        raise NOT_A_WEEKDAY("weekday")
    with transaction.atomic():
        steward = Steward.objects.select_for_update().get(county=steward.county, id=steward.id)
        if steward.last_day is not None:
            raise STEWARD_LEFT("steward", last=steward.last_day)
        person = on_file(steward.county, person_id, since)
        if not person.place.startswith(steward.place):
            raise OTHER_PLACE("person")
        try:
            with transaction.atomic():
                made = Round.objects.create(
                    county=steward.county,
                    steward=steward,
                    person=person,
                    weekday=weekday,
                    why=why.strip()[:120],
                    since=since,
                    planned_by=by,
                )
        except IntegrityError:
            raise HAS_A_STEWARD("person") from None
        _note("outreach.plan_round", made, at=at, by=by)
    return made


def end_round(*, round: Round, last_day: date, at: datetime, by: str) -> Round:
    """The last day of a round. Refuses with ``outreach.unknown_round``, ``outreach.round_ended`` or
    ``period.ends_before_it_begins``."""
    with transaction.atomic():
        found = _locked(round)
        Period(found.since, last_day)
        found.last_day = last_day
        found.save(update_fields=["last_day"])
        _note("outreach.end_round", found, at=at, by=by)
    return found


def hand_over(*, round: Round, steward: Steward, since: date, at: datetime, by: str) -> Round:
    """Another steward goes from a day on; the round before ends on the day before. Refuses as ``end_round`` and
    ``plan_round`` do."""
    with transaction.atomic():
        ended = end_round(round=round, last_day=since - timedelta(days=1), at=at, by=by)
        return plan_round(
            steward=steward,
            person_id=ended.person_id,
            weekday=ended.weekday,
            since=since,
            at=at,
            by=by,
            why=ended.why,
        )


def hand_over_all(*, steward: Steward, to: Steward, since: date, at: datetime, by: str) -> int:
    """Another steward goes to everybody from a day on; whose death is on file has no more visits. Returns how many
    were handed over. Refuses with ``outreach.same_steward``, ``outreach.live_elsewhere`` or as ``hand_over`` does, and
    then nobody is."""
    if to.id == steward.id:
        raise SAME_STEWARD("to")
    done = 0
    with transaction.atomic():
        rows = list(rounds_of(steward))
        away = [row.person.name for row in rows if not row.person.died_on and not row.person.place.startswith(to.place)]
        if away:
            raise LIVE_ELSEWHERE("to", names="、".join(away[:5]))
        for row in rows:
            if row.person.died_on is None:
                hand_over(round=row, steward=to, since=since, at=at, by=by)
                done += 1
            else:
                end_round(round=row, last_day=max(row.since, since - timedelta(days=1)), at=at, by=by)
    return done


def rounds_of(steward: Steward) -> QuerySet[Round]:
    """Everybody whom a steward looks in on, by weekday and name; one statement."""
    rows = Round.objects.filter(county=steward.county, steward=steward, last_day=None).select_related("person")
    return rows.order_by("weekday", "person__name", "id")


def visit(
    *,
    round: Round,
    means: str,
    outcome: str,
    day: date,
    at: datetime,
    on: date,
    by: str,
    done: Sequence[str] = (),
    words: str = "",
) -> Visit:
    """Write down this week's visit: at the door or by telephone, whether they were met, which helps were given.

    By the steward whose round it is. Who was met well needs no words; a need is heard with ``songhe.outreach.need``.
    Refuses with ``outreach.unknown_means``, ``outreach.unknown_outcome``, ``provider.unknown_help``,
    ``outreach.say_what``, ``outreach.in_the_future``, ``outreach.unknown_round``, ``outreach.round_ended``,
    ``outreach.not_their_round``, ``person.after_death`` or ``outreach.visited_this_week``.
    """
    if means not in Visit.Means.values:
        raise UNKNOWN_MEANS("means", means=means)
    if outcome not in Visit.Outcome.values:
        raise UNKNOWN_OUTCOME("outcome", outcome=outcome)
    for help in done:
        require_help(help, field="done")
    if outcome != Visit.Outcome.WELL and not words.strip():
        raise SAY_WHAT("words")
    if day > on:
        raise NOT_YET("day", day=day)
    with transaction.atomic():
        found = _locked(round)
        if by != found.steward.account:
            raise NOT_MINE("by")
        on_file(found.county, found.person_id, day)
        try:
            with transaction.atomic():
                made = Visit.objects.create(
                    county=found.county,
                    round=found,
                    person_id=found.person_id,
                    week=monday(day),
                    on=day,
                    means=means,
                    outcome=outcome,
                    done=list(dict.fromkeys(done)),
                    words=words.strip()[:500],
                    by=by,
                    at=at,
                )
        except IntegrityError:
            raise VISITED("day") from None
        _note("outreach.visit", found, at=at, by=by, means=means, outcome=outcome)
    return made


def due(*, county: str, account: str, on: date) -> QuerySet[Round]:
    """Whom a steward still has to look in on this week, up to and including the weekday of the day: those that were
    missed first. One statement."""
    rows = _running(county, on).filter(steward__account=account, steward__last_day=None)
    rows = rows.filter(weekday__lte=on.isoweekday(), person__died_on__isnull=True)
    return rows.exclude(_visited(county, monday(on))).select_related("person", "steward").order_by("weekday", "id")


def due_late(*, county: str, on: date, most: int = 1000) -> QuerySet[Round]:
    """Whose weekday of this week has passed without a visit, in the whole county; one statement."""
    rows = _running(county, on).filter(weekday__lt=on.isoweekday(), since__lt=on, person__died_on__isnull=True)
    rows = rows.exclude(_visited(county, monday(on))).select_related("person", "steward")
    return rows.order_by("weekday", "steward__name", "id")[:most]


def missed(*, county: str, week: date, most: int = 1000) -> QuerySet[Round]:
    """The rounds of a week, named by any of its days, that nobody made; one statement."""
    first = monday(week)
    rows = _running(county, first + timedelta(days=6)).filter(
        Q(person__died_on__isnull=True) | Q(person__died_on__gte=first)
    )
    rows = rows.filter(since__lte=first).exclude(_visited(county, first))
    return rows.select_related("person", "steward").order_by("steward__name", "weekday", "id")[:most]


def monday(day: date) -> date:
    return day - timedelta(days=day.isoweekday() - 1)


def on_file(county: str, person_id: UUID, day: date) -> Person:
    """The person's file, locked, who lives on the day. Refuses with ``outreach.unknown_person`` or
    ``person.after_death``."""
    person = Person.rows.select_for_update().filter(county=county, id=person_id, closed_on=None).first()
    if person is None:
        raise UNKNOWN_PERSON("person")
    refuse_after_death(person, day, "day")
    return person


def _running(county: str, on: date) -> QuerySet[Round]:
    return Round.objects.filter(Q(last_day__isnull=True) | Q(last_day__gte=on), county=county, since__lte=on)


def _visited(county: str, week: date) -> Exists:
    return Exists(Visit.objects.filter(county=county, round=OuterRef("id"), week=week))


def _locked(round: Round) -> Round:
    rows = Round.objects.select_for_update(of=("self",)).select_related("steward")
    found = rows.filter(county=round.county, id=round.id).first()
    if found is None:
        raise UNKNOWN_ROUND("round")
    if found.last_day is not None:
        raise ROUND_ENDED("round", last=found.last_day)
    return found


def _note(act: str, round: Round, *, at: datetime, by: str, **detail: str) -> None:
    note(
        county=round.county,
        at=at,
        actor=by,
        act=act,
        subject="round",
        subject_id=round.id,
        behalf_of=round.person_id,
        weekday=round.weekday,
        **detail,
    )
