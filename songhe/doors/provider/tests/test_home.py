from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.access import login
from songhe.access.models import Account
from songhe.assessment.tests.world import at
from songhe.doors.provider.tests.conftest import DAY, voucher
from songhe.doors.provider.tests.test_statements import picture
from songhe.doors.shell.clock import set_practice_day
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.sign_in import home_of
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.provider.models import Certificate, Kind, Licence, Price, Worker
from songhe.redemption.tests.world import bath, item, pay, provider, stay_of, visit_of
from songhe.service.tests.world import worker
from songhe.settlement.tests import make as made

pytestmark = pytest.mark.django_db

HOME, PRICES, PEOPLE = "/provider/", "/provider/own/prices/", "/provider/own/people/"


def test_who_runs_a_provider_begins_at_its_desk(manager, carer):
    request = DoorRequest()
    request.on = DAY
    for username in ("manager", "carer"):
        assert home_of(request, Account.objects.get(username=username)) == HOME
    assert manager.get("/staff/").headers["Location"] == HOME


def test_what_is_not_billed_waits_with_the_last_day(manager, company):
    set_practice_day(date(2026, 3, 28))
    visit_of(voucher("王秀兰"), company)
    page = text(manager.get(HOME))
    assert "1 次服务还没有开账单" in page
    assert "请在 3月31日前入账，还有 3 天。" in page


def test_residents_without_a_bill_wait(keeper, house):
    stay_of(voucher("王秀兰", category="institution_long"), house)
    assert "1 位住客本月还没有账单" in text(keeper.get(HOME))


def test_a_statement_to_confirm_and_a_paper_that_ends_wait(enter):
    who = made.payee()
    made.bill(30_000, of=who)
    made.gathered()
    set_practice_day(date(2026, 4, 8))
    paper = {"kind": "养老护理员", "number": "1", "valid_from": date(2024, 1, 1), "valid_to": date(2026, 5, 1)}
    Certificate.objects.create(worker=worker(who, name="刘护理"), **paper)
    page = text(enter("boss", "provider_manager", provider=who.id).get(HOME))
    assert "3月结算单待确认" in page
    assert "1 份证照已到期或快到期" in page
    assert "刘护理" in page


def test_a_renewed_paper_waits_no_longer(manager, company):
    who = worker(company)
    for first, last in ((date(2023, 1, 1), date(2026, 3, 20)), (date(2026, 3, 1), date(2029, 3, 1))):
        Certificate.objects.create(worker=who, kind="养老护理员", number="1", valid_from=first, valid_to=last)
    assert "份证照" not in text(manager.get(HOME))


def test_a_carer_sees_services_and_no_money(carer):
    page = text(carer.get(HOME))
    assert "记一次服务" in page
    assert "¥" not in page


def test_the_desk_asks_as_much_of_the_database_for_many_as_for_few(manager, company):
    def asked():
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(HOME).status_code == 200
        return len(queries)

    grant = voucher("王秀兰")
    visit_of(grant, company, day=1)
    pay(grant, company, bath(100), on=DAY)
    manager.get(HOME)
    few = asked()
    for day in range(2, 9):
        visit_of(grant, company, day=day)
        pay(grant, company, bath(100), on=DAY)
    assert asked() == few


def test_whoever_runs_two_providers_changes_desks(enter, company, house):
    client = enter("both", "provider_manager", provider=company.id)
    account = Account.objects.get(username="both")
    told = {"account": account, "role": "provider_manager", "place": "370799", "provider_id": house.id}
    login.appoint(**told, valid_from=date(2026, 1, 1), by=None, at=at(date(2026, 1, 1)))
    assert company.name in text(client.get(HOME))
    where, hidden = form_for(client.get(HOME), "/choose/")
    client.post(where, {**hidden, "provider": str(house.id)})
    assert client.get(HOME).context["desk"].provider == house
    client.post(where, {**hidden, "provider": str(provider().id)})
    assert client.get(HOME).context["desk"].provider == house


@pytest.mark.parametrize("role", ["county_clerk", "finance", "auditor", "city_overseer", "assessor"])
def test_nobody_else_comes_in(enter, company, role):
    place = {"city_overseer": "370700"}.get(role, "370799")
    of_provider = {"provider": company.id} if role == "assessor" else {}
    client = enter("somebody", role, place=place, **of_provider)
    for page in ("", "people/", "services/", "bills/", "statements/", "own/", "own/people/", "own/account/"):
        assert client.get(f"{HOME}{page}").status_code == 403, page


def test_a_price_begins_on_a_day_and_the_old_one_is_kept(manager, company):
    send(manager, PRICES, "/prices/", item="bath", price="1,200.50", valid_from="2026-04-01")
    prices = list(Price.objects.filter(provider=company, item__code="bath").order_by("valid_from"))
    assert [price.price_fen for price in prices] == [100_000, 120_050]
    assert prices[0].valid_to == date(2026, 3, 31)
    assert "2026-04-01 起 ¥1,200.50" in text(manager.get(PRICES))


def test_days_gone_by_keep_their_price(manager):
    answer = send(manager, PRICES, "/prices/", item="bath", price="1", valid_from="2026-03-09")
    assert answer.status_code == 422
    assert "provider.price_in_the_past" in text(answer)


def test_only_what_such_a_body_may_sell_is_offered(manager, company):
    item("bed", category="institution_long", evidence="stay")
    item("assess", category="assessment", evidence="assessment")
    offered = manager.get(PRICES).content.decode()
    assert 'value="bath"' in offered
    assert 'value="bed"' not in offered
    assert 'value="assess"' not in offered


def test_somebody_is_engaged_certified_with_a_scan_and_leaves(manager, company):
    where, hidden = form_for(manager.get(PEOPLE), "/own/people/")
    told = {"what": "engage", "name": "刘护理", "number": "C9", "job": "carer", "valid_from": "2026-03-01"}
    assert manager.post(where, {**hidden, **told}).status_code == 302
    row = Worker.objects.get(provider=company)
    here = f"{PEOPLE}{row.pk}/"
    where, hidden = form_for(manager.get(here), here)
    paper = {"what": "certify", "kind": "养老护理员", "number": "N1", "valid_from": "2026-01-01"}
    scan = SimpleUploadedFile("a.png", picture())
    assert manager.post(where, {**hidden, **paper, "valid_to": "2026-04-01", "file": scan}).status_code == 302
    page = manager.get(here)
    assert "快到期" in text(page)
    kept = manager.get(page.context["papers"][0].file)
    assert kept.headers["Content-Disposition"].startswith("attachment")
    assert kept.content[:3] in (b"\x89PN", b"\xff\xd8\xff")
    hidden["key"] = form_for(page, here)[1]["key"]
    assert manager.post(where, {**hidden, "what": "leave", "last_day": "2026-03-10"}).status_code == 302
    row.refresh_from_db()
    assert row.valid_to == DAY


def test_a_licence_of_the_body_is_kept_with_its_last_day(manager, company):
    where, hidden = form_for(manager.get(PEOPLE), "/own/people/")
    told = {"what": "licence", "kind": "fire", "number": "F1", "valid_from": "2025-01-01", "valid_to": "2026-03-01"}
    assert manager.post(where, {**hidden, **told}).status_code == 302
    assert Licence.objects.get(provider=company).number == "F1"
    assert "已过期" in text(manager.get(PEOPLE))
    hidden["key"] = form_for(manager.get(PEOPLE), "/own/people/")[1]["key"]
    again = manager.post(where, {**hidden, **told})
    assert again.status_code == 409
    assert "provider.licence_twice" in text(again)


def test_address_and_telephone_are_kept_by_the_provider_itself(manager, company):
    here = "/provider/own/"
    assert send(manager, here, "/own/", address="柳泉路1号", phone="前台").status_code == 422
    send(manager, here, "/own/", address="柳泉路1号", phone="0536-1234567")
    company.refresh_from_db()
    assert (company.address, company.phone) == ("柳泉路1号", "0536-1234567")
    assert "柳泉路1号" in text(manager.get(here))


def test_who_works_elsewhere_is_not_there(manager):
    assert manager.get(f"{PEOPLE}{worker(provider()).pk}/").status_code == 404


def test_an_assessment_body_has_a_desk_without_redeeming(enter):
    body = provider(kind=Kind.ASSESSMENT_BODY)
    client = enter("assessors", "provider_manager", provider=body.id)
    assert "评估机构不核销消费券" in text(client.get("/provider/redeem/"))
    assert client.get(HOME).status_code == 200
