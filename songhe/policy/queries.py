"""Reads for the pages of packs: editions, what they say on a day, what differs, what is not set, the cases. 查询"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from songhe.kernel.refusal import Refusal
from songhe.policy.cases import differs, reply
from songhe.policy.evaluate import try_on
from songhe.policy.models import PackRelease
from songhe.policy.pack import Case, DatedValue, Pack, Sentence, layers
from songhe.policy.resolve import Library, Policy, as_json
from songhe.policy.values import VALUES, ValueName


@dataclass(frozen=True)
class Place:
    """A place with a programme: its editions, the earliest first, and the one in force on the day."""

    place: str
    programme: str
    editions: tuple[Pack, ...]
    current: Pack | None


@dataclass(frozen=True)
class Said:
    """What a name is worth on the day, and which pack of the chain says so. ``value`` ``None``: not set."""

    name: ValueName
    entry: DatedValue
    pack: str
    ended: bool

    @property
    def value(self) -> Any:
        return as_json(self.entry.value)


@dataclass(frozen=True)
class Condition:
    """A condition with the value of the day in its sentence."""

    id: str
    sentence: Sentence
    article: str
    source: str
    confidence: str
    pack: str


@dataclass(frozen=True)
class Difference:
    """One thing that two packs say differently. ``None``: the one does not say it."""

    what: str
    zh: str
    en: str
    before: Any
    after: Any


@dataclass(frozen=True)
class Tried:
    """A case and whether it came out as its pack says; ``came`` is what was wrong."""

    case: Case
    passes: bool
    key: str = ""
    wanted: Any = None
    came: Any = None


def places(packs: Library, on: date) -> list[Place]:
    """Every place and programme that has a pack, by programme and place."""
    found: dict[tuple[str, str], list[Pack]] = {}
    for pack in packs.packs.values():
        found.setdefault((pack.programme, pack.place), []).append(pack)
    return [
        Place(place, programme, tuple(_in_order(editions)), _current(editions, on))
        for (programme, place), editions in sorted(found.items())
    ]


def place(packs: Library, *, place: str, programme: str, on: date) -> Place | None:
    """One of them; nothing where the place has no pack of its own."""
    editions = [pack for pack in packs.packs.values() if pack.place == place and pack.programme == programme]
    return Place(place, programme, tuple(_in_order(editions)), _current(editions, on)) if editions else None


def above(packs: Library, of: str, programme: str) -> list[Pack]:
    """The packs of the programme in the layers above a place, the nation's first."""
    upper = [layer for layer in layers(of) if layer != of]
    found = [pack for pack in packs.packs.values() if pack.programme == programme and pack.place in upper]
    return sorted(found, key=lambda pack: (-upper.index(pack.place), pack.window.first))


def values_on(policy: Policy, on: date) -> list[Said]:
    """What every name is worth on the day, in the order of the vocabulary, set or not.

    Outside the window the first or the last entry stands for it, and says that it does not cover the day.
    """
    owner = {name: pack.id for pack in policy.packs for name in pack.values}
    found = []
    for name, series in policy.values.items():
        entry = next((each for each in series if on in each.period), None)
        shown = entry or min(series, key=lambda each: abs((each.first - on).days))
        found.append(Said(VALUES[name], shown, owner[name], entry is None))
    order = {name: place for place, name in enumerate(VALUES)}
    return sorted(found, key=lambda said: order[said.name.name])


def not_set(policy: Policy, on: date) -> list[ValueName]:
    """The names that this programme uses and nobody has set for the day; each says what is done without it."""
    used = {name for pack in policy.packs for name in pack.values} | {
        name for pack in policy.packs for name in pack.allows
    }
    return [known for name, known in VALUES.items() if name in used and _worth(policy, name, on) is None]


def conditions_on(policy: Policy, on: date) -> list[Condition]:
    owner = {condition.id: pack.id for pack in policy.packs for condition in pack.conditions}
    found = []
    for condition in policy.conditions:
        try:
            sentence = try_on(condition, policy=policy, facts={}, on=on).sentence
        except Refusal:
            sentence = condition.sentence
        cited = condition.cited
        found.append(
            Condition(condition.id, sentence, cited.article, cited.source, cited.confidence, owner[condition.id])
        )
    return found


def differences(before: Policy, after: Policy, on: date | None = None) -> list[Difference]:
    """What the later rules say otherwise: values at their first days (or on one day), conditions, and the window."""
    found: list[Difference] = []
    old_day, new_day = on or before.window.first, on or after.window.first
    for name in VALUES:
        if name not in before.values and name not in after.values:
            continue
        old, new = _worth(before, name, old_day), _worth(after, name, new_day)
        if old != new:
            known = VALUES[name]
            found.append(Difference(name, known.zh, known.en, old, new))
    theirs = {condition.id: condition for condition in before.conditions}
    ours = {condition.id: condition for condition in after.conditions}
    for key in [*theirs, *(key for key in ours if key not in theirs)]:
        one, other = theirs.get(key), ours.get(key)
        if one is None or other is None or one.sentence != other.sentence:
            shown = other or one
            assert shown is not None
            found.append(
                Difference(key, shown.sentence.zh, shown.sentence.en, one and one.sentence, other and other.sentence)
            )
    return found


def cases_of(pack: Pack, packs: Library) -> list[Tried]:
    """The authority's own examples, asked now."""
    tried = []
    for case in pack.cases:
        difference = differs(case.expected, reply(case, packs))
        tried.append(Tried(case, True) if difference is None else Tried(case, False, *difference))
    return tried


def releases(packs: Collection[str]) -> dict[str, list[PackRelease]]:
    """The rows on record for these packs, the newest first; one query."""
    found: dict[str, list[PackRelease]] = {}
    for row in PackRelease.objects.filter(pack__in=sorted(packs)).order_by("-created_at", "-pk"):
        found.setdefault(row.pack, []).append(row)
    return found


def drafts(places: Collection[str] | None = None) -> list[PackRelease]:
    """Drafts and reviewed drafts that were made on a page, the newest first."""
    rows = PackRelease.objects.exclude(files={}).exclude(state="superseded").order_by("-created_at", "-pk")
    return [row for row in rows[:200] if places is None or row.pack[:6] in places]


def files_of(packs: Library, pack_id: str) -> Mapping[str, str]:
    """The text of a pack's files as they lie in the folder."""
    folder = packs.root / pack_id
    return {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yaml"))}


def _in_order(editions: list[Pack]) -> list[Pack]:
    return sorted(editions, key=lambda pack: (pack.window.first, pack.edition))


def _current(editions: list[Pack], on: date) -> Pack | None:
    """The edition in force at the place itself."""
    for pack in editions:
        period = pack.period_at(pack.place)
        if (period is not None and on in period) or (period is None and on in pack.window):
            return pack
    return None


def _worth(policy: Policy, name: str, on: date) -> Any:
    series = policy.values.get(name, ())
    entry = next((each for each in series if on in each.period), None)
    return None if entry is None else as_json(entry.value)
