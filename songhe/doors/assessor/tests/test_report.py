import pytest

from songhe.access import login
from songhe.assessment import review
from songhe.assessment.tests import paper, world
from songhe.doors.assessor.report import as_pdf
from songhe.doors.assessor.tests.conftest import signed_in
from songhe.doors.staff.tests.conftest import AT, DAY
from songhe.doors.staff.tests.reading import text
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_in(tablet):
    story = tablet()
    story.fill(**{"A.4.1": ["dementia"], "care_notes": "夜里要人看着"})
    for worker in (story.first, story.second):
        paper.signs(story.row, story.held, worker, on=DAY, drawing=paper.drawn())
    return story


def citizen(person):
    made = login.open_account(username="daughter", display_name="女儿", password=None, at=AT, practice=True)
    login.appoint(
        account=made,
        role="citizen",
        place="370799",
        valid_from=DAY,
        person_id=person.id,
        provider_id=None,
        by=None,
        at=AT,
    )
    return signed_in("daughter")


def test_the_report_says_how_the_level_was_found(handed_in):
    said = text(handed_in.one.get(f"/assessor/reports/{handed_in.row.no}/"))
    for part in (
        "重度失能",
        "65 / 90",
        "按总分为中度失能",
        "确诊痴呆，加重一级",
        "进食",
        "夜里要人看着",
        "李评估",
        "王评估",
    ):
        assert part in said
    assert "县区复核后生效" in said


def test_county_staff_read_it_too_and_a_body_its_own(handed_in, enter):
    address = f"/assessor/reports/{handed_in.row.no}/"
    assert enter("clerk", "county_clerk").get(address).status_code == 200
    assert enter("body", "provider_manager", provider=handed_in.body.pk).get(address).status_code == 200
    assert enter("other", "provider_manager", provider=world.body().pk).get(address).status_code == 404
    assert enter("far", "county_clerk", place="370703").get(address).status_code == 404
    assert enter("carer", "carer", provider=handed_in.body.pk).get(address).status_code == 403
    assert Entry.objects.filter(act="door.out_of_reach").count() == 2
    assert Entry.objects.filter(act="assessment.report").count() == 2


def test_the_elder_gets_the_result_without_the_single_answers(handed_in):
    said = text(citizen(handed_in.row.person).get(f"/assessor/reports/{handed_in.row.no}/"))
    assert "重度失能" in said
    assert "22 / 32" in said
    assert "洗澡" not in said
    assert "疾病诊断" not in said


def test_nobody_reads_another_elders_report(handed_in):
    client = citizen(world.elder())
    assert client.get(f"/assessor/reports/{handed_in.row.no}/").status_code == 404


def test_there_is_no_report_before_it_is_handed_in(tablet):
    story = tablet()
    answer = story.one.get(f"/assessor/reports/{story.row.no}/")
    assert answer.status_code == 409
    assert "assessor.not_handed_in" in text(answer)


def test_a_result_of_a_machine_has_a_report_too(tablet):
    story = tablet()
    found = world.hand_in(story.now(), on=DAY)
    review.accept(assessment=found, policy=None, at=world.at(DAY), on=DAY, by="clerk")
    said = text(story.one.get(f"/assessor/reports/{story.row.no}/"))
    assert "中度失能" in said
    assert "未设期限" in said


def test_after_a_coma_there_are_no_scores(tablet):
    story = tablet()
    found = world.hand_in(story.now(), on=DAY, scores=None, answers={"coma": True})
    said = text(story.one.get(f"/assessor/reports/{found.no}/"))
    assert "昏迷，直接评为完全失能" in said
    assert "总分" not in said


@pytest.mark.usefixtures("pango")
def test_the_report_is_a_pdf_whole_and_short(handed_in):
    answer = handed_in.one.get(f"/assessor/reports/{handed_in.row.no}/report.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")
    short = as_pdf(handed_in.now(), on=DAY, short=True)
    assert 1000 < len(short.content) < len(answer.content)
    assert "王秀兰" not in answer["Content-Disposition"]


def test_a_report_asks_the_database_a_bounded_number_of_times(handed_in, django_assert_max_num_queries):
    with django_assert_max_num_queries(32):
        handed_in.one.get(f"/assessor/reports/{handed_in.row.no}/")
