"""What happened becomes notices: read off the trail, told to the person and the family, carried to telephones.

Verbs know nothing of notices. The worker reads the trail from where it stopped, and tells each act once, by its entry.
What happens to a whole month (issued, about to lapse, lapsed) is told by a bounded number of statements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from songhe.assessment.models import Assessment
from songhe.county.key import plain_instant
from songhe.entitlement.models import Application, Entitlement
from songhe.feedback.models import Complaint
from songhe.grant.models import Grant
from songhe.kernel.month import BEIJING, Month
from songhe.month.telephone import send_due, spread
from songhe.notice.models import Notice, Reached
from songhe.notice.ports import messenger
from songhe.notice.tell import row
from songhe.notice.template import template
from songhe.person.models import Mandate
from songhe.redemption.models import Bill
from songhe.trail.models import Entry

#: An entry may be committed so much later than one that was made after it; so far back we look again.
LATE = 10 * 60 * 1000 << 80
#: What is older is told nowhere, and what is older than two days rings no telephone.
TOLD_WITHIN = timedelta(days=40)
RINGS_WITHIN = timedelta(days=2)
PAGE = 2_000
MOST_PAGES = 10

Told = tuple[UUID, str, dict[str, Any]]
Reader = Callable[[str, Sequence[Entry]], Iterator[tuple[Entry, Told]]]


def turn(*, county: str, at: datetime, on: date) -> int:
    """One turn of the worker for a county: read the trail, remind, carry on to telephones, send what is due."""
    done = follow_trail(county=county, at=at)
    done += remind(county=county, at=at, on=on)
    done += spread(county=county, at=at, on=on)
    return done + send_due(county=county, at=at, carrier=messenger())


# --- reading the trail -----------------------------------------------------------------------------------------------


def follow_trail(*, county: str, at: datetime) -> int:
    """Tell what the trail says happened since the last time; returns how many notices were made.

    Every act is told once, by its entry, whoever runs this and however often. A person's own file is named by the
    act's subject; acts that concern nobody in particular are passed over.
    """
    reached, _ = Reached.objects.get_or_create(county=county, defaults={"at": at})
    after = UUID(int=max(0, reached.entry.int - LATE)) if reached.entry else UUID(int=0)
    made = 0
    for _page in range(MOST_PAGES):
        entries = list(
            Entry.objects.filter(county=county, id__gt=after, at__gt=at - TOLD_WITHIN, act__in=list(READERS)).order_by(
                "id"
            )[:PAGE]
        )
        if not entries:
            break
        after = entries[-1].id
        with transaction.atomic():
            made += _tell(county, entries, at)
            if reached.entry is None or after > reached.entry:
                reached.entry = after
                Reached.objects.filter(county=county, id=reached.id).update(entry=after, at=at)
        if len(entries) < PAGE:
            break
    return made


def _tell(county: str, entries: Sequence[Entry], at: datetime) -> int:
    abouts = {f"trail:{entry.id}": entry for entry in entries}
    known = set(Notice.rows.filter(county=county, about__in=list(abouts)).values_list("about", flat=True))
    fresh: dict[Reader, list[Entry]] = defaultdict(list)
    made = 0
    for about, entry in abouts.items():
        if about in known:
            continue
        if entry.act in OF_A_MONTH:
            made += _tell_month(county, entry, at)
        else:
            fresh[READERS[entry.act]].append(entry)
    rows = [
        row(county=county, person_id=person, name=name, values=values, at=entry.at, about=f"trail:{entry.id}")
        for reader, found in fresh.items()
        for entry, (person, name, values) in reader(county, found)
    ]
    for one in rows:
        if one.spread_at is None and at - one.at > RINGS_WITHIN:
            one.spread_at = at
    Notice.rows.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return made + len(rows)


def _subjects(entries: Sequence[Entry]) -> list[UUID]:
    return [UUID(entry.subject_id) for entry in entries]


def _applications(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    ours = [entry for entry in entries if entry.subject == Application._meta.label]
    rows = {one.id: one for one in Application.rows.filter(county=county, id__in=_subjects(ours))}
    for entry in ours:
        if found := rows.get(UUID(entry.subject_id)):
            values: dict[str, Any] = {"no": found.no}
            if entry.act == "entitlement.publish":
                values["publish_until"] = entry.detail["until"]
            yield entry, (found.person_id, APPLICATION_ACTS[entry.act], values)


def _entitlements(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    rows = dict(
        Entitlement.objects.filter(county=county, id__in=_subjects(entries)).values_list("id", "person_id").iterator()
    )
    for entry in entries:
        if person := rows.get(UUID(entry.subject_id)):
            values = {"why": entry.detail["why"]} if entry.act == "entitlement.stop" else {}
            yield entry, (person, ENTITLEMENT_ACTS[entry.act], values)


def _assessments(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    found = Assessment.rows.filter(county=county, id__in=_subjects(entries)).select_related("body")
    rows = {one.id: one for one in found}
    for entry in entries:
        one = rows.get(UUID(entry.subject_id))
        if one is None:
            continue
        name = ASSESSMENT_ACTS[entry.act]
        values: dict[str, Any] = {"no": one.no}
        if entry.act in {"assessment.request", "assessment.assign"}:
            values["body"] = one.body.name if one.body else one.body_name
        if entry.act == "assessment.assign" and one.scheduled_at:
            local = one.scheduled_at.astimezone(BEIJING)
            name = "assessment.scheduled"
            values |= {"scheduled_on": local.date().isoformat(), "time": f"{local:%H:%M}"}
        if entry.act == "assessment.accept":
            values["level"] = entry.detail["level"]
        yield entry, (one.person_id, name, values)


def _grants(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    rows = {one.id: one for one in Grant.objects.filter(county=county, id__in=_subjects(entries))}
    for entry in entries:
        if one := rows.get(UUID(entry.subject_id)):
            values: dict[str, Any] = {"month": one.month}
            if entry.act == "grant.choose":
                values["category"] = entry.detail["category"]
            elif entry.act == "grant.claim":
                values["use_until"] = one.valid_to.isoformat()
            yield entry, (one.person_id, GRANT_ACTS[entry.act], values)


def _bills(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    rows = {
        one.id: one for one in Bill.objects.filter(county=county, id__in=_subjects(entries)).select_related("provider")
    }
    for entry in entries:
        one = rows.get(UUID(entry.subject_id))
        if one is None:
            continue
        values: dict[str, Any] = {"no": one.no, "provider": one.provider.name, "fee_fen": one.fee_fen}
        if entry.act == "redemption.redeem":
            values |= {"voucher_fen": one.voucher_fen, "self_fen": one.self_fen}
        elif entry.act == "redemption.reverse":
            values["voucher_fen"] = entry.detail["voucher_fen"]
        yield entry, (one.person_id, BILL_ACTS[entry.act], values)


def _people(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    """Acts whose subject is the person, with what they are about in their detail."""
    mandates = [UUID(entry.detail["mandate"]) for entry in entries if entry.act == "person.give_mandate"]
    until = dict(Mandate.objects.filter(county=county, id__in=mandates).values_list("id", "valid_to").iterator())
    for entry in entries:
        values: dict[str, Any] = {}
        if entry.act == "person.give_mandate":
            last = until.get(UUID(entry.detail["mandate"]))
            if last is None:
                continue
            values["valid_until"] = last.isoformat()
        elif entry.act in {"person.issue_medium", "person.end_medium"}:
            values["kind"] = entry.detail["kind"]
        elif entry.act in {"person.report", "person.verify", "person.refute"}:
            values = {"event": entry.detail["kind"], "happened_on": entry.detail["happened_on"]}
        yield entry, (UUID(entry.subject_id), PERSON_ACTS[entry.act], values)


def _complaints(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    rows = {one.id: one for one in Complaint.rows.filter(county=county, id__in=_subjects(entries))}
    for entry in entries:
        one = rows.get(UUID(entry.subject_id))
        if one is not None and one.person_id is not None:
            yield entry, (one.person_id, "complaint.answered", {"no": one.no})


def _nobody(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    yield from ()


APPLICATION_ACTS = {
    "entitlement.submit": "application.received",
    "entitlement.ask": "application.asked",
    "entitlement.review": "application.reviewed",
    "entitlement.publish": "application.published",
    "entitlement.approve": "application.approved",
    "entitlement.refuse": "application.refused",
    "entitlement.withdraw": "application.withdrawn",
    "entitlement.lapse": "application.lapsed",
    "entitlement.answer_appeal": "appeal.answered",
}
ENTITLEMENT_ACTS = {
    "entitlement.suspend": "entitlement.suspended",
    "entitlement.resume": "entitlement.resumed",
    "entitlement.stop": "entitlement.ended",
    "entitlement.reinstate": "entitlement.reinstated",
}
ASSESSMENT_ACTS = {
    "assessment.request": "assessment.requested",
    "assessment.assign": "assessment.assigned",
    "assessment.accept": "assessment.result",
    "assessment.dispute": "assessment.disputed",
    "assessment.uphold": "assessment.upheld",
}
GRANT_ACTS = {
    "grant.choose": "voucher.chosen",
    "grant.claim": "voucher.claimed",
    "grant.revoke": "voucher.revoked",
}
BILL_ACTS = {
    "redemption.redeem": "bill.redeemed",
    "redemption.refuse": "bill.refused",
    "redemption.reverse": "bill.reversed",
}
PERSON_ACTS = {
    "person.give_mandate": "proxy.bound",
    "person.end_mandate": "proxy.revoked",
    "person.issue_medium": "medium.issued",
    "person.end_medium": "medium.ended",
    "person.report": "change.reported",
    "person.verify": "change.verified",
    "person.refute": "change.refuted",
    "person.make_correction": "correction.decided",
    "person.refuse_correction": "correction.decided",
}
#: Acts of a run, which speak of a whole month.
OF_A_MONTH = frozenset({"grant.issue", "grant.expire"})
READERS: dict[str, Reader] = {
    **dict.fromkeys(APPLICATION_ACTS, _applications),
    **dict.fromkeys(ENTITLEMENT_ACTS, _entitlements),
    **dict.fromkeys(ASSESSMENT_ACTS, _assessments),
    **dict.fromkeys(GRANT_ACTS, _grants),
    **dict.fromkeys(BILL_ACTS, _bills),
    **dict.fromkeys(PERSON_ACTS, _people),
    "feedback.answer": _complaints,
    "feedback.review": _complaints,
    **dict.fromkeys(OF_A_MONTH, _nobody),
}


# --- a whole month ---------------------------------------------------------------------------------------------------


class Kind(IntEnum):
    """What is told of a voucher once in its month; part of the notice's id."""

    ISSUED = 1
    LAPSES_IN_SEVEN = 2
    LAPSES_IN_THREE = 3
    EXPIRED = 4


def _tell_month(county: str, entry: Entry, at: datetime) -> int:
    programme, _, written = entry.subject_id.rpartition(":")
    month = Month.parse(written)
    if entry.act == "grant.issue":
        name, kind, state = "voucher.issued", Kind.ISSUED, ""
        values: tuple[str, ...] = ("month", "face_fen", "use_until")
    else:
        name, kind, state = "voucher.expired", Kind.EXPIRED, "AND g.state = 'expired'"
        values = ("month",)
    where = f"g.programme = %s AND g.month = %s {state}"
    return _insert(
        county,
        kind,
        name,
        values,
        where,
        [programme, written],
        month=month,
        at=entry.at,
        rings=_rings(name, entry.at, at),
    )


def _rings(name: str, happened_at: datetime, at: datetime) -> bool:
    return template(name).telephone and at - happened_at <= RINGS_WITHIN


def remind(*, county: str, at: datetime, on: date) -> int:
    """Remind whoever still holds money in a voucher that lapses within seven and within three days, once each."""
    made = 0
    for kind, first, last in ((Kind.LAPSES_IN_SEVEN, 4, 7), (Kind.LAPSES_IN_THREE, 1, 3)):
        for ahead in range(first, last + 1):
            day = on + timedelta(days=ahead)
            # A voucher ends with its month: on most days there is none to look for.
            if Month.of(day).last != day:
                continue
            where = (
                "g.month = %s AND g.valid_to = %s AND g.state = 'active' AND EXISTS (SELECT 1 FROM ledger_account a "
                "WHERE a.county = g.county AND a.id = g.purse_id AND a.balance > 0)"
            )
            month = Month.of(day)
            made += _insert(
                county,
                kind,
                "voucher.lapses_soon",
                ("month", "use_until", "left_fen", "days"),
                where,
                [str(month), day.isoformat()],
                month=month,
                at=at,
                rings=True,
                days=ahead,
            )
    return made


_VALUES = {
    "month": "g.month",
    "face_fen": "g.face_fen",
    "use_until": "g.valid_to",
    "left_fen": "(SELECT a.balance FROM ledger_account a WHERE a.county = g.county AND a.id = g.purse_id)",
}


def _insert(
    county: str,
    kind: Kind,
    name: str,
    values: Sequence[str],
    where: str,
    parameters: Sequence[Any],
    *,
    month: Month,
    at: datetime,
    rings: bool,
    days: int = 0,
) -> int:
    """Put a notice into the inbox of everybody whose voucher it is, by one statement; a second time it adds nothing."""
    postgresql = connection.vendor == "postgresql"
    shown = {value: _VALUES.get(value, str(days)) for value in values}
    pairs = ", ".join(f"'{value}', {sql}" for value, sql in shown.items())
    json = f"jsonb_build_object({pairs})" if postgresql else f"json_object({pairs})"
    suffix = f"{int(kind):x}{month.ordinal:03x}"
    identifier = f"(left(g.id::text, 32) || '{suffix}')::uuid" if postgresql else f"(substr(g.id, 1, 28) || '{suffix}')"
    instant = plain_instant(at)
    text_of = "g.id::text" if postgresql else "g.id"
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO "notice_notice" (county, id, person, account, addressee, template, "values", about, channel, '
            "language, state, at, due_at, sent_at, tries, problem, receipt, spread_at, read_at) "
            f"SELECT g.county, {identifier}, g.person_id, '', NULL, '{name}', {json}, "
            f"'grant:' || {text_of} || ':{kind:d}', 'inbox', 'zh', 'sent', %s, %s, %s, 0, '', '', %s, NULL "
            f'FROM "grant_grant" g WHERE g.county = %s AND {where} ON CONFLICT DO NOTHING',
            [instant, instant, instant, None if rings else instant, county, *parameters],
        )
        return max(cursor.rowcount, 0)
