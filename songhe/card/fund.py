"""The funds behind the cards: who gives, who may receive, what may be bought, how long it lasts. 资金池"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from songhe.card.models import Allowed, Fund, Level, Source
from songhe.county.ready import Ready
from songhe.kernel.integer import ratio
from songhe.kernel.place_code import parse
from songhe.kernel.refusal import reason, whole
from songhe.ledger.fund import open_account
from songhe.ledger.fund import open_fund as open_books
from songhe.ledger.models import Account
from songhe.provider.help import require_help
from songhe.trail.note import note

UNKNOWN_FUND = reason("card.unknown_fund", zh="没有这个资金池。", en="There is no such fund.", status=404)
CODE_TAKEN = reason("card.fund_code_taken", zh="资金代码“{code}”已用。", en="The code {code} is taken.", status=409)
ONE_FAMILY = reason(
    "card.one_family_fund", zh="本地已有家庭资金池。", en="The county has its families' fund already.", status=409
)
SAME_PERSON = reason("card.same_person", zh="经办人不能审批自己提出的事项。", en="Another person approves.", status=403)
NOTHING_ALLOWED = reason("card.nothing_allowed", zh="请写明这项资金可用于什么。", en="Say what the fund may buy.")
NOT_A_SOURCE = reason("card.not_a_source", zh="没有“{source}”这种资金来源。", en="There is no source {source}.")
NOT_A_LEVEL = reason("card.not_a_level", zh="没有“{level}”这一层级。", en="There is no level {level}.")
PLACE_OUTSIDE = reason(
    "card.place_outside", zh="“{place}”不在本县范围内。", en="{place} is not within the county.", status=422
)
WRONG_TERMS = reason(
    "card.wrong_terms",
    zh="有效期、期数、退款或配捐的设定互相矛盾：{what_zh}。",
    en="Expiry, period, refund and match do not fit together: {what_en}.",
)
PAID_TWICE = reason(
    "card.standard_paid_twice",
    zh="“{standard}”的各级分担之和超过全额。",
    en="The shares of {standard} come to more than the whole.",
    status=409,
)

#: The levels from the uppermost down: a share is rounded from here, and the lowest bears what remains.
LEVELS: tuple[str, ...] = tuple(level.value for level in Level)


@dataclass(frozen=True)
class Terms:
    """What a fund is for. ``rates``: a share ("1/2") of the pack's amount of a standard, or fen of its own.

    ``ceiling_fen`` is the most that may be put in altogether, net of what is taken out; None: no ceiling.
    """

    source: str
    level: str
    place: str
    expiry: str
    allowed: tuple[str, ...]
    period_months: int | None = None
    late_days: int = 0
    rank: int = 0
    ceiling_fen: int | None = None
    classes: tuple[int, ...] = ()
    rates: Mapping[str, str | int] = field(default_factory=dict)
    matches: bool = False

    @property
    def refund(self) -> str:
        """A family's money is its heirs', anybody else's goes back to where it came from."""
        return Fund.Refund.HEIRS if self.source == Source.FAMILY else Fund.Refund.FUND


def open_fund(
    *, county: str, code: str, name: str, terms: Terms, by: str, approved_by: str, at: datetime, on: date
) -> Fund:
    """Open a fund with its books: proposed by one, approved by another person.

    Its account never falls below nothing and its inflow never goes over the ceiling; the database holds both.
    Refuses with ``card.same_person``, ``card.fund_code_taken``, ``card.one_family_fund``, ``card.not_a_source``,
    ``card.not_a_level``, ``card.place_outside``, ``provider.unknown_help``, ``card.nothing_allowed``,
    ``card.wrong_terms``, ``card.standard_paid_twice`` or ``place_code.not_a_code``.
    """
    if by == approved_by:
        raise SAME_PERSON("approved_by")
    check_terms(county, terms)
    with transaction.atomic():
        mine = Fund.objects.filter(county=county)
        if mine.filter(code=code).exists():
            raise CODE_TAKEN("code", code=code)
        if terms.source == Source.FAMILY and mine.filter(source=Source.FAMILY, closed_on=None).exists():
            raise ONE_FAMILY("source")
        books = open_books(county=county, code=f"card:{code}"[:40], name=name)
        ceiling = None if terms.ceiling_fen is None else -terms.ceiling_fen
        fund = Fund.objects.create(
            county=county,
            code=code,
            name=name,
            source=terms.source,
            level=terms.level,
            place=terms.place,
            books=books,
            account=open_account(fund=books, code="fund", kind="card_fund", floor=0),
            inflow=open_account(fund=books, code="source", kind="source", floor=ceiling),
            slot=(mine.aggregate(most=Max("slot"))["most"] or 0) + 1,
            classes=sorted(terms.classes),
            rates=dict(terms.rates),
            expiry=terms.expiry,
            period_months=terms.period_months,
            late_days=terms.late_days,
            rank=terms.rank,
            refund=terms.refund,
            matches=terms.matches,
            opened_by=by,
            approved_by=approved_by,
            opened_at=at,
        )
        _shares_fit(county)
        Allowed.objects.bulk_create([Allowed(county=county, fund=fund, category=each) for each in terms.allowed])
        _note("card.open_fund", fund, at=at, by=by, approved_by=approved_by, allowed=list(terms.allowed))
    return fund


def check_terms(county: str, terms: Terms) -> None:
    """Refuses terms as ``open_fund`` does, but for what only the other funds can say."""
    if terms.source not in Source.values:
        raise NOT_A_SOURCE("source", source=terms.source)
    if terms.level not in Level.values:
        raise NOT_A_LEVEL("level", level=terms.level)
    parse(terms.place, field="place")
    if not (terms.place.startswith(county) or county.startswith(terms.place[:6].rstrip("0"))):
        raise PLACE_OUTSIDE("place", place=terms.place)
    _check_categories(terms.allowed)
    if terms.ceiling_fen is not None:
        whole(terms.ceiling_fen, "ceiling_fen", least=1)
    whole(terms.late_days, "late_days", least=0)
    for wrong, zh, en in (
        (terms.expiry not in Fund.Expiry.values, "不认识的有效期", "unknown expiry"),
        (
            (terms.expiry == Fund.Expiry.PERIOD_END) != (terms.period_months in (2, 3, 4, 6, 12)),
            "按期清零的须写明几个月一期（2、3、4、6、12）",
            "a period has 2, 3, 4, 6 or 12 months, and only where money ends with it",
        ),
        (
            terms.source == Source.FAMILY
            and (terms.expiry != Fund.Expiry.NEVER or bool(terms.rates) or terms.ceiling_fen is not None),
            "家庭资金长期有效，只由充值而来，不设上限",
            "family money never lapses, comes by top-ups alone and has no ceiling",
        ),
        (
            terms.matches
            and (terms.source != Source.CHARITY or terms.expiry != Fund.Expiry.NEVER or bool(terms.rates)),
            "配捐资金为慈善资金，长期有效，不按月发放",
            "what matches is charity money, never lapses and is not charged by the month",
        ),
    ):
        if wrong:
            raise WRONG_TERMS("terms", what_zh=zh, what_en=en)
    for standard, rate in terms.rates.items():
        if isinstance(rate, int):
            whole(rate, f"rates.{standard}", least=1)
        elif not 0 < ratio(rate) <= 1:
            raise PAID_TWICE("rates", standard=standard)


def _check_categories(categories: Collection[str]) -> None:
    if not categories:
        raise NOTHING_ALLOWED("allowed")
    for each in categories:
        require_help(each, field="allowed", everything=True)


def _shares_fit(county: str) -> None:
    """The shares of one standard over all open funds whose place lies within the other's come to one at most."""
    funds = list(Fund.objects.filter(county=county, closed_on=None).order_by("id"))
    for fund in funds:
        for standard, rate in fund.rates.items():
            if isinstance(rate, int):
                continue
            together = sum(
                (ratio(other.rates[standard]) for other in funds if _pays(other, standard) and _meet(fund, other)),
                Fraction(0),
            )
            if together > 1:
                raise PAID_TWICE("rates", standard=standard)


def _pays(fund: Fund, standard: str) -> bool:
    return isinstance(fund.rates.get(standard), str)


def _meet(one: Fund, other: Fund) -> bool:
    first, second = prefix(one.place), prefix(other.place)
    return first.startswith(second) or second.startswith(first)


def prefix(place: str) -> str:
    """The digits with which every place inside this one begins: 330000 → 33, 330703 → 330703, "000000" → ""."""
    if len(place) > 6:
        return place
    if place[2:] == "0000":
        return "" if place == "000000" else place[:2]
    return place[:4] if place[4:] == "00" else place


def amounts(fund: Fund, *, standards: Mapping[str, int], funds: Sequence[Fund]) -> dict[str, int]:
    """What the fund charges a month for each standard, in fen: its own amount, or its share of the pack's.

    Several funds may share a standard: the shares are rounded down from the uppermost level as they add up, so that
    together they pay the amount to the fen.
    """
    found: dict[str, int] = {}
    for standard, rate in fund.rates.items():
        if isinstance(rate, int):
            found[standard] = rate
        elif standard in standards:
            amount, before = standards[standard], Fraction(0)
            for other in _by_level(funds):
                if not _pays(other, standard) or not _meet(fund, other):
                    continue
                after = before + ratio(other.rates[standard])
                if other.id == fund.id:
                    found[standard] = int(amount * after) - int(amount * before)
                    break
                before = after
    return {standard: fen for standard, fen in found.items() if fen > 0}


def _by_level(funds: Sequence[Fund]) -> list[Fund]:
    return sorted(funds, key=lambda fund: (LEVELS.index(fund.level), fund.id))


def allow(*, fund: Fund, category: str, at: datetime, by: str, approved_by: str) -> None:
    """The fund may buy this category from now on. Refuses with ``provider.unknown_help`` or ``card.same_person``."""
    _check_categories([category])
    if by == approved_by:
        raise SAME_PERSON("approved_by")
    with transaction.atomic():
        fund = lock(county=fund.county, fund_id=fund.id)
        row, made = Allowed.objects.get_or_create(county=fund.county, fund=fund, category=category)
        if not made and row.until is not None:
            Allowed.objects.filter(county=fund.county, id=row.id).update(until=None)
        _note("card.allow", fund, at=at, by=by, approved_by=approved_by, category=category)


def disallow(*, fund: Fund, category: str, until: date, at: datetime, by: str, approved_by: str) -> None:
    """The fund buys it to that day and no longer. Refuses with ``card.same_person``."""
    if by == approved_by:
        raise SAME_PERSON("approved_by")
    with transaction.atomic():
        fund = lock(county=fund.county, fund_id=fund.id)
        Allowed.objects.filter(county=fund.county, fund=fund, category=category).update(until=until)
        _note("card.disallow", fund, at=at, by=by, approved_by=approved_by, category=category, until=str(until))


def lock(*, county: str, fund_id: UUID) -> Fund:
    """The fund's row, locked: whoever gives out its money waits here. Draws on purses do not.

    Refuses with ``card.unknown_fund``.
    """
    found = Fund.objects.select_for_update(no_key=True).filter(county=county, id=fund_id).first()
    if found is None:
        raise UNKNOWN_FUND("fund")
    return found


def family_fund(county: str) -> Fund:
    """The fund of the county's families. Refuses with ``card.unknown_fund``."""
    found = Fund.objects.filter(county=county, source=Source.FAMILY, closed_on=None).first()
    if found is None:
        raise UNKNOWN_FUND("fund")
    return found


def account_of(fund: Fund) -> Account:
    return Account.objects.select_related("fund").get(county=fund.county, id=fund.account_id)


def inflow_of(fund: Fund) -> Account:
    return Account.objects.select_related("fund").get(county=fund.county, id=fund.inflow_id)


def payable(fund: Fund, provider_id: int) -> Account:
    """What the fund owes a provider: an open account, so that no draw waits for another's."""
    return _open_sum(fund, f"payable:{provider_id}", "payable")


def paid_back(fund: Fund) -> Account:
    """What a family's fund gave back to those who paid it, or to heirs."""
    return _open_sum(fund, "paid_back", "paid_back")


_CODED = Ready(
    lambda county, books, code: Account.objects.select_related("fund").filter(county=county, fund_id=books, code=code)
)


def _open_sum(fund: Fund, code: str, kind: str) -> Account:
    found = _CODED.first(county=fund.county, books=fund.books_id, code=code)
    return found or open_account(fund=fund.books, code=code, kind=kind)


def _note(act: str, fund: Fund, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=fund.county, at=at, actor=by, act=act, subject="card_fund", subject_id=fund.id, code=fund.code, **detail
    )
