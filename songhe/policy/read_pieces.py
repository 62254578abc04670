"""What the files of a pack have in common: names from a vocabulary, sentences, citations. 政策包的公共部分"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from songhe.policy.pack import Cited, Sentence, Source
from songhe.policy.problem import UNKNOWN_NAME, Problem
from songhe.policy.reading import Node, Reading, is_null

_CONFIDENCE = ("H", "M", "L", "D")


class Pieces:
    """Reads one pack; each file of it has a reader of its own on top of this."""

    def __init__(self, root: Path, folder: Path, sources: Mapping[str, Source], problems: list[Problem]) -> None:
        self.root = root
        self.folder = folder
        self.sources = sources
        self.problems = problems

    def reading(self, name: str) -> Reading:
        return Reading(self.root, self.folder / name, self.problems)

    def sentence(self, reading: Reading, node: Node | None, what: str) -> Sentence | None:
        fields = reading.fields(node, what, required=("zh", "en"))
        zh, en = reading.text(fields.get("zh"), "zh"), reading.text(fields.get("en"), "en")
        return Sentence(zh, en) if zh and en else None

    def cited(self, reading: Reading, fields: Mapping[str, Node]) -> Cited | None:
        article = reading.text(fields.get("article"), "article")
        source = reading.text(fields.get("source"), "source")
        if article is None or source is None:
            return None
        known = self.sources.get(source)
        if known is None:
            self.unknown(reading, fields["source"], source, self.sources)
            return None
        confidence = confidence_of(reading, fields["confidence"]) if "confidence" in fields else known.confidence
        return Cited(article, source, confidence) if confidence else None

    def one_of(self, reading: Reading, node: Node | None, what: str, options: tuple[str, ...]) -> str | None:
        text = reading.text(node, what)
        if text is not None and text not in options and node is not None:
            reading.wrong(node, f"“{what}”只能取：{'、'.join(options)}。", f"{what} is one of {', '.join(options)}.")
            return None
        return text

    def unknown(self, reading: Reading, node: Node, name: str, known: Mapping[str, object]) -> None:
        close = closest(name, known)
        hint_zh, hint_en = (
            (f"是否想写“{close}”?", f"Did you mean {close}?") if close else ("请看词汇表。", "See the vocabulary.")
        )
        reading.wrong(node, f"没有“{name}”这个名称。{hint_zh}", f"There is no {name}. {hint_en}", UNKNOWN_NAME)


def closest(name: str, known: Mapping[str, object]) -> str | None:
    found = difflib.get_close_matches(name, list(known), n=1)
    return found[0] if found else None


def confidence_of(reading: Reading, node: Node | None) -> str | None:
    text = reading.text(node, "confidence")
    if text is not None and text not in _CONFIDENCE and node is not None:
        reading.wrong(node, "可信度只能取 H、M、L、D。", "Confidence is H, M, L or D.")
        return None
    return text


def optional_text(reading: Reading, node: Node | None, what: str) -> str | None:
    return None if node is None or is_null(node) else reading.text(node, what)
