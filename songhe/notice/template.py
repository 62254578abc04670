"""Templates are data: one sentence for the telephone, a title and a text for the inbox, in Chinese and in English.

A text names its values in braces. Endings say how a value is shown: ``…_fen`` as yuan, ``…_on`` as a date, ``month``
as a month; what stands under ``words`` of the file is put in words, and a value may bring its words in both languages.
``{whose}`` is "您的" for the person and "某某老人的" for the family, ``{who}`` without the possessive.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from songhe.document.number import grouped
from songhe.kernel.month import BEIJING, Month

FOLDER = Path(__file__).resolve().parent / "templates"
LANGUAGES = ("zh", "en")
#: Said by every text message first, so that people know from whom it comes.
SENDER = {"zh": "【松鹤养老】", "en": "[Songhe] "}
ADDRESSING = frozenset({"whose", "who", "Whose", "Who"})


class Broken(RuntimeError):
    """A template is not as it has to be, or is not given what it names. A fault of ours, no refusal."""


@dataclass(frozen=True)
class Template:
    """What is said about one kind of event. ``to_family`` and ``to_person``: who is told by telephone."""

    name: str
    title: Mapping[str, str]
    text: Mapping[str, str]
    sms: Mapping[str, str]
    words: Mapping[str, Mapping[str, Mapping[str, str]]]
    to_person: bool
    to_family: bool
    family_after_death: bool
    telephone: bool

    @property
    def names(self) -> frozenset[str]:
        """The values that its texts name."""
        sentences = [self.title[one] + self.text[one] + self.sms[one] for one in LANGUAGES]
        return frozenset(_named("".join(sentences)) - ADDRESSING)


@dataclass(frozen=True)
class Said:
    """A notice in the words of one language, for one reader."""

    title: str
    text: str
    sms: str


@cache
def templates() -> dict[str, Template]:
    """Every template by its name. Raises ``Broken``."""
    found: dict[str, Template] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        read = yaml.safe_load(path.read_text("utf-8"))
        words = read.get("words", {})
        for name, one in read["templates"].items():
            if name in found:
                raise Broken(f"{name} stands twice")
            found[name] = _template(name, one, words)
    return found


def template(name: str) -> Template:
    """The template of this name. Raises ``Broken``."""
    try:
        return templates()[name]
    except KeyError:
        raise Broken(f"there is no template {name!r}") from None


def say(name: str, values: Mapping[str, Any], *, language: str, person_name: str = "", to_family: bool = False) -> Said:
    """What the template says of these values, to the person or to the family of whom it names.

    Raises ``Broken`` when a value is missing.
    """
    which = template(name)
    tongue = "zh" if language.startswith("zh") else "en"
    shown = {key: _shown(key, value, which, tongue) for key, value in values.items()}
    shown |= _addressing(tongue, person_name, to_family)
    if lacking := which.names - set(shown):
        raise Broken(f"{name} is not given {sorted(lacking)}")
    title, text, sms = (part[tongue].format_map(shown) for part in (which.title, which.text, which.sms))
    return Said(title, text, SENDER[tongue] + sms)


def _addressing(tongue: str, person_name: str, to_family: bool) -> dict[str, str]:
    if tongue == "zh":
        who = f"{person_name}老人" if to_family else "您"
        return {"who": who, "Who": who, "whose": f"{who}的", "Whose": f"{who}的"}
    if to_family:
        who = person_name or "the elder"
        return {"who": who, "Who": who, "whose": f"{who}'s", "Whose": f"{who}'s"}
    return {"who": "you", "Who": "You", "whose": "your", "Whose": "Your"}


def _shown(key: str, value: Any, which: Template, tongue: str) -> str:
    if key in which.words:
        known = which.words[key].get(str(value))
        return known[tongue] if known else str(value)
    if isinstance(value, Mapping):
        return str(value[tongue])
    if key.endswith("_fen"):
        yuan, fen = divmod(abs(int(value)), 100)
        amount = f"{'-' if int(value) < 0 else ''}{yuan:,}.{fen:02d}"
        return f"{amount}元" if tongue == "zh" else f"{amount} yuan"
    if key.endswith(("_on", "_until")):
        day = date.fromisoformat(str(value)[:10])
        return f"{day.month}月{day.day}日" if tongue == "zh" else f"{day.day} {day:%B}"
    if key == "at":
        moment = datetime.fromisoformat(str(value)).astimezone(BEIJING)
        clock = f"{moment:%H:%M}"
        return f"{moment.month}月{moment.day}日{clock}" if tongue == "zh" else f"{clock} on {moment.day} {moment:%B}"
    if key == "no":
        return grouped(str(value))
    if key == "month":
        month = Month.parse(str(value))
        first = month.first
        return f"{first.year}年{first.month}月" if tongue == "zh" else f"{first:%B} {first.year}"
    return str(value)


def _template(name: str, one: Mapping[str, Any], words: Mapping[str, Any]) -> Template:
    for part in ("title", "text", "sms"):
        if set(one.get(part, {})) != set(LANGUAGES):
            raise Broken(f"{name}: {part} stands in Chinese and in English")
    to = set(one.get("to", ["person", "family"]))
    made = Template(
        name=name,
        title=one["title"],
        text=one["text"],
        sms=one["sms"],
        words=words,
        to_person="person" in to,
        to_family="family" in to,
        family_after_death="family" in to,
        telephone=bool(one.get("telephone", True)),
    )
    zh, en = ("".join(part[tongue] for part in (made.title, made.text, made.sms)) for tongue in LANGUAGES)
    if _named(zh) - ADDRESSING != _named(en) - ADDRESSING:
        raise Broken(f"{name}: the languages name other values")
    return made


def _named(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}
