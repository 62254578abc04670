"""What happened becomes notices: read off the trail, told to the person and the family, carried to telephones.

Verbs know nothing of notices. The worker reads the trail from where it stopped, and tells each act once, by its entry.
What happens to a whole month (issued, about to lapse, lapsed) is told by a bounded number of statements, in
``notify_month.py``. Acts that are told to nobody stand in ``untold.py`` with their reasons.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from songhe.assessment.models import Assessment
from songhe.card.models import Card, ItemOrder
from songhe.entitlement.models import Application, Entitlement
from songhe.feedback.models import Complaint
from songhe.grant.models import Grant
from songhe.kernel.month import BEIJING
from songhe.month.notify_closed import closed, damaged, recalled
from songhe.month.notify_month import RINGS_WITHIN, remind, tell_month
from songhe.month.telephone import send_due, spread
from songhe.notice.models import Notice, Reached
from songhe.notice.ports import messenger
from songhe.notice.tell import row
from songhe.person.models import Mandate, MandateAsk, Person
from songhe.redemption.models import Bill
from songhe.service.models import Stay
from songhe.trail.models import Entry

#: An entry may be committed so much later than one that was made after it; so far back we look again.
LATE = 10 * 60 * 1000 << 80
#: What is older is told nowhere.
TOLD_WITHIN = timedelta(days=40)
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
            made += tell_month(county, entry, at)
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
            values = {"why": entry.detail["why"]} if entry.act in WITH_A_REASON else {}
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
        elif entry.act == "assessment.recognise":
            values["level"] = entry.detail["final_level"]
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
        if entry.act in {"redemption.redeem", "redemption.rebook"}:
            values |= {"voucher_fen": one.voucher_fen, "self_fen": one.self_fen}
        elif entry.act == "redemption.reverse":
            values["voucher_fen"] = entry.detail["voucher_fen"]
        name = BILL_ACTS[entry.act]
        if one.purse_fen and entry.act in OF_A_CARD:
            name = OF_A_CARD[entry.act]
            values["card_fen"] = entry.detail["purse_fen"] if entry.act == "redemption.reverse" else one.purse_fen
        yield entry, (one.person_id, name, values)


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
        elif entry.act == "person.move" and entry.detail.get("from_county", county) != county:
            continue  # The file that the person has now is where they are told; it is the other one's entry.
        elif entry.act in {"person.report", "person.verify", "person.refute"}:
            values = {"event": entry.detail["kind"], "happened_on": entry.detail["happened_on"]}
        yield entry, (UUID(entry.subject_id), PERSON_ACTS[entry.act], values)


def _cards(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    rows = dict(Card.objects.filter(county=county, id__in=_subjects(entries)).values_list("id", "person_id").iterator())
    for entry in entries:
        if person := rows.get(UUID(entry.subject_id)):
            values: dict[str, Any] = {}
            if entry.act in {"card.topup", "card.refund"}:
                matched = "matched_fen" if entry.act == "card.topup" else "back_fen"
                values = {"amount_fen": entry.detail["fen"], "matched_fen": entry.detail[matched]}
            yield entry, (person, CARD_ACTS[entry.act], values)


def _orders(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    """What was ordered from home, by the number in the entry; a hold that ran out, by the order it stood for."""
    names = [entry.detail["order"] for entry in entries if "order" in entry.detail]
    holds = [UUID(entry.detail["hold"]) for entry in entries if "hold" in entry.detail]
    found = ItemOrder.objects.filter(Q(no__in=names) | Q(hold__in=holds), county=county)
    rows = list(found.exclude(made_by=ItemOrder.Made.TILL).select_related("hold__card", "hold__provider"))
    by_no, by_hold = {one.no: one for one in rows}, {str(one.hold_id): one for one in rows}
    for entry in entries:
        one = by_no.get(entry.detail.get("order", "")) or by_hold.get(entry.detail.get("hold", ""))
        if one is None or (entry.act == "card.release" and (one.because or one.bill_no)):
            continue
        values = {"provider": one.hold.provider.name, "held_fen": one.hold.amount_fen}
        if entry.act in {"redemption.ask_order", "redemption.accept_order"}:
            assert one.wanted_on is not None
            values["wanted_on"] = one.wanted_on.isoformat()
        elif entry.act == "redemption.decline_order":
            values["why"] = one.because
        yield entry, (one.hold.card.person_id, ORDER_ACTS[entry.act], values)


def _complaints(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    rows = {one.id: one for one in Complaint.rows.filter(county=county, id__in=_subjects(entries))}
    for entry in entries:
        one = rows.get(UUID(entry.subject_id))
        if one is not None and one.person_id is not None:
            yield entry, (one.person_id, "complaint.answered", {"no": one.no})


def _stays(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    rows = {
        one.id: one for one in Stay.objects.filter(county=county, id__in=_subjects(entries)).select_related("provider")
    }
    for entry in entries:
        if one := rows.get(UUID(entry.subject_id)):
            values: dict[str, Any] = {"provider": one.provider.name}
            day = "admitted_on" if entry.act == "service.admit" else "discharged_on"
            yield entry, (one.person_id, STAY_ACTS[entry.act], {**values, day: entry.detail[day]})


def _asks(county: str, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Told]]:
    """Who asked to act for an elder, and was refused: told in their own file of the county, if they have one."""
    asked = MandateAsk.objects.filter(county=county, id__in=[UUID(entry.detail["asked"]) for entry in entries])
    by_ask = dict(asked.values_list("id", "proxy_identity").iterator())
    files = Person.rows.filter(county=county, identity__in=set(by_ask.values()), closed_on=None)
    own = dict(files.values_list("identity", "id").iterator())
    for entry in entries:
        if person := own.get(by_ask.get(UUID(entry.detail["asked"]))):
            yield entry, (person, "proxy.refused", {})


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
    "entitlement.appeal": "appeal.received",
    "entitlement.answer_appeal": "appeal.answered",
    "entitlement.reopen": "application.reopened",
}
ENTITLEMENT_ACTS = {
    "entitlement.suspend": "entitlement.suspended",
    "entitlement.resume": "entitlement.resumed",
    "entitlement.stop": "entitlement.ended",
    "entitlement.reinstate": "entitlement.reinstated",
    "entitlement.report_ending": "entitlement.ending_reported",
    "entitlement.refute_ending": "entitlement.ending_refuted",
}
WITH_A_REASON = frozenset({"entitlement.stop", "entitlement.report_ending", "entitlement.refute_ending"})
ASSESSMENT_ACTS = {
    "assessment.request": "assessment.requested",
    "assessment.assign": "assessment.assigned",
    "assessment.accept": "assessment.result",
    "assessment.dispute": "assessment.disputed",
    "assessment.uphold": "assessment.upheld",
    "assessment.void": "assessment.voided",
    "assessment.recognise": "assessment.recognised",
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
    "redemption.rebook": "bill.rebooked",
}
CARD_ACTS = {
    "card.open": "card.opened",
    "card.report_lost": "card.lost",
    "card.replace": "card.replaced",
    "card.freeze": "card.frozen",
    "card.unfreeze": "card.unfrozen",
    "card.block_code": "card.code_blocked",
    "card.topup": "card.topped_up",
    "card.refund": "card.refunded",
}
ORDER_ACTS = {
    "redemption.ask_order": "order.asked",
    "redemption.accept_order": "order.accepted",
    "redemption.decline_order": "order.declined",
    "card.release": "order.lapsed",
}
#: The same of bills that purses of a love card paid a part of.
OF_A_CARD = {
    "redemption.redeem": "card.paid",
    "redemption.reverse": "card.paid_back",
    "redemption.rebook": "card.paid_anew",
}
STAY_ACTS = {"service.admit": "stay.begun", "service.discharge": "stay.ended"}
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
    "person.correct": "file.corrected",
    "person.move": "file.moved",
    "person.record_status": "file.status_changed",
    "person.end_status": "file.status_changed",
    "person.strike_status": "file.status_changed",
    "person.undo_death": "change.undone",
    "person.ask_mandate": "proxy.asked",
    "person.begin_assistance": "assist.began",
    "person.open_login": "login.opened",
    "person.bind_phone": "login.opened",
}
#: Acts of a run, which speak of a whole month or of a whole programme.
OF_A_MONTH = frozenset({"grant.issue", "grant.expire", "entitlement.end_what_is_not_continued"})
READERS: dict[str, Reader] = {
    **dict.fromkeys(APPLICATION_ACTS, _applications),
    **dict.fromkeys(ENTITLEMENT_ACTS, _entitlements),
    **dict.fromkeys(ASSESSMENT_ACTS, _assessments),
    **dict.fromkeys(GRANT_ACTS, _grants),
    **dict.fromkeys(BILL_ACTS, _bills),
    **dict.fromkeys(PERSON_ACTS, _people),
    **dict.fromkeys(CARD_ACTS, _cards),
    **dict.fromkeys(ORDER_ACTS, _orders),
    "feedback.answer": _complaints,
    "feedback.review": _complaints,
    "person.refuse_mandate": _asks,
    **dict.fromkeys(STAY_ACTS, _stays),
    "meal.close_point": closed,
    "aid.recall": recalled,
    "aid.decide_damage": damaged,
    **dict.fromkeys(OF_A_MONTH, _nobody),
}
