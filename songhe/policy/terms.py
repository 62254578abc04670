"""What the months need to know of a programme at a place on a day: ratios, caps and settings, read once. 执行参数

A setting that no layer sets is ``None`` here, and whoever acts on it does what ``songhe policy facts`` says of it:
publication is skipped, settlement is by hand, a statement stays unsplit. Only four have a value of their own:
``late_days`` 0, ``switch_rule`` ``if_unused``, ``long_stay_days`` 30 and ``issue_mode`` ``auto``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TypeVar

from songhe.kernel.period import Period
from songhe.policy.evaluate import CategoryTerms, categories
from songhe.policy.pack import Note, layers
from songhe.policy.resolve import Library, Policy, library

T = TypeVar("T")


@dataclass(frozen=True)
class Terms:
    """``categories``: every group of the benefit, with ratio and cap, or ``None`` where the place has set none."""

    policy: str
    place: str
    on: date
    pack: str
    version: str
    window: Period
    categories: tuple[CategoryTerms, ...]
    notes: tuple[Note, ...]

    issue_mode: str
    first_issue_within_working_days: int | None
    first_issue_least_working_days: int | None
    switch_rule: str
    late_days: int
    long_stay_days: int
    proxy_limit: int | None

    review_days: int | None
    publication_days: int | None
    appeal_days: int | None
    list_publication_days: int | None
    provider_contract_months: int | None
    provider_sees_elder: bool
    service_in_province: bool
    residence_evidence: str | None

    settle_cycle: str | None
    cutoff_day: int | None
    pay_within_days: int | None
    advance_ratio: Fraction | None
    central_share: Fraction | None
    province_share: Fraction | None
    site_check_ratio: Fraction | None

    assessment_lookback_months: int | None
    assessment_accepted_since: date | None
    assessment_times_per_window: int
    assessment_payer_below: str | None
    ltci_level_recognised: bool
    ltci_level_mapping: Mapping[str, int] | None
    ltci_cash_reduces_base: bool
    care_subsidy_stacking: str | None

    @property
    def open_categories(self) -> tuple[CategoryTerms, ...]:
        """The groups that can be chosen here."""
        return tuple(each for each in self.categories if each.is_open)

    def category(self, name: str) -> CategoryTerms | None:
        """The terms of one group, ``None`` when it cannot be chosen here."""
        return next((each for each in self.open_categories if each.category == name), None)

    @property
    def face_fen(self) -> int:
        """The most that a month's voucher can be worth: the highest cap of the groups that can be chosen."""
        return max((each.cap_fen or 0 for each in self.open_categories), default=0)


def terms(*, policy: str, place: str, on: date, packs: Library | None = None) -> Terms:
    """The terms in force at a place on a day.

    A voucher carries ratio and cap of its issue day for its month; everything else is asked for the service date
    (source 001, question 11). Refuses as ``Library.resolve`` does: ``policy.unknown``, ``policy.not_a_place``,
    ``policy.not_in_force``, ``policy.packs_have_problems``.
    """
    found = (packs or library()).resolve(policy=policy, place=place, on=on)
    return terms_in(found, place=place, on=on)


def terms_in(rules: Policy, *, place: str, on: date) -> Terms:
    """The same from rules that have been resolved already."""

    def get(name: str, kind: type[T]) -> T | None:
        value = rules.value(name, on)
        assert value is None or isinstance(value, kind)
        return value

    return Terms(
        policy=rules.programme,
        place=place,
        on=on,
        pack=rules.id,
        version=rules.version,
        window=rules.pack.period_at(place) or rules.window,
        categories=categories(policy=rules, on=on),
        notes=rules.notes,
        issue_mode=get("issue_mode", str) or "auto",
        first_issue_within_working_days=get("first_issue_within_working_days", int),
        first_issue_least_working_days=get("first_issue_least_working_days", int),
        switch_rule=get("switch_rule", str) or "if_unused",
        late_days=get("late_days", int) or 0,
        long_stay_days=get("long_stay_days", int) or 30,
        proxy_limit=get("proxy_limit", int),
        review_days=get("review_days", int),
        publication_days=get("publication_days", int),
        appeal_days=get("appeal_days", int),
        list_publication_days=get("list_publication_days", int),
        provider_contract_months=get("provider_contract_months", int),
        provider_sees_elder=get("provider_sees_elder", bool) or False,
        service_in_province=get("service_in_province", bool) or False,
        residence_evidence=get("residence_evidence", str),
        settle_cycle=get("settle_cycle", str),
        cutoff_day=get("cutoff_day", int),
        pay_within_days=get("pay_within_days", int),
        advance_ratio=get("advance_ratio", Fraction),
        central_share=central_share(rules, place=place, on=on),
        province_share=get("province_share", Fraction),
        site_check_ratio=get("site_check_ratio", Fraction),
        assessment_lookback_months=get("assessment_lookback_months", int),
        assessment_accepted_since=get("assessment_accepted_since", date),
        assessment_times_per_window=get("assessment_times_per_window", int) or 1,
        assessment_payer_below=get("assessment_payer_below", str),
        ltci_level_recognised=get("ltci_level_recognised", bool) or False,
        ltci_level_mapping=_table(rules, on),
        ltci_cash_reduces_base=get("ltci_cash_reduces_base", bool) or False,
        care_subsidy_stacking=get("care_subsidy_stacking", str),
    )


def central_share(rules: Policy, *, place: str, on: date) -> Fraction | None:
    """The centre's share of the money by the place's province; ``None``: not set, the statement stays unsplit."""
    ratios = rules.value("central_share", on)
    if not isinstance(ratios, Mapping):
        return None
    for layer in layers(place):
        share = ratios.get(layer)
        if share is not None:
            return Fraction(share)
    return None


def _table(rules: Policy, on: date) -> Mapping[str, int] | None:
    table = rules.value("ltci_level_mapping", on)
    return {level: int(cell) for level, cell in table.items()} if isinstance(table, Mapping) else None
