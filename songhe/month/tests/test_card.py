"""What the month does for love cards: a death closes them, a refund goes to the payment service."""

from datetime import date

import pytest

from songhe.card import refund, topup
from songhe.card.models import Card, Refund
from songhe.card.ports import Order
from songhe.card.tests.world import JINDONG, LISHUI, TENTH, at, left, made_card, made_fund, run_charge
from songhe.jobs.outbox import deliver
from songhe.month.follow import follow_deaths, verify
from songhe.month.wiring import LONG_RUNNING, handlers
from songhe.outside.payment.sandbox import SandboxPayments
from songhe.person.event import report
from songhe.person.models import Person

pytestmark = pytest.mark.django_db

DIED, LATER = date(2026, 3, 12), date(2026, 3, 20)


def test_a_verified_death_closes_the_card_and_the_money_goes_back():
    fund = made_fund(rates={"card_class_2": 1_000})
    card, other = made_card("card_class_2"), made_card("card_class_2")
    run_charge(fund)
    told = report(
        person=card.person, kind="death", happened_on=DIED, source="家属", on=LATER, at=at(LATER), by="family"
    )
    verify(event=told, on=LATER, at=at(LATER), by="clerk")
    assert Card.objects.get(county=LISHUI, id=card.id).state == "closed"
    assert (left(card, fund), left(other, fund)) == (0, 1_000)


def test_a_death_that_nobody_carried_on_is_found_by_the_run():
    fund = made_fund(rates={"card_class_2": 1_000})
    card = made_card("card_class_2")
    run_charge(fund)
    Person.rows.filter(county=LISHUI, id=card.person_id).update(died_on=DIED)
    assert follow_deaths(county=LISHUI, on=LATER, at=at(LATER), by="run") == 1
    assert follow_deaths(county=LISHUI, on=LATER, at=at(LATER), by="run") == 0
    assert left(card, fund) == 0


def test_a_refund_is_sent_to_the_payment_service_from_the_outbox(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made_fund(county=JINDONG, source="family", expiry="never")
    service = SandboxPayments()
    row = topup.ask(card=made_card(county=JINDONG), amount_fen=2_500, at=at(TENTH), on=TENTH, by="daughter")
    service.order(Order(row.no, row.amount_fen, "爱心卡充值"))
    topup.take(paid=service.read(*service.pay(row.no, at=at(TENTH))), at=at(TENTH), on=TENTH)
    done = refund.refund(
        county=JINDONG, no=row.no, amount_fen=1_000, because="不用了", at=at(TENTH), on=TENTH, by="clerk"
    )
    known = handlers(calendar=lambda day: (day, lambda: at(TENTH)), people=None)
    assert deliver(handlers=known, at=at(TENTH), long_running=LONG_RUNNING) == 1
    assert Refund.objects.get(county=JINDONG, id=done.id).sent_at == at(TENTH)
    assert (tmp_path / "payment" / JINDONG / f"{row.no}.json").exists()
