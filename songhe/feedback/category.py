"""What a complaint may be about, and within how many working days it is answered: data, read once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml

DATA = Path(__file__).resolve().parent / "data" / "categories.yaml"


@dataclass(frozen=True)
class Category:
    """``first`` and ``second`` are working days for the first answer and for the review of it."""

    code: str
    zh: str
    en: str
    first: int
    second: int
    confidential: bool = False


@dataclass(frozen=True)
class Terms:
    """``contest_working_days``: how long after an answer its review may be asked for. ``source`` as packs cite it."""

    categories: Mapping[str, Category]
    contest_working_days: int
    source: str


@cache
def terms() -> Terms:
    read = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    found = {each["code"]: Category(**each) for each in read["categories"]}
    return Terms(MappingProxyType(found), read["contest_working_days"], read["source"])
