"""A county publishes a scheme of its own: one person proposes it, another puts it in force."""

import pytest
import yaml

from songhe.assessment.tests.world import COUNTY, at
from songhe.examine import scheme
from songhe.examine.draw import try_out
from songhe.examine.models import Edition, Step
from songhe.examine.tests.world import APRIL_5, MARCH, drawn, provider, published, visits
from songhe.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db


def told(**changed):
    return yaml.safe_dump({**yaml.safe_load(scheme.DATA.read_text(encoding="utf-8")), **changed}, allow_unicode=True)


def rated(**changed):
    rule = {"weight": 10, "least": 1, "months": 1, "bands": [[0, 0], [450, 100]]}
    return told(indicators={"rating": {**rule, **changed}})


def propose(text=None, *, month=MARCH, document_no="民〔2026〕5号"):
    return scheme.propose(
        county=COUNTY,
        text=text or rated(),
        valid_from=month,
        document_no=document_no,
        at=at(APRIL_5),
        by="clerk",
    )


def test_a_county_is_examined_by_its_own_scheme_from_its_month_on():
    made = scheme.approve(edition=propose(), at=at(APRIL_5), by="head")
    assert (made.state, made.version) == ("in_force", scheme.parse(rated()).version)
    assert scheme.edition_for(county=COUNTY, month=MARCH.next) == made
    assert scheme.edition_for(county=COUNTY, month=MARCH.previous) is None
    assert Step.objects.filter(county=COUNTY, edition=made).count() == 2
    assert drawn().edition_id == made.id


def test_the_shipped_scheme_is_written_down_once():
    assert drawn().edition.shipped
    assert drawn(because="再来").edition.shipped
    assert Edition.objects.filter(county=COUNTY).count() == 1


def test_a_declined_scheme_leaves_room_for_another():
    first = propose()
    scheme.decline(edition=first, because="权重不妥", at=at(APRIL_5), by="head")
    assert propose().state == "proposed"


@pytest.mark.parametrize(
    "text",
    [
        "[",
        "- a",
        told(extra=1),
        told(title="x"),
        told(confidence="Z"),
        told(least_weight=0),
        told(indicators={}),
        told(indicators={"smiles": {}}),
        rated(weight=0),
        rated(bands=[]),
        rated(bands=[[1, 0]]),
        rated(bands=[[0, 0], [0, 5]]),
        rated(bands=[[0, 100], [300, 0]]),
        rated(bands=[[0, 101]]),
        rated(bands=[[0, True]]),
        rated(months=25),
    ],
)
def test_a_scheme_that_is_not_sound_is_refused(text):
    with pytest.raises(Refusal) as refusal:
        scheme.parse(text)
    assert refusal.value.code == "examine.not_a_scheme"


def test_refusals():
    made = propose()
    for code, do in {
        "examine.scheme_taken": propose,
        "examine.document_missing": lambda: propose(document_no=" "),
        "examine.same_person": lambda: scheme.approve(edition=made, at=at(APRIL_5), by="clerk"),
        "examine.reason_missing": lambda: scheme.decline(edition=made, because="", at=at(APRIL_5), by="head"),
    }.items():
        with pytest.raises(Refusal) as refusal:
            do()
        assert refusal.value.code == code
    scheme.approve(edition=made, at=at(APRIL_5), by="head")
    with pytest.raises(Refusal) as refusal:
        scheme.approve(edition=made, at=at(APRIL_5), by="head")
    assert refusal.value.code == "examine.wrong_state"


def test_a_published_month_keeps_its_scheme():
    provider()
    published()
    with pytest.raises(Refusal) as refusal:
        propose()
    assert refusal.value.code == "examine.month_published"
    assert propose(month=MARCH.next).state == "proposed"


def test_a_scheme_is_tried_on_a_month_before_it_is_in_force():
    good, low = provider(), provider()
    visits(good, passed=40)
    visits(low, passed=30, failed=10)
    by_evidence = {"weight": 1, "least": 20, "months": 1, "bands": [[0, 10], [9800, 90]]}
    tried = scheme.parse(told(indicators={"evidence": by_evidence}))
    rows = try_out(county=COUNTY, month=MARCH, scheme=tried)
    assert [(row.provider, row.now, row.then) for row in rows] == [(low, None, 10), (good, None, 90)]
    assert not Edition.objects.exists()


def test_what_is_written_out_is_the_same_scheme_when_it_is_read():
    made = scheme.shipped()
    assert scheme.parse(scheme.written(made)).version == made.version
