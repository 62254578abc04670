"""Which rules hold at a place on a day: the layers from the digits alone, merged from the nation down. 适用规则"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from songhe.kernel.period import Period
from songhe.kernel.refusal import reason
from songhe.policy.check import chain, check
from songhe.policy.pack import (
    Benefit,
    BenefitLine,
    Condition,
    DatedValue,
    Note,
    Pack,
    Sentence,
    Source,
    Value,
    is_place,
    layers,
)
from songhe.policy.problem import BAD_FILE, Problem
from songhe.policy.read_pack import read_pack, read_sources

UNKNOWN_POLICY = reason("policy.unknown", zh="没有“{policy}”这一项目。", en="There is no programme {policy}.")
NOT_A_PLACE = reason(
    "policy.not_a_place",
    zh="“{place}”不是六位行政区划代码。",
    en="{place} is not a six-digit place code.",
)
NOT_IN_FORCE = reason(
    "policy.not_in_force",
    zh="{on}在{place}没有有效的“{policy}”规则版本。",
    en="No edition of {policy} is in force in {place} on {on}.",
)
PACKS_HAVE_PROBLEMS = reason(
    "policy.packs_have_problems",
    zh="规则包有问题，请先改正：{file}第{line}行，{problem}",
    en="The policy packs have a problem to be corrected first: {file}, line {line}: {problem_en}",
    status=409,
)
VALUE_ENDED = reason(
    "policy.value_ended",
    zh="“{name}”的取值不包含{on}，不会沿用旧值。",
    en="{name} has no entry that covers {on}; the last known value is not carried on.",
)
VALUE_NOT_SET = reason(
    "policy.value_not_set",
    zh="{place}在{on}没有设定“{what}”，不能办理。",
    en="{what_en} is not set in {place} on {on}.",
)


@dataclass(frozen=True, eq=False)
class Policy:
    """The rules in force: one pack with all that it takes over from the packs above. ``version`` is their hash."""

    packs: tuple[Pack, ...]

    @property
    def pack(self) -> Pack:
        """The most specific pack in force: the one whose id is reported."""
        return self.packs[-1]

    @property
    def id(self) -> str:
        return self.pack.id

    @property
    def programme(self) -> str:
        return self.pack.programme

    @property
    def title(self) -> Sentence:
        return self.packs[0].title

    @property
    def window(self) -> Period:
        return self.pack.window

    @cached_property
    def values(self) -> Mapping[str, tuple[DatedValue, ...]]:
        return {name: series for pack in self.packs for name, series in pack.values.items()}

    @cached_property
    def conditions(self) -> tuple[Condition, ...]:
        """In the order of the uppermost pack; a lower one may word one of them anew, or add to them."""
        return tuple({condition.id: condition for pack in self.packs for condition in pack.conditions}.values())

    @cached_property
    def benefit(self) -> Benefit | None:
        return next((pack.benefit for pack in self.packs if pack.benefit is not None), None)

    @cached_property
    def notes(self) -> tuple[Note, ...]:
        return tuple(note for pack in self.packs for note in pack.notes)

    @cached_property
    def version(self) -> str:
        """The first 12 hex digits of the SHA-256 of everything that decides, as canonical JSON."""
        text = json.dumps(self.as_dict(), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:12]

    def entry(self, name: str, on: date) -> DatedValue | None:
        """The entry that covers the day, or ``None`` for a name that no layer states.

        Refuses with ``policy.value_ended`` when the name is stated but no entry covers the day.
        """
        series = self.values.get(name)
        if series is None:
            return None
        for entry in series:
            if on in entry.period and on in self.window:
                return entry
        raise VALUE_ENDED(name, name=name, on=on)

    def value(self, name: str, on: date) -> Value:
        """What the name is worth on the day; ``None`` when it is not set or abolished."""
        entry = self.entry(name, on)
        return None if entry is None else entry.value

    def as_dict(self) -> dict[str, Any]:
        """The resolved pack, without its cases and without where its lines stand."""
        return {
            "pack": self.id,
            "made_of": [pack.id for pack in self.packs],
            "title": {"zh": self.title.zh, "en": self.title.en},
            "authority": [pack.authority for pack in self.packs],
            "window": {"first": str(self.window.first), "last": self.window.last and str(self.window.last)},
            "areas": [{"place": area.place, "first": area.first and str(area.first)} for area in self.pack.areas],
            "continues": self.pack.continues,
            "values": {
                name: [
                    {
                        "first": str(entry.first),
                        "last": entry.last and str(entry.last),
                        "value": as_json(entry.value),
                        "article": entry.cited.article,
                        "source": entry.cited.source,
                        "confidence": entry.cited.confidence,
                    }
                    for entry in series
                ]
                for name, series in sorted(self.values.items())
            },
            "conditions": [
                {
                    "id": condition.id,
                    "fact": condition.fact,
                    "operator": condition.operator,
                    "value": condition.value,
                    "zh": condition.sentence.zh,
                    "en": condition.sentence.en,
                    "article": condition.cited.article,
                    "source": condition.cited.source,
                    "confidence": condition.cited.confidence,
                }
                for condition in self.conditions
            ],
            "benefit": self.benefit and _benefit(self.benefit),
            "notes": [
                {"zh": note.sentence.zh, "en": note.sentence.en, "source": note.cited.source} for note in self.notes
            ],
        }


def _benefit(benefit: Benefit) -> dict[str, Any]:
    return {
        "unit": benefit.unit,
        "cadence": benefit.cadence,
        "order": list(benefit.order),
        "rounding": benefit.rounding,
        "exclusive": benefit.exclusive,
        "most_fees": benefit.most_fees,
        "inputs": [{"name": i.name, "fact": i.fact, "default": i.default} for i in benefit.inputs],
        "lines": [_line(line) for line in benefit.lines],
    }


def _line(line: BenefitLine) -> dict[str, Any]:
    said: dict[str, Any] = {
        "id": line.id,
        "zh": line.title.zh,
        "en": line.title.en,
        "shape": line.shape,
        "ratio": line.ratio,
        "cap": line.cap,
        "ceiling": line.ceiling,
        "price": line.price,
        "table": line.table,
        "limit": line.limit,
    }
    if line.shape == "month_amount":
        said |= {"class": line.in_class, "when": [[each.fact, each.operator, each.value] for each in line.when]}
    return said


def as_json(value: object) -> Any:
    """A value as packs write it: a ratio as ``2/5``, a date as its text."""
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: as_json(each) for key, each in sorted(value.items())}
    return value


class Library:
    """All packs of one folder, read once, with every problem found in them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        found: list[Problem] = []
        self.sources: Mapping[str, Source] = read_sources(root, found)
        packs: dict[str, Pack] = {}
        for folder in sorted(root.glob("*/*/*")):
            if folder.is_dir() and not any(part.startswith(".") for part in folder.relative_to(root).parts):
                pack = read_pack(root, folder, self.sources, found)
                if pack is not None:
                    packs[pack.id] = pack
        if not packs and not found:
            found.append(Problem("sources.yaml", 1, BAD_FILE, "文件夹里没有规则包。", "The folder holds no packs."))
        self.packs: Mapping[str, Pack] = packs
        self.problems: tuple[Problem, ...] = tuple(
            sorted({*found, *check(packs, faulty=frozenset(p.file for p in found))})
        )
        self._policies: dict[str, Policy] = {}

    @property
    def programmes(self) -> tuple[str, ...]:
        return tuple(sorted({pack.programme for pack in self.packs.values()}))

    def resolve(self, *, policy: str, place: str, on: date) -> Policy:
        """The rules of a programme at a place on a day: the closest layer with an edition in force, and those above.

        Refuses with ``policy.unknown``, ``policy.not_a_place``, ``policy.not_in_force`` (before, after or between
        editions, or outside their areas), ``policy.packs_have_problems`` (a pack of one of the layers is faulty).
        """
        if not is_place(place):
            raise NOT_A_PLACE("place", place=place)
        self._refuse_faulty(policy, place)
        if policy not in self.programmes:
            raise UNKNOWN_POLICY("policy", policy=policy)
        for layer in layers(place):
            for pack in self.packs.values():
                if pack.place == layer and pack.programme == policy:
                    period = pack.period_at(place)
                    if period is not None and on in period:
                        return self.policy(pack.id)
        raise NOT_IN_FORCE("on", policy=policy, place=place, on=on)

    def policy(self, pack_id: str) -> Policy:
        """The resolved rules of one pack by its id; refuses with ``policy.unknown``."""
        if pack_id not in self._policies:
            pack = self.packs.get(pack_id)
            links = chain(pack, self.packs) if pack is not None else None
            if links is None:
                raise UNKNOWN_POLICY("pack", policy=pack_id)
            self._policies[pack_id] = Policy(links)
        return self._policies[pack_id]

    def problems_of(self, policy: str, place: str) -> tuple[Problem, ...]:
        """The problems that stand in the way at a place: of its layers, and of the list of sources."""
        folders = tuple(f"{layer}/{policy}/" for layer in layers(place))
        return tuple(p for p in self.problems if p.file == "sources.yaml" or p.file.startswith(folders))

    def continues(self, *, policy: str, place: str, before: date, after: date) -> bool:
        """Whether who was entitled on ``before`` stays so on ``after`` without a new application.

        True within one edition, and along editions each of which says that it ``continues`` the one before: an
        extension by a new notice. Refuses as ``resolve`` does.
        """
        earlier = self.resolve(policy=policy, place=place, on=before)
        later = self.resolve(policy=policy, place=place, on=after)
        reached = {pack.id for pack in earlier.packs}
        root: Pack | None = later.packs[0]
        seen: set[str] = set()
        while root is not None and root.id not in seen:
            if root.id in reached:
                return True
            seen.add(root.id)
            root = self.packs.get(root.continues) if root.continues else None
        return False

    def _refuse_faulty(self, policy: str, place: str) -> None:
        for problem in self.problems_of(policy, place):
            raise PACKS_HAVE_PROBLEMS(
                "policy", file=problem.file, line=problem.line, problem=problem.zh, problem_en=problem.en
            )


_BESIDE_THE_CODE = Path(__file__).resolve().parents[2] / "policies"


def shipped() -> Path:
    """Where the packs lie: ``SONGHE_POLICIES``, else the folder beside the code."""
    named = os.environ.get("SONGHE_POLICIES")
    return Path(named) if named else _BESIDE_THE_CODE


@cache
def _library(root: Path) -> Library:
    return Library(root)


def library(root: Path | None = None) -> Library:
    """The packs of a folder (default: the shipped ones), read once in a process.

    Asked for on every quote and bill, so the disk is asked only where a path depends on the working folder.
    """
    folder = root or shipped()
    return _library(folder if folder.is_absolute() else folder.resolve())
