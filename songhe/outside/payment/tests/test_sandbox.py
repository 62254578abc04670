import json
from datetime import datetime, timezone

import pytest

from songhe.card.ports import NotGenuine, Order, RefundRefused
from songhe.outside.payment.sandbox import SandboxPayments

AT = datetime(2026, 3, 10, 1, tzinfo=timezone.utc)
NO = "330703202603000000000112"


@pytest.fixture
def service(tmp_path):
    return SandboxPayments(tmp_path)


def test_an_order_is_opened_paid_and_said_in_words_that_are_signed(service):
    assert service.order(Order(NO, 2_500, "充值")) == service.order(Order(NO, 2_500, "充值"))
    assert service.ask(NO) is None
    body, headers = service.pay(NO, at=AT)
    assert service.pay(NO, at=AT)[0] == body
    paid = service.read(body, {name.lower(): value for name, value in headers.items()})
    assert (paid.no, paid.amount_fen, paid.paid_at) == (NO, 2_500, AT)
    assert service.ask(NO) == paid


def test_what_it_did_not_say_is_not_believed(service):
    service.order(Order(NO, 2_500, "充值"))
    body, headers = service.pay(NO, at=AT)
    more = json.dumps({**json.loads(body), "amount_fen": 9_999}).encode()
    for said, signed in ((more, headers), (body, {}), (body, {"X-Signature": "签"})):
        with pytest.raises(NotGenuine):
            service.read(said, signed)


def test_it_pays_back_once_and_never_more_than_came_in(service):
    with pytest.raises(RefundRefused):
        service.refund(no=NO, refund_no="R1", amount_fen=1)
    service.order(Order(NO, 2_500, "充值"))
    with pytest.raises(RefundRefused):
        service.refund(no=NO, refund_no="R1", amount_fen=1)
    service.pay(NO, at=AT)
    for _ in range(2):
        service.refund(no=NO, refund_no="R1", amount_fen=2_000)
    for number, fen in (("R1", 1_000), ("R2", 501)):
        with pytest.raises(RefundRefused):
            service.refund(no=NO, refund_no=number, amount_fen=fen)
    service.refund(no=NO, refund_no="R2", amount_fen=500)
    with pytest.raises(RefundRefused):
        service.order(Order(NO, 100, "充值"))
