from uuid import uuid4

import pytest

from songhe.assessment.models import Assessment
from songhe.assessment.tests import paper, world
from songhe.doors.assessor.tests.conftest import assessor, signed_in
from songhe.doors.staff.tests.conftest import DAY
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.entitlement.tests import story as rights

pytestmark = pytest.mark.django_db


@pytest.fixture
def handed_in(tablet):
    story = tablet()
    story.fill()
    for worker in (story.first, story.second):
        paper.signs(story.row, story.held, worker, on=DAY)
    return story


def page(story):
    return f"/assessor/reports/{story.row.no}/"


def test_the_county_takes_a_result_over(handed_in, clerk):
    assert "王秀兰" in text(clerk.get("/assessor/reviews/"))
    answer = send(clerk, page(handed_in), "/accept/")
    assert answer["Location"] == page(handed_in)
    assert handed_in.now().state == "effective"
    said = text(clerk.get(page(handed_in)))
    assert "结果已采用。" in said
    assert "代为提出异议" in said
    assert "王秀兰" not in text(clerk.get("/assessor/reviews/"))


def test_the_application_that_waited_for_it_is_determined_at_once(handed_in, clerk):
    waits = rights.assessing(handed_in.row.person, on=DAY)
    send(clerk, page(handed_in), "/accept/")
    waits.refresh_from_db()
    assert (waits.state, waits.assessment_id) == ("determined", handed_in.row.id)


def test_what_is_sent_back_comes_with_its_reason_and_is_signed_anew(handed_in, clerk):
    assert send(clerk, page(handed_in), "/send_back/").status_code == 422
    assert send(clerk, page(handed_in), "/send_back/", because="请核对洗澡").status_code == 302
    assert "请核对洗澡" in text(handed_in.one.get("/assessor/"))
    handed_in.sign(handed_in.one, handed_in.first)
    handed_in.sign(handed_in.two, handed_in.second)
    assert handed_in.now().state == "submitted"


def test_a_dispute_leads_to_a_review_by_others(handed_in, clerk):
    send(clerk, page(handed_in), "/accept/")
    send(clerk, page(handed_in), "/dispute/", because="比上次轻了")
    said = text(clerk.get(page(handed_in)))
    assert "比上次轻了" in said
    answer = send(clerk, page(handed_in), "/reassess/", body=handed_in.body.pk, where="home")
    assert answer.status_code == 302
    review = Assessment.rows.get(county=handed_in.row.county, state="requested")
    assert (review.occasion, review.disputes_id) == ("review", handed_in.row.id)
    others = assessor(handed_in.body, "zhao"), assessor(handed_in.body, "qian")
    from songhe.doors.staff.tests.conftest import account

    account("body", "provider_manager", provider=handed_in.body.pk)
    manager = signed_in("body")
    asked = f"/assessor/body/requests/{review.no}/"
    address, hidden = form_for(manager.get(asked), asked)
    before = {"first": handed_in.first.pk, "second": others[0].pk}
    refused = manager.post(address, hidden | before)
    assert "作出了有异议的那次评估" in text(refused)
    fresh = {"key": uuid4(), "first": others[0].pk, "second": others[1].pk}
    assert manager.post(address, hidden | fresh).status_code == 302


def test_a_dispute_may_end_without_a_review(handed_in, clerk):
    send(clerk, page(handed_in), "/accept/")
    send(clerk, page(handed_in), "/dispute/", because="比上次轻了")
    assert send(clerk, page(handed_in), "/uphold/", because="家属撤回").status_code == 302
    assert handed_in.now().state == "effective"


def test_the_second_clerk_is_told(handed_in, clerk, enter):
    address, hidden = form_for(clerk.get(page(handed_in)), "/accept/")
    other = enter("clerk2", "county_clerk")
    send(other, page(handed_in), "/send_back/", because="请核对")
    answer = clerk.post(address, hidden)
    assert answer.status_code == 409
    assert "assessment.wrong_state" in text(answer)


@pytest.mark.parametrize("role", ["county_approver", "finance", "auditor", "assessor", "provider_manager"])
def test_reviewing_is_the_clerks(handed_in, enter, role):
    more = {"provider": handed_in.body.pk} if role in ("assessor", "provider_manager") else {}
    client = enter("somebody", role, **more)
    assert client.get("/assessor/reviews/").status_code == 403
    assert client.post(f"/assessor/reviews/{handed_in.row.no}/accept/", {"key": uuid4()}).status_code == 403
    assert handed_in.now().state == "submitted"


def test_another_countys_result_is_not_there(handed_in, enter):
    far = enter("far", "county_clerk", place="370703")
    assert "王秀兰" not in text(far.get("/assessor/reviews/"))
    assert far.post(f"/assessor/reviews/{handed_in.row.no}/accept/", {"key": uuid4()}).status_code == 404
    assert far.post(f"/assessor/reviews/{handed_in.row.no}/void/", {"key": uuid4()}).status_code == 404


def test_the_list_asks_the_database_a_bounded_number_of_times(tablet, clerk, django_assert_max_num_queries):
    tablet()
    for _row in range(6):
        world.submitted(world.elder(), on=DAY)
    with django_assert_max_num_queries(24):
        clerk.get("/assessor/reviews/")
