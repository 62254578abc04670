"""What a merchant takes off the price, as data; which discount a sale gets, and how the receipt says it. 优惠"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import Q

from songhe.kernel.integer import share
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason, whole
from songhe.provider.help import EVERYTHING, HELPS, require_help
from songhe.provider.models import Discount, Partner
from songhe.provider.states import PARTNER
from songhe.trail.note import note

ONE_WAY = reason(
    "provider.discount_one_way",
    zh="优惠按比例（1至100）或固定金额，二者选一。",
    en="A discount is a part in the hundred (1 to 100) or a fixed amount, one of the two.",
)
DISCOUNT_OVERLAPS = reason(
    "provider.discount_overlaps",
    zh="这一类从{first}起已有优惠，时间重叠。",
    en="There is a discount of that kind from {first}; the times overlap.",
    status=409,
)
DISCOUNT_ENDED = reason(
    "provider.discount_ended", zh="这项优惠已于{last}结束。", en="The discount ended on {last}.", status=409
)


@dataclass(frozen=True)
class Terms:
    """One discount: ``per_cent`` off, or ``off_fen``, from a price of ``least_fen`` on. ``key`` names its row."""

    key: int
    per_cent: int | None = None
    off_fen: int | None = None
    least_fen: int = 0

    def off(self, price_fen: int) -> int:
        """Fen off a price: the part is rounded half up, and nothing is ever taken off below nought."""
        if price_fen < self.least_fen:
            return 0
        if self.per_cent is not None:
            return share(price_fen, Fraction(self.per_cent, 100))
        return min(self.off_fen or 0, price_fen)


@dataclass(frozen=True)
class Reduced:
    """A price with its discount, as the receipt shows it; ``off_fen`` + ``pays_fen`` is the price."""

    price_fen: int
    off_fen: int
    pays_fen: int
    key: int | None
    zh: str = ""
    en: str = ""


def reduce(price_fen: int, terms: Iterable[Terms]) -> Reduced:
    """The one discount that takes off most; of two that take off as much, the older row. They do not add up."""
    best: tuple[int, Terms] | None = None
    for one in sorted(terms, key=lambda one: one.key):
        off = one.off(price_fen)
        if off and (best is None or off > best[0]):
            best = (off, one)
    if best is None:
        return Reduced(price_fen, 0, price_fen, None)
    off, one = best
    zh, en = (
        (f"爱心商家优惠{one.per_cent}%", f"{one.per_cent} % off at a partner merchant")
        if one.per_cent is not None
        else ("爱心商家立减", "Fixed amount off at a partner merchant")
    )
    return Reduced(price_fen, off, price_fen - off, one.key, zh, en)


def set_discount(
    *,
    partner: Partner,
    help: str,
    valid_from: date,
    at: datetime,
    by: str,
    per_cent: int | None = None,
    off_fen: int | None = None,
    least_fen: int = 0,
    valid_to: date | None = None,
) -> Discount:
    """A discount of an admitted merchant for one kind of help or goods, or ``*`` for all it sells.

    Refuses with ``provider.unknown_help``, ``provider.discount_one_way``, ``input.too_small``,
    ``provider.wrong_state``, ``provider.discount_overlaps`` or ``period.ends_before_it_begins``.
    """
    require_help(help, everything=True)
    whole(least_fen, "least_fen", least=0)
    if (per_cent is None) == (off_fen is None):
        raise ONE_WAY("per_cent")
    if per_cent is not None and not 1 <= whole(per_cent, "per_cent") <= 100:
        raise ONE_WAY("per_cent")
    if off_fen is not None:
        whole(off_fen, "off_fen", least=1)
    period = Period(valid_from, valid_to)
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=partner.pk)
        PARTNER.check(partner.state, "leave")
        for held in Discount.objects.filter(partner=partner, help=help):
            if period.overlaps(Period(held.valid_from, held.valid_to)):
                raise DISCOUNT_OVERLAPS("valid_from", first=held.valid_from)
        made = Discount.objects.create(
            partner=partner,
            help=help,
            per_cent=per_cent,
            off_fen=off_fen,
            least_fen=least_fen,
            valid_from=valid_from,
            valid_to=valid_to,
        )
        _note("provider.set_discount", partner, made, at=at, by=by, per_cent=per_cent, off_fen=off_fen)
    return made


def end_discount(*, discount: Discount, last_day: date, at: datetime, by: str) -> Discount:
    """The last day of a discount. Refuses with ``provider.discount_ended`` or ``period.ends_before_it_begins``."""
    with transaction.atomic():
        partner = Partner.objects.select_for_update().get(pk=discount.partner_id)
        discount = Discount.objects.get(pk=discount.pk)
        if discount.valid_to is not None and discount.valid_to <= last_day:
            raise DISCOUNT_ENDED("last_day", last=discount.valid_to)
        Period(discount.valid_from, last_day)
        discount.valid_to = last_day
        discount.save(update_fields=["valid_to"])
        _note("provider.end_discount", partner, discount, at=at, by=by, last_day=str(last_day))
    return discount


def terms_on(partner: Partner, on: date) -> dict[str, list[Terms]]:
    """The discounts of the day by kind of help; those for everything stand under each. One statement."""
    held = Discount.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), partner=partner, valid_from__lte=on)
    found: dict[str, list[Terms]] = {each: [] for each in HELPS}
    for row in held.order_by("id"):
        terms = Terms(row.pk, row.per_cent, row.off_fen, row.least_fen)
        for each in HELPS if row.help == EVERYTHING else [row.help]:
            found[each].append(terms)
    return found


def _note(act: str, partner: Partner, discount: Discount, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=partner.county,
        at=at,
        actor=by,
        act=act,
        subject="discount",
        subject_id=str(discount.pk),
        provider=partner.provider_id,
        help=discount.help,
        **detail,
    )
