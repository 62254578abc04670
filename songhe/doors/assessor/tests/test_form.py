import json
from uuid import uuid4

import pytest

from songhe.assessment import sign
from songhe.assessment.tests import paper
from songhe.assessment.tests.test_submit import information
from songhe.doors.assessor.tests.conftest import JSON
from songhe.doors.staff.tests.conftest import DAY
from songhe.doors.staff.tests.reading import text
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def keep(story, who, step="1", *, base=None, key=None, **changes):
    codes = {code.replace("_", ".") if code[1] == "_" else code: value for code, value in changes.items()}
    told = {
        "key": key or uuid4(),
        "base": story.held.version if base is None else base,
        "changes": json.dumps(codes),
    }
    return who.post(f"{story.at}form/{step}/", told, headers=JSON)


def hidden(answer, name):
    return answer.context[name]


def test_the_visit_begins_with_one_press_and_leads_to_the_form(tablet):
    story = tablet()
    said = text(story.one.get(story.at))
    assert "开始评估" in said
    answer = story.one.post(f"{story.at}begin/", {"key": uuid4()})
    assert answer["Location"] == f"{story.at}form/information/"
    assert story.held.began_by == "li"
    assert story.one.get(f"{story.at}form/1/").status_code == 200


def test_a_form_that_is_not_begun_leads_back_to_the_visit(tablet):
    story = tablet()
    for page in ("form/1/", "check/"):
        assert story.one.get(f"{story.at}{page}")["Location"] == story.at
    assert story.one.get(f"{story.at}form/5/").status_code == 404


def test_a_device_that_saves_before_it_begins_is_told(tablet):
    story = tablet()
    sent = {"key": uuid4(), "base": 1, "changes": "{}"}
    told = story.one.post(f"{story.at}form/1/", sent, headers=JSON)
    assert (told.status_code, told.json()["code"]) == (409, "assessment.not_begun")


def test_a_plain_form_saves_a_step_and_goes_on(tablet):
    story = tablet()
    story.begin()
    page = story.one.get(f"{story.at}form/1/")
    sent = {"key": uuid4(), "base": hidden(page, "base"), "was": hidden(page, "was"), "go": "2"}
    answer = story.one.post(f"{story.at}form/1/", sent | {"B.1.1": "4", "B.1.2": "3"})
    assert answer["Location"] == f"{story.at}form/2/"
    assert story.held.scores == {"B.1.1": 4, "B.1.2": 3}
    assert Entry.objects.filter(act="assessment.fill").count() == 1


def test_annex_a_is_read_from_a_plain_form(tablet):
    story = tablet()
    story.begin()
    page = story.one.get(f"{story.at}form/information/")
    sent = {
        "key": uuid4(),
        "base": hidden(page, "base"),
        "was": hidden(page, "was"),
        "go": "1",
        "A.2.14.1": "twice",
        "A.4.1.none": "1",
        "A.4.2": "氨氯地平，口服，5mg，每日一次\n钙片",
        "A.2.4": "158",
        "A.5.4": ["gastric_tube", "urinary_catheter"],
        "A.3.1": "王女士",
        "care_notes": "夜里要人看着",
    }
    assert story.one.post(f"{story.at}form/information/", sent).status_code == 302
    held = story.held
    assert held.information["A.4.1"] == []
    assert held.information["A.4.2"][0] == {
        "name": "氨氯地平", "route": "口服", "dose": "5mg", "frequency": "每日一次",
    }  # fmt: skip
    assert held.information["A.5.4"] == ["gastric_tube", "urinary_catheter"]
    assert (held.information["A.2.4"], held.care_notes) == (158, "夜里要人看着")
    shown = text(story.one.get(f"{story.at}form/information/"))
    assert "氨氯地平，口服，5mg，每日一次" in shown


def test_sent_twice_it_is_saved_once_and_another_body_under_the_key_is_refused(tablet):
    story = tablet()
    story.begin()
    key, base = uuid4(), story.held.version
    first = keep(story, story.one, key=key, base=base, B_1_1=4)
    again = keep(story, story.one, key=key, base=base, B_1_1=4)
    assert (first.status_code, again.status_code, story.held.version) == (200, 200, base + 1)
    other = keep(story, story.one, key=key, base=base, B_1_1=0)
    assert (other.status_code, other.json()["code"]) == (422, "once.other_body")


def test_the_device_is_told_what_seems_odd_and_what_is_missing(tablet):
    story = tablet()
    story.begin()
    keep(story, story.one, "information", A_5_4=["gastric_tube"])
    told = keep(story, story.one, B_1_1=3).json()
    assert told["warnings"][0]["code"] == "B.1.1"
    assert "胃管" in told["warnings"][0]["said"]
    assert len(told["missing"]) == 25 + 7
    assert told["level"] == ""


def test_the_level_is_shown_only_after_all_items(tablet):
    story = tablet()
    story.begin()
    for step, codes in {"information": information(), "1": paper.scores()}.items():
        told = keep(story, story.one, step, **codes).json()
    assert told["level"] == "中度失能"
    assert "预计等级" in text(story.one.get(f"{story.at}check/"))
    keep(story, story.one, B_1_1=None)
    said = text(story.one.get(f"{story.at}check/"))
    assert "预计等级" not in said
    assert "还差 1 项" in said


def test_two_devices_are_told_of_their_conflict(tablet):
    story = tablet()
    story.begin()
    base = story.held.version
    keep(story, story.one, base=base, B_1_1=4)
    told = keep(story, story.two, base=base, B_1_1=1, B_1_2=3).json()
    assert [(one["code"], one["stands"], one["given"]) for one in told["conflicts"]] == [("B.1.1", 4, 1)]
    assert told["conflicts"][0]["stands_said"] == "自己吃，不呛咳"
    assert told["fields"] == {"B.1.1": 4, "B.1.2": 3}
    again = keep(story, story.two, base=told["version"], B_1_1=1).json()
    assert (again["conflicts"], again["fields"]["B.1.1"]) == ([], 1)


def test_a_plain_form_shows_the_conflict_and_keeps_what_was_typed(tablet):
    story = tablet()
    story.begin()
    page = story.two.get(f"{story.at}form/1/")
    keep(story, story.one, B_1_1=4)
    sent = {"key": uuid4(), "base": hidden(page, "base"), "was": hidden(page, "was"), "go": "2", "B.1.1": "1"}
    answer = story.two.post(f"{story.at}form/1/", sent)
    assert answer.status_code == 409
    assert "另一台设备上填的是“自己吃，不呛咳”" in text(answer)
    sent |= {"key": uuid4(), "base": hidden(answer, "base"), "was": hidden(answer, "was")}
    assert story.two.post(f"{story.at}form/1/", sent).status_code == 302
    assert story.held.scores["B.1.1"] == 1


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("B.2.4", "9", "assessment.score_out_of_range"),
        ("B.2.4", "三", "input.not_an_integer"),
        ("B.2.4", "²", "input.not_an_integer"),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(tablet, field, value, code):
    story = tablet()
    story.begin()
    page = story.one.get(f"{story.at}form/2/")
    sent = {"key": uuid4(), "base": hidden(page, "base"), "was": hidden(page, "was"), field: value, "B.2.1": "2"}
    answer = story.one.post(f"{story.at}form/2/", sent)
    assert answer.status_code == 422
    assert code in text(answer)
    assert story.held.scores == {}


@pytest.mark.parametrize(
    "sent",
    [
        {"base": "x", "changes": "{}"},
        {"base": "1", "changes": "["},
        {"base": "1", "changes": "[]"},
        {"base": "1", "changes": '{"B.1.1": 4}', "key": "no key"},
    ],
)
def test_what_cannot_be_read_is_refused(tablet, sent):
    story = tablet()
    story.begin()
    answer = story.one.post(f"{story.at}form/1/", {"key": uuid4()} | sent, headers=JSON)
    assert answer.status_code == 400


def test_a_form_that_was_handed_in_shows_its_report_instead(tablet):
    story = tablet()
    story.fill()
    story.sign(story.one, story.first)
    story.sign(story.two, story.second)
    for page in ("", "form/1/", "check/"):
        assert story.one.get(f"{story.at}{page}")["Location"] == f"/assessor/reports/{story.row.no}/"
    assert keep(story, story.one, B_1_1=0).json()["code"] == "assessment.wrong_state"


def test_remarks_of_the_other_stand_on_the_visit(tablet):
    story = tablet()
    story.fill()
    items = [{"code": "B.1.3", "score": 1, "because": "擦干要人帮"}]
    sign.differ(assessment=story.row, items=items, at=paper.world.at(DAY), by="wang")
    said = text(story.one.get(story.at))
    assert "有不同意见" in said
    assert "擦干要人帮" in said


def test_every_page_speaks_english_too(tablet):
    story = tablet()
    story.fill()
    story.one.cookies["django_language"] = "en"
    pages = ("/assessor/", story.at, f"{story.at}form/information/", f"{story.at}form/3/", f"{story.at}check/")
    for page in pages:
        said = text(story.one.get(page))
        said = said.replace("王秀兰", "").replace("李评估", "").replace("王评估", "").replace("中文", "")
        left = {one for one in said if "\u4e00" <= one <= "\u9fff"}
        assert "Schedule" in said or "Check and sign" in said, page
        assert len(left) < 60, page
