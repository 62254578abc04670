"""What a bill line may name: the items of a place, by date. The narrowest place that has an item decides it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import yaml
from django.db import transaction
from django.db.models import Q, QuerySet

from songhe.kernel import place_code
from songhe.kernel.period import Period
from songhe.kernel.refusal import TOO_SMALL, reason, whole
from songhe.provider.admit import UNKNOWN_CATEGORY
from songhe.provider.help import HELPS, require_help
from songhe.provider.models import Category, Evidence, Item
from songhe.provider.worker import NAME_MISSING
from songhe.trail.note import note

FOLDER = Path(__file__).resolve().parent / "data"

#: The nation's items, and those of provinces that have their own.
DATA = (FOLDER / "catalogue.yaml", FOLDER / "six-helps.yaml")

#: The group of the ability assessment, which is no group of the consumption voucher.
ASSESSMENT = "assessment"
CATEGORIES = (*Category.values, ASSESSMENT)

UNITS = {
    "month": ("月", "month"),
    "day": ("天", "day"),
    "hour": ("小时", "hour"),
    "visit": ("次", "time"),
    "meal": ("餐", "meal"),
    "trip": ("趟", "trip"),
    "item": ("件", "piece"),
}

UNKNOWN_ITEM = reason(
    "provider.unknown_item",
    zh="{place}在{on}的目录中没有“{code}”。",
    en="The catalogue of {place} has no {code} on {on}.",
)
UNKNOWN_UNIT = reason("provider.unknown_unit", zh="没有“{unit}”这个计价单位。", en="There is no unit {unit}.")
UNKNOWN_EVIDENCE = reason(
    "provider.unknown_evidence", zh="没有“{evidence}”这种凭证。", en="There is no kind of evidence {evidence}."
)
CODE_INVALID = reason(
    "provider.item_code_invalid",
    zh="项目代码用小写字母、数字和连字符，最多30个字符。",
    en="An item's code is made of small letters, digits and hyphens, at most 30.",
)
ITEM_OVERLAPS = reason(
    "provider.item_overlaps",
    zh="{place}从{first}起已有“{code}”，时间重叠。",
    en="{place} already has {code} from {first}; the times overlap.",
    status=409,
)
ITEM_ENDED = reason("provider.item_ended", zh="“{code}”已于{last}停用。", en="{code} ended on {last}.", status=409)


def load_catalogue(paths: Sequence[Path] = DATA) -> int:
    """The items of the data files; those that stand already stay as they are. Says how many were added."""
    missing: list[Item] = []
    for path in paths:
        read = yaml.safe_load(path.read_text(encoding="utf-8"))
        place = str(read["place"])
        known = set(Item.objects.filter(place=place).values_list("code", flat=True))
        missing += [
            Item(place=place, category=category, valid_from=read["valid_from"], source=read["source"], **item)
            for category, items in read["items"].items()
            for item in items
            if item["code"] not in known
        ]
    Item.objects.bulk_create(missing)
    return len(missing)


def is_code(code: str) -> bool:
    """Small letters, digits and hyphens, at most 30."""
    return 0 < len(code) <= 30 and all(c in "abcdefghijklmnopqrstuvwxyz0123456789-" for c in code)


def define_item(
    *,
    place: str,
    code: str,
    name: str,
    name_en: str,
    category: str,
    unit: str,
    evidence: str,
    valid_from: date,
    at: datetime,
    by: str,
    in_scope: bool = True,
    least_minutes: int = 0,
    valid_to: date | None = None,
    source: str = "",
    help: str = "",
    minutes: int | None = None,
    steps: Sequence[str] = (),
    acceptance: str = "",
) -> Item:
    """A place's own item, or its own edition of a wider place's item with the same code, from a day on.

    ``help`` names what a card's funds call it; ``minutes``, ``steps`` and ``acceptance`` are the standard, as far as
    the place has set one.

    Refuses with ``place_code.not_a_code``, ``provider.item_code_invalid``, ``provider.name_missing``,
    ``provider.unknown_category``, ``provider.unknown_unit``, ``provider.unknown_evidence``,
    ``provider.unknown_help``, ``input.too_small``, ``period.ends_before_it_begins`` or ``provider.item_overlaps``.
    """
    place = place_code.parse(place)[:6]
    if not is_code(code):
        raise CODE_INVALID("code")
    if not name.strip() or not name_en.strip():
        raise NAME_MISSING("name")
    if category not in CATEGORIES:
        raise UNKNOWN_CATEGORY("category", category=category)
    if unit not in UNITS:
        raise UNKNOWN_UNIT("unit", unit=unit)
    if evidence not in Evidence.values:
        raise UNKNOWN_EVIDENCE("evidence", evidence=evidence)
    _refuse_standard(help, least_minutes, minutes)
    period = Period(valid_from, valid_to)
    with transaction.atomic():
        for held in Item.objects.select_for_update().filter(place=place, code=code).order_by("valid_from"):
            if period.overlaps(Period(held.valid_from, held.valid_to)):
                raise ITEM_OVERLAPS("valid_from", place=place, code=code, first=held.valid_from)
        item = Item.objects.create(
            place=place,
            code=code,
            name=name.strip(),
            name_en=name_en.strip(),
            category=category,
            unit=unit,
            evidence=evidence,
            in_scope=in_scope,
            least_minutes=least_minutes,
            help=help,
            minutes=minutes,
            steps=[step.strip() for step in steps if step.strip()],
            acceptance=acceptance.strip()[:300],
            valid_from=valid_from,
            valid_to=valid_to,
            source=source,
        )
        _note("provider.define_item", item, at=at, by=by)
    return item


def _refuse_standard(help: str, least_minutes: int, minutes: int | None) -> None:
    if least_minutes < 0:
        raise TOO_SMALL("least_minutes", field_name="least_minutes", least=0)
    if help:
        require_help(help)
    if minutes is not None:
        whole(minutes, "minutes", least=1)


def end_item(*, item: Item, last_day: date, at: datetime, by: str) -> Item:
    """The last day of an item; services of that day may still name it.

    Refuses with ``provider.item_ended`` or ``period.ends_before_it_begins``.
    """
    with transaction.atomic():
        item = Item.objects.select_for_update().get(pk=item.pk)
        if item.valid_to is not None and item.valid_to <= last_day:
            raise ITEM_ENDED("last_day", code=item.code, last=item.valid_to)
        Period(item.valid_from, last_day)
        item.valid_to = last_day
        item.save(update_fields=["valid_to"])
        _note("provider.end_item", item, at=at, by=by)
    return item


def items_on(county: str, on: date, *, category: str | None = None) -> list[Item]:
    """The catalogue of the county on the day, one item a code, by category and code.

    An item that the county has of its own stands for the city's, that for the province's, that for the nation's.
    """
    narrowest: dict[str, Item] = {}
    rank = {place: width for width, place in enumerate(place_code.layers(county))}
    for item in _in_force(on).filter(place__in=rank).order_by("code"):
        held = narrowest.get(item.code)
        if held is None or rank[item.place] < rank[held.place]:
            narrowest[item.code] = item
    found = [item for item in narrowest.values() if category in (None, item.category)]
    return sorted(found, key=lambda item: (CATEGORIES.index(item.category), item.code))


def item_on(county: str, code: str, on: date, *, field: str = "item") -> Item:
    """The item that the code names in the county on the day. Refuses with ``provider.unknown_item``."""
    places = place_code.layers(county)
    found = {item.place: item for item in _in_force(on).filter(place__in=places, code=code)}
    for place in places:
        if place in found:
            return found[place]
    raise UNKNOWN_ITEM(field, place=county, on=on, code=code)


def helps_on(county: str, on: date) -> dict[str, list[Item]]:
    """What the county's catalogue has of each help on the day, in the order of the helps; two statements at most."""
    found: dict[str, list[Item]] = {}
    items = items_on(county, on)
    for each in HELPS:
        if of_it := [item for item in items if item.help == each]:
            found[each] = of_it
    return found


def fits(item: Item, category: str) -> bool:
    """Whether a line with the item may stand on a bill of the group; own pay may stand on any bill."""
    return item.category == category or not item.in_scope


def _in_force(on: date) -> QuerySet[Item]:
    return Item.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


def _note(act: str, item: Item, *, at: datetime, by: str) -> None:
    note(
        county=item.place,
        at=at,
        actor=by,
        act=act,
        subject="item",
        subject_id=str(item.pk),
        code=item.code,
        in_scope=item.in_scope,
    )
