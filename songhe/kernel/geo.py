"""Positions and distances. Each position keeps its datum: mixed datums spoil a fence by hundreds of metres.

Telephones give WGS-84; Chinese map services give GCJ-02, which is shifted by up to some 700 m; CGCS2000 differs
from WGS-84 by centimetres and is taken as equal.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

from songhe.kernel.refusal import reason

LATITUDE = reason(
    "geo.latitude_out_of_range", zh="纬度{value}超出-90至90度。", en="Latitude {value} is outside -90 to 90 degrees."
)
LONGITUDE = reason(
    "geo.longitude_out_of_range",
    zh="经度{value}超出-180至180度。",
    en="Longitude {value} is outside -180 to 180 degrees.",
)

_EARTH_RADIUS_METRES = 6_371_008.8
# The ellipsoid of Krassowsky, on which the GCJ-02 shift is defined.
_SEMI_MAJOR_METRES = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943
_SHIFTED_LATITUDES = (0.8293, 55.8271)
_SHIFTED_LONGITUDES = (72.004, 137.8347)


class Datum(StrEnum):
    WGS84 = "wgs84"
    GCJ02 = "gcj02"
    CGCS2000 = "cgcs2000"


@dataclass(frozen=True)
class Point:
    """Degrees north and east, as measured, with the datum in which they were measured.

    Refuses with ``geo.latitude_out_of_range`` or ``geo.longitude_out_of_range``.
    """

    latitude: float
    longitude: float
    datum: Datum = Datum.WGS84

    def __post_init__(self) -> None:
        if not -90 <= self.latitude <= 90:
            raise LATITUDE("latitude", value=self.latitude)
        if not -180 <= self.longitude <= 180:
            raise LONGITUDE("longitude", value=self.longitude)

    def as_wgs84(self) -> Point:
        """The same place in WGS-84; the inverse of the shift is found by iteration, to well under a millimetre."""
        if self.datum is not Datum.GCJ02:
            return Point(self.latitude, self.longitude)
        latitude, longitude = self.latitude, self.longitude
        for _ in range(10):
            north, east = _shift(latitude, longitude)
            latitude, longitude = self.latitude - north, self.longitude - east
        return Point(latitude, longitude)

    def as_gcj02(self) -> Point:
        """The same place as Chinese map services draw it."""
        if self.datum is Datum.GCJ02:
            return self
        north, east = _shift(self.latitude, self.longitude)
        return Point(self.latitude + north, self.longitude + east, Datum.GCJ02)


def distance_metres(one: Point, other: Point) -> float:
    """Along the surface, by the haversine, both positions taken to WGS-84 first."""
    a, b = one.as_wgs84(), other.as_wgs84()
    north = math.radians(b.latitude - a.latitude)
    east = math.radians(b.longitude - a.longitude)
    cosines = math.cos(math.radians(a.latitude)) * math.cos(math.radians(b.latitude))
    half_chord = math.sin(north / 2) ** 2 + cosines * math.sin(east / 2) ** 2
    return 2 * _EARTH_RADIUS_METRES * math.asin(min(1.0, math.sqrt(half_chord)))


def _shift(latitude: float, longitude: float) -> tuple[float, float]:
    """Degrees north and east by which GCJ-02 moves a WGS-84 position; nothing outside China."""
    inside = (
        _SHIFTED_LATITUDES[0] <= latitude <= _SHIFTED_LATITUDES[1]
        and _SHIFTED_LONGITUDES[0] <= longitude <= _SHIFTED_LONGITUDES[1]
    )
    if not inside:
        return 0.0, 0.0
    x, y = longitude - 105.0, latitude - 35.0
    root, both = math.sqrt(abs(x)), _waves(x, ((20, 6), (20, 2)))
    north_metres = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north_metres += (both + _waves(y, ((20, 1), (40, 1 / 3))) + _waves(y, ((160, 1 / 12), (320, 1 / 30)))) * 2 / 3
    east_metres = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east_metres += (both + _waves(x, ((20, 1), (40, 1 / 3))) + _waves(x, ((150, 1 / 12), (300, 1 / 30)))) * 2 / 3
    sine = math.sin(math.radians(latitude))
    curve = 1 - _ECCENTRICITY_SQUARED * sine * sine
    meridian_radius = _SEMI_MAJOR_METRES * (1 - _ECCENTRICITY_SQUARED) / curve**1.5
    parallel_radius = _SEMI_MAJOR_METRES / math.sqrt(curve) * math.cos(math.radians(latitude))
    return math.degrees(north_metres / meridian_radius), math.degrees(east_metres / parallel_radius)


def _waves(value: float, terms: tuple[tuple[float, float], ...]) -> float:
    return sum(height * math.sin(value * frequency * math.pi) for height, frequency in terms)
