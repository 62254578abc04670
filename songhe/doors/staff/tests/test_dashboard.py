from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests import world as assessments
from songhe.county.key import new_id
from songhe.document.sheet import read_sheet
from songhe.doors.staff.tests.conftest import COUNTY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.kernel.month import Month
from songhe.ledger.models import Account
from songhe.month.steps import PROGRAMME
from songhe.month.summary import summary
from songhe.person.models import Person
from songhe.redemption.tests import world as bills
from songhe.redemption.tests.test_reverse import undo
from songhe.statistics.figure import figures
from songhe.statistics.measure import Frame
from songhe.trail.models import Entry

HERE = "/staff/dashboard/"
MARCH = Month(2026, 3)


def spent(*, town="001", fee_fen=100_000, name="", reversed_too=False):
    """Somebody of a town with a voucher of March and a bill."""
    person = assessments.elder(place=f"{COUNTY}{town}001", **({"name": name} if name else {}))
    grant = vouchers.voucher(person=person, category="home")
    server = bills.provider(prices={"bath": fee_fen})
    bills.visit_of(grant, server)
    bill = bills.pay(grant, server, bills.bath())
    if reversed_too:
        undo(bill)
    return grant


def grow(count):
    """So many more people with a voucher each, as rows."""
    first = Grant.objects.filter(county=COUNTY).count() + 800_000_000
    pattern = Grant.objects.filter(county=COUNTY).first()
    people = Person.rows.bulk_create(
        [
            Person(
                county=COUNTY,
                id_kind="none",
                name=f"老人{number}",
                birth_date=date(1950, 1, 1),
                place=f"{COUNTY}00{1 + number % 8}001",
                opened_on=date(2025, 1, 1),
            )
            for number in range(count)
        ],
        batch_size=500,
    )
    purses = Account.objects.bulk_create(
        [
            Account(county=COUNTY, fund_id=pattern.purse.fund_id, kind="purse", balance=80_000, floor=0)
            for _ in range(count)
        ],
        batch_size=500,
    )
    rows = []
    for number, (person, purse) in enumerate(zip(people, purses, strict=True)):
        fields = {
            field.attname: getattr(pattern, field.attname)
            for field in Grant._meta.concrete_fields
            if field.attname not in ("id", "no", "person_id", "purse_id", "identity", "entitlement_id")
        }
        rows.append(
            Grant(**fields, no=f"{COUNTY}202603{first + number}", person=person, purse=purse, identity=new_id())
        )
    Grant.objects.bulk_create(rows, batch_size=200)


def test_the_large_figures_stand_with_their_definitions(approver):
    spent()
    page = text(approver.get(HERE))
    assert "发放金额" in page
    assert "当月发出的消费券面额合计" in page
    assert "¥500.00" in page
    assert "第 1 版定义" in page


def test_the_same_numbers_stand_in_the_months_summary():
    spent()
    spent(town="002", reversed_too=True)
    told = figures(Frame(counties=(COUNTY,), month=MARCH, on=vouchers.TENTH))
    report = summary(county=COUNTY, month=MARCH, programme=PROGRAMME)
    same = {
        "people": "people",
        "assessed": "assessed",
        "entitled": "entitled",
        "issued": "issued",
        "issued_fen": "issued_fen",
        "redeemed": "redeemed",
        "redeemed_fen": "redeemed_fen",
        "reversed": "reversed",
        "expired_fen": "expired_fen",
        "settled_fen": "settled_fen",
    }
    assert {code: told[code].value for code in same} == {code: report[name] for code, name in same.items()}


def test_a_figure_leads_to_places_and_on_to_people(approver):
    grant = spent(name="买买提·依明")
    page = approver.get(f"{HERE}redeemed_fen/")
    assert "¥500.00" in text(page)
    town = f"{HERE}redeemed_fen/?month=2026-03&amp;place={COUNTY}001"
    assert town in page.content.decode()
    people = approver.get(f"{HERE}redeemed_fen/people/?month=2026-03&place={COUNTY}001")
    assert "买买提·依明" in text(people)
    assert f"/staff/people/{grant.person_id}/" in people.content.decode()
    assert Entry.objects.get(county=COUNTY, act="report.people").subject_id == "redeemed_fen:2026-03"


def test_the_filters_stand_in_the_address(approver):
    spent(town="001")
    spent(town="002", fee_fen=60_000)
    assert "¥800.00" in text(approver.get(f"{HERE}redeemed_fen/"))
    assert "¥300.00" in text(approver.get(f"{HERE}redeemed_fen/?place={COUNTY}002"))
    assert "¥0.00" in text(approver.get(f"{HERE}redeemed_fen/?group=day_care"))
    assert "¥0.00" in text(approver.get(f"{HERE}redeemed_fen/?month=2026-02"))


def test_a_month_that_has_nothing_says_so_quietly(approver):
    vouchers.budget()
    page = approver.get(f"{HERE}?month=2026-01")
    assert page.status_code == 200
    assert "本月还没有核销" in text(page)


def test_lists_are_taken_out_masked(approver):
    spent(name="王秀兰")
    answer = approver.post(f"{HERE}redeemed_fen/export/", {"month": "2026-03", "list": "people"})
    rows = read_sheet(answer.content).rows
    assert rows[0] == ["姓名", "证件号码", "居住地", "核销金额"]
    assert rows[1][0] == "王秀兰"
    assert rows[1][3] == "500"
    places = read_sheet(approver.post(f"{HERE}take_up/export/", {"month": "2026-03"}).content).rows
    assert places[0][-1] == "使用率（人）"
    assert Entry.objects.filter(county=COUNTY, act="staff.export").count() == 2


def test_a_figure_that_counts_nobody_has_no_list(approver):
    vouchers.budget()
    assert approver.get(f"{HERE}budget_fen/people/").status_code == 404
    assert "不分到地区和个人" in text(approver.get(f"{HERE}budget_fen/"))


def test_an_unknown_figure_and_a_crooked_place_are_not_there(approver):
    vouchers.budget()
    assert approver.get(f"{HERE}nonsense/").status_code == 404
    assert approver.get(f"{HERE}?place=37079").status_code == 404
    assert approver.get(f"{HERE}?month=2026-13").status_code == 422


def test_another_county_is_not_there_and_it_is_noted(approver):
    vouchers.budget()
    assert approver.get(f"{HERE}?place={ELSEWHERE}").status_code == 404
    assert approver.get(f"{HERE}take_up/people/?place={ELSEWHERE}001").status_code == 404
    assert Entry.objects.filter(county=ELSEWHERE, act="door.out_of_reach").count() == 2


def test_a_city_sees_its_counties_and_goes_into_one(enter):
    vouchers.budget()
    vouchers.budget(county=ELSEWHERE)
    city = enter("city", "city_overseer", place="370700")
    page = city.get(HERE)
    assert "2 个县区" in text(page)
    assert city.get(f"{HERE}?place={ELSEWHERE}").status_code == 200


@pytest.mark.parametrize("role", ["provider_manager", "system_admin"])
def test_who_has_no_business_with_figures_gets_none(enter, role):
    client = enter(role, role, **({"provider": bills.provider().id} if role == "provider_manager" else {}))
    assert client.get(HERE).status_code == 403
    assert client.get("/staff/screen/").status_code == 403


@pytest.mark.parametrize("page", [HERE, f"{HERE}issued_fen/", f"{HERE}issued_fen/people/", "/staff/screen/"])
def test_as_many_questions_are_asked_of_ten_people_as_of_a_thousand(approver, page):
    spent()
    grow(9)
    approver.get(page)

    def asked():
        with CaptureQueriesContext(connection) as kept:
            assert approver.get(page).status_code == 200
        return len(kept)

    few = asked()
    grow(990)
    assert asked() <= few + 1 <= 60
