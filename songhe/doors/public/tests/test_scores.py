"""Anybody reads how providers did, by which scheme, and computes it anew from the file."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.doors.public.tests.conftest import text
from songhe.doors.public.tests.test_english import PLACES, left_in_chinese
from songhe.doors.staff.tests.conftest import COUNTY
from songhe.examine.scheme import read
from songhe.examine.score import total
from songhe.examine.tests.world import MARCH, drawn, handed_in, provider, published, visits
from songhe.provider.models import Provider

pytestmark = pytest.mark.django_db


@pytest.fixture
def examined(practice):
    good, small = provider(), provider()
    visits(good, passed=38, failed=2)
    handed_in(good, good=30)
    provider()
    return good, small


def test_nothing_is_shown_before_it_is_published(anybody, examined):
    drawn()
    assert "还没有公布考核结果" in text(anybody.get("/scores/"))
    assert anybody.get("/scores/scores.json").status_code == 404


def test_scores_stand_with_what_they_are_made_of(anybody, examined):
    good, small = examined
    published()
    page = text(anybody.get(f"/scores/?county={COUNTY}&month={MARCH}"))
    for words in (good.name, small.name, "95.00%", "数量太少，不评分", "权重", "版本"):
        assert words in page, words


def test_the_file_is_enough_to_compute_the_scores_anew(anybody, examined):
    published()
    told = json.loads(anybody.get("/scores/scores.json").content)
    version = told["scheme"].pop("version")
    scheme = read(told["scheme"])
    assert scheme.version == version
    for one in told["providers"]:
        points = [(each["weight"], each["points"]) for each in one["indicators"].values()]
        assert total(points, least_weight=scheme.least_weight).score == one["score"]
        for code, each in one["indicators"].items():
            assert each["points"] is None or each["points"] == scheme.rules[code].points(each["value"])


def test_a_correction_says_why(anybody, examined):
    published()
    published(because="补录核验记录")
    assert "补录核验记录" in text(anybody.get("/scores/"))


def test_the_page_asks_no_more_for_many(anybody, examined):
    found = []
    for number in (1, 2):
        for _ in range(20 * (number - 1)):
            provider()
        published(because="再算" if number > 1 else "")
        with CaptureQueriesContext(connection) as queries:
            assert anybody.get("/scores/").status_code == 200
        found.append(len(queries))
    assert found[1] <= found[0] + 1


def test_it_reads_in_english(anybody, examined):
    anybody.cookies["django_language"] = "en"
    assert left_in_chinese(anybody.get("/scores/")) == []
    published()
    names = [one.name for one in Provider.objects.all()]
    assert left_in_chinese(anybody.get("/scores/"), *names, *PLACES) == []
