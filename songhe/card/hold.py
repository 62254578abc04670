"""Set money of a card aside for an order or for a till that works without a network, and let it go again. 预留"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, Value, When

from songhe.card.draw import Owed, plan
from songhe.card.fund import account_of
from songhe.card.hold_models import Hold, HoldPart
from songhe.card.models import Card, Purse
from songhe.card.open import lock
from songhe.card.order import By
from songhe.card.states import HOLD, PURSE
from songhe.county.key import Tag, new_id, slotted_id
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.refusal import reason, whole
from songhe.ledger.fund import open_account
from songhe.ledger.models import Account
from songhe.ledger.post import Move, post
from songhe.person.deceased import refuse_after_death
from songhe.provider.help import require_help
from songhe.provider.models import Provider
from songhe.trail.note import note

TOO_LITTLE = reason(
    "card.hold_too_little",
    zh="卡里能用于这一项的只有{may_fen:yuan}，不够预留{amount_fen:yuan}。",
    en="The card has only {may_fen:yuan} for this, not the {amount_fen:yuan} to be held.",
    status=409,
)
ENDS_BEFORE = reason(
    "card.hold_until_past", zh="预留的截止时间要在现在之后。", en="A hold ends in the future.", status=422
)
TOO_LONG = reason(
    "card.hold_too_long",
    zh="预留最晚到{last}，之后这笔资金就到期了。",
    en="Money on this card lapses; it can be held until {last} at the latest.",
    status=409,
)
UNKNOWN_HOLD = reason("card.hold_unknown", zh="没有这笔预留。", en="There is no such hold.", status=404)
HOLD_SMALLER = reason(
    "card.hold_smaller",
    zh="这笔预留只剩{left_fen:yuan}。",
    en="Only {left_fen:yuan} of this hold are left.",
    status=409,
)

#: How many overdue holds one transaction lets go.
CHUNK = 500


def hold(
    *,
    card: Card,
    provider: Provider,
    help: str,
    amount_fen: int,
    day: date,
    until: datetime,
    at: datetime,
    on: date,
    by: str,
    order: By = "lapsing_first",
) -> Hold:
    """Set ``amount_fen`` aside for services of one help at one provider on a day, out of purses in their order.

    It is all there or nothing is held, and no purse lapses before ``until``. Refuses with ``card.hold_too_little``,
    ``card.hold_until_past``, ``card.hold_too_long``, ``card.lost``, ``card.frozen``, ``card.closed_card``,
    ``person.after_death``, ``provider.unknown_help``, ``input.*`` or, where two want the same fen,
    ``ledger.insufficient``.
    """
    whole(amount_fen, "amount_fen", least=1)
    require_help(help, field="help")
    if until <= at:
        raise ENDS_BEFORE("until")
    with transaction.atomic():
        card = lock(county=card.county, card_id=card.id)
        refuse_after_death(card.person, max(on, day), "card")
        row = Hold(
            county=card.county,
            id=new_id(),
            card=card,
            provider=provider,
            help=help,
            day=day,
            amount_fen=amount_fen,
            until=until,
            at=at,
            by=by,
        )
        takings = plan(card=card, owed=[Owed(row.id, help, amount_fen, day)], on=on, by=order)
        may_fen = sum(taking.amount_fen for taking in takings)
        if may_fen < amount_fen:
            raise TOO_LITTLE("amount_fen", may_fen=may_fen, amount_fen=amount_fen)
        rows = Purse.objects.filter(county=card.county, id__in=[taking.purse_id for taking in takings])
        purses = {purse.id: purse for purse in rows.select_related("fund__books", "account").order_by("id")}
        last = min(purse.book_until for purse in purses.values())
        if beijing_date(until) > last:
            raise TOO_LONG("until", last=last)
        row.save(force_insert=True)
        parts = [
            HoldPart(
                county=card.county,
                hold=row,
                purse=purses[taking.purse_id],
                account=_beside(purses[taking.purse_id]),
                amount_fen=taking.amount_fen,
            )
            for taking in takings
        ]
        HoldPart.objects.bulk_create(parts)
        moves = [Move(part.purse.account, part.account, part.amount_fen, "hold", about=row.id) for part in parts]
        post(county=card.county, moves=moves, at=at, on=on)
        _note("card.hold", row, at=at, by=by, fen=amount_fen, provider=provider.id)
    return row


def keep_until(*, hold: Hold, until: datetime) -> Hold:
    """Let a hold end sooner, or later again; the caller has locked the card, and no purse lapses before it ends."""
    row = Hold.objects.select_for_update(no_key=True).get(county=hold.county, id=hold.id)
    HOLD.check(row.state, "release")
    row.until = until
    row.save(update_fields=["until"])
    return row


def capture(*, hold: Hold, amount_fen: int, about: UUID, at: datetime, on: date, by: str) -> Hold:
    """Put so much of a hold back into its purses, for the bill that pays from them in the same transaction.

    ``about`` is what it is captured for: once for each. The caller has locked the person and the card, so that
    nothing takes it in between. Refuses with ``card.hold_unknown``, ``card.hold_smaller`` or ``card.wrong_state``.
    """
    whole(amount_fen, "amount_fen", least=1)
    with transaction.atomic():
        row = Hold.objects.select_for_update(no_key=True).filter(county=hold.county, id=hold.id).first()
        if row is None:
            raise UNKNOWN_HOLD("hold")
        HOLD.check(row.state, "capture")
        if amount_fen > row.amount_fen - row.taken_fen:
            raise HOLD_SMALLER("amount_fen", left_fen=row.amount_fen - row.taken_fen)
        _back([row], kind="capture", at=at, on=on, most_fen=amount_fen, about=about)
        row.taken_fen += amount_fen
        if row.taken_fen == row.amount_fen:
            HOLD.move(row, "capture")
            row.ended_at = at
        row.save(update_fields=["taken_fen", "state", "ended_at"])
    return row


def release(*, county: str, hold_id: UUID, at: datetime, on: date, by: str) -> Hold:
    """Let a hold go: what was not used returns to the purses, or to their funds where those have ended.

    Releasing twice changes nothing. Refuses with ``card.hold_unknown`` or ``card.wrong_state``.
    """
    with transaction.atomic():
        rows = Hold.objects.select_for_update(no_key=True).filter(county=county, id=hold_id)
        row = rows.first()
        if row is None:
            raise UNKNOWN_HOLD("hold")
        if row.state != Hold.State.RELEASED:
            _release([row], at=at, on=on, by=by)
    return row


def release_overdue(*, county: str, at: datetime, on: date, by: str = "run:release", most: int = CHUNK) -> int:
    """Let the holds whose time is up go, many in one transaction; none outlives it."""
    done = 0
    due = Hold.objects.filter(county=county, state=Hold.State.HELD, until__lte=at)
    while True:
        with transaction.atomic():
            rows = list(due.select_for_update(no_key=True).order_by("id")[:most])
            _release(rows, at=at, on=on, by=by)
        done += len(rows)
        if len(rows) < most:
            return done


def release_all(*, card: Card, at: datetime, on: date, by: str) -> int:
    """Let every hold of a locked card go, before the card is closed. Answers how many."""
    held = Hold.objects.select_for_update(no_key=True).filter(county=card.county, card=card, state=Hold.State.HELD)
    rows = list(held.order_by("id"))
    _release(rows, at=at, on=on, by=by)
    return len(rows)


def release_after_death(*, county: str, person_id: UUID, at: datetime, on: date, by: str) -> int:
    """Let the holds of somebody whose death is verified go, before the card closes: nothing is ordered any more."""
    with transaction.atomic():
        mine = Hold.objects.filter(county=county, card__person_id=person_id, state=Hold.State.HELD)
        ids = list(mine.filter(card__person__died_on__isnull=False).order_by("id").values_list("id", flat=True))
        held = Hold.objects.filter(county=county, id__in=ids, state=Hold.State.HELD)
        rows = list(held.select_for_update(no_key=True).order_by("id"))
        _release(rows, at=at, on=on, by=by)
    return len(rows)


def _release(rows: Sequence[Hold], *, at: datetime, on: date, by: str) -> None:
    if not rows:
        return
    _back(rows, kind="release", at=at, on=on)
    for row in rows:
        HOLD.move(row, "release")
        row.ended_at = at
    mine = Hold.objects.filter(county=rows[0].county, id__in=[row.id for row in rows])
    mine.update(state=Hold.State.RELEASED, ended_at=at)
    for row in rows:
        _note("card.release", row, at=at, by=by, fen=row.amount_fen - row.taken_fen, provider=row.provider_id)


def _back(
    rows: Sequence[Hold],
    *,
    kind: str,
    at: datetime,
    on: date,
    most_fen: int | None = None,
    about: UUID | None = None,
) -> None:
    """Move what locked holds still hold, or of one hold so much, back to where it came from.

    The purses are locked, so that none ends meanwhile. A purse that has ended gives it on to its fund; one that was
    paid out to heirs opens again for them.
    """
    county = rows[0].county
    parts = list(
        HoldPart.objects.filter(county=county, hold__in=[row.id for row in rows])
        .select_related("account")
        .order_by("id")
    )
    touched = Purse.objects.filter(county=county, id__in={part.purse_id for part in parts})
    list(touched.select_for_update(no_key=True).order_by("id").values_list("id", flat=True))
    purses = {purse.id: purse for purse in touched.select_related("fund__books", "account").order_by("id")}
    left = {row.id: most_fen for row in rows}
    moved, moves = set(), []
    for part in parts:
        open_fen = left[part.hold_id]
        fen = part.amount_fen - part.back_fen
        fen = fen if open_fen is None else min(fen, open_fen)
        if fen <= 0:
            continue
        if open_fen is not None:
            left[part.hold_id] = open_fen - fen
        part.back_fen += fen
        moved.add(part.id)
        home = _home(purses[part.purse_id], on)
        moves.append(Move(part.account, home, fen, kind, about=about or part.hold_id))
    if moves:
        back = Case(*[When(id=part.id, then=Value(part.back_fen)) for part in parts if part.id in moved])
        HoldPart.objects.filter(county=county, id__in=list(moved)).update(back_fen=back)
        post(county=county, moves=moves, at=at, on=on)


def _home(purse: Purse, on: date) -> Account:
    """Where money of a locked purse goes back to."""
    if purse.state == Purse.State.CLOSED:
        PURSE.move(purse, "reopen")
        purse.save(update_fields=["state"])
    stands = purse.state in (Purse.State.ACTIVE, Purse.State.FOR_HEIRS)
    return purse.account if stands else account_of(purse.fund)


def _beside(purse: Purse) -> Account:
    """The account on which held money of a purse stands, in the books of the same fund."""
    month = Month.parse(purse.period) if purse.period else None
    made = slotted_id(purse.card_id, purse.fund.slot, Tag.HOLD, month)
    return open_account(fund=purse.fund.books, code=None, kind="card_hold", floor=0, account_id=made)


def _note(act: str, row: Hold, *, at: datetime, by: str, fen: int, provider: int) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="card",
        subject_id=row.card_id,
        hold=str(row.id),
        fen=fen,
        provider=provider,
    )
