from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at
from songhe.doors.provider.tests.conftest import DAY, voucher
from songhe.doors.shell.clock import read_clock
from songhe.doors.staff.tests.reading import form_for, text
from songhe.grant.tests.world import left
from songhe.person.code import show
from songhe.person.medium import issue
from songhe.person.models import Medium
from songhe.provider.models import Price
from songhe.redemption.models import Bill
from songhe.redemption.tests.world import card_of, provider, visit_of
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

HERE = "/provider/redeem/"


def ask(client, given, *, step="quote", **filled):
    where, hidden = form_for(client.get(HERE), HERE)
    told = {"given": given, "item_1": "bath", "quantity_1": "1", "service_on": DAY.isoformat(), "step": step}
    return client.post(where, {**hidden, **told, **filled})


def booked(client, quote):
    where, hidden = form_for(quote, HERE)
    return client.post(where, {**hidden, "step": "book"})


def phone_of(grant):
    return issue(person=grant.person, kind="phone", on=DAY, at=at(DAY), by="clerk")


def test_the_quote_says_who_pays_what_before_anything_is_booked(manager):
    grant = voucher()
    page = text(ask(manager, grant.no, confirmed_by="elder"))
    for words in ("王*兰", "消费券支付 ¥500.00", "向老人收取 ¥500.00", "券上还剩 ¥300.00", "现在还没有入账"):
        assert words in page
    assert not Bill.objects.exists()
    assert left(grant) == 80_000


def test_one_button_books_it_and_the_answer_says_so(manager):
    grant = voucher()
    answer = booked(manager, ask(manager, grant.no, confirmed_by="elder"))
    bill = Bill.objects.get()
    assert answer.headers["Location"] == f"{HERE}{bill.no}/"
    page = text(manager.get(answer.headers["Location"]))
    assert "已入账" in page
    assert "券上还剩 ¥300.00" in page
    assert (bill.made_by, bill.confirmed_by, bill.voucher_fen, left(grant)) == ("manager", "elder", 50_000, 30_000)


def test_a_double_click_and_a_reload_book_nothing_more(manager):
    grant = voucher()
    quote = ask(manager, grant.no, confirmed_by="elder")
    first, second = booked(manager, quote), booked(manager, quote)
    assert first.headers["Location"] == second.headers["Location"]
    manager.get(first.headers["Location"])
    assert Bill.objects.count() == 1
    assert left(grant) == 30_000


def test_going_back_and_changing_what_is_booked_is_told(manager):
    grant = voucher()
    quote = ask(manager, grant.no, confirmed_by="elder")
    booked(manager, quote)
    where, hidden = form_for(quote, HERE)
    answer = manager.post(where, {**hidden, "quantity_1": "2", "step": "book"})
    assert answer.status_code == 409
    assert "刚才那一笔已经入账" in text(answer)
    assert Bill.objects.count() == 1


def test_a_telephones_code_needs_no_other_confirmation_and_counts_once(manager):
    grant = voucher()
    shown = show(medium=phone_of(grant), at=read_clock().at)
    quote = ask(manager, shown.payload)
    assert "消费券支付 ¥500.00" in text(quote)
    assert booked(manager, quote).status_code == 302
    assert Bill.objects.get().identified_by == "medium"
    again = ask(manager, shown.payload)
    assert again.status_code == 409
    assert "person.code_used" in text(again)


def test_a_number_that_is_read_out_is_a_code_too(manager):
    grant = voucher()
    shown = show(medium=phone_of(grant), at=read_clock().at)
    assert booked(manager, ask(manager, shown.number)).status_code == 302
    assert Bill.objects.get().person_id == grant.person_id


def test_a_stolen_screenshot_is_refused_after_its_step(manager):
    grant = voucher()
    old = show(medium=phone_of(grant), at=at(date(2026, 3, 9)))
    answer = ask(manager, old.payload)
    assert (answer.status_code, Bill.objects.count()) == (409, 0)
    assert "person.code_stale" in text(answer)


def test_a_card_needs_somebody_to_confirm(manager):
    number = card_of(voucher(), "37079912345678901234")
    Medium.objects.filter(number=number).update(kind="card")
    answer = ask(manager, number)
    assert answer.status_code == 422
    assert "desk.needs_confirmation" in text(answer)
    assert "消费券支付" in text(ask(manager, number, confirmed_by="proxy"))


def test_what_was_typed_stays_when_it_is_refused(manager):
    answer = ask(manager, "370799202603000000018", confirmed_by="elder", quantity_1="3")
    assert answer.status_code in (404, 422)
    assert 'value="3"' in answer.content.decode()
    assert 'value="370799202603000000018"' in answer.content.decode()


def test_nothing_given_or_chosen_is_asked_for(manager):
    answer = ask(manager, "", item_1="")
    assert answer.status_code == 422
    assert "请扫码，或输入号码。" in text(answer)
    assert "请至少选择一个服务项目。" in text(answer)


def test_the_record_of_the_service_is_found_and_charged(manager, company):
    grant = voucher()
    visit = visit_of(grant, company, day=10)
    quote = ask(manager, grant.no, confirmed_by="elder")
    assert "凭据通过" in text(quote)
    booked(manager, quote)
    visit.refresh_from_db()
    assert visit.billed_line is not None


def test_own_pay_stands_beside_and_less_may_be_charged_than_the_list_says(manager):
    grant = voucher()
    quote = ask(manager, grant.no, confirmed_by="elder", fee_1="900", item_2="haircut", quantity_2="1")
    assert "不在补贴范围，自付" in text(quote)
    booked(manager, quote)
    bill = Bill.objects.get()
    assert (bill.fee_fen, bill.voucher_fen, bill.self_fen) == (93_000, 45_000, 48_000)
    above = ask(manager, grant.no, confirmed_by="elder", fee_1="1000.01")
    assert "redemption.above_price" in text(above)


def test_insurance_pays_first_or_is_still_to_come(manager):
    grant = voucher()
    assert "长护险支付 −¥400.00" in text(ask(manager, grant.no, confirmed_by="elder", ltci="400"))
    booked(manager, ask(manager, grant.no, confirmed_by="elder", ltci_later="on"))
    assert Bill.objects.get().state == "provisional"


def test_changing_ones_mind_keeps_what_was_filled_in(manager):
    grant = voucher()
    where, hidden = form_for(ask(manager, grant.no, confirmed_by="elder", quantity_1="2"), HERE)
    page = manager.post(where, {**hidden, "step": "edit"})
    assert grant.no in page.content.decode()
    assert form_for(page, HERE)[1]["key"] != hidden["key"]


def test_another_providers_bill_is_not_there_and_asking_is_noted(manager, enter):
    other = provider()
    grant = voucher()
    far = enter("other", "provider_manager", provider=other.id)
    booked(manager, ask(manager, grant.no, confirmed_by="elder"))
    bill = Bill.objects.get()
    assert far.get(f"{HERE}{bill.no}/").status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", actor="other", subject_id=str(bill.id)).exists()


def test_the_voucher_of_a_county_that_does_not_list_it_is_unknown(manager):
    answer = ask(manager, "110101202603000000068", confirmed_by="elder")
    assert answer.status_code in (404, 422)
    assert not Bill.objects.exists()


@pytest.mark.parametrize("role", ["carer", "county_clerk", "finance", "assessor", "auditor"])
def test_only_who_runs_a_provider_redeems(enter, company, role):
    of_provider = {"provider": company.id} if role in ("carer", "assessor") else {}
    assert enter("somebody", role, **of_provider).get(HERE).status_code == 403


def test_who_is_not_signed_in_signs_in_first(client):
    assert "/sign-in/" in client.get(HERE).headers["Location"]


def test_a_provider_without_prices_is_led_to_them(enter):
    empty = provider(prices={})
    Price.objects.filter(provider=empty).delete()
    page = text(enter("empty", "provider_manager", provider=empty.id).get(HERE))
    assert "还没有价目" in page


def test_a_quote_of_many_lines_asks_hardly_more_than_one_of_few(manager):
    grant = voucher()
    manager.get(HERE)

    def asked(**more):
        with CaptureQueriesContext(connection) as queries:
            assert ask(manager, grant.no, confirmed_by="elder", **more).status_code == 200
        return len(queries)

    few = asked()
    many = asked(**{f"item_{n}": "haircut" for n in range(2, 7)})
    assert many <= few + 2
