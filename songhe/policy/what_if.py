"""Rules as they might be: the present ones carried on past their window, with some values changed. 假设规则"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.policy.pack import Cited, DatedValue, Pack
from songhe.policy.resolve import Policy
from songhe.policy.values import VALUES

NOT_CHANGEABLE = reason(
    "policy.not_changeable",
    zh="“{name}”不能用来测算，只能改抵扣比例、封顶额度、最低等级和最低年龄。",
    en="{name} cannot be changed here; ratios, caps, the least level and the least age can.",
)
OUT_OF_RANGE = reason(
    "policy.change_out_of_range",
    zh="“{what}”应在{least}到{most}之间。",
    en="{what_en} must lie between {least} and {most}.",
)

#: What a value of a kind may be in a simulation: ratios as fractions, caps in fen.
BOUNDS: Mapping[str, tuple[int, int]] = {"age_least": (18, 120), "level_least": (0, 4)}
MOST_CAP_FEN = 10_000_000
ASSUMED = Cited("测算假设", "default", "D")


def carried_on(policy: Policy, until: date) -> Policy:
    """The rules as if nothing ended before ``until``: the window and the last entry of each value reach that far."""
    return Policy((*policy.packs[:-1], _carried(policy, until, {})))


def changed(policy: Policy, values: Mapping[str, Fraction | int], *, until: date) -> Policy:
    """The same with some values changed from the first day on.

    Refuses with ``policy.not_changeable`` or ``policy.change_out_of_range``.
    """
    for name, value in values.items():
        _check(name, value)
    return Policy((*policy.packs[:-1], _carried(policy, until, values)))


def _carried(policy: Policy, until: date, values: Mapping[str, Fraction | int]) -> Pack:
    pack = policy.pack
    window = Period(pack.window.first, _later(pack.window.last, until))
    stated = {name: _extended(series, until) for name, series in policy.values.items()}
    for name, value in values.items():
        stated[name] = (DatedValue(name, pack.window.first, None, value, ASSUMED, pack.file, 1),)
    return replace(pack, window=window, values=MappingProxyType(stated))


def _extended(series: tuple[DatedValue, ...], until: date) -> tuple[DatedValue, ...]:
    if not series:
        return series
    last = max(series, key=lambda entry: entry.first)
    return tuple(replace(entry, last=_later(entry.last, until)) if entry is last else entry for entry in series)


def _later(last: date | None, until: date) -> date | None:
    return None if last is None else max(last, until)


def _check(name: str, value: Fraction | int) -> None:
    known = VALUES.get(name)
    if known is None:
        raise NOT_CHANGEABLE(name, name=name)
    if known.kind == "ratio" and name.startswith("ratio_"):
        least: Fraction | int = 0
        most: Fraction | int = 1
    elif known.kind == "fen" and name.startswith("cap_"):
        least, most = 0, MOST_CAP_FEN
    elif name in BOUNDS:
        least, most = BOUNDS[name]
    else:
        raise NOT_CHANGEABLE(name, name=known.zh)
    if not least <= value <= most:
        raise OUT_OF_RANGE(name, what=known.zh, what_en=known.en, least=least, most=most)
