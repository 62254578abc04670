from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at, elder
from songhe.doors.provider.tests.conftest import COUNTY, DAY, voucher
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.grant.models import Grant
from songhe.person import search
from songhe.redemption.tests.world import item, provider, stay_of, visit_of
from songhe.service.models import Override, Presence, Stay, Visit
from songhe.service.tests.world import worker
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

PEOPLE, STAYS, SERVICES = "/provider/people/", "/provider/stays/", "/provider/services/"


def known(grant: Grant) -> Grant:
    """The elder can be looked for."""
    search.lay([grant.person])
    return grant


def test_the_list_holds_whom_the_provider_served_and_nobody_else(manager, company):
    mine, other = voucher("王秀兰"), voucher("李建国")
    visit_of(mine, company)
    visit_of(other, provider())
    page = text(manager.get(PEOPLE))
    assert "王秀兰" in page
    assert "李建国" not in page


def test_names_and_last_characters_find_somebody(manager, company):
    for name, last4, phone in (("王秀兰", "002X", "13800000001"), ("李建国", "1234", "13800005678")):
        visit_of(known(voucher(name, id_last4=last4, phone=phone)), company)
    for asked, found in (
        ("王", "王秀兰"),
        ("wangxl", ""),
        ("wxl", "王秀兰"),
        ("ＬＩ jianguo", "李建国"),
        ("002x", "王秀兰"),
        ("1234", "李建国"),
        ("5678", "李建国"),
        ("13800005678", "李建国"),
        ("678", ""),
    ):
        page = text(manager.post(PEOPLE, {"q": asked}, follow=True))
        assert {"王秀兰", "李建国"} & set(page.split()) == ({found} if found else set()), asked


def test_pinyin_finds_nobody_whom_another_provider_serves(manager, company):
    visit_of(known(voucher("王秀兰", id_last4="002X")), company)
    visit_of(known(voucher("王秀莲", id_last4="003X", phone="13800005678")), provider())
    for asked in ("wxl", "wangxiul", "王秀", "003x", "5678"):
        assert "王秀莲" not in text(manager.post(PEOPLE, {"q": asked}, follow=True))


def test_no_part_of_a_number_stands_in_an_address(manager, company):
    visit_of(known(voucher("王秀兰", id_last4="0028")), company)
    answer = manager.post(PEOPLE, {"q": "0028"})
    assert answer.status_code == 200
    assert "q=0028" not in answer.content.decode()
    assert manager.post(PEOPLE, {"q": "wxl"})["Location"] == f"{PEOPLE}?q=wxl"


def test_a_persons_page_shows_what_this_provider_did(manager, company):
    grant = voucher()
    visit_of(grant, company)
    visit_of(grant, provider(), day=8)
    page = manager.get(f"{PEOPLE}{grant.person_id}/")
    assert len(page.context["visits"]) == 1
    assert Entry.objects.filter(act="person.read", actor="manager", subject_id=str(grant.person_id)).exists()


def test_somebody_elses_customer_is_not_there_and_asking_is_noted(manager):
    grant = voucher()
    visit_of(grant, provider())
    assert manager.get(f"{PEOPLE}{grant.person_id}/").status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", actor="manager", subject="person").count() == 1


def test_the_list_asks_as_much_of_the_database_for_many_as_for_few(manager, company):
    def more(count):
        people = [elder(name=f"老人{n}") for n in range(count)]
        Visit.objects.bulk_create(
            Visit(
                county=COUNTY,
                person=one,
                provider=company,
                item=item(),
                kind="visit",
                service_on=DAY,
                recorded_by="carer",
                recorded_at=at(DAY),
            )
            for one in people
        )

    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(PEOPLE).status_code == 200
        return len(queries)

    more(10)
    manager.get(PEOPLE)
    few = asked()
    more(60)
    assert asked() == few


def test_somebody_is_admitted_by_number_and_name_together(keeper, house):
    grant = voucher("王秀兰", category="institution_long")
    answer = send(keeper, STAYS, "/admit/", number=grant.no, name="王秀兰", admitted_on="2026-03-02", bed="3-1")
    stay = Stay.objects.get()
    assert answer.headers["Location"] == f"{STAYS}{stay.id}/"
    assert (stay.provider_id, stay.bed, stay.recorded_by) == (house.id, "3-1", "keeper")
    assert "王秀兰" in text(keeper.get(STAYS))


@pytest.mark.parametrize("typed", [{"name": "李建国"}, {"number": "370799202603000000018"}])
def test_number_or_name_alone_finds_nobody(keeper, typed):
    grant = voucher("王秀兰", category="institution_long")
    answer = send(
        keeper, STAYS, "/admit/", **{"number": grant.no, "name": "王秀兰", "admitted_on": "2026-03-02"} | typed
    )
    assert answer.status_code == 404
    assert "desk.nobody" in text(answer)
    assert not Stay.objects.exists()


def test_nobody_lives_in_two_places(keeper, house):
    grant = voucher("王秀兰", category="institution_long")
    stay_of(grant, house)
    answer = send(keeper, STAYS, "/admit/", number=grant.no, name="王秀兰", admitted_on="2026-03-02")
    assert answer.status_code == 409
    assert "service.stay_overlaps" in text(answer)


def test_a_stay_is_prolonged_and_ends(keeper, house):
    grant = voucher(category="institution_long")
    stay = stay_of(grant, house, since=date(2026, 3, 1))
    here = f"{STAYS}{stay.id}/"
    where, hidden = form_for(keeper.get(here), here)
    assert keeper.post(where, {**hidden, "verb": "extend", "agreed_until": "2026-03-20"}).status_code == 302
    hidden["key"] = form_for(keeper.get(here), here)[1]["key"]
    told = {**hidden, "verb": "discharge", "discharged_on": "2026-03-10", "because": "home"}
    assert keeper.post(where, told).status_code == 302
    stay.refresh_from_db()
    assert (stay.agreed_until, stay.discharged_on) == (date(2026, 3, 20), DAY)


def test_the_roll_is_called_on_one_sheet(keeper, house):
    stays = [stay_of(voucher(f"老人{n}", category="institution_long"), house) for n in range(2)]
    foreign = stay_of(voucher("别家老人", category="institution_long"), provider(kind="institution"))
    where, hidden = form_for(keeper.get(STAYS), "/roll/")
    answer = keeper.post(where, {**hidden, "there": [str(stays[0].id), str(foreign.id)]}, follow=True)
    assert "已点到 1 人。" in text(answer)
    assert list(Presence.objects.values_list("stay_id", flat=True)) == [stays[0].id]


def test_another_houses_stay_is_not_there(keeper):
    stay = stay_of(voucher(category="institution_long"), provider(kind="institution"))
    assert keeper.get(f"{STAYS}{stay.id}/").status_code == 404


def test_who_houses_nobody_has_no_such_page(manager, carer):
    assert manager.get(STAYS).status_code == 404
    assert carer.get(STAYS).status_code == 403


def test_a_carer_records_a_service_with_all_six_elements(carer, company):
    grant = voucher("王秀兰")
    mine = worker(company, account="carer", name="刘护理")
    answer = send(
        carer,
        f"{SERVICES}new/",
        "/new/",
        number=grant.no,
        name="王秀兰",
        item="bath",
        worker=str(mine.pk),
        service_on="2026-03-09",
        started="09:00",
        ended="10:00",
        quantity="1",
        confirmed="on",
        latitude="36.7",
        longitude="119.16",
        accuracy="15",
    )
    visit = Visit.objects.get()
    assert answer.headers["Location"] == f"{SERVICES}{visit.id}/"
    assert (visit.worker_id, visit.confirmed_by, visit.recorded_by) == (mine.pk, "elder", "carer")
    assert (visit.latitude, visit.ended_at - visit.started_at) == (36.7, timedelta(hours=1))
    assert "09:00–10:00" in text(carer.get(SERVICES))


def test_a_record_sent_twice_is_kept_once(manager, company):
    grant = voucher("王秀兰")
    visit_of(grant, company, day=1)
    where, hidden = form_for(manager.get(f"{SERVICES}new/?person={grant.person_id}"), "/new/")
    told = {**hidden, "item": "bath", "service_on": "2026-03-09", "quantity": "1"}
    assert [manager.post(where, told).status_code for _ in range(2)] == [302, 302]
    assert Visit.objects.filter(service_on=date(2026, 3, 9)).count() == 1


def test_a_service_ahead_of_its_day_is_refused_and_what_was_typed_stays(manager):
    grant = voucher("王秀兰")
    answer = send(
        manager,
        f"{SERVICES}new/",
        "/new/",
        number=grant.no,
        name="王秀兰",
        item="bath",
        service_on="2026-03-11",
        quantity="1",
    )
    assert answer.status_code == 422
    assert "service.in_the_future" in text(answer)
    assert "王秀兰" in answer.content.decode()


def test_records_come_with_their_verdicts_and_what_is_not_billed(manager, company):
    grant = voucher("王秀兰")
    visit_of(grant, company, day=3)
    failed = visit_of(grant, company, day=4, verdict="fail")
    failed.verdict_reasons = ["too_far"]
    failed.save()
    page = text(manager.get(SERVICES))
    assert "凭据不通过：离老人家太远" in page
    assert "还没开账单 1" in page
    assert "too_far" not in page
    assert len(manager.get(SERVICES, {"show": "fail"}).context["rows"]) == 1


def test_a_carer_sees_the_work_of_their_own_hands(carer, company):
    grant = voucher("王秀兰")
    told = {"county": COUNTY, "person_id": grant.person_id, "provider": company, "item": item(), "kind": "visit"}
    told |= {"service_on": DAY, "recorded_at": at(DAY)}
    Visit.objects.create(**told, recorded_by="other")
    own = [
        Visit.objects.create(**told, recorded_by="other", worker=worker(company, account="carer")),
        Visit.objects.create(**told, recorded_by="carer"),
    ]
    assert {row.row.id for row in carer.get(SERVICES).context["rows"]} == {one.id for one in own}


def test_the_county_is_asked_to_look_again_once(manager, company):
    visit = visit_of(voucher("王秀兰"), company, verdict="fail")
    here = f"{SERVICES}{visit.id}/"
    send(manager, here, "/ask/", because="当天手机没电，有照片")
    assert Override.objects.get().asked_by == "manager"
    assert "等县区决定" in text(manager.get(here))
    with pytest.raises(AssertionError):
        form_for(manager.get(here), "/ask/")


def test_another_providers_record_is_not_there(manager):
    visit = visit_of(voucher("王秀兰"), provider())
    assert manager.get(f"{SERVICES}{visit.id}/").status_code == 404
    assert manager.post(f"{SERVICES}{visit.id}/ask/", {}).status_code == 404


def test_records_come_in_pages(manager, company):
    grant = voucher("王秀兰")
    Visit.objects.bulk_create(
        Visit(
            county=COUNTY,
            person_id=grant.person_id,
            provider=company,
            item=item(),
            kind="visit",
            service_on=date(2026, 3, 1 + n % 9),
            recorded_by="carer",
            recorded_at=at(DAY),
        )
        for n in range(120)
    )
    page, seen = manager.get(SERVICES), []
    while True:
        seen += [row.row.id for row in page.context["rows"]]
        if not page.context["following"]:
            break
        page = manager.get(page.context["following"])
    assert len(seen) == len(set(seen)) == 120


def test_whom_one_served_is_offered_and_nobody_elses_client(carer, company):
    mine, other = voucher("王秀兰"), voucher("李建国")
    visit_of(mine, company)
    visit_of(other, provider())
    said = text(carer.get(f"{SERVICES}new/"))
    assert "点一下就填好" in said
    assert "王秀兰" in said
    assert "李建国" not in said
    named = text(carer.get(f"{SERVICES}new/?person={mine.person_id}"))
    assert "点一下就填好" not in named
