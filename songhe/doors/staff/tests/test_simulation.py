import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests import world as assessments
from songhe.doors.staff import simulation
from songhe.doors.staff.tests.conftest import COUNTY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.entitlement.tests import story
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.jobs.models import Outgoing, Run
from songhe.jobs.outbox import deliver
from songhe.month.steps import PROGRAMME
from songhe.month.wiring import LONG_RUNNING, handlers
from songhe.place.calendar import load_shipped_calendars
from songhe.redemption.tests import world as bills
from songhe.trail.models import Entry

PACK = "/staff/packs/000000/consumption-voucher/"
ASK = f"{PACK}simulate/"


def used(fee_fen=100_000, scores=assessments.MODERATE):
    """Somebody who was approved, holds the voucher of March and used it at home."""
    load_shipped_calendars()
    right = story.approved(assessments.elder(), category="home")
    vouchers.budget()
    vouchers.run_issue(on=vouchers.TENTH)
    grant = Grant.objects.get(county=COUNTY, entitlement=right)
    server = bills.provider(prices={"bath": fee_fen})
    bills.visit_of(grant, server)
    bills.pay(grant, server, bills.bath())
    return grant


def question(**more):
    return {"county": COUNTY, "year": "2027", "base": "2026-03", **more}


def test_a_lower_ratio_costs_less_and_says_who_loses(approver):
    used()
    answer = approver.post(ASK, question(ratio_home="45"))
    assert answer.status_code == 302
    page = text(approver.get(answer.headers["Location"]))
    assert "2027 年：如果改成这样" in page
    assert "50% → 45%" in page
    assert "¥6,000.00" in page, "fifty per cent of 1,000 yuan, twelve times"
    assert "¥5,400.00" in page
    assert "平均每人每月少 ¥50.00" in page
    note = Entry.objects.get(county=COUNTY, act="policy.simulate")
    assert note.detail["question"]["values"] == {"ratio_home": "9/20"}


def test_a_lower_level_lets_people_in_and_tells_their_cost_apart(approver):
    used()
    story.determined(assessments.elder(), scores=assessments.MILD)
    answer = approver.post(ASK, question(level_least="1"))
    page = text(approver.get(answer.headers["Location"]))
    assert "符合条件 1 → 2 人" in page
    assert "新符合条件的人按同样用法估计 ¥6,000.00" in page


def test_a_cap_is_asked_for_in_yuan(approver):
    used()
    answer = approver.post(ASK, question(cap_home="300"))
    page = text(approver.get(answer.headers["Location"]))
    assert "¥800.00 → ¥300.00" in page
    assert "¥3,600.00" in page


def test_the_same_question_has_one_answer(approver):
    used()
    first, second = (approver.post(ASK, question(ratio_home="45")).headers["Location"] for _ in range(2))
    assert first == second
    assert Run.objects.filter(job__startswith="simulate:").count() == 1


def test_nothing_changed_is_refused_and_so_is_nonsense(approver):
    used()
    same = approver.post(ASK, question(ratio_home="50"))
    assert same.status_code == 422
    assert "没有改动任何取值" in text(same)
    assert approver.post(ASK, question(ratio_home="120")).status_code == 422
    assert approver.post(ASK, question(ratio_home="45", base="1999-01")).status_code == 422


def test_many_people_are_counted_by_the_worker(approver, monkeypatch):
    used()
    monkeypatch.setattr(simulation, "AT_ONCE", 0)
    where = approver.post(ASK, question(ratio_home="45")).headers["Location"]
    page = approver.get(where)
    assert "已排队，等后台处理" in text(page)
    assert "every 2s" in page.content.decode()
    entry = Outgoing.objects.get(county=COUNTY, topic="statistics.simulate")
    made = handlers(calendar=None, people=None)
    deliver(handlers=made, at=entry.at, long_running=LONG_RUNNING)
    assert "¥5,400.00" in text(approver.get(where))


def test_another_county_cannot_be_asked_about(approver):
    used()
    assert approver.post(ASK, question(county=ELSEWHERE, ratio_home="45")).status_code == 404
    assert Entry.objects.filter(county=ELSEWHERE, act="door.out_of_reach").exists()
    run = Run.objects.create(
        county=ELSEWHERE, job="simulate:0", period="2027", state="done", result={"question": {}, "answer": {}}
    )
    assert approver.get(f"{ASK}{run.id}/").status_code == 404


@pytest.mark.parametrize("role", ["county_clerk", "finance", "auditor"])
def test_others_do_not_simulate(enter, role):
    vouchers.budget()
    client = enter(role, role)
    assert client.post(ASK, question(ratio_home="45")).status_code == 403
    assert "开始测算" not in text(client.get(PACK))


def test_as_many_questions_are_asked_of_one_person_and_of_many(approver):
    used()

    def asked(ratio):
        with CaptureQueriesContext(connection) as kept:
            assert approver.post(ASK, question(ratio_home=ratio)).status_code == 302
        return len(kept)

    few = asked("45")
    for _ in range(3):
        used()
    assert asked("44") == few
    assert PROGRAMME
