"""What the form asks, step by step: the scale's own data, ready to be shown with what is filled in."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.assessment.draft import CARE_NOTES, LONGEST_NOTES, LONGEST_TEXT, has_none
from songhe.assessment.scale_shape import Field, Item, Scale
from songhe.doors.staff.words import said, titled

INFORMATION = "information"
#: One step for what annex A asks, and one for each of the four primary dimensions of GB/T 42195-2022.
STEPS = (INFORMATION, "1", "2", "3", "4")

#: The fields of annex A that the visit answers, in the order in which one asks; the others stand in the file.
SECTIONS: tuple[tuple[Any, tuple[str, ...]], ...] = (
    (
        gettext_lazy("近30天的照护风险"),
        ("A.2.14.1", "A.2.14.2", "A.2.14.3", "A.2.14.4", "A.2.14.5"),
    ),
    (gettext_lazy("疾病与用药"), ("A.4.1", "A.4.2")),
    (
        gettext_lazy("健康状况"),
        (
            "A.5.11", "A.5.1", "A.5.2", "A.5.3", "A.5.4", "A.5.5", "A.5.6", "A.5.7", "A.5.8", "A.5.9", "A.5.10",
            "A.5.12",
        ),
    ),
    (
        gettext_lazy("生活情况"),
        ("A.2.4", "A.2.5", "A.2.9", "A.2.10", "A.2.11", "A.2.12", "A.2.13"),
    ),
    (gettext_lazy("谁提供的情况"), ("A.3.1", "A.3.2", "A.3.3", "A.3.4")),
    (gettext_lazy("照护提示"), (CARE_NOTES,)),
)  # fmt: skip


@dataclass(frozen=True)
class Option:
    value: str
    word: str
    score: int | None = None
    chosen: bool = False
    alone: bool = False
    note: str = ""


@dataclass(frozen=True)
class Asked:
    """One question. ``kind`` is one, many, number, text, rows or notes."""

    code: str
    kind: str
    title: str
    note: str = ""
    needed: bool = False
    options: tuple[Option, ...] = ()
    text: str = ""
    unit: str = ""
    longest: int = LONGEST_TEXT
    offers_none: bool = False
    none_chosen: bool = False
    warnings: list[str] = field(default_factory=list)
    stands: str = ""
    columns: str = ""

    @property
    def id(self) -> str:
        return f"f-{self.code}"

    @property
    def is_item(self) -> bool:
        return self.code.startswith("B.")

    @property
    def compact(self) -> bool:
        """Few short options stand beside each other."""
        return not self.is_item and len(self.options) <= 4 and all(len(one.word) <= 14 for one in self.options)


@dataclass(frozen=True)
class Section:
    title: str
    asked: list[Asked]


def codes_of(scale: Scale, step: str) -> tuple[str, ...]:
    if step == INFORMATION:
        return tuple(code for _title, codes in SECTIONS for code in codes)
    return tuple(item.code for item in scale.groups[int(step) - 1].items)


def title_of(scale: Scale, step: str) -> str:
    if step == INFORMATION:
        return _("情况与风险")
    group = scale.groups[int(step) - 1].title
    return said(group.zh, group.en)


def sections(
    scale: Scale,
    step: str,
    values: Mapping[str, Any],
    *,
    warnings: Mapping[str, list[str]] | None = None,
    conflicts: Mapping[str, Any] | None = None,
) -> list[Section]:
    """The questions of a step with what is filled in, what seems odd, and what another device says."""
    odd, others = warnings or {}, conflicts or {}

    def one(code: str) -> Asked:
        stands = spoken(scale, code, others[code]) if code in others else ""
        return asked(scale, code, values.get(code), odd.get(code, []), stands)

    if step == INFORMATION:
        return [Section(str(title), [one(code) for code in codes]) for title, codes in SECTIONS]
    return [Section("", [one(code) for code in codes_of(scale, step)])]


def asked(scale: Scale, code: str, value: Any, warnings: list[str], stands: str) -> Asked:
    common: dict[str, Any] = {"code": code, "warnings": warnings, "stands": stands}
    if code == CARE_NOTES:
        return Asked(
            **common,
            kind="notes",
            title=_("照护提示"),
            note=_("给家属和服务机构的提醒，例如夜间要人看着、怕生人。"),
            text=value or "",
            longest=LONGEST_NOTES,
        )
    if code.startswith("B."):
        return _item(item_of(scale, code), value, common)
    return _field(scale, scale.information[code], value, common)


def item_of(scale: Scale, code: str) -> Item:
    return next(item for item in scale.items if item.code == code)


def _item(item: Item, value: Any, common: dict[str, Any]) -> Asked:
    return Asked(
        **common,
        kind="one",
        title=titled(item.title.zh, item.title.en),
        note=said(item.note.zh, item.note.en) if item.note else "",
        needed=True,
        options=tuple(
            Option(
                value=str(option.score),
                word=said(option.words.zh, option.words.en),
                score=option.score,
                chosen=value == option.score,
            )
            for option in item.options
        ),
    )


def needed_codes(scale: Scale) -> set[str]:
    """The fields of annex A on which the level depends."""
    return {
        code
        for each in scale.circumstances
        for code in ([kind.field for kind in each.kinds] if each.kinds else [each.field or ""])
    }


def _field(scale: Scale, asks: Field, value: Any, common: dict[str, Any]) -> Asked:
    chosen = value if isinstance(value, list) else [value]
    can_say_none = asks.type == "many" and not has_none(asks)
    note = ""
    if asks.type == "rows":
        columns = [said(words.zh, words.en) for words in asks.columns.values()]
        note = _("每种药一行，各栏用逗号隔开：%(columns)s。") % {"columns": "，".join(columns)}
    return Asked(
        **common,
        kind=asks.type,
        title=titled(asks.title.zh, asks.title.en),
        note=note,
        needed=asks.code in needed_codes(scale),
        options=tuple(
            Option(
                value=choice.code,
                word=said(choice.words.zh, choice.words.en),
                chosen=choice.code in chosen,
                alone=choice.alone,
                note=choice.icd10 or "",
            )
            for choice in asks.choices.values()
        ),
        text=as_text(asks, value),
        columns=" ".join(asks.columns),
        unit=asks.unit or "",
        offers_none=can_say_none,
        none_chosen=can_say_none and value == [],
    )


def as_text(asks: Field, value: Any) -> str:
    if value is None or asks.type in ("one", "many"):
        return ""
    if asks.type == "rows":
        return "\n".join("，".join(row.get(column, "") for column in asks.columns).rstrip("，") for row in value)
    return str(value)


def rows_of(asks: Field, text: str) -> list[dict[str, str]]:
    """Lines as rows: the columns stand between commas."""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"[,，、;；\t]", line)]
        if any(cells):
            # More commas than columns: what is left over belongs to the last one.
            head, rest = cells[: len(asks.columns) - 1], cells[len(asks.columns) - 1 :]
            cells = [*head, "，".join(rest)] if rest else head
            rows.append(dict(zip(asks.columns, [*cells, *[""] * len(asks.columns)], strict=False)))
    return rows


def read(scale: Scale, step: str, posted: QueryDict) -> dict[str, Any]:
    """What a plain form says of each field of a step; ``None`` for what was left empty."""
    found: dict[str, Any] = {}
    for code in codes_of(scale, step):
        asks = scale.information.get(code)
        text = posted.get(code, "").strip()
        if asks is not None and asks.type == "many":
            chosen = posted.getlist(code)
            found[code] = chosen or ([] if posted.get(f"{code}.none") else None)
        elif asks is not None and asks.type == "rows":
            found[code] = rows_of(asks, text) or None
        elif code.startswith("B.") or (asks is not None and asks.type == "number"):
            found[code] = int(text) if re.fullmatch(r"[0-9]{1,4}", text) else (text or None)
        else:
            found[code] = text or None
    return found


def changed(scale: Scale, step: str, posted: QueryDict) -> dict[str, Any]:
    """The fields that a plain form changed, told by what the page showed when it was made."""
    try:
        was = json.loads(posted.get("was", "") or "{}")
    except ValueError:
        was = {}
    now = read(scale, step, posted)
    if not isinstance(was, dict):
        return now
    return {code: value for code, value in now.items() if value != was.get(code)}


def shown_before(scale: Scale, step: str, values: Mapping[str, Any]) -> str:
    """What ``changed`` compares with, as the hidden field of a page."""
    return json.dumps(
        {code: values[code] for code in codes_of(scale, step) if code in values}, ensure_ascii=False, sort_keys=True
    )


def spoken(scale: Scale, code: str, value: Any) -> str:
    """A value in words, for a review and for telling of a conflict; a dash for nothing."""
    if value is None:
        return "—"
    if code == CARE_NOTES:
        return str(value)
    if code.startswith("B."):
        option = next(one for one in item_of(scale, code).options if one.score == value)
        return said(option.words.zh, option.words.en)
    asks = scale.information[code]
    if asks.type in ("one", "many"):
        picked = value if isinstance(value, list) else [value]
        words = [said(asks.choices[each].words.zh, asks.choices[each].words.en) for each in picked]
        return ("、" if said("z", "e") == "z" else ", ").join(words) or _("没有")
    text = as_text(asks, value)
    return f"{text} {asks.unit}" if asks.unit else text


def name_of(scale: Scale, code: str) -> str:
    """What a field is called."""
    if code == CARE_NOTES:
        return _("照护提示")
    words = item_of(scale, code).title if code.startswith("B.") else scale.information[code].title
    return titled(words.zh, words.en)


def step_of(scale: Scale, code: str) -> str:
    """The step on which a field is asked."""
    return next((step for step in STEPS if code in codes_of(scale, step)), INFORMATION)
