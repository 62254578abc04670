from django.urls import reverse

from songhe.assessment.tests import world
from songhe.doors.elder.tests.case.conftest import (
    ELSEWHERE,
    citizen,
    clerk,
    code_sent_to,
    daughter,
    fill,
    granny,
    photo,
    text,
)
from songhe.doors.elder.tests.case.test_apply import fill_in, page
from songhe.entitlement.models import Application
from songhe.person.models import Assistance
from songhe.person.tests.conftest import id_number
from songhe.trail.models import Entry

ASSIST = "elder:assist"


def begin(client, elder):
    return fill(client, reverse(ASSIST), number=id_number(elder.birth_date, 2))


def test_at_a_counter_the_same_pages_are_done_for_a_person_and_recorded_so():
    elder, desk, body = granny(), clerk(), world.body()
    assert begin(desk, elder).headers["Location"] == reverse(ASSIST)
    assert "协助 王秀兰 办" in text(desk.get(reverse("elder:home")))
    desk.post(reverse("elder:apply-start"))
    row = Application.rows.get()
    assert (row.channel, row.opened_by) == ("counter", "clerk")
    fill_in(desk, row, body)
    refused = fill(desk, page(row, "check"), pledge="on")
    assert (refused.status_code, "须先由本人确认" in text(refused)) == (409, True)
    desk.post(reverse(ASSIST), {"send": "1"})
    done = fill(desk, reverse(ASSIST), code=code_sent_to(elder.phone))
    assert done.headers["Location"] == reverse("elder:home")
    assert fill(desk, page(row, "check"), pledge="on").status_code == 302
    row.refresh_from_db()
    assert row.state == "assessing"
    noted = Entry.objects.get(act="elder.assisted", detail__did="entitlement.submit")
    assert (noted.actor, noted.behalf_of, noted.detail["confirmed"]) == ("clerk", elder.id, "code")


def test_a_signed_paper_confirms_as_well():
    elder, desk = granny(), clerk()
    begin(desk, elder)
    desk.post(reverse(ASSIST), {"paper_sent": "1", "paper": photo()})
    helped = Assistance.objects.get()
    assert (helped.confirmed, helped.paper.kind) == ("paper", "jpg")


def test_a_villages_worker_helps_those_of_the_village():
    elder = granny()
    village = clerk("village", place=elder.place)
    begin(village, elder)
    village.post(reverse("elder:apply-start"))
    assert Application.rows.get().channel == "assisted"
    other = clerk("other", place="370799101202")
    assert begin(other, elder).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", actor="other").exists()


def test_a_paper_form_is_scanned_and_the_draft_opens():
    elder = granny()
    me = citizen(elder, "granny")
    me.post(reverse("elder:apply-start"))
    row = Application.rows.get()
    desk = clerk()
    done = fill(desk, reverse(ASSIST), number=row.no)
    assert done.headers["Location"] == reverse("elder:apply", args=[row.no])
    assert desk.get(page(row, "group")).status_code == 200


def test_a_helper_neither_shows_the_code_nor_confirms():
    elder, desk = granny(), clerk()
    begin(desk, elder)
    assert desk.get(reverse("elder:code")).status_code == 403


def test_when_it_is_over_the_pages_close():
    elder, desk = granny(), clerk()
    begin(desk, elder)
    desk.post(reverse(ASSIST), {"end": "1"})
    assert desk.get(reverse("elder:home")).status_code == 404
    assert Assistance.objects.get().ended_at is not None


def test_nobody_helps_in_another_county_or_without_an_office():
    elder = granny()
    assert begin(clerk("away", place=ELSEWHERE), elder).status_code == 404
    assert citizen(daughter(), "mei").get(reverse(ASSIST)).status_code == 403


def test_a_number_that_nobody_has_is_said_to_be_so():
    shown = fill(clerk(), reverse(ASSIST), number=id_number(sequence=88))
    assert (shown.status_code, "没有这个人的档案" in text(shown)) == (404, True)


def test_the_person_sees_who_helped():
    elder, desk = granny(), clerk()
    begin(desk, elder)
    me = citizen(elder, "granny")
    said = text(me.get(reverse("elder:looks")))
    assert "窗口协助办理" in said
    assert "clerk的名字" in said
