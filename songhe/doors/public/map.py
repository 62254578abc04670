"""The ground that the map is drawn on, and where the towns lie: GeoJSON beside the code, or put there by an operator.

``<home>/maps/<county>.json`` stands for the file of the same name beside the code. A feature is the county's outline
(``kind`` county), a town's outline (town) or a town's centre (centre), with code and name; positions are WGS-84 or
CGCS2000. A file that says ``invented`` is said to be so on the page.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from songhe.kernel.geo import Point
from songhe.settings import INSTALLATION

SHIPPED = Path(__file__).resolve().parent / "maps"

Ring = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Town:
    """A town's centre and its outline, as rings of (longitude, latitude)."""

    code: str
    name: str
    centre: Point
    outline: tuple[Ring, ...]


@dataclass(frozen=True)
class Ground:
    """The map of one county. ``invented``: drawn for practice, no real place looks so."""

    county: str
    invented: bool
    towns: tuple[Town, ...]
    drawn: dict[str, Any]

    def town(self, code: str) -> Town | None:
        return next((town for town in self.towns if town.code == code), None)

    def town_of(self, longitude: float | None, latitude: float | None) -> Town | None:
        """The town in whose outline a position lies."""
        if longitude is None or latitude is None:
            return None
        return next(
            (town for town in self.towns if any(holds(ring, longitude, latitude) for ring in town.outline)), None
        )


def holds(ring: Ring, longitude: float, latitude: float) -> bool:
    """Whether a position lies inside a ring: a line to the east crosses its border an odd number of times."""
    inside = False
    for (x1, y1), (x2, y2) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y1 > latitude) != (y2 > latitude) and longitude < (x2 - x1) * (latitude - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def ground(county: str) -> Ground | None:
    """The county's map; nothing where nobody has put one, and the list of providers stands alone."""
    for folder in (INSTALLATION.home / "maps", SHIPPED):
        path = folder / f"{county}.json"
        if county.isdigit() and path.is_file():
            return _read(path, path.stat().st_mtime_ns)
    return None


@cache
def _read(path: Path, _changed: int) -> Ground:
    drawn = json.loads(path.read_text(encoding="utf-8"))
    outlines: dict[str, tuple[Ring, ...]] = {}
    centres: dict[str, tuple[str, Point]] = {}
    for feature in drawn["features"]:
        told, shape = feature["properties"], feature["geometry"]
        if told["kind"] == "town":
            polygons = shape["coordinates"] if shape["type"] == "MultiPolygon" else [shape["coordinates"]]
            outlines[told["code"]] = tuple(tuple((x, y) for x, y in polygon[0]) for polygon in polygons)
        elif told["kind"] == "centre":
            longitude, latitude = shape["coordinates"]
            centres[told["code"]] = (told["name"], Point(latitude, longitude))
    return Ground(
        county=drawn["county"],
        invented=bool(drawn.get("invented")),
        towns=tuple(
            Town(code, name, centre, outlines.get(code, ())) for code, (name, centre) in sorted(centres.items())
        ),
        drawn=drawn,
    )
