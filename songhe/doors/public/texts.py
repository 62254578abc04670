"""The words of the guide pages: sentences in both languages, each with its source, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from songhe.policy.pack import Sentence

DATA = Path(__file__).resolve().parent / "data" / "guide.yaml"


@dataclass(frozen=True)
class Paragraph:
    """A sentence, or a step with its title. ``confidence`` is empty where the source's own holds."""

    words: Sentence
    article: str
    source: str
    confidence: str = ""
    title: Sentence | None = None


@dataclass(frozen=True)
class Texts:
    """What is said of one programme; empty where nothing is."""

    sign: str = "document"
    what: tuple[Paragraph, ...] = ()
    materials: tuple[Paragraph, ...] = ()
    steps: tuple[Paragraph, ...] = ()
    rules: tuple[Paragraph, ...] = ()
    ending: tuple[Paragraph, ...] = ()

    @property
    def all(self) -> tuple[Paragraph, ...]:
        return (*self.what, *self.materials, *self.steps, *self.rules, *self.ending)


def of(programme: str) -> Texts:
    return every().get(programme) or Texts()


@cache
def every() -> dict[str, Texts]:
    read = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    parts = ("what", "materials", "steps", "rules", "ending")
    return {
        programme: Texts(
            sign=told["sign"], **{part: tuple(_paragraph(each) for each in told.get(part, ())) for part in parts}
        )
        for programme, told in read.items()
    }


def _paragraph(told: dict[str, Any]) -> Paragraph:
    title = told.get("title")
    return Paragraph(
        words=Sentence(told["zh"], told["en"]),
        article=told["article"],
        source=told["source"],
        confidence=told.get("confidence", ""),
        title=Sentence(title["zh"], title["en"]) if title else None,
    )
