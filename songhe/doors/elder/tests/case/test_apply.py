from datetime import date, timedelta

import pytest
from django.urls import reverse

from songhe.assessment.models import Assessment
from songhe.assessment.tests import world
from songhe.doors.elder.tests.case.conftest import citizen, clerk, daughter, fill, granny, person, photo, text
from songhe.doors.elder.tests.case.test_people import given
from songhe.entitlement.models import Application, Material
from songhe.entitlement.tests import story
from songhe.entitlement.tests.conftest import local_rules
from songhe.trail.models import Entry

__all__ = ["local_rules"]


def page(row, name):
    return reverse("elder:apply-page", args=[row.no, name])


def begun(client):
    client.post(reverse("elder:apply-start"))
    return Application.rows.get()


def fill_in(client, row, body, **where):
    fill(client, page(row, "group"), category="home")
    fill(client, page(row, "provider"))
    fill(client, page(row, "body"), body=body.pk)
    return fill(client, page(row, "where"), **({"where": "home"} | where))


def test_six_plain_questions_say_likely_without_promising():
    me = citizen(granny(), "granny")
    for number in range(1, 7):
        done = fill(me, reverse("elder:self-question", args=[number]), answer="yes" if number < 5 else "no")
    assert done.headers["Location"] == reverse("elder:self-rated")
    said = text(me.get(reverse("elder:self-rated")))
    assert "看起来可能符合" in said
    assert "要以两名评估员的评估为准" in said
    row = begun(me)
    assert row.self_rating["dependent"] == ["bathing", "dressing", "eating", "toilet"]


@pytest.mark.parametrize(("yes", "said"), [(0, "现在看来还不需要"), (1, "不一定，评估了才知道"), (6, "看起来可能符合")])
def test_the_answer_depends_on_how_much_is_hard(yes, said):
    me = citizen(granny(), "granny")
    for number in range(1, 7):
        fill(me, reverse("elder:self-question", args=[number]), answer="yes" if number <= yes else "no")
    assert said in text(me.get(reverse("elder:self-rated")))


def test_nobody_below_sixty_is_told_to_apply():
    me = citizen(daughter(), "mei")
    for number in range(1, 7):
        fill(me, reverse("elder:self-question", args=[number]), answer="yes")
    assert "还没到年龄" in text(me.get(reverse("elder:self-rated")))


def test_from_the_first_question_to_handing_in_with_an_assessment_asked_for():
    elder, me = granny(), citizen(daughter(), "mei")
    given(elder, "mei")
    body = world.body()
    world.assessor(body)
    row = begun(me)
    assert (row.channel, row.person_id, row.mandate.account) == ("proxy", elder.id, "mei")
    days = [str(date(2026, 3, 13)), str(date(2026, 3, 14))]
    fill_in(me, row, body, days=days, words="听力不好")
    me.post(page(row, "papers"), {"kind": "id_front", "file": photo()})
    said = text(me.get(page(row, "check")))
    for words in ("居家和社区服务", body.name, "3月13日", "1 份"):
        assert words in said
    done = fill(me, page(row, "check"), pledge="on")
    assert done.headers["Location"] == reverse("elder:case", args=[row.no])
    row.refresh_from_db()
    assert (row.state, row.pledge_signed_on, row.assessment_wish["days"]) == ("assessing", date(2026, 3, 10), days)
    asked = Assessment.rows.get()
    assert (asked.body, asked.where, asked.requested_by) == (body, "home", "mei")
    followed = text(me.get(reverse("elder:case", args=[row.no])))
    assert "评估机构已经收到" in followed
    by_proxy = Entry.objects.filter(act="elder.by_proxy", detail__did="entitlement.submit")
    assert by_proxy.get().behalf_of == elder.id


def test_a_double_click_hands_in_once():
    me = citizen(granny(), "granny")
    row = begun(me)
    fill_in(me, row, world.body())
    key = me.get(page(row, "check")).context["form"]["key"].value()
    told = {"key": key, "version": row.version, "pledge": "on"}
    assert [me.post(page(row, "check"), told).status_code for _ in range(2)] == [302, 302]
    assert Entry.objects.filter(act="entitlement.submit").count() == 1
    assert Assessment.rows.count() == 1


def test_without_the_pledge_nothing_is_handed_in():
    me = citizen(granny(), "granny")
    row = begun(me)
    fill_in(me, row, world.body())
    shown = fill(me, page(row, "check"))
    assert (shown.status_code, "请先读一读承诺" in text(shown)) == (422, True)
    row.refresh_from_db()
    assert row.state == "draft"


def test_without_a_body_it_is_said_what_is_missing():
    me = citizen(granny(), "granny")
    row = begun(me)
    fill(me, page(row, "group"), category="home")
    shown = fill(me, page(row, "check"), pledge="on")
    assert (shown.status_code, "请先选评估机构" in text(shown)) == (422, True)
    row.refresh_from_db()
    assert row.state == "draft"


def test_a_result_at_hand_is_used_and_nobody_is_assessed_twice(local_rules):
    local_rules(assessment_lookback_months=12)
    elder = granny()
    world.effective(elder)
    me = citizen(elder, "granny")
    row = begun(me)
    fill(me, page(row, "group"), category="home")
    assert me.get(page(row, "body")).status_code == 302
    assert "评估结果还有效，不用再评" in text(me.get(page(row, "check")))
    fill(me, page(row, "check"), pledge="on")
    row.refresh_from_db()
    assert row.assessment is not None
    assert Assessment.rows.count() == 1


def test_the_nearest_body_comes_first_with_its_distance_and_assessors():
    elder = granny(longitude=119.1, latitude=36.7)
    near, far = world.body(), world.body()
    for body, latitude in ((near, 36.71), (far, 36.9)):
        body.longitude, body.latitude = 119.1, latitude
        body.save()
    world.assessor(near)
    me = citizen(elder, "granny")
    row = begun(me)
    shown = me.get(page(row, "body"))
    assert [one.provider for one, _ in shown.context["bodies"]] == [near, far]
    assert "离家约 1.1 公里" in text(shown)
    assert "1 名评估员" in text(shown)


def test_what_was_filled_in_is_there_when_one_comes_back():
    me = citizen(granny(), "granny")
    row = begun(me)
    fill_in(me, row, world.body(), words="下午精神好")
    assert me.get(reverse("elder:apply", args=[row.no])).headers["Location"] == page(row, "papers")
    assert "下午精神好" in me.get(page(row, "where")).content.decode()
    assert me.get(reverse("elder:apply-start")).headers["Location"] == reverse("elder:apply", args=[row.no])
    assert "接着填写" in text(me.get(reverse("elder:home")))


def test_a_paper_is_kept_bare_and_may_be_taken_away_again():
    me = citizen(granny(), "granny")
    row = begun(me)
    me.post(page(row, "papers"), {"kind": "photo", "file": photo()})
    kept = Material.objects.get()
    shown = me.get(reverse("elder:paper", args=[row.no, kept.id]))
    content = shown.content
    assert (shown.headers["Content-Type"], b"Exif" in content) == ("image/jpeg", False)
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    me.post(reverse("elder:remove-paper", args=[row.no, kept.id]))
    assert me.get(reverse("elder:paper", args=[row.no, kept.id])).status_code == 404


def test_a_wrong_upload_says_so_and_keeps_nothing():
    from django.core.files.uploadedfile import SimpleUploadedFile

    me = citizen(granny(), "granny")
    row = begun(me)
    shown = me.post(page(row, "papers"), {"kind": "photo", "file": SimpleUploadedFile("x.jpg", b"<html>no</html>")})
    assert (shown.status_code, "不收这种文件" in text(shown)) == (415, True)
    assert not Material.objects.exists()


def test_the_county_asks_and_the_family_answers():
    elder = granny()
    row = story.clarifying(elder)
    me = citizen(elder, "granny")
    assert "请补照片" in text(me.get(reverse("elder:home")))
    case = reverse("elder:case", args=[row.no])
    me.post(reverse("elder:answer", args=[row.no]), {"file_sent": "1", "kind": "photo", "file": photo()})
    fill(me, case, to=reverse("elder:answer", args=[row.no]), text="照片补上了")
    row.refresh_from_db()
    assert (row.state, row.answer) == ("submitted", "照片补上了")
    assert Material.objects.get().kind == "photo"


def test_an_application_is_taken_back_with_a_reason():
    elder = granny()
    row = story.determined(elder)
    me = citizen(elder, "granny")
    case = reverse("elder:case", args=[row.no])
    assert fill(me, case, to=reverse("elder:withdraw", args=[row.no]), because=" ").status_code == 422
    fill(me, case, to=reverse("elder:withdraw", args=[row.no]), because="暂时不需要")
    row.refresh_from_db()
    assert row.state == "withdrawn"


def test_the_result_says_why_and_the_letter_comes_as_pdf():
    elder = granny()
    right = story.approved(elder)
    me = citizen(elder, "granny")
    said = text(me.get(reverse("elder:case", args=[right.application.no])))
    for words in ("批准决定书", "中度失能", "年满60周岁", "为什么"):
        assert words in said.replace("年满 60 周岁", "年满60周岁")
    letter = me.get(reverse("elder:case", args=[right.application.no])).context["case"].letters[0]
    assert "批准您申请的" in text(me.get(reverse("elder:letter", args=[letter.no])))
    made = me.get(reverse("elder:letter-pdf", args=[letter.no]))
    assert made.content.startswith(b"%PDF-")
    stranger = citizen(daughter(), "mei")
    assert stranger.get(reverse("elder:letter", args=[letter.no])).status_code == 404
    assert stranger.get(reverse("elder:letter-pdf", args=[letter.no])).status_code == 404


def test_a_refusal_is_appealed_against_until_the_day_named(local_rules):
    local_rules(appeal_days=60)
    elder = granny()
    row = story.refused(elder)
    me = citizen(elder, "granny")
    case = reverse("elder:case", args=[row.no])
    assert "2026年5月9日" in text(me.get(case)).replace(" ", "")
    assert fill(me, reverse("elder:appeal", args=[row.no]), grounds=" ").status_code == 422
    fill(me, reverse("elder:appeal", args=[row.no]), grounds="走路要人扶，没有看")
    assert "正在办理" in text(me.get(case))
    assert "提出申诉" not in text(me.get(case))


def test_an_appeal_that_is_late_is_refused_with_the_day(local_rules):
    from songhe.doors.shell import clock

    local_rules(appeal_days=60)
    elder = granny()
    row = story.refused(elder)
    me = citizen(elder, "granny")
    clock.set_practice_day(date(2026, 5, 10))
    shown = fill(me, reverse("elder:appeal", args=[row.no]), grounds="不同意")
    assert shown.status_code == 409
    assert "申诉应不迟于" in text(shown)


def test_a_result_is_disputed_and_another_body_chosen():
    elder = granny()
    row = story.determined(elder)
    me = citizen(elder, "granny")
    other = world.body()
    done = fill(me, reverse("elder:dispute", args=[row.no]), grounds="那天没有看走路")
    assert done.headers["Location"] == reverse("elder:review", args=[row.no])
    shown = me.get(reverse("elder:review", args=[row.no]))
    assert [one.provider for one, _ in shown.context["bodies"]] == [other]
    fill(me, reverse("elder:review", args=[row.no]), body=other.pk, where="home")
    review = Assessment.rows.get(occasion="review")
    assert (review.body, review.disputes.state) == (other, "disputed")


@pytest.mark.parametrize("name", ["case", "appeal", "apply", "paper-form", "dispute"])
def test_somebody_elses_case_is_not_there_and_leaves_a_trace(name):
    row = story.determined(granny())
    other = citizen(daughter(), "mei")
    assert other.get(reverse(f"elder:{name}", args=[row.no])).status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", actor="mei").exists()


def test_one_who_is_entitled_need_not_apply_again():
    elder = granny()
    story.approved(elder)
    me = citizen(elder, "granny")
    assert "不用再申请" in text(me.get(reverse("elder:apply-start")))
    assert me.post(reverse("elder:apply-start")).status_code == 409


def test_the_paper_form_carries_the_number_as_a_code():
    elder = granny()
    me = citizen(elder, "granny")
    row = begun(me)
    shown = me.get(reverse("elder:paper-form", args=[row.no]))
    assert "data:image/svg+xml" in shown.content.decode()
    assert row.no[:4] in text(shown)
    assert elder.id_last4 in text(shown)


def test_staff_without_a_file_of_their_own_find_nothing_here():
    assert clerk().get(reverse("elder:home")).status_code == 404


@pytest.mark.parametrize("address", ["elder:home", "elder:cases", "elder:file", "elder:report", "elder:looks"])
def test_pages_cost_the_same_queries_for_a_short_and_a_long_life(address, django_assert_max_num_queries):
    elder = granny()
    me = citizen(elder, "granny")
    for number in range(10):
        row = story.draft(elder, on=date(2026, 2, 1) + timedelta(days=number))
        Application.rows.filter(id=row.id).update(state="withdrawn")
    with django_assert_max_num_queries(30):
        assert me.get(reverse(address)).status_code == 200
    made = Application.rows.filter(person=elder)
    rows = [
        Application(
            county=one.county,
            no=f"{one.no[:-4]}{number:04d}",
            person=elder,
            policy=one.policy,
            state="withdrawn",
            channel="online",
            opened_by="granny",
            opened_at=one.opened_at,
        )
        for number in range(1000)
        for one in made[:1]
    ]
    Application.rows.bulk_create(rows, ignore_conflicts=True)
    with django_assert_max_num_queries(30):
        assert me.get(reverse(address)).status_code == 200


def test_somebody_of_another_county_reads_nothing_of_ours():
    elder = person("外县人", sequence=61)
    row = story.draft(granny())
    me = citizen(elder, "outside")
    assert me.get(reverse("elder:apply-page", args=[row.no, "group"])).status_code == 404
