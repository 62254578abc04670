"""Words of the public pages: how sure a source is, amounts and ratios in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songhe.doors.shell import amount, spoken
from songhe.doors.staff.words import CATEGORIES, said, titled
from songhe.policy.evaluate import CategoryTerms
from songhe.policy.pack import Sentence, Source
from songhe.policy.resolve import Library
from songhe.provider.models import Kind

#: A plain sign for each kind on the map, so that colour is not the only difference.
LETTERS: dict[str, Any] = {
    "institution": pgettext_lazy("map", "院"),
    "community": pgettext_lazy("map", "社"),
    "assessment_body": pgettext_lazy("map", "评"),
}

#: What a pack cites that nobody else has written is called in the reader's language.
OWN_SOURCES: dict[str, Any] = {
    "default": gettext_lazy("未见政策文本，本系统的缺省或推断"),
    "worked-examples": gettext_lazy("松鹤测算示例（按公开规则计算）"),
}

CONFIDENCE: dict[str, Any] = {
    "H": gettext_lazy("正式公开"),
    "M": gettext_lazy("单一转载"),
    "L": gettext_lazy("来源较弱"),
    "D": gettext_lazy("本系统缺省或推断，不是政策"),
}

KINDS: dict[str, Any] = {
    Kind.INSTITUTION: gettext_lazy("养老机构"),
    Kind.COMMUNITY: gettext_lazy("社区养老服务机构"),
    Kind.ASSESSMENT_BODY: gettext_lazy("评估机构"),
}
KIND_SIGNS = {Kind.INSTITUTION: "building", Kind.COMMUNITY: "home", Kind.ASSESSMENT_BODY: "scale"}

#: What a setting's answer is called, beside its value.
CHOICES: dict[str, Any] = {
    "auto": gettext_lazy("系统自动发放"),
    "claim": gettext_lazy("每月自己领取"),
    "never": gettext_lazy("当月不能更换"),
    "if_unused": gettext_lazy("未使用可以更换"),
    "monthly": gettext_lazy("每月"),
    "quarterly": gettext_lazy("每季度"),
    "stack": gettext_lazy("可以叠加"),
    "choose": gettext_lazy("只能择一"),
    "hukou_or_permit": gettext_lazy("户口簿或居住证（登记卡）"),
    "person": gettext_lazy("个人承担"),
    "local": gettext_lazy("地方承担"),
}
UNITS: dict[str, Any] = {
    "day": gettext_lazy("天"),
    "working_day": gettext_lazy("个工作日"),
    "month": gettext_lazy("个月"),
    "year": gettext_lazy("周岁"),
    "level": "",
    "": "",
}


def group(terms: CategoryTerms) -> Any:
    """What a group of service is called."""
    known = CATEGORIES.get(terms.category)
    return known.said if known else titled(terms.title.zh, terms.title.en)


def sentence(words: Sentence) -> str:
    return titled(words.zh, words.en)


def percent(ratio: Fraction) -> str:
    """40 %, or the fraction where it is no whole number of hundredths."""
    whole, rest = divmod(ratio.numerator * 100, ratio.denominator)
    return f"{ratio.numerator}/{ratio.denominator}" if rest else f"{whole}%"


def yuan(fen: int) -> str:
    """800 or 166.67: in a sentence, whole yuan stand without decimals."""
    whole, cents = divmod(fen, 100)
    return f"{whole:,}.{cents:02d}" if cents else f"{whole:,}"


def value(found: Any, *, kind: str, unit: str) -> str:
    """A value of a pack as people read it."""
    if isinstance(found, bool):
        return str(_("是")) if found else str(_("否"))
    if isinstance(found, Fraction):
        return percent(found)
    if isinstance(found, date):
        return spoken.day(found, "zh" if said("zh", "en") == "zh" else "en")
    if kind == "fen":
        return amount.figures(found)
    if isinstance(found, Mapping):
        return str(_("按表执行"))
    if isinstance(found, str):
        return str(CHOICES.get(found, found))
    word = str(UNITS.get(unit, ""))
    return f"{found} {word}".strip()


def document(packs: Library, source: str) -> Any:
    """What a cited document is called: as it is printed, in Chinese, unless it is a note of our own."""
    known = packs.sources.get(source)
    return OWN_SOURCES.get(source) or (known.title if known else source)


def cited(packs: Library, source: str, article: str, confidence: str = "") -> dict[str, Any]:
    """An article with the document it stands in and how sure that is."""
    known: Source | None = packs.sources.get(source)
    held = confidence or (known.confidence if known else "")
    return {
        "article": article,
        "source": source,
        "title": document(packs, source),
        "foreign": source not in OWN_SOURCES,
        "confidence": CONFIDENCE.get(held, held),
        "letter": held,
        "weak": held in ("L", "D"),
    }
