"""A refund of a top-up, from the verb through the outbox to the payment service."""

import pytest

from songhe.card import refund, topup
from songhe.card.models import Refund
from songhe.card.ports import Order
from songhe.card.tests.world import JINDONG, TENTH, at, made_card, made_fund
from songhe.jobs.outbox import deliver
from songhe.month.wiring import LONG_RUNNING, handlers
from songhe.outside.payment.sandbox import SandboxPayments

pytestmark = pytest.mark.django_db


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
