from datetime import date

import pytest
from django.urls import reverse

from songhe.doors.elder.tests.case.conftest import citizen, clerk, daughter, fill, granny, photo, text
from songhe.doors.elder.tests.case.test_people import given
from songhe.entitlement.models import Application, Entitlement
from songhe.entitlement.tests import story
from songhe.person.models import Correction, Event, Mandate, Person, Provenance, Status
from songhe.trail.models import Entry


def tell(client, kind, **told):
    return fill(client, reverse("elder:report-tell", args=[kind]), **told)


def answered(answer, kind, row_id, who="clerk", **filled):
    address = reverse("staff:request-answer", args=[kind, row_id, answer])
    return fill(clerk(who), reverse("staff:requests"), to=address, **filled)


def test_a_death_told_once_ends_everything_when_the_county_has_verified_it():
    elder, me = granny(), citizen(daughter(), "mei")
    held = given(elder, "mei")
    right = story.approved(elder)
    done = tell(me, "death", happened_on="2026-03-09", words="在家里", paper=photo())
    assert done.status_code == 302
    told = Event.objects.get()
    assert (told.state, told.source, told.reported_by) == ("reported", "proxy", "mei")
    assert Person.rows.get(id=elder.id).died_on is None
    page = clerk("reader").get(reverse("staff:requests"))
    assert "去世" in text(page)
    answered("yes", "report", told.id, note="看了死亡证明")
    assert Person.rows.get(id=elder.id).died_on == date(2026, 3, 9)
    assert Entitlement.objects.get(id=right.id).state == "stopped"
    assert Mandate.objects.get(id=held.id).ended_because == "death"
    after = text(me.get(reverse("elder:home")))
    assert "请节哀" in after
    assert me.get(reverse("elder:apply-start")).status_code == 403


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("hospital", {"happened_on": "2026-03-08"}),
        ("move", {"happened_on": "2026年3月1日", "where_to": "邻县某街道"}),
        ("recovery", {"happened_on": "2026-03-01"}),
        ("other", {"happened_on": "2026-03-01", "words": "换了照顾的人"}),
    ],
)
def test_everything_else_is_told_the_same_way(kind, more):
    elder = granny()
    me = citizen(elder, "granny")
    assert tell(me, kind, **more).status_code == 302
    assert Event.objects.get().kind == kind
    assert "待核实" in text(me.get(reverse("elder:report")))


def test_hospital_is_known_and_takes_no_right_away():
    elder = granny()
    right = story.approved(elder)
    tell(citizen(elder, "granny"), "hospital", happened_on="2026-03-08", until="2026-03-09")
    answered("yes", "report", Event.objects.get().id, note="看了出院小结")
    known = Status.objects.get(kind="in_hospital")
    assert (known.valid_from, known.valid_to) == (date(2026, 3, 8), date(2026, 3, 9))
    assert Entitlement.objects.get(id=right.id).state == "active"


def test_the_telephone_of_somebody_who_died_opens_nothing_new():
    elder, me = granny(), citizen(daughter(), "mei")
    given(elder, "mei")
    old = citizen(elder, "granny")
    tell(me, "death", happened_on="2026-03-09")
    answered("yes", "report", Event.objects.get().id, note="死亡证明")
    assert old.get(reverse("elder:apply-start")).status_code == 403
    assert old.get(reverse("elder:cases")).status_code == 200


def test_a_death_lets_an_application_lapse():
    elder, me = granny(), citizen(daughter(), "mei")
    given(elder, "mei")
    row = story.determined(elder)
    tell(me, "death", happened_on="2026-03-09")
    answered("yes", "report", Event.objects.get().id, note="户籍注销证明")
    assert Application.rows.get(id=row.id).state == "lapsed"


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"happened_on": ""}, "请填写日期。"),
        ({"happened_on": "2026-03-11"}, "还没有到"),
        ({"happened_on": "昨天"}, "请填写日期"),
    ],
)
def test_a_day_that_cannot_be_is_asked_for_again(told, said):
    page = tell(citizen(granny(), "granny"), "death", **told)
    assert page.status_code == 422
    assert said in text(page)
    assert not Event.objects.exists()


def test_the_same_is_not_told_twice():
    me = citizen(granny(), "granny")
    tell(me, "recovery", happened_on="2026-03-01")
    page = tell(me, "recovery", happened_on="2026-03-02")
    assert (page.status_code, "已有人报告" in text(page)) == (409, True)


def test_what_is_not_true_is_answered_so():
    me = citizen(granny(), "granny")
    tell(me, "move", happened_on="2026-03-01", where_to="外地")
    told = Event.objects.get()
    answered("no", "report", told.id, because="电话核实没有搬家")
    told.refresh_from_db()
    assert told.state == "refuted"


def test_my_data_says_where_it_is_known_from_and_a_clerk_sets_it_right():
    elder = granny()
    me = citizen(elder, "granny")
    assert "窗口登记" in text(me.get(reverse("elder:file")))
    done = fill(me, reverse("elder:correct", args=["address"]), wanted="柳泉镇幸福路8号", because="门牌换了")
    assert done.status_code == 302
    assert "等窗口核实" in text(me.get(reverse("elder:file")))
    asked = Correction.objects.get()
    assert Person.rows.get(id=elder.id).address == ""
    answered("yes", "correction", asked.id, note="看了房产证")
    assert Person.rows.get(id=elder.id).address == "柳泉镇幸福路8号"
    latest = Provenance.objects.filter(person=elder, field="address").order_by("known_at").last()
    assert (latest.source, latest.by) == ("online", "clerk")


def test_a_village_is_chosen_from_the_list_and_set_right():
    elder = granny()
    me = citizen(elder, "granny")
    assert fill(me, reverse("elder:correct", args=["place"]), wanted="东泉眼村", because="搬过").status_code == 422
    fill(me, reverse("elder:correct", args=["place"]), wanted="370799101202", because="一直住在这里")
    answered("yes", "correction", Correction.objects.get().id, note="村里证明")
    assert Person.rows.get(id=elder.id).place == "370799101202"


def test_a_move_inside_the_county_keeps_the_file_and_the_right():
    elder = granny()
    right = story.approved(elder)
    told = {"happened_on": "2026-03-10", "to_place": "370799101202", "where_to": "幸福路8号"}
    tell(citizen(elder, "granny"), "move", **told)
    answered("yes", "report", Event.objects.get().id, note="村里证明")
    file = Person.rows.get(id=elder.id)
    assert (file.place, file.closed_on) == ("370799101202", None)
    assert Entitlement.objects.get(id=right.id).state == "active"


def test_the_number_itself_is_set_right_at_a_counter():
    me = citizen(granny(), "granny")
    assert me.get(reverse("elder:correct", args=["id_number"])).status_code == 404


def test_nothing_new_is_no_correction_and_one_waits_at_a_time():
    me = citizen(granny(), "granny")
    same = fill(me, reverse("elder:correct", args=["name"]), wanted="王秀兰", because="试试")
    assert (same.status_code, "没有任何改动" in text(same)) == (422, True)
    fill(me, reverse("elder:correct", args=["name"]), wanted="王秀蓝", because="户口本上是蓝")
    again = fill(me, reverse("elder:correct", args=["name"]), wanted="王秀岚", because="又看错了")
    assert again.status_code == 409
    asked = Correction.objects.get()
    fill(me, reverse("elder:file"), to=reverse("elder:correct-withdraw", args=[asked.id]))
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_who_looked_at_the_file_is_listed():
    elder = granny()
    me, desk = citizen(elder, "granny"), clerk()
    desk.get(reverse("staff:person", args=[elder.id]))
    said = text(me.get(reverse("elder:looks")))
    assert "clerk的名字" in said
    assert "看了档案" in said


def test_a_clerk_of_another_county_answers_nothing_and_leaves_a_trace():
    me = citizen(granny(), "granny")
    tell(me, "recovery", happened_on="2026-03-01")
    told = Event.objects.get()
    away = clerk("away", place="370703")
    assert "没有等着核实的来件" in text(away.get(reverse("staff:requests")))
    address = reverse("staff:request-answer", args=["report", told.id, "yes"])
    assert away.post(address, {"note": "x"}).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", actor="away").exists()


def test_requests_cost_the_same_queries_for_ten_and_for_many(django_assert_max_num_queries):
    from songhe.assessment.tests import world

    desk = clerk()
    for count in (10, 60):
        elders = [world.elder() for _ in range(count)]
        Event.objects.bulk_create(
            Event(
                county=one.county,
                person=one,
                kind="recovery",
                happened_on=date(2026, 3, 1),
                reported_by="somebody",
                reported_at=world.at(date(2026, 3, 2)),
                source="online",
            )
            for one in elders
        )
        with django_assert_max_num_queries(25):
            assert desk.get(reverse("staff:requests")).status_code == 200
