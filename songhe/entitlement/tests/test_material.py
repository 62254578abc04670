import pytest

from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.document.file import keep_file
from songhe.entitlement import hand_in, material
from songhe.entitlement.tests import story
from songhe.entitlement.tests.story import ON
from songhe.kernel.refusal import Refusal

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def refused(code, do, **values):
    with pytest.raises(Refusal) as caught:
        do(**values)
    assert caught.value.code == code


def add(row, kind="photo", content=b"\xff\xd8\xff photograph"):
    kept = keep_file(county=row.county, content=content, purpose="paper", uploaded_by=None, at=at(ON))
    return material.add(application=row, kind=kind, file=kept, at=at(ON), by="elder")


def test_papers_are_put_to_a_draft_and_taken_away():
    row = story.draft(world.elder())
    one = add(row)
    assert material.of(row) == [one]
    material.remove(material=one, at=at(ON), by="elder")
    assert material.of(row) == []


def test_a_paper_of_no_known_kind_is_refused():
    refused("entitlement.unknown_material", add, row=story.draft(world.elder()), kind="poem")


def test_twenty_are_enough():
    row = story.draft(world.elder())
    for number in range(material.MOST):
        add(row, content=b"\xff\xd8\xff%d" % number)
    refused("entitlement.too_many_materials", add, row=row)


def test_after_the_decision_nothing_is_added_and_after_handing_in_nothing_taken_away():
    elder = world.elder()
    row = story.draft(elder)
    one = add(row)
    hand_in.submit(application=row, pledge_signed_on=ON, at=at(ON), on=ON, by="elder")
    refused("entitlement.materials_closed", material.remove, material=one, at=at(ON), by="elder")
    refused("entitlement.materials_closed", add, row=story.refused(world.elder()))


def test_without_a_wish_and_without_a_result_there_is_nothing_to_rest_on():
    row = story.draft(world.elder())
    refused(
        "entitlement.assessment_body_missing",
        hand_in.hand_in,
        application=row,
        pledge_signed_on=ON,
        at=at(ON),
        on=ON,
        by="elder",
    )
