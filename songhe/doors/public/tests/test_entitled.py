"""A daughter asks from her telephone what her mother may have."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from songhe.access.models import Account
from songhe.doors.public.entitled import answers_at
from songhe.doors.public.tests.conftest import text
from songhe.doors.staff.tests.conftest import DAY
from songhe.jobs.models import Once
from songhe.policy.explain import answer
from songhe.trail.models import Entry

FACTS = {
    "age": 76,
    "resident": True,
    "disability_level": 3,
    "in_tekun_support": False,
    "in_concentrated_care": False,
    "in_improvement_action": False,
}


def asked(browser, **told):
    given = {"where": "样例县", "born": "1950年3月8日", "lives": "home", "level": "3", "identity": "ordinary"}
    return browser.post("/entitled/", {**given, "programmes": ["none"], **told})


def test_the_questions_are_one_page_that_works_without_scripts(anybody):
    page = text(anybody.get("/entitled/"))
    assert page.count("<form") >= 1
    assert "老人多大年纪" in page
    assert "<script" not in page.partition("<main")[2]


def test_who_is_entitled_reads_why_and_how_much_and_by_when(anybody, home):
    page = text(asked(anybody))
    assert "看来符合" in page
    assert "年满60周岁" in page
    assert "¥800.00" in page
    assert "抵 50%" in page
    assert "老人身份证正反两面" in page
    assert "越早越好" in page
    assert "中度失能老人" not in page.partition("<main")[0]


def test_the_answer_is_the_engines(anybody):
    found = {one.programme: one.outcome for one in answers_at("370799", DAY, FACTS)}
    for programme, outcome in found.items():
        asked_for = (
            dict(FACTS)
            if programme == "consumption-voucher"
            else {"disability_level": 3, "entitled_to_consumption_voucher": True}
        )
        said = answer({"policy": programme, "place": "370799", "on": str(DAY), "facts": asked_for})
        assert said["outcome"] == outcome
    assert found == {"consumption-voucher": "entitled", "assessment-voucher": "entitled"}


def test_what_is_not_known_is_asked_for_and_is_no_refusal(anybody):
    page = text(asked(anybody, level="unknown", programmes=[], identity=""))
    assert "还不能判断" in page
    assert "看来不符合" not in page
    assert "申请一次能力评估" in page
    assert "问村（社区）或民政窗口" in page
    assert "请把这段时间也留出来" in page


def test_who_is_shut_out_reads_by_which_sentence(anybody):
    page = text(asked(anybody, identity="tekun"))
    assert "看来不符合" in page
    assert "未享受特困人员救助供养" in page


def test_somebody_too_young_is_told_so(anybody):
    assert "看来不符合" in text(asked(anybody, born="58"))
    assert "看来符合" in text(asked(anybody, born="６０岁".replace("岁", "")))


def test_a_self_rating_is_a_first_look_and_decides_nothing(anybody):
    page = text(asked(anybody, level="unknown", dependent=["eating", "bathing", "continence"]))
    assert "值得申请一次能力评估" in page
    assert "还不能判断" in page


def test_another_county_has_its_own_rules():
    for place, outcome in (("653127", "not_entitled"), ("370799", "entitled")):
        found = answers_at(place, DAY, {**FACTS, "in_home_visit_project": True})
        assert found[0].outcome == outcome


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"where": ""}, "请填写所在的县（市、区）。"),
        ({"where": "没有这个县"}, "没有找到这个县"),
        ({"born": "昨天"}, "看不懂这个日期"),
        ({"born": "2030-01-01"}, "出生日期不能晚于今天"),
        ({"born": "200"}, "请核对出生日期或年龄"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_question(anybody, told, said):
    response = asked(anybody, **told)
    assert response.status_code == 422
    assert said in text(response)


def test_nothing_typed_is_kept(anybody):
    before = (Entry.objects.count(), Session.objects.count(), Once.objects.count(), Account.objects.count())
    asked(anybody)
    assert (Entry.objects.count(), Session.objects.count(), Once.objects.count(), Account.objects.count()) == before


def test_english_is_complete(anybody, home):
    anybody.cookies["django_language"] = "en"
    page = text(asked(anybody))
    assert "Seems entitled" in page
    assert "The sooner the better" in page


def test_its_queries_do_not_grow(django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        asked(Client())
