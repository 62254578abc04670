"""What a bill would cost, and who pays: the question and answer of ``songhe quote``. 试算"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from songhe.kernel.refusal import MISSING, Refusal, reason, whole
from songhe.policy import ltci, match, request
from songhe.policy.benefit import Bill, share_bill
from songhe.policy.evaluate import CategoryTerms, Tested, categories, try_on, written_ratio
from songhe.policy.facts import FactValue, checked_fact
from songhe.policy.monthly import has_standards
from songhe.policy.pack import BenefitLine, Sentence, is_place
from songhe.policy.resolve import NOT_A_PLACE, VALUE_NOT_SET, Library, Policy, library
from songhe.policy.values import CATEGORIES, VALUES

NO_FEES = reason("quote.no_fees", zh="至少要有一笔费用。", en="Give at least one fee.")
TOO_MANY_FEES = reason(
    "quote.too_many_fees", zh="“{policy}”一次只能试算{most}笔费用。", en="{policy} takes at most {most} fee at a time."
)
UNKNOWN_CATEGORY = reason(
    "quote.unknown_category", zh="没有“{category}”这一服务类别。", en="There is no category {category}."
)
ITEMS_DO_NOT_MATCH = reason(
    "quote.items_do_not_match",
    zh="items 应与费用一一对应：费用{fees}笔,items {items}项。",
    en="items has one entry for each fee: {fees} fees, {items} items.",
)
PROVIDER_OUTSIDE_PROVINCE = reason(
    "policy.provider_outside_province",
    zh="{place}要求服务地点在本省（区、市）内，服务机构在{provider_place}。",
    en="{place} wants the service inside its province; the provider is in {provider_place}.",
)
UNKNOWN_BENEFIT = reason(
    "quote.unknown_benefit", zh="{pack}没有“{benefit}”这一待遇。", en="{pack} has no benefit {benefit}."
)

_ASKED = ("policy", "place", "on")
_VOUCHER = ("category", "fees_fen", "ltci_fen", "used_fen", "items", "provider_place")
_INSURANCE = ("benefit", "count", "fee_fen", "level")
_TOP_UP = ("topup_fen", "matched_fen")


@dataclass(frozen=True)
class Step:
    """One step of a calculation as people read it."""

    name: str
    sentence: Sentence
    amount_fen: int

    def as_dict(self, language: str) -> dict[str, Any]:
        return {"name": self.name, "sentence": self.sentence.in_language(language), "amount_fen": self.amount_fen}

    def in_both(self) -> dict[str, Any]:
        """As a bill's line keeps it, for readers of either language."""
        zh, en = (self.sentence.in_language(language) for language in ("zh", "en"))
        return {"name": self.name, "zh": zh, "en": en, "amount_fen": self.amount_fen}


@dataclass(frozen=True)
class Quote:
    pack: str
    version: str
    bill: Bill
    steps: tuple[Step, ...]

    def as_dict(self, language: str = "zh") -> dict[str, Any]:
        return {
            "pack": self.pack,
            "version": self.version,
            "ltci_fen": self.bill.ltci_fen,
            "voucher_fen": self.bill.voucher_fen,
            "self_fen": self.bill.self_fen,
            "lines": [line.as_dict() for line in self.bill.lines],
            "steps": [step.as_dict(language) for step in self.steps],
        }


def answer(asked: Mapping[str, Any], *, packs: Library | None = None, language: str = "zh") -> dict[str, Any]:
    """One line of ``songhe quote``.

    Refuses with ``input.missing``, ``input.wrong_type``, ``input.not_an_integer``, ``input.too_small``,
    ``input.not_a_date``, ``input.unknown_field``, ``policy.unknown``, ``policy.not_a_place``,
    ``policy.not_in_force``, ``policy.value_not_set``, ``policy.provider_outside_province``, ``fact.type`` and the
    ``quote.`` codes of this file and of ``benefit``.
    """
    found = packs or library()
    inputs = {each.name for pack in found.packs.values() if pack.benefit for each in pack.benefit.inputs}
    request.only(asked, (*_ASKED, *_VOUCHER, *_INSURANCE, *_TOP_UP, *inputs))
    programme, place = request.text(asked, "policy"), request.text(asked, "place")
    on = request.day(asked, "on")
    policy = found.resolve(policy=programme, place=place, on=on)
    if has_standards(policy):
        request.only(asked, (*_ASKED, *_TOP_UP))
        return match.answer(asked, policy=policy, on=on)
    if policy.benefit is not None and any(line.shape != "category" for line in policy.benefit.lines):
        return _insurance(asked, policy=policy, place=place, on=on, language=language)
    inputs = {each.name for each in policy.benefit.inputs} if policy.benefit is not None else set()
    request.only(asked, (*_ASKED, *_VOUCHER, *inputs))
    category = request.text(asked, "category")
    fees = _fees(asked)
    provider_place = request.text(asked, "provider_place") if "provider_place" in asked else None
    if provider_place is not None and not is_place(provider_place):
        raise NOT_A_PLACE("provider_place", place=provider_place)
    return quote(
        policy=policy,
        place=place,
        on=on,
        category=category,
        fees_fen=fees,
        ltci_fen=whole(asked.get("ltci_fen", 0), "ltci_fen", least=0),
        used_fen=whole(asked.get("used_fen", 0), "used_fen", least=0),
        in_scope=_in_scope(asked, len(fees)),
        provider_place=provider_place,
        facts=_facts(asked, policy),
    ).as_dict(language)


def quote(
    *,
    policy: Policy,
    place: str,
    on: date,
    category: str,
    fees_fen: list[int],
    ltci_fen: int = 0,
    used_fen: int = 0,
    in_scope: list[bool] | None = None,
    provider_place: str | None = None,
    facts: Mapping[str, FactValue] | None = None,
) -> Quote:
    """Share a bill under the rules in force: LTCI first, the voucher on the rest, the person pays what remains.

    ``facts`` are those that the benefit itself depends on (assessment voucher: the level found, and entitlement
    to the consumption voucher): where one of their conditions is not met, the voucher pays nothing (source 001,
    question 9). Refuses with ``policy.value_not_set`` for a category without a ratio in the place.
    """
    terms = terms_of(policy=policy, place=place, on=on, category=category)
    if provider_place is not None:
        inside_province(policy=policy, place=place, provider_place=provider_place, on=on)
    benefit = policy.benefit
    if benefit is not None and benefit.most_fees is not None and len(fees_fen) > benefit.most_fees:
        raise TOO_MANY_FEES("fees_fen", policy=policy.programme, most=benefit.most_fees)
    assert terms.ratio is not None
    assert terms.cap_fen is not None
    unmet = [
        tested
        for condition in policy.conditions
        if facts and condition.fact in facts
        for tested in [try_on(condition, policy=policy, facts=facts, on=on)]
        if not tested.met
    ]
    bill = share_bill(
        fees_fen=fees_fen,
        ratio=terms.ratio,
        cap_fen=0 if unmet else terms.cap_fen,
        ltci_fen=ltci_fen,
        used_fen=used_fen,
        in_scope=in_scope,
    )
    return Quote(policy.id, policy.version, bill, _steps(bill, terms, used_fen, unmet))


def terms_of(*, policy: Policy, place: str, on: date, category: str) -> CategoryTerms:
    """Ratio and cap of one category; refuses with ``quote.unknown_category`` or ``policy.value_not_set``."""
    if category not in CATEGORIES:
        raise UNKNOWN_CATEGORY("category", category=category)
    for terms in categories(policy=policy, on=on):
        if terms.category == category and terms.is_open:
            return terms
    known = VALUES[f"ratio_{category}"]
    raise VALUE_NOT_SET("category", place=place, on=on, what=known.zh, what_en=known.en)


def inside_province(*, policy: Policy, place: str, provider_place: str, on: date) -> None:
    """Refuses with ``policy.provider_outside_province`` where the pack wants the service inside the province."""
    if policy.value("service_in_province", on) is True and place[:2] != provider_place[:2]:
        raise PROVIDER_OUTSIDE_PROVINCE("provider_place", place=place, provider_place=provider_place)


def yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d}"


def _fees(asked: Mapping[str, Any]) -> list[int]:
    given = request.sequence(asked.get("fees_fen"), "fees_fen")
    if not given:
        raise NO_FEES("fees_fen")
    return [whole(fee, f"fees_fen[{position}]", least=1) for position, fee in enumerate(given)]


def _in_scope(asked: Mapping[str, Any], fees: int) -> list[bool] | None:
    if "items" not in asked:
        return None
    items = request.sequence(asked["items"], "items")
    if len(items) != fees:
        raise ITEMS_DO_NOT_MATCH("items", fees=fees, items=len(items))
    scope: list[bool] = []
    for position in range(len(items)):
        item = request.mapping({f"items[{position}]": items[position]}, f"items[{position}]")
        request.only(item, ("item", "in_scope"), field=f"items[{position}].")
        request.text(item, "item", field=f"items[{position}].")
        scope.append(request.truth(item, "in_scope", field=f"items[{position}]."))
    return scope


def _facts(asked: Mapping[str, Any], policy: Policy) -> dict[str, FactValue]:
    """The facts that the benefit is asked with (``inputs`` of ``benefit.yaml``), defaults filled in."""
    facts: dict[str, FactValue] = {}
    for each in policy.benefit.inputs if policy.benefit is not None else ():
        value = asked.get(each.name, each.default)
        if value is None:
            raise MISSING(each.name, field_name=each.name)
        facts[each.fact] = checked_fact(each.fact, value, field=each.name)
    return facts


def _steps(bill: Bill, terms: CategoryTerms, used_fen: int, unmet: list[Tested]) -> tuple[Step, ...]:
    """The calculation step by step, as the slip prints it."""
    assert terms.cap_fen is not None
    ratio = written_ratio(terms.ratio)
    outside = sum(line.fee_fen for line in bill.lines if not line.in_scope)
    steps = [_step("fees", f"费用合计{yuan(bill.fee_fen)}元", f"Fees: ¥{yuan(bill.fee_fen)}", bill.fee_fen)]
    if outside:
        steps.append(
            _step(
                "out_of_scope",
                f"其中不在补贴范围内的{yuan(outside)}元，不抵扣",
                f"Out of scope, no voucher: ¥{yuan(outside)}",
                outside,
            )
        )
    steps += [
        _step(
            "ltci",
            f"长期护理保险先支付{yuan(bill.ltci_fen)}元",
            f"Long-term care insurance pays first: ¥{yuan(bill.ltci_fen)}",
            bill.ltci_fen,
        ),
        _step(
            "base",
            f"补贴范围内个人承担{yuan(bill.base_fen)}元，作为抵扣基数",
            f"What the person bears in scope is the base: ¥{yuan(bill.base_fen)}",
            bill.base_fen,
        ),
    ]
    steps += [
        _step(
            "not_entitled",
            f"条件未满足：{tested.sentence.zh}，本券不抵扣",
            f"Not met: {tested.sentence.en}; the voucher pays nothing",
            0,
        )
        for tested in unmet
    ]
    steps += [
        _step(
            "ratio",
            f"{terms.title.zh}按{ratio}逐笔计算并四舍五入到分，合计{yuan(bill.uncapped_fen)}元",
            f"{terms.title.en}: {ratio} of each line, half up to the fen: ¥{yuan(bill.uncapped_fen)}",
            bill.uncapped_fen,
        ),
        _step(
            "cap",
            f"封顶{yuan(terms.cap_fen)}元，已用{yuan(used_fen)}元，还可抵扣{yuan(bill.room_fen)}元",
            f"Cap ¥{yuan(terms.cap_fen)}, used ¥{yuan(used_fen)}, left ¥{yuan(bill.room_fen)}",
            bill.room_fen,
        ),
        _step(
            "voucher",
            f"本次消费券抵扣{yuan(bill.voucher_fen)}元",
            f"The voucher pays ¥{yuan(bill.voucher_fen)}",
            bill.voucher_fen,
        ),
        _step("self", f"个人自付{yuan(bill.self_fen)}元", f"The person pays ¥{yuan(bill.self_fen)}", bill.self_fen),
    ]
    return tuple(steps)


def _step(name: str, zh: str, en: str, amount_fen: int) -> Step:
    return Step(name, Sentence(zh, en), amount_fen)


def _insurance(asked: Mapping[str, Any], *, policy: Policy, place: str, on: date, language: str) -> dict[str, Any]:
    """A worked case of long-term care insurance: one benefit, its fee or count, and the level where it matters.

    Refuses with ``quote.unknown_benefit``, ``policy.value_not_set`` (also for a level that the table does not
    name) and the ``input.`` codes.
    """
    request.only(asked, (*_ASKED, *_INSURANCE))
    name = request.text(asked, "benefit")
    assert policy.benefit is not None
    line = next((each for each in policy.benefit.lines if each.id == name), None)
    if line is None:
        raise UNKNOWN_BENEFIT("benefit", benefit=name, pack=policy.id)
    count = whole(asked.get("count", 1), "count", least=1)
    level = request.text(asked, "level") if "level" in asked else None
    values = _LineValues(policy, place, on, level)
    if line.shape == "ratio_day_cap":
        found = ltci.ratio_with_day_cap(
            fee_fen=whole(asked.get("fee_fen"), "fee_fen", least=0),
            days=count,
            ratio=values.ratio(line.ratio),
            cap_fen=values.whole(line.cap),
        )
    elif line.shape == "ratio_month_ceiling":
        found = ltci.ratio_with_month_ceiling(
            fee_fen=whole(asked.get("fee_fen"), "fee_fen", least=0),
            months=count,
            ratio=values.ratio(line.ratio),
            ceiling_fen=values.cell(line.ceiling),
        )
    elif line.shape == "fixed_sum":
        sum_fen = values.whole(line.price) if line.price else values.cell(line.table)
        found = ltci.fixed_sum(sum_fen=sum_fen, count=count)
    else:
        found = ltci.count_at_price(
            price_fen=values.whole(line.price),
            count=count,
            ratio=values.ratio(line.ratio),
            limit=values.cell(line.limit) if line.limit else None,
        )
    return {
        "pack": policy.id,
        "version": policy.version,
        "benefit": line.id,
        "shape": line.shape,
        "fee_fen": found.fee_fen,
        "fund_fen": found.fund_fen,
        "self_fen": found.self_fen,
        "steps": [step.as_dict(language) for step in _insurance_steps(line, count, found)],
    }


def _insurance_steps(line: BenefitLine, count: int, found: ltci.Benefit) -> tuple[Step, ...]:
    return (
        _step("fees", f"费用合计{yuan(found.fee_fen)}元", f"Fees: ¥{yuan(found.fee_fen)}", found.fee_fen),
        _step(
            "fund",
            f"{line.title.zh}：申报{count}，计入支付{found.paid_count}，基金支付{yuan(found.fund_fen)}元",
            f"{line.title.en}: {count} claimed, {found.paid_count} counted, the fund pays ¥{yuan(found.fund_fen)}",
            found.fund_fen,
        ),
        _step("self", f"个人承担{yuan(found.self_fen)}元", f"The person bears ¥{yuan(found.self_fen)}", found.self_fen),
    )


@dataclass(frozen=True)
class _LineValues:
    """The values that one line of an insurance benefit names, on the day and for the level."""

    policy: Policy
    place: str
    on: date
    level: str | None

    def ratio(self, name: str | None) -> Fraction:
        value = self._value(name)
        assert isinstance(value, Fraction)
        return value

    def whole(self, name: str | None) -> int:
        value = self._value(name)
        assert isinstance(value, int)
        return value

    def cell(self, name: str | None) -> int:
        if self.level is None:
            raise MISSING("level", field_name="level")
        table = self._value(name)
        assert isinstance(table, Mapping)
        cell = table.get(self.level)
        if cell is None:
            raise self._not_set(name or "", "level")
        assert isinstance(cell, int)
        return cell

    def _value(self, name: str | None) -> Any:
        assert name is not None
        value = self.policy.value(name, self.on)
        if value is None:
            raise self._not_set(name, "benefit")
        return value

    def _not_set(self, name: str, field: str) -> Refusal:
        known = VALUES[name]
        return VALUE_NOT_SET(field, place=self.place, on=self.on, what=known.zh, what_en=known.en)
