import io
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from songhe.assessment.models import Signature
from songhe.assessment.tests import paper
from songhe.doors.assessor.tests.conftest import JSON
from songhe.doors.staff.tests.reading import form_for, text
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def file(content, name="a.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, content, kind)


def test_two_sign_under_their_own_accounts_and_the_result_is_handed_in(tablet):
    story = tablet()
    story.fill()
    assert story.sign(story.one, story.first).status_code == 302
    assert story.now().state == "assigned"
    said = text(story.two.get(f"{story.at}check/"))
    assert "确认无误，签名并提交" in said
    answer = story.sign(story.two, story.second, fee="99.50")
    assert answer["Location"] == f"/assessor/reports/{story.row.no}/"
    found = story.now()
    assert (found.state, found.final_level, found.fee_fen) == ("submitted", 2, 9950)


def test_a_drawn_signature_is_kept_as_a_picture(tablet):
    story = tablet()
    story.fill()
    sent = {"key": uuid4(), "seen": story.seen(story.one), "drawing": file(paper.drawn(), "s.png", "image/png")}
    told = story.one.post(f"{story.at}sign/", sent, headers=JSON).json()
    assert (told["handed_in"], told["address"]) == (False, f"{story.at}check/")
    assert Signature.rows.get().drawing.kind == "png"
    assert "data:image/png;base64," in story.two.get(f"{story.at}check/").content.decode()


def test_a_double_click_signs_once(tablet):
    story = tablet()
    story.fill()
    page = story.one.get(f"{story.at}check/")
    address, hidden = form_for(page, "/sign/")
    for _press in range(2):
        assert story.one.post(address, hidden | {"typed": "李评估"}).status_code == 302
    assert Signature.rows.count() == 1


@pytest.mark.parametrize(
    ("typed", "code"), [("", "assessment.sign_one_way"), ("王评估", "assessment.typed_name_differs")]
)
def test_a_signature_that_is_none_is_refused_on_the_page(tablet, typed, code):
    story = tablet()
    story.fill()
    page = story.one.get(f"{story.at}check/")
    address, hidden = form_for(page, "/sign/")
    answer = story.one.post(address, hidden | {"typed": typed})
    assert answer.status_code == 422
    assert code in text(answer)


@pytest.mark.parametrize("fee", ["十元", "1.234", "-5", "1e3", "9999999"])
def test_a_fee_that_is_no_amount_is_refused(tablet, fee):
    story = tablet()
    story.fill()
    answer = story.sign(story.one, story.first, fee=fee)
    assert answer.status_code == 422
    assert "assessor.fee_not_an_amount" in text(answer)
    assert Signature.rows.count() == 0


def test_the_other_assessor_says_what_they_see_differently(tablet):
    story = tablet()
    story.fill()
    story.sign(story.one, story.first)
    page = story.two.get(f"{story.at}check/")
    address, hidden = form_for(page, "/differ/")
    assert story.two.post(address, hidden).status_code == 422
    sent = hidden | {"item-1": "B.1.3", "score-1": "1", "because-1": "擦干要人帮"}
    assert story.two.post(address, sent | {"key": uuid4()})["Location"] == story.at
    said = text(story.one.get(f"{story.at}check/"))
    assert "表上现在是“要人帮一把，大半仍靠自己”" in said
    assert "王评估认为" in said
    assert said.count("未签名") == 2


def test_a_photograph_is_kept_without_where_it_was_taken(tablet):
    story = tablet()
    story.begin()
    exif = paper.Image.Exif()
    exif[0x010F] = "camera"
    sent = {"key": uuid4(), "photo": file(paper.photo((2400, 1800), exif=exif))}
    told = story.one.post(f"{story.at}photo/", sent, headers=JSON).json()
    assert (told["photo"], told["said"]) == (True, "照片已保存。")
    from songhe.document.file import read_file

    kept = paper.Image.open(io.BytesIO(read_file(story.held.photo)))
    assert (kept.size, dict(kept.getexif())) == ((1600, 1200), {})
    assert "现场照片" in text(story.one.get(f"{story.at}check/"))


@pytest.mark.parametrize(
    ("content", "code"),
    [(None, "document.upload_missing"), (b"<html>", "document.upload_kind"), (b"MZ" * 99, "document.upload_kind")],
)
def test_what_is_no_photograph_is_refused(tablet, content, code):
    story = tablet()
    story.begin()
    sent = {"key": uuid4()} | ({"photo": file(content)} if content else {})
    told = story.one.post(f"{story.at}photo/", sent, headers=JSON)
    assert (told.status_code >= 400, told.json()["code"]) == (True, code)
    plain = story.one.post(f"{story.at}photo/", {"key": uuid4()}, follow=True)
    assert "请选择文件" in text(plain)


def test_the_place_is_recorded_only_with_consent(tablet):
    story = tablet()
    story.begin()
    where = {"lon": "119.41", "lat": "36.88", "accuracy": "20"}
    asked = story.one.post(f"{story.at}place/", where | {"key": uuid4()}, headers=JSON)
    assert asked.json()["code"] == "assessment.no_consent"
    sent = where | {"key": uuid4(), "consent": "elder-or-family"}
    assert story.one.post(f"{story.at}place/", sent, headers=JSON).status_code == 200
    assert story.held.latitude == 36.88
    for wrong in ({"lat": "nan"}, {"lat": "x"}, {"lat": "99"}):
        answer = story.one.post(f"{story.at}place/", sent | wrong | {"key": uuid4()}, headers=JSON)
        assert answer.status_code in (400, 422)


def test_every_step_is_closed_to_others_and_leaves_a_trace(tablet, enter):
    story = tablet()
    story.fill()
    stranger = enter("stranger", "assessor", provider=story.body.pk)
    for page in ("sign/", "differ/", "photo/", "place/", "begin/", "form/1/"):
        assert stranger.post(f"{story.at}{page}", {"key": uuid4()}).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", actor="stranger").count() == 6
    clerk = enter("clerk", "county_clerk")
    assert clerk.post(f"{story.at}sign/", {"key": uuid4()}).status_code == 403
