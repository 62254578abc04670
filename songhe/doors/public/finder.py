"""What the lists have in common in which everybody may find: filters, pages, nearness, and the map beside them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _

from songhe.doors.public.map import Ground, ground
from songhe.doors.public.place import County
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.cursor import address
from songhe.kernel.geo import Point
from songhe.kernel.refusal import Refusal
from songhe.provider.models import Category, Kind
from songhe.settings import INSTALLATION

PAGE = 20
T = TypeVar("T")


def how_far(metres: int | None) -> str:
    """250 米, 3.4 公里; nothing where it is not known from where."""
    if metres is None:
        return ""
    if metres < 1000:
        return _("%(metres)s 米") % {"metres": metres // 50 * 50 or 50}
    return _("%(kilometres)s 公里") % {"kilometres": f"{metres / 1000:.1f}"}


@dataclass(frozen=True)
class Asked:
    """The filters of the address. ``near`` is a town's code or a position; ``origin`` is where that is."""

    county: County
    kind: str
    group: str
    town: str
    text: str
    near: str
    origin: Point | None


def asked_of(request: DoorRequest, county: County, drawn: Ground | None) -> Asked:
    """The filters; what is not known is left out."""
    given = request.GET
    near = given.get("near", "")[:40]
    origin = origin_of(near, drawn)
    return Asked(
        county=county,
        kind=given.get("kind", "") if given.get("kind", "") in Kind.values else "",
        group=given.get("group", "") if given.get("group", "") in Category.values else "",
        town=given.get("town", "") if drawn and drawn.town(given.get("town", "")) else "",
        text=given.get("q", "").strip()[:40],
        near=near if origin else "",
        origin=origin,
    )


def origin_of(near: str, drawn: Ground | None) -> Point | None:
    """A town's centre, or a position as ``36.120,122.850``."""
    if drawn and (town := drawn.town(near)):
        return town.centre
    latitude, comma, longitude = near.partition(",")
    try:
        return Point(float(latitude), float(longitude)) if comma else None
    except (ValueError, Refusal):
        return None


def page_number(request: DoorRequest, total: int) -> int:
    given = request.GET.get("page", "1")
    wanted = int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 1
    return max(1, min(wanted, -(-total // PAGE)))


def tiles() -> dict[str, str] | None:
    """The map service in the background, where an installation has its key and the number of the map's approval."""
    if not (INSTALLATION.tianditu_key and INSTALLATION.map_approval_no):
        return None
    return {"key": INSTALLATION.tianditu_key, "approval": INSTALLATION.map_approval_no}


def found_page(
    request: DoorRequest,
    asked: Asked,
    known: Sequence[County],
    found: list[T],
    *,
    shown: Callable[[list[T]], list[T]],
    places_at: str,
) -> dict[str, Any]:
    """What ``public/finder.html`` shows: a page of what was found, filled in by ``shown``, and the filters."""
    drawn = ground(asked.county.code)
    number = page_number(request, len(found))
    is_last = number * PAGE >= len(found)
    return {
        "asked": asked,
        "county": asked.county,
        "known": known,
        "entries": shown(found[(number - 1) * PAGE : number * PAGE]),
        "total": len(found),
        "first": (number - 1) * PAGE + 1,
        "last": min(number * PAGE, len(found)),
        "previous": address(request, page=number - 1 if number > 2 else "") if number > 1 else "",
        "following": "" if is_last else address(request, page=number + 1),
        "found_at": request.path,
        "towns": drawn.towns if drawn else (),
        "has_map": drawn is not None,
        "invented": drawn.invented if drawn else False,
        "places_at": f"{places_at}?{request.GET.urlencode()}",
        "tiles": tiles(),
    }


def chips(request: DoorRequest, name: str, words: Iterable[tuple[str, Any]], chosen: str) -> list[dict[str, Any]]:
    """One filter as a row of links, the first for all."""
    return [
        {"word": word, "address": address(request, **{name: code, "page": ""}), "current": code == chosen}
        for code, word in (("", _("全部")), *words)
    ]


def on_map(
    request: DoorRequest,
    county: County | None,
    found: Callable[[Asked, Ground], Iterable[tuple[float | None, float | None, Mapping[str, str]]]],
) -> JsonResponse:
    """What the map shows: the ground, and a point for each that the filters leave and that stands somewhere."""
    drawn = ground(county.code) if county else None
    if county is None or drawn is None:
        raise Http404
    asked = asked_of(request, county, drawn)
    points = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [longitude, latitude]},
            "properties": told,
        }
        for longitude, latitude, told in found(asked, drawn)
        if longitude is not None and latitude is not None
    ]
    origin = [asked.origin.longitude, asked.origin.latitude] if asked.origin else None
    return JsonResponse({"ground": drawn.drawn, "points": points, "origin": origin})
