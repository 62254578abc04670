import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.geo import Datum, Point, distance_metres
from songhe.kernel.refusal import Refusal

IN_CHINA = st.builds(Point, st.floats(18.2, 53.5), st.floats(73.6, 135.0))
ON_EARTH = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_the_shift_agrees_with_published_pairs(wgs84, gcj02):
    shifted = Point(*wgs84).as_gcj02()
    assert shifted.datum is Datum.GCJ02
    assert (shifted.latitude, shifted.longitude) == pytest.approx(gcj02, abs=1e-9)
    assert distance_metres(Point(*wgs84), Point(*gcj02, Datum.GCJ02)) < 0.001


@given(IN_CHINA)
def test_the_shift_is_undone_to_the_millimetre(point):
    assert distance_metres(point, point.as_gcj02()) < 0.001


@given(IN_CHINA)
def test_reading_one_datum_for_the_other_is_an_error_of_at_most_a_kilometre(point):
    shifted = point.as_gcj02()
    assert 1 < distance_metres(point, Point(shifted.latitude, shifted.longitude)) < 1000


@pytest.mark.parametrize(("latitude", "longitude"), [(35.68, 139.76), (48.85, 2.35), (-33.87, 151.2)])
def test_nothing_is_shifted_abroad(latitude, longitude):
    shifted = Point(latitude, longitude).as_gcj02()
    assert (shifted.latitude, shifted.longitude) == (latitude, longitude)


def test_the_chinese_geodetic_system_is_taken_for_wgs84():
    assert distance_metres(Point(36.4, 119.4, Datum.CGCS2000), Point(36.4, 119.4)) == 0


def test_a_thousandth_of_a_degree_north_is_111_metres():
    assert distance_metres(Point(36.4, 119.4), Point(36.401, 119.4)) == pytest.approx(111.195, abs=0.01)


@given(ON_EARTH, ON_EARTH)
def test_distance_agrees_with_the_angle_between_the_two_directions(one, other):
    def direction(point):
        north, east = math.radians(point.latitude), math.radians(point.longitude)
        return math.cos(north) * math.cos(east), math.cos(north) * math.sin(east), math.sin(north)

    chord = math.dist(direction(one), direction(other))
    expected = 2 * 6_371_008.8 * math.asin(min(1.0, chord / 2))
    assert distance_metres(one, other) == pytest.approx(expected, rel=1e-6, abs=1)
    assert distance_metres(one, other) == pytest.approx(distance_metres(other, one))


@pytest.mark.parametrize("latitude", [90.001, -91, math.nan, math.inf])
def test_a_latitude_off_the_globe_is_refused(latitude):
    with pytest.raises(Refusal) as refusal:
        Point(latitude, 0)
    assert (refusal.value.code, refusal.value.field) == ("geo.latitude_out_of_range", "latitude")


@pytest.mark.parametrize("longitude", [180.1, -181, math.nan])
def test_a_longitude_off_the_globe_is_refused(longitude):
    with pytest.raises(Refusal) as refusal:
        Point(0, longitude)
    assert (refusal.value.code, refusal.value.field) == ("geo.longitude_out_of_range", "longitude")
