"""Scoring: from the assessors' answers to a level, always here and never in a form. 计分定级"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from songhe.assessment.scale import COMBINATION, RECORDED_ONLY, TOTAL, find
from songhe.assessment.scale_shape import Circumstance, Field, Item, Scale
from songhe.kernel.refusal import MISSING, NOT_AN_INTEGER, UNKNOWN_FIELD, WRONG_TYPE, reason, whole
from songhe.kernel.typed import fold

NOT_SCORED = reason(
    "assessment.not_scored",
    zh="{number} 的旧结果只按原样登记，不再计分，也不折算；需要等级的请重新评估。",
    en="Results under {number} stay as recorded, neither scored nor converted; where a level is needed, assess anew.",
)
WRONG_COUNT = reason(
    "assessment.wrong_count",
    zh="“{field_name}”应有{expected}项得分，现有{found}项。",
    en="{field_name} must hold {expected} scores; it holds {found}.",
)
MISSING_ITEM = reason(
    "assessment.missing_item", zh="缺少 {item} {title} 的得分。", en="The score of {item} {title_en} is missing."
)
UNKNOWN_ITEM = reason(
    "assessment.unknown_item", zh="没有“{item}”这个评估项目。", en="There is no item “{item}” in this scale."
)
SCORE_OUT_OF_RANGE = reason(
    "assessment.score_out_of_range",
    zh="{item} {title} 的得分只能是 {allowed}。",
    en="The score of {item} {title_en} must be one of {allowed}.",
)
UNKNOWN_EVENT = reason(
    "assessment.unknown_event",
    zh="没有“{kind}”这种照护风险事件；可填：{known}。",
    en="There is no kind of care-risk event “{kind}”; there are {known}.",
)
MISSING_INFORMATION = reason(
    "assessment.missing_information",
    zh="{field_name} {title} 还没有填写，定级要用到它。",
    en="{field_name} {title_en} is not filled in, and the level depends on it.",
)
UNKNOWN_INFORMATION = reason(
    "assessment.unknown_information", zh="信息表没有“{field_name}”这一栏。", en="There is no field {field_name}."
)
UNKNOWN_OPTION = reason(
    "assessment.unknown_option",
    zh="{field_name} 没有“{option}”这个选项。",
    en="{field_name} has no option “{option}”.",
)
OPTION_STANDS_ALONE = reason(
    "assessment.option_stands_alone",
    zh="{field_name} 选了“{title}”就不能再选别的。",
    en="In {field_name}, “{title_en}” excludes all other options.",
)
NO_SELF_RATING = reason("assessment.no_self_rating", zh="{number} 没有自评表。", en="{number} has no self-rating.")


@dataclass(frozen=True)
class Result:
    """What a scale makes of the answers. Without scores (coma) subtotals, total and initial level are ``None``."""

    standard: str
    version: str
    method: str
    verified: bool
    scores: Mapping[str, int] | None
    subtotals: tuple[int, ...] | None
    total: int | None
    grades: tuple[int, ...] | None
    initial_level: int | None
    final_level: int
    level_name: str
    reasons: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """The answer of ``songhe assess``."""
        answer: dict[str, Any] = {"standard": self.standard, "subtotals": _list(self.subtotals)}
        if self.method == TOTAL:
            answer |= {"total": self.total, "initial_level": self.initial_level}
        else:
            answer |= {"grades": _list(self.grades)}
        answer |= {"final_level": self.final_level, "level_name": self.level_name}
        if self.method == TOTAL:
            answer["reasons"] = list(self.reasons)
        if not self.verified:
            answer["verified"] = False
        return answer


@dataclass(frozen=True)
class SelfRatingResult:
    grade: str
    may_apply: bool


def score(answers: Mapping[str, Any]) -> Result:
    """Score the answers under their ``standard`` and find the level.

    A circumstance that settles the level (coma) does so whatever the scores, and scores may then be left out;
    scores that are given are always checked. Other circumstances worsen the level, together by one at most and
    never beyond the last (GB/T 42195-2022, C.4). All reasons that hold are listed. Refuses with
    ``input.missing``, ``input.wrong_type``, ``input.unknown_field``, ``input.not_an_integer``,
    ``input.too_small``, ``assessment.unknown_standard``, ``assessment.not_scored``,
    ``assessment.wrong_count``, ``assessment.missing_item``, ``assessment.unknown_item``,
    ``assessment.score_out_of_range`` or ``assessment.unknown_event``.
    """
    scale = find(answers.get("standard"))
    if scale.method == RECORDED_ONLY:
        raise NOT_SCORED("standard", number=scale.number)
    known = {"standard", *scale.answers, *(each.answer for each in scale.circumstances)}
    for name in answers:
        if name not in known:
            raise UNKNOWN_FIELD(name, field_name=name)
    holding = [each for each in scale.circumstances if _holds(each, answers)]
    settled = [each.final_level for each in holding if each.final_level is not None]
    scores = _all_scores(scale, answers, may_be_absent=bool(settled))
    subtotals = grades = total = initial = None
    if scores is not None:
        subtotals = tuple(sum(scores[item.code] for item in group.items) for group in scale.groups)
        if scale.method == COMBINATION:
            grades = tuple(group.grade(points) for group, points in zip(scale.groups, subtotals, strict=True))
            initial = scale.combination[grades[0]][max(grades[1:])]
        else:
            total = sum(subtotals)
            initial = scale.level_of_total(total).level
    final = max(settled) if settled else _worsened(scale, initial, holding)
    return Result(
        standard=scale.standard,
        version=scale.version,
        method=scale.method,
        verified=scale.verified,
        scores=scores,
        subtotals=subtotals,
        total=total,
        grades=grades,
        initial_level=initial,
        final_level=final,
        level_name=scale.level(final).name.zh,
        reasons=tuple(each.reason for each in holding),
    )


def circumstances(scale: Scale, information: Mapping[str, Any]) -> dict[str, Any]:
    """What the information says about coma, diagnoses and events, in the fields that ``score`` reads.

    ``information`` maps field codes to option codes (a list of them where several may be chosen). A field on
    which the level depends is never taken for “no” when it is empty: refuses with
    ``assessment.missing_information``, and as ``check_information`` does.
    """
    check_information(scale, information)
    found: dict[str, Any] = {}
    for each in scale.circumstances:
        if each.kinds:
            counted = {}
            for kind in each.kinds:
                field = scale.information[kind.field]
                counted[kind.code] = field.choices[_chosen(field, information)[0]].count
            found[each.answer] = {kind: count for kind, count in counted.items() if count}
        else:
            found[each.answer] = each.option in _chosen(scale.information[each.field or ""], information)
    return found


def check_information(scale: Scale, information: Mapping[str, Any]) -> None:
    """Refuses fields and options that the scale does not have, and “none” chosen together with something.

    Codes: ``assessment.unknown_information``, ``assessment.unknown_option``, ``assessment.option_stands_alone``,
    ``input.wrong_type``.
    """
    for code, value in information.items():
        field = scale.information.get(code)
        if field is None:
            raise UNKNOWN_INFORMATION(code, field_name=code)
        if field.type not in ("one", "many") or value is None:
            continue
        if not isinstance(value, str if field.type == "one" else list):
            raise WRONG_TYPE(code, field_name=code, expected="text" if field.type == "one" else "a list")
        chosen = list(value) if isinstance(value, list) else [value]
        for option in chosen:
            if not isinstance(option, str) or option not in field.choices:
                raise UNKNOWN_OPTION(code, field_name=code, option=option)
        for choice in (field.choices[option] for option in chosen):
            if choice.alone and len(chosen) > 1:
                raise OPTION_STANDS_ALONE(code, field_name=code, title=choice.words.zh, title_en=choice.words.en)


def self_rate(scale: Scale, dependent: Collection[str]) -> SelfRatingResult:
    """The family's own grade A to G from the things that depend on others; it decides nothing but who may apply.

    Refuses with ``assessment.no_self_rating`` or ``assessment.unknown_item``.
    """
    rating = scale.self_rating
    if rating is None:
        raise NO_SELF_RATING("standard", number=scale.number)
    for code in dependent:
        if code not in rating.a and code not in rating.b:
            raise UNKNOWN_ITEM(code, item=code)
    counted = (len(set(dependent) & set(rating.a)), len(set(dependent) & set(rating.b)))
    grade = next(each for each in rating.grades if counted in each.when)
    return SelfRatingResult(grade.grade, grade.may_apply)


def _worsened(scale: Scale, initial: int | None, holding: Sequence[Circumstance]) -> int:
    assert initial is not None  # scores may be absent only where the level is settled
    steps = min(scale.worse_at_most, sum(each.worse_by for each in holding))
    return min(scale.levels[-1].level, initial + steps)


def _holds(each: Circumstance, answers: Mapping[str, Any]) -> bool:
    if each.kinds:
        events = answers.get(each.answer, {})
        if not isinstance(events, Mapping):
            raise WRONG_TYPE(each.answer, field_name=each.answer, expected="an object")
        kinds = [kind.code for kind in each.kinds]
        for kind in events:
            if kind not in kinds:
                raise UNKNOWN_EVENT(f"{each.answer}.{kind}", kind=kind, known="、".join(kinds))
        counts = [whole(count, f"{each.answer}.{kind}", least=0) for kind, count in events.items()]
        return sum(counts) >= (each.at_least or 0)
    flag = answers.get(each.answer, False)
    if not isinstance(flag, bool):
        raise WRONG_TYPE(each.answer, field_name=each.answer, expected="true / false")
    return flag


def _all_scores(scale: Scale, answers: Mapping[str, Any], *, may_be_absent: bool) -> dict[str, int] | None:
    if may_be_absent and all(answers.get(name) is None for name in scale.answers):
        return None
    scores: dict[str, int] = {}
    for name, items in scale.answers.items():
        given = answers.get(name)
        if given is None:
            raise MISSING(name, field_name=name)
        scores |= _scores(name, given, items, digits=scale.digits)
    return scores


def _scores(name: str, given: Any, items: Sequence[Item], *, digits: bool) -> dict[str, int]:
    by_code: dict[str, Any]
    if isinstance(given, Mapping):
        codes = {item.code for item in items}
        for code in given:
            if code not in codes:
                raise UNKNOWN_ITEM(str(code), item=code)
        by_code = dict(given)
    elif isinstance(given, list) or (digits and isinstance(given, str)):
        values = list(fold(given)) if isinstance(given, str) else given
        if len(values) != len(items):
            raise WRONG_COUNT(name, field_name=name, expected=len(items), found=len(values))
        by_code = {item.code: value for item, value in zip(items, values, strict=True)}
        if isinstance(given, str):
            by_code = {code: _digit(code, value) for code, value in by_code.items()}
    else:
        raise WRONG_TYPE(name, field_name=name, expected="a list or an object")
    return {item.code: _score(item, by_code.get(item.code)) for item in items}


def _digit(code: str, character: str) -> int:
    if character not in "0123456789":
        raise NOT_AN_INTEGER(code, field_name=code)
    return int(character)


def _score(item: Item, value: Any) -> int:
    titles = {"item": item.code, "title": item.title.zh, "title_en": item.title.en}
    if value is None:
        raise MISSING_ITEM(item.code, **titles)
    points = whole(value, item.code)
    if points not in item.scores:
        raise SCORE_OUT_OF_RANGE(item.code, **titles, allowed=", ".join(map(str, sorted(item.scores))))
    return points


def _chosen(field: Field, information: Mapping[str, Any]) -> list[str]:
    value = information.get(field.code)
    if value is None:
        raise MISSING_INFORMATION(field.code, field_name=field.code, title=field.title.zh, title_en=field.title.en)
    return [value] if isinstance(value, str) else list(value)


def _list(values: tuple[int, ...] | None) -> list[int] | None:
    return None if values is None else list(values)
