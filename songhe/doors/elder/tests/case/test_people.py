from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from songhe.assessment.tests import world
from songhe.doors.elder.tests.case.conftest import (
    AT,
    COUNTY,
    DAY,
    citizen,
    clerk,
    code_sent_to,
    daughter,
    fill,
    granny,
    person,
    photo,
    text,
)
from songhe.person import correction, mandate
from songhe.person.models import Mandate, MandateAsk
from songhe.person.tests.conftest import id_number
from songhe.provider.models import Kind, Provider
from songhe.trail.models import Entry

FAMILY = ["apply", "choose", "claim", "show_code", "confirm", "complain", "settle"]


def names(client: Client, elder) -> None:
    """The first two steps of binding."""
    number = id_number(elder.birth_date, 2)
    done = fill(client, reverse("elder:bind"), name=elder.name, number=number)
    assert done.headers["Location"] == reverse("elder:bind-what")
    assert number not in str(dict(client.session))


def says(client: Client, **more):
    return fill(client, reverse("elder:bind-what"), **({"relation": "child", "acts": FAMILY, "months": "12"} | more))


def test_with_the_elders_own_code_a_daughter_may_act_at_once():
    elder, me = granny(), citizen(daughter(), "mei")
    names(me, elder)
    says(me)
    fill(me, reverse("elder:bind-proof"), send="1")
    done = fill(me, reverse("elder:bind-proof"), code=code_sent_to(elder.phone))
    assert done.headers["Location"] == reverse("elder:home")
    held = Mandate.objects.get()
    assert (held.account, held.relation, held.acts, held.valid_to) == ("mei", "child", FAMILY, date(2027, 3, 9))
    page = text(me.get(reverse("elder:home")))
    assert "替 王秀兰 办" in page


def test_names_and_numbers_are_not_tried_out_by_one_login(monkeypatch):
    monkeypatch.setattr("songhe.doors.elder.bind.INSTALLATION.wrong_names_per_day", 3)
    elder, me = granny(), citizen(daughter(), "mei")
    right = id_number(elder.birth_date, 2)
    for name in ("王秀英", "王秀华", "王秀芳"):
        page = fill(me, reverse("elder:bind"), name=name, number=right)
        assert (page.status_code, "对不上" in text(page)) == (422, True)
    page = fill(me, reverse("elder:bind"), name="王秀兰", number=right)
    assert (page.status_code, "今天不能再试" in text(page)) == (429, True)
    me.cookies["django_language"] = "en"
    assert "come back tomorrow" in text(fill(me, reverse("elder:bind"), name="王秀兰", number=right))
    noted = Entry.objects.filter(act="account.wrong_name")
    assert (noted.count(), {one.actor for one in noted}, {one.county for one in noted}) == (3, {"mei"}, {COUNTY})
    assert right not in str([one.detail for one in noted])
    other = citizen(person("赵小明", sequence=31), "ming")
    assert fill(other, reverse("elder:bind"), name="王秀兰", number=right).status_code == 302


def test_a_number_that_is_none_is_no_try(monkeypatch):
    monkeypatch.setattr("songhe.doors.elder.bind.INSTALLATION.wrong_names_per_day", 1)
    elder, me = granny(), citizen(daughter(), "mei")
    assert fill(me, reverse("elder:bind"), name="王秀兰", number="12345").status_code == 422
    names(me, elder)


def test_a_wrong_code_binds_nobody():
    elder, me = granny(), citizen(daughter(), "mei")
    names(me, elder)
    says(me)
    fill(me, reverse("elder:bind-proof"), send="1")
    right = code_sent_to(elder.phone)
    page = fill(me, reverse("elder:bind-proof"), code="000000" if right != "000000" else "111111")
    assert (page.status_code, "验证码不对" in text(page)) == (422, True)
    assert not Mandate.objects.exists()


def test_without_the_code_a_clerk_looks_at_the_paper_and_grants_it():
    elder, me = granny(), citizen(daughter(), "mei")
    names(me, elder)
    says(me)
    done = me.post(reverse("elder:bind-proof"), {"paper_sent": "1", "paper": photo()})
    assert done.headers["Location"] == reverse("elder:people")
    assert not Mandate.objects.exists()
    assert "等窗口核实" in text(me.get(reverse("elder:people")))
    asked = MandateAsk.objects.get()
    desk = clerk()
    page = reverse("staff:requests")
    assert "要求代办老人" in text(desk.get(page))
    fill(desk, page, to=reverse("staff:request-answer", args=["proxy", asked.id, "yes"]), note="看了户口本原件")
    assert Mandate.objects.get().evidence == "看了户口本原件"
    assert "王秀兰" in text(me.get(reverse("elder:people")))


def test_no_citizen_answers_what_is_asked_of_the_county():
    elder, me = granny(), citizen(daughter(), "mei")
    names(me, elder)
    says(me)
    me.post(reverse("elder:bind-proof"), {"paper_sent": "1"})
    address = reverse("staff:request-answer", args=["proxy", MandateAsk.objects.get().id, "yes"])
    own = citizen(elder, "granny")
    assert 'href="/staff/' not in own.get("/").content.decode()
    assert own.get(reverse("staff:requests")).status_code == 403
    assert own.post(address, {"note": "我同意"}).status_code == 403
    assert not Mandate.objects.exists()


def test_a_clerk_says_no_and_why():
    elder, me = granny(), citizen(daughter(), "mei")
    names(me, elder)
    says(me)
    me.post(reverse("elder:bind-proof"), {"paper_sent": "1"})
    asked = MandateAsk.objects.get()
    address = reverse("staff:request-answer", args=["proxy", asked.id, "no"])
    missing = fill(clerk(), reverse("staff:requests"), to=address, because=" ")
    assert (missing.status_code, "请写明理由。" in text(missing)) == (422, True)
    fill(clerk("second"), reverse("staff:requests"), to=address, because="看不清关系")
    asked.refresh_from_db()
    assert (asked.state, asked.decision) == ("refused", "看不清关系")
    assert not Mandate.objects.exists()


def test_what_was_asked_for_is_taken_back():
    elder, me = granny(), citizen(daughter(), "mei")
    names(me, elder)
    says(me)
    me.post(reverse("elder:bind-proof"), {"paper_sent": "1"})
    asked = MandateAsk.objects.get()
    fill(me, reverse("elder:people"), to=reverse("elder:bind-withdraw", args=[asked.id]))
    asked.refresh_from_db()
    assert asked.state == "withdrawn"
    other = citizen(person("赵小明", sequence=31), "ming")
    assert other.post(reverse("elder:bind-withdraw", args=[asked.id])).status_code == 404


def test_whoever_works_for_a_provider_is_marked_and_never_confirms():
    elder, me = granny(), citizen(daughter(), "mei")
    home = world.body(kind=Kind.INSTITUTION)
    names(me, elder)
    page = says(me, relation="provider_staff", provider=home.pk)
    assert (page.status_code, "不能代老年人确认服务" in text(page)) == (422, True)
    assert says(me, relation="provider_staff").status_code == 422
    acts = [act for act in FAMILY if act != "confirm"]
    assert says(me, relation="provider_staff", provider=home.pk, acts=acts).status_code == 302
    me.post(reverse("elder:bind-proof"), {"paper_sent": "1"})
    assert MandateAsk.objects.get().provider == Provider.objects.get(pk=home.pk)
    assert "机构工作人员" in text(clerk().get(reverse("staff:requests")))


def test_an_upload_that_is_no_photograph_is_refused():
    from django.core.files.uploadedfile import SimpleUploadedFile

    elder, me = granny(), citizen(daughter(), "mei")
    names(me, elder)
    says(me)
    for content, status in (
        (b"MZ\x90\0 a program", 415),
        (b"PK\x03\x04" + b"0" * 200, 415),
        (b"x" * (5 * 2**20 + 1), 413),
    ):
        file = SimpleUploadedFile("paper.jpg", content, content_type="image/jpeg")
        page = me.post(reverse("elder:bind-proof"), {"paper_sent": "1", "paper": file})
        assert page.status_code == status
    assert not MandateAsk.objects.exists()


def test_an_elder_ends_what_was_given_and_the_pages_close_at_once():
    elder, me = granny(), citizen(daughter(), "mei")
    given(elder, "mei")
    old = citizen(elder, "granny")
    assert "替 王秀兰 办" in text(me.get(reverse("elder:home")))
    held = Mandate.objects.get()
    fill(old, reverse("elder:file"), to=reverse("elder:mandate-end", args=[held.id]))
    assert "替 王秀兰 办" not in text(me.get(reverse("elder:home")))
    assert "李梅，您好" in text(me.get(reverse("elder:home")))
    assert Entry.objects.filter(act="person.end_mandate", actor="granny").exists()


def test_what_is_somebody_elses_to_end_is_not_there_and_the_asking_is_noted():
    elder = granny()
    given(elder, "mei")
    held = Mandate.objects.get()
    stranger = citizen(person("赵小明", sequence=31), "ming")
    assert stranger.post(reverse("elder:mandate-end", args=[held.id])).status_code == 404
    noted = Entry.objects.get(act="door.out_of_reach")
    assert (noted.county, noted.actor, noted.subject_id) == (COUNTY, "ming", str(elder.id))
    held.refresh_from_db()
    assert held.ended_on is None
    asked = correction.ask(person=elder, field="address", wanted="新街1号", because="搬家", at=AT, by="granny")
    assert stranger.post(reverse("elder:correct-withdraw", args=[asked.id])).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", subject_id=str(elder.id)).count() == 2
    asked.refresh_from_db()
    assert asked.state == "waiting"


def test_what_has_ended_is_no_asking_beyond():
    elder = granny()
    given(elder, "mei")
    old = citizen(elder, "granny")
    held = Mandate.objects.get()
    address = reverse("elder:mandate-end", args=[held.id])
    fill(old, reverse("elder:file"), to=address)
    assert old.post(address).status_code == 404
    assert not Entry.objects.filter(act="door.out_of_reach").exists()


def test_pages_of_somebody_else_are_not_there_and_the_asking_is_noted():
    elder, me = granny(), citizen(daughter(), "mei")
    assert me.post(reverse("elder:people-open", args=[elder.id])).status_code == 404
    noted = Entry.objects.get(act="door.out_of_reach")
    assert (noted.county, noted.actor, noted.subject_id) == (COUNTY, "mei", str(elder.id))


def test_a_proxy_switches_between_elders_and_oneself():
    elder, other, child = granny(), person("张建国", sequence=51), daughter()
    me = citizen(child, "mei")
    given(elder, "mei")
    given(other, "mei")
    me.post(reverse("elder:people-open", args=[other.id]))
    assert "张建国" in text(me.get(reverse("elder:home")))
    me.post(reverse("elder:people-open", args=[child.id]))
    assert "李梅，您好" in text(me.get(reverse("elder:home")))


@pytest.mark.parametrize(("acts", "status"), [(["claim"], 403), (["apply"], 200)])
def test_a_mandate_opens_what_it_names(acts, status):
    elder, me = granny(), citizen(daughter(), "mei")
    given(elder, "mei", acts)
    assert me.get(reverse("elder:apply-start")).status_code == status


def test_people_cost_the_same_queries_for_one_elder_and_for_forty(django_assert_max_num_queries):
    elder, me = granny(), citizen(daughter(), "mei")
    given(elder, "mei")
    with django_assert_max_num_queries(14):
        me.get(reverse("elder:people"))
    for number in range(40):
        given(world.elder(name=f"老人{number}"), "mei")
    with django_assert_max_num_queries(14):
        assert me.get(reverse("elder:people")).status_code == 200


def given(elder, username, acts=FAMILY):
    held = world.mandate(elder, account=username, acts=acts)
    assert mandate.acts_on(held, DAY) == frozenset(acts)
    assert held.at <= AT
    return held
