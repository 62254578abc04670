"""The monthly standards as SQL, for whole populations: which lines each person meets, and the class by them.

It must agree with ``standards`` on every input: what is not known of a person meets no line.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlglot import exp

from songhe.policy.monthly import LAST_CLASS, NOT_MONTHLY, lines_of
from songhe.policy.resolve import Policy
from songhe.policy.sql import Dialect, met


def facts_of(policy: Policy) -> tuple[str, ...]:
    """The facts that the monthly lines ask about, each once, in their order."""
    return tuple(dict.fromkeys(when.fact for line in lines_of(policy) for when in line.when))


def column(number: int) -> str:
    """The column that says whether the line with this place among the monthly lines is met: 1 or 0."""
    return f"met_{number}"


def query(*, policy: Policy, on: date, source: str, dialect: Dialect, keys: Sequence[str] = ("key",)) -> str:
    """One SELECT that gives each row of ``source`` a column for each monthly line, and ``in_class``.

    ``source`` is a table with the ``keys`` and one column for every fact of ``facts_of``, NULL where it is not known.
    Refuses with ``policy.not_monthly`` or ``policy.value_not_set``.
    """
    lines = lines_of(policy)
    if not lines:
        raise NOT_MONTHLY("policy", policy=policy.programme)
    tested = exp.select(*(exp.column(key, quoted=True) for key in keys)).from_(exp.to_table(source, dialect=dialect))
    in_class = exp.Case()
    for number, line in enumerate(lines):
        holds = exp.and_(exp.true(), *(met(when, policy=policy, on=on) for when in line.when))
        flag = exp.Case().when(holds, exp.Literal.number(1)).else_(exp.Literal.number(0))
        tested = tested.select(exp.alias_(flag, column(number), quoted=True))
        is_met = exp.EQ(this=exp.column(column(number), quoted=True), expression=exp.Literal.number(1))
        in_class = in_class.when(is_met, exp.Literal.number(line.in_class or LAST_CLASS))
    final = exp.select(*(exp.column(key, quoted=True) for key in [*keys, *map(column, range(len(lines)))]))
    final = final.select(exp.alias_(in_class.else_(exp.Literal.number(LAST_CLASS)), "in_class", quoted=True))
    return final.from_("tested").with_("tested", as_=tested).sql(dialect=dialect, identify=True)
