"""What is left to pay between two counties for a month, once both see the same claims. 轧差清算

The county with the lower code draws the net and names the claims in it; the other one says yes or no to just that
version, and nobody changes a version that the other may have said yes to. So however the messages travel, both agree
on the same claims or on none; what is not in this net is in the next one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Sum

from songhe.card.models import Fund
from songhe.county.key import new_id
from songhe.jobs.outbox import put
from songhe.kernel.month import Month
from songhe.kernel.refusal import MISSING, reason
from songhe.ledger.fund import open_account
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.settlement.clear import NEEDS_WHY, View, clearing_account, seal, view_of
from songhe.settlement.models import Claim, ClaimLine, Net, Received, ReceivedLine
from songhe.settlement.receive import books_for, view_there
from songhe.settlement.statement import SAME_PERSON
from songhe.settlement.states import NET
from songhe.trail.note import note

UNKNOWN_NET = reason("settlement.unknown_net", zh="没有这次轧差。", en="There is no such net.", status=404)
NOT_OURS_TO_DRAW = reason(
    "settlement.net_drawn_by_other",
    zh="轧差由代码较小的{county}发起。",
    en="The net is drawn by {county}, whose code is the lower.",
    status=409,
)
NET_OPEN = reason(
    "settlement.net_open",
    zh="与{other}还有{month}的轧差没有达成一致。",
    en="The net of {month} with {other} is not agreed yet.",
    status=409,
)
NOTHING_TO_NET = reason(
    "settlement.nothing_to_net", zh="与{other}没有要清算的。", en="There is nothing to clear with {other}.", status=409
)
SIDES_DIFFER = reason(
    "settlement.sides_differ",
    zh="本方所见与对方所报不同，请先核对差异。",
    en="What we see is not what the other side says; resolve the differences first.",
    status=409,
)
NOT_PAID_YET = reason(
    "settlement.net_not_paid_yet",
    zh="对方还没有付款，或凭证号不符。",
    en="The other side has not paid, or under another reference.",
    status=409,
)

NO_WORD_YET = reason(
    "settlement.no_word_yet",
    zh="本方还没有答复，没有可重发的。",
    en="We have not said anything yet that could be sent again.",
    status=409,
)

PROPOSAL, ANSWER, PAID = "clearing.proposal", "clearing.answer", "clearing.paid"


@dataclass(frozen=True)
class Seen:
    """Claims of one direction as one county sees them: (number, fen, digest), in the order of their numbers."""

    claims: tuple[tuple[str, int, str], ...]

    @property
    def fen(self) -> int:
        return sum(fen for _, fen, _ in self.claims)

    @property
    def numbers(self) -> list[str]:
        return [no for no, _, _ in self.claims]


def draw(*, county: str, other: str, month: Month, at: datetime, by: str) -> Net:
    """Draw the net of a month with another county out of all claims of it or earlier that no net holds.

    A net that the other side disputed is drawn anew as its next version. Refuses with
    ``settlement.net_drawn_by_other``, ``settlement.net_open``, ``settlement.nothing_to_net`` or
    ``settlement.wrong_state``.
    """
    if county > other:
        raise NOT_OURS_TO_DRAW("county", county=other)
    with transaction.atomic():
        nets = Net.objects.select_for_update().filter(county=county, other=other)
        open_net = nets.exclude(state__in=_DONE).exclude(month=str(month)).order_by("month").first()
        if open_net is not None:
            raise NET_OPEN("month", other=other, month=open_net.month)
        out, into = _seen(county, other, _free_claims(county, other, month), _free_received(county, other, month))
        if not out.claims and not into.claims:
            raise NOTHING_TO_NET("other", other=other)
        row = nets.filter(month=str(month)).first()
        if row is None:
            row = Net(county=county, id=new_id(), other=other, month=str(month), version=1)
            row.state = Net.State.DRAWN
        else:
            row.version += 0 if row.state == Net.State.DRAWN else 1
            NET.move(row, "draw")
        _fill(row, out, into)
        row.their_word, row.dispute = "", ""
        row.drawn_by, row.drawn_at = by, at
        row.confirmed_by, row.confirmed_at = "", None
        row.save()
        _note("settlement.draw_net", row, at=at, by=by)
    return row


def confirm(*, county: str, net_id: UUID, at: datetime, by: str) -> Net:
    """Confirm what we see. The drawing side then proposes it to the other; the other one's yes makes it agreed.

    Refuses with ``settlement.sides_differ`` where the claims are not, or no longer, what is written, and with
    ``settlement.unknown_net`` or ``settlement.wrong_state``.
    """
    with transaction.atomic():
        row = lock(county=county, net_id=net_id)
        is_asked = row.state == Net.State.ASKED
        NET.move(row, "agree" if is_asked else "propose")
        out, into = _named(row)
        _fill(row, out, into, keep_names=True)
        if is_asked and row.word != row.their_word:
            raise SIDES_DIFFER("net")
        if not is_asked and (out.numbers != row.out_claims or into.numbers != row.in_claims):
            raise SIDES_DIFFER("net")
        row.confirmed_by, row.confirmed_at = by, at
        row.save()
        _mark(row, row.month)
        _tell(row, ANSWER if is_asked else PROPOSAL, at, yes=True)
        _note("settlement.confirm_net", row, at=at, by=by)
    return row


def dispute(*, county: str, net_id: UUID, because: str, at: datetime, by: str) -> Net:
    """Say no to the version that the other side proposed; it may then draw another one.

    Refuses with ``settlement.clearing_needs_reason`` or ``settlement.wrong_state``.
    """
    if not because.strip():
        raise NEEDS_WHY("because")
    with transaction.atomic():
        row = lock(county=county, net_id=net_id)
        NET.move(row, "dispute")
        row.dispute = because.strip()[:300]
        row.save()
        _tell(row, ANSWER, at, yes=False)
        _note("settlement.dispute_net", row, at=at, by=by, reason=because)
    return row


def tell_again(*, county: str, net_id: UUID, at: datetime, by: str) -> Net:
    """Send our last word once more, in case it was lost; whoever has it already takes no notice.

    Refuses with ``settlement.no_word_yet`` before there is any.
    """
    with transaction.atomic():
        row = lock(county=county, net_id=net_id)
        if row.state in (Net.State.DRAWN, Net.State.ASKED):
            raise NO_WORD_YET("net")
        if row.county < row.other and row.state == Net.State.PROPOSED:
            _tell(row, PROPOSAL, at, yes=True)
        elif row.county > row.other:
            _tell(row, ANSWER, at, yes=row.state != Net.State.DIFFERS)
        if row.state == Net.State.SETTLED and row.net_fen > 0:
            _tell(row, PAID, at, yes=True)
        _note("settlement.tell_net_again", row, at=at, by=by)
    return row


def hear(*, message: Mapping[str, Any], at: datetime) -> None:
    """Take the other side's word, in whatever order and however often it comes."""
    with transaction.atomic():
        if message["topic"] == PROPOSAL:
            _hear_proposal(message, at)
            return
        row = (
            Net.objects.select_for_update()
            .filter(county=message["to"], other=message["from"], month=message["month"])
            .first()
        )
        if row is None or row.version != message["version"]:
            return
        if row.state == Net.State.PROPOSED:
            _hear_answer(row, message, at)
        if message["topic"] == PAID and row.state in _DONE and not row.their_reference:
            row.their_reference = message["reference"]
            row.save(update_fields=["their_reference"])


def settle(*, county: str, net_id: UUID, reference: str, at: datetime, on: date, by: str) -> Net:
    """Book the agreed net: whoever owes pays, under the bank's reference, and whoever is owed books it as arrived.

    Every claim in it is settled in its own books: what each of our funds owed, and what was owed to us. Another
    person than the one who confirmed it does so. Refuses with ``settlement.same_person``, ``input.missing``,
    ``settlement.net_not_paid_yet``, ``settlement.sides_differ`` or ``settlement.wrong_state``.
    """
    with transaction.atomic():
        row = lock(county=county, net_id=net_id)
        NET.move(row, "settle")
        if by == row.confirmed_by:
            raise SAME_PERSON("by")
        given = reference.strip()[:60]
        if row.net_fen and not given:
            raise MISSING("reference", field_name="reference")
        if row.net_fen < 0 and row.their_reference != given:
            raise NOT_PAID_YET("reference")
        moves = [*_out_moves(row), *_in_moves(row)]
        out, into = _named(row)
        if (out.fen, into.fen) != (row.out_fen, row.in_fen):
            raise SIDES_DIFFER("net")
        post(county=county, moves=moves, at=at, on=on)
        row.reference, row.settled_by, row.settled_at = given, by, at
        row.save()
        if row.net_fen > 0:
            _tell(row, PAID, at, yes=True)
        _note("settlement.settle_net", row, at=at, by=by, reference=given)
    return row


def lock(*, county: str, net_id: UUID) -> Net:
    """Refuses with ``settlement.unknown_net``."""
    row = Net.objects.select_for_update().filter(county=county, id=net_id).first()
    if row is None:
        raise UNKNOWN_NET("net")
    return row


_DONE = (Net.State.AGREED, Net.State.SETTLED)


def _hear_proposal(message: Mapping[str, Any], at: datetime) -> None:
    nets = Net.objects.select_for_update().filter(county=message["to"], other=message["from"], month=message["month"])
    row = nets.first()
    if row is None:
        row = Net(county=message["to"], id=new_id(), other=message["from"], month=message["month"], version=0)
    elif row.version >= message["version"] or row.state in _DONE:
        return
    row.state, row.version = Net.State.ASKED, message["version"]
    row.out_claims, row.in_claims = message["in_claims"], message["out_claims"]
    row.their_word, row.dispute = message["word"], ""
    row.drawn_by, row.drawn_at = f"county:{message['from']}", at
    _fill(row, *_named(row), keep_names=True)
    row.save()
    _note("settlement.hear_net", row, at=at, by=row.drawn_by)


def _hear_answer(row: Net, message: Mapping[str, Any], at: datetime) -> None:
    """The other side's yes or no to our version; that it paid is a yes as well."""
    NET.move(row, "agree" if message["yes"] else "dispute")
    row.their_word, row.dispute = message["word"] if message["yes"] else "", message["because"]
    row.save()
    if not message["yes"]:
        _mark(row, "")
    _note("settlement.hear_net", row, at=at, by=f"county:{row.other}", yes=message["yes"])


def _free_claims(county: str, other: str, month: Month) -> list[Claim]:
    rows = Claim.objects.filter(county=county, serving=other, month__lte=str(month), settled_month="")
    return list(rows.order_by("no"))


def _free_received(county: str, other: str, month: Month) -> list[Received]:
    rows = Received.objects.filter(county=county, home=other, month__lte=str(month), settled_month="")
    return list(rows.order_by("no"))


def _named(row: Net) -> tuple[Seen, Seen]:
    """The claims that the net names, as we see them now; one that we do not have is not there."""
    claims = Claim.objects.filter(county=row.county, serving=row.other, no__in=row.out_claims).order_by("no")
    received = Received.objects.filter(county=row.county, home=row.other, no__in=row.in_claims).order_by("no")
    return _seen(row.county, row.other, list(claims), list(received))


def _seen(county: str, other: str, claims: Sequence[Claim], received: Sequence[Received]) -> tuple[Seen, Seen]:
    out: list[tuple[str, View]] = [(each.no, view_of(each)) for each in claims]
    into = [(each.no, view_there(county=county, home=other, no=each.no)) for each in received]
    return _as_seen(out), _as_seen(into)


def _as_seen(views: Sequence[tuple[str, View]]) -> Seen:
    return Seen(tuple((no, sum(fen for _, fen in view.values()), seal(view)) for no, view in views))


def _fill(row: Net, out: Seen, into: Seen, *, keep_names: bool = False) -> None:
    row.out_fen, row.in_fen, row.net_fen = out.fen, into.fen, out.fen - into.fen
    if not keep_names:
        row.out_claims, row.in_claims = out.numbers, into.numbers
    row.word = _word(row, out, into)


def _word(row: Net, out: Seen, into: Seen) -> str:
    """One digest over the claims of both directions, the same on both sides if they see the same lines."""
    directions = [(row.county, out), (row.other, into)]
    told = [f"{row.month} {row.version}"]
    for home, seen in sorted(directions, key=lambda each: each[0]):
        told += [f"{home} {no} {fen} {digest}" for no, fen, digest in seen.claims]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _mark(row: Net, month: str) -> None:
    """What is in a net stays as it is, until the other side says no to it."""
    Claim.objects.filter(county=row.county, serving=row.other, no__in=row.out_claims).update(settled_month=month)
    Received.objects.filter(county=row.county, home=row.other, no__in=row.in_claims).update(settled_month=month)


def _tell(row: Net, topic: str, at: datetime, *, yes: bool) -> None:
    put(
        county=row.county,
        topic=topic,
        about=new_id(),
        payload={
            "topic": topic,
            "from": row.county,
            "to": row.other,
            "month": row.month,
            "version": row.version,
            "word": row.word,
            "out_claims": row.out_claims,
            "in_claims": row.in_claims,
            "yes": yes,
            "because": row.dispute,
            "reference": row.reference,
        },
        at=at,
    )


def _out_moves(row: Net) -> list[Move]:
    """Fund by fund, what we owed the other county is settled."""
    sums = (
        ClaimLine.objects.filter(county=row.county, claim__serving=row.other, claim__no__in=row.out_claims)
        .order_by("fund_id")
        .values_list("fund_id")
        .annotate(fen=Sum("amount_fen"))
    )
    owed = dict(sums)
    moves = []
    for fund in Fund.objects.filter(county=row.county, id__in=list(owed)).select_related("books").order_by("code"):
        theirs = clearing_account(fund, row.other)
        settled = open_account(fund=fund.books, code=f"cleared:{row.other}", kind="cleared")
        moves += _signed(theirs, settled, owed[fund.id], "net_out", row)
    return moves


def _in_moves(row: Net) -> list[Move]:
    """What the other county owed us is settled."""
    fen = ReceivedLine.objects.filter(
        county=row.county, received__home=row.other, received__no__in=row.in_claims
    ).aggregate(fen=Sum("amount_fen", default=0))["fen"]
    if not fen:
        return []
    books = books_for(county=row.county, home=row.other)
    settled = open_account(fund=books, code=f"cleared:{row.other}", kind="cleared")
    theirs = open_account(fund=books, code=f"receivable:{row.other}", kind="receivable")
    return _signed(settled, theirs, fen, "net_in", row)


def _signed(debit: Account, credit: Account, fen: int, kind: str, row: Net) -> list[Move]:
    if not fen:
        return []
    if fen < 0:
        debit, credit = credit, debit
    return [Move(debit, credit, abs(fen), kind, about=row.id)]


def _note(act: str, row: Net, *, at: datetime, by: str, reason: str = "", **detail: Any) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="net",
        subject_id=row.id,
        reason=reason,
        other=row.other,
        month=row.month,
        version=row.version,
        net_fen=row.net_fen,
        **detail,
    )
