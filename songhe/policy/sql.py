"""The same conditions and amounts as SQL, for whole populations, in any of four dialects. 批量判定

It must agree with ``evaluate`` on every input, the unknown included: a comparison with NULL is NULL, one false
condition decides, else one NULL leaves the outcome unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, Literal

from sqlglot import exp

from songhe.policy.evaluate import CategoryTerms, categories, compared_with
from songhe.policy.pack import Condition, When
from songhe.policy.resolve import Policy

Dialect = Literal["sqlite", "postgres", "duckdb", "spark"]
DIALECTS: tuple[Dialect, ...] = ("sqlite", "postgres", "duckdb", "spark")

#: What a person would spend: the group they use, and what they bear of a month's bill after LTCI.
DEMAND = ("category", "base_fen")


def query(
    *,
    policy: Policy,
    on: date,
    source: str,
    dialect: Dialect,
    keys: Sequence[str] = ("key",),
    demand: bool = False,
    pretty: bool = False,
) -> str:
    """One SELECT that gives each row of ``source`` its outcome, each condition and the amounts.

    ``source`` is a table, or a SELECT in the dialect; it has the ``keys`` and one column for every fact that the
    conditions ask about, NULL where it is not known. Columns that come out: the keys, ``outcome``,
    ``condition_<id>`` for each condition, ``cap_fen_<category>`` for each category that can be chosen (NULL unless
    entitled) and, with ``demand``, ``amount_fen``: what the voucher would pay of ``base_fen`` in ``category``.
    """
    names = {condition.id: f"condition_{condition.id}" for condition in policy.conditions}
    passed = [*keys, *(DEMAND if demand else ())]
    tested = exp.select(*(_column(name) for name in passed)).select(
        *(
            exp.alias_(met(condition, policy=policy, on=on), names[condition.id], quoted=True)
            for condition in policy.conditions
        )
    )
    tested = tested.from_(_source(source, dialect))
    judged = (
        exp.select(*(_column(name) for name in [*passed, *names.values()]))
        .select(exp.alias_(outcome(list(names.values())), "outcome"))
        .from_("tested")
    )
    open_ones = [each for each in categories(policy=policy, on=on) if each.is_open]
    final = exp.select(*(_column(name) for name in [*keys, "outcome", *names.values()])).from_("judged")
    final = final.select(*(_cap(each) for each in open_ones))
    if demand:
        final = final.select(exp.alias_(amount(open_ones), "amount_fen"))
    built = final.with_("tested", as_=tested).with_("judged", as_=judged)
    return built.sql(dialect=dialect, pretty=pretty, identify=True)


def met(condition: Condition | When, *, policy: Policy, on: date) -> exp.Expression:
    """One condition on the columns of its fact: true, false, or NULL where the fact is NULL."""
    value = compared_with(condition, policy=policy, on=on)
    made: exp.Expression = _TESTS[condition.operator](_column(condition.fact), value)
    return made


def outcome(conditions: Sequence[str]) -> exp.Expression:
    """One false: not entitled. Else one NULL: unknown. Else entitled."""
    columns = [_column(name) for name in conditions]
    if not columns:
        return exp.Literal.string("entitled")
    any_false = exp.or_(*(exp.Not(this=column.copy()) for column in columns))
    any_null = exp.or_(*(exp.Is(this=column.copy(), expression=exp.Null()) for column in columns))
    return (
        exp.Case()
        .when(any_false, exp.Literal.string("not_entitled"))
        .when(any_null, exp.Literal.string("unknown"))
        .else_(exp.Literal.string("entitled"))
    )


def amount(open_ones: Sequence[CategoryTerms]) -> exp.Expression:
    """``min(ratio × base, cap)``, half up: nothing when not entitled or in a group that is not open, NULL unknown."""
    case = exp.Case().when(_is_outcome("not_entitled"), exp.Literal.number(0))
    unknown = exp.or_(_is_outcome("unknown"), *(exp.Is(this=_column(name), expression=exp.Null()) for name in DEMAND))
    case = case.when(unknown, exp.cast(exp.Null(), "BIGINT"))
    for each in open_ones:
        assert each.ratio is not None
        assert each.cap_fen is not None
        part = share(_column("base_fen"), each.ratio)
        capped = (
            exp.Case()
            .when(
                exp.GT(this=part.copy(), expression=exp.Literal.number(each.cap_fen)), exp.Literal.number(each.cap_fen)
            )
            .else_(part)
        )
        case = case.when(exp.EQ(this=_column("category"), expression=exp.Literal.string(each.category)), capped)
    return case.else_(exp.Literal.number(0))


def share(base: exp.Expression, ratio: Fraction) -> exp.Expression:
    """``(2·n·x + d) // (2·d)`` without an integer division: dialects differ in theirs, so the rest goes first."""
    n, d = ratio.numerator, ratio.denominator
    doubled = exp.Paren(
        this=exp.Add(this=exp.Mul(this=exp.Literal.number(2 * n), expression=base), expression=exp.Literal.number(d))
    )
    rest = exp.Mod(this=doubled.copy(), expression=exp.Literal.number(2 * d))
    whole = exp.Paren(this=exp.Sub(this=doubled, expression=rest))
    return exp.cast(exp.Div(this=whole, expression=exp.Literal.number(2 * d), typed=True, safe=False), "BIGINT")


def facts_of(policy: Policy) -> tuple[str, ...]:
    """The facts that the conditions ask about, each once, in their order."""
    return tuple(dict.fromkeys(condition.fact for condition in policy.conditions))


def _column(name: str) -> exp.Column:
    return exp.column(name, quoted=True)


def _cap(each: CategoryTerms) -> exp.Expression:
    case = exp.Case().when(_is_outcome("entitled"), exp.Literal.number(each.cap_fen))
    return exp.alias_(case.else_(exp.cast(exp.Null(), "BIGINT")), f"cap_fen_{each.category}", quoted=True)


def _is_outcome(name: str) -> exp.Expression:
    return exp.EQ(this=_column("outcome"), expression=exp.Literal.string(name))


def _source(source: str, dialect: Dialect) -> exp.Expression:
    if source.lstrip().upper().startswith(("SELECT", "WITH")):
        return exp.maybe_parse(source, dialect=dialect).subquery("people")
    return exp.to_table(source, dialect=dialect)


def _number(value: Any) -> exp.Expression:
    return exp.Literal.number(value)


_TESTS: dict[str, Callable[[exp.Expression, Any], exp.Expression]] = {
    "at_least": lambda fact, value: exp.GTE(this=fact, expression=_number(value)),
    "at_most": lambda fact, value: exp.LTE(this=fact, expression=_number(value)),
    "equals": lambda fact, value: exp.EQ(this=fact, expression=_number(value)),
    "one_of": lambda fact, value: exp.In(this=fact, expressions=[_number(each) for each in sorted(value)]),
    "is_true": lambda fact, _: exp.EQ(this=fact, expression=exp.true()),
    "is_false": lambda fact, _: exp.EQ(this=fact, expression=exp.false()),
}
