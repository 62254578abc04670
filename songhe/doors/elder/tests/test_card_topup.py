"""The daughter's top-up: the amount and its match, the payment, the receipt, and money back with what goes with it."""

from __future__ import annotations

import json

import pytest

from songhe.assessment.tests import world as people
from songhe.card.models import Match, Refund, TopUp
from songhe.card.tests import world
from songhe.doors.elder import paper
from songhe.doors.elder.tests.card_world import DAY, JINDONG, citizen, family, practice, service
from songhe.doors.elder.tests.money.conftest import mandate, said
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.doors.staff.tests.reading import form_for, send, text
from songhe.ledger.check import check

__all__ = ["family", "no_language_stays_behind", "practice", "unknown_variables_fail"]

compile_catalogues()

PAGE = "/my/card/top-up/"


def asked(client, yuan="50", **more):
    """Choose an amount; the top-up that waits to be paid."""
    answer = send(client, PAGE, "/top-up/", yuan=yuan, **more)
    assert answer.status_code == 302, text(answer)
    return TopUp.objects.get(county=JINDONG, no=answer.headers["Location"].rstrip("/").rpartition("/")[2])


# --- in --------------------------------------------------------------------------------------------------------------


def test_what_charity_adds_is_said_before_anything_is_paid(family):
    page = said(family.daughter, PAGE)
    assert "您充 100 元，慈善跟着配 100 元，每月最多配 ¥30.00" in page
    assert "¥10 慈善配 ¥10.00 ¥30 慈善配 ¥30.00 ¥50 慈善配 ¥30.00 ¥100 慈善配 ¥30.00" in page
    family.topped(2_000)
    page = said(family.daughter, PAGE)
    assert "这个月还能配 ¥10.00" in page
    assert "¥50 慈善配 ¥10.00" in page
    family.topped(2_000)
    assert "这个月的慈善配捐已经配满了" in said(family.daughter, PAGE)


def test_fifty_yuan_are_chosen_paid_matched_and_receipted(family):
    row = asked(family.daughter)
    page = said(family.daughter, f"/my/card/top-ups/{row.no}/")
    assert "家里付 ¥50.00 慈善配捐 ¥30.00" in page
    assert family.left(family.own) == 0
    assert family.pays(row, family.daughter).headers["Location"] == f"/my/card/top-ups/{row.no}/"
    page = said(family.daughter, f"/my/card/top-ups/{row.no}/")
    assert "充值到账了" in page
    assert "家里充值 ¥50.00" in page
    assert "慈善配捐 ¥30.00" in page
    assert "这笔充值给卡里加了 ¥80.00" in page
    assert "付款人 您" in page
    assert (family.left(family.own), family.left(family.charity)) == (5_000, 3_000)
    assert list(check()) == []


def test_a_double_click_tops_up_once_and_a_double_payment_too(family):
    where, hidden = form_for(family.daughter.get(PAGE), "/top-up/")
    first, second = (family.daughter.post(where, {**hidden, "yuan": "50"}).headers["Location"] for _ in range(2))
    assert first == second
    row = TopUp.objects.get(county=JINDONG)
    for _ in range(2):
        family.pays(row, family.daughter)
    assert family.left(family.own) == 5_000
    assert Match.objects.filter(county=JINDONG).count() == 1


@pytest.mark.parametrize("yuan", ["0.5", "-3", "x", "", "1.234", "20000", "1e9", "NaN"])
def test_an_amount_that_does_not_do_is_refused_in_words(family, yuan):
    answer = send(family.daughter, PAGE, "/top-up/", yuan=yuan)
    assert answer.status_code == 422
    assert not TopUp.objects.filter(county=JINDONG).exists()


@pytest.mark.parametrize(("typed", "fen"), [("80.5", 8_050), ("¥1,000", 100_000), ("66元", 6_600)])
def test_an_amount_may_be_typed_as_people_write_it(family, typed, fen):
    assert asked(family.daughter, typed).amount_fen == fen


def test_a_payment_that_failed_is_said_plainly_and_may_be_tried_again(family):
    row = asked(family.daughter)
    back = family.daughter.post(f"/practice/payment/{row.no}", {"fail": "1"}).headers["Location"]
    assert "没有付成，钱没有动" in said(family.daughter, back)
    family.pays(row, family.daughter)
    assert "充值到账了" in said(family.daughter, f"/my/card/top-ups/{row.no}/")
    assert "没有付成" not in said(family.daughter, back)


def test_a_top_up_that_was_given_up_took_nothing_and_a_late_payment_is_taken_all_the_same(family):
    row = asked(family.daughter)
    where = f"/my/card/top-ups/{row.no}/"
    assert send(family.daughter, where, "/cancel/").status_code == 302
    assert "没有付款，钱没有动" in said(family.daughter, where)
    family.pays(row, family.daughter)
    assert "充值到账了" in said(family.daughter, where)


def test_a_call_back_that_never_came_is_asked_for(family):
    row = asked(family.daughter)
    where = f"/my/card/top-ups/{row.no}/"
    said(family.daughter, where)
    answer = send(family.daughter, where, "/check/")
    assert "还没有收到付款" in said(family.daughter, answer.headers["Location"])
    service().pay(row.no, at=people.at(DAY))
    assert send(family.daughter, where, "/check/").headers["Location"] == where
    assert "充值到账了" in said(family.daughter, where)


def test_a_cousin_with_any_mandate_may_give_and_sees_whose_the_others_are(family):
    cousin = citizen("cousin", people.elder(name="王表", born=people.date(1975, 1, 1), county=JINDONG))
    mandate(family.person, "cousin", ["apply"])
    row = asked(cousin, "10")
    family.pays(row, cousin)
    asked(family.daughter, "30")
    page = said(cousin, "/my/card/top-ups/")
    assert "¥10.00 已到账" in page
    assert "¥30.00 等付款" in page
    assert "您" in page
    assert "家里人" in page


def test_an_empty_card_says_so_and_a_closed_one_takes_nothing(family):
    assert "还没有充过值" in said(family.daughter, "/my/card/top-ups/")
    type(family.card).objects.filter(county=JINDONG, id=family.card.id).update(state="closed", closed_on=DAY)
    assert "这张卡已经注销，不能再充值" in said(family.daughter, PAGE)


def test_the_receipt_is_printed_with_capital_numerals(family):
    row = asked(family.daughter)
    assert family.daughter.get(f"/my/card/top-ups/{row.no}/receipt.pdf").status_code == 404
    family.pays(row, family.daughter)
    seen = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(paper, "render_pdf", lambda html, styles: seen.setdefault("html", html).encode())
        answer = family.daughter.get(f"/my/card/top-ups/{row.no}/receipt.pdf")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert "充值金额大写：伍拾元整" in seen["html"]
    assert "合计金额大写：捌拾元整" in seen["html"]


# --- the service's word ----------------------------------------------------------------------------------------------


def test_only_what_the_service_signed_is_taken_and_it_may_say_so_often(family, client):
    row = asked(family.daughter)
    said(family.daughter, f"/my/card/top-ups/{row.no}/")
    body, headers = service().pay(row.no, at=people.at(DAY))

    def told(content, **more):
        return client.post("/payments/told/", content, content_type="application/json", headers={**headers, **more})

    forged = json.dumps({**json.loads(body), "amount_fen": 999_999}).encode()
    assert told(forged).status_code == 400
    assert told(body, **{"X-Signature": "0"}).status_code == 400
    assert told(b"\xff").status_code == 400
    assert family.left(family.own) == 0
    assert [told(body).status_code for _ in range(3)] == [200, 200, 200]
    assert family.left(family.own) == 5_000
    assert client.get("/payments/told/").status_code == 405


def test_the_page_of_the_sandbox_is_there_for_practice_only(family, settings):
    row = asked(family.daughter)
    assert family.daughter.get("/practice/payment/330703202603000000").status_code == 404
    settings.PAYMENTS = "songhe.doors.elder.tests.test_card_topup.Real"
    assert family.daughter.get(f"/practice/payment/{row.no}").status_code == 404
    page = said(family.daughter, f"/my/card/top-ups/{row.no}/")
    assert "支付服务暂时没有回应，没有扣钱" in page


class Real:
    """A service that does not answer."""

    def order(self, order):
        from songhe.card.ports import NotReached

        raise NotReached


# --- and back --------------------------------------------------------------------------------------------------------


def refund_page(row, yuan=""):
    return f"/my/card/top-ups/{row.no}/refund/" + (f"?yuan={yuan}" if yuan else "")


def test_what_goes_back_is_said_before_it_is_confirmed_and_done_once(family):
    row = family.topped(5_000)
    page = said(family.daughter, refund_page(row))
    assert "最多可以退 ¥50.00" in page
    page = said(family.daughter, refund_page(row, "25"))
    assert "退到付款的账户 ¥25.00 慈善配捐跟着退回慈善资金 ¥5.00" in page
    assert "卡里少 ¥30.00" in page
    where, hidden = form_for(family.daughter.get(refund_page(row, "25")), "/refund/")
    for _ in range(2):
        assert family.daughter.post(where, hidden).status_code == 302
    made = Refund.objects.get(county=JINDONG)
    assert (made.amount_fen, made.back_fen) == (2_500, 500)
    assert (family.left(family.own), family.left(family.charity)) == (2_500, 2_500)
    page = said(family.daughter, f"/my/card/top-ups/{row.no}/")
    assert "充值退款 −¥25.00 正在退回付款的账户" in page
    assert "配捐退回 −¥5.00" in page
    assert "这笔充值给卡里加了 ¥50.00" in page
    assert list(check()) == []


def test_what_of_the_match_was_spent_stays_and_the_page_says_why(family):
    row = family.topped(5_000)
    world.spend(family.card, family.charity, 1_000)
    page = said(family.daughter, refund_page(row))
    assert "最多可以退 ¥40.00" in page
    assert "已经用掉 ¥10.00" in page
    answer = family.daughter.get(refund_page(row, "45"))
    assert answer.status_code == 422
    assert "比能退的多" in text(answer)


def test_what_changed_meanwhile_is_not_done_but_said_anew(family):
    row = family.topped(5_000)
    where, hidden = form_for(family.daughter.get(refund_page(row, "10")), "/refund/")
    assert hidden["back_fen"] == "0"
    send(family.granny, refund_page(row, "20"), "/refund/")
    answer = family.daughter.post(where, hidden)
    assert answer.status_code == 409
    assert "能退的和上面说的不一样了" in text(answer)
    assert Refund.objects.get(county=JINDONG).amount_fen == 2_000
    where, hidden = form_for(family.daughter.get(refund_page(row, "30")), "/refund/")
    world.spend(family.card, family.charity, 500)
    assert family.daughter.post(where, hidden).status_code == 409
    assert Refund.objects.filter(county=JINDONG).count() == 1


def test_only_who_paid_or_keeps_the_card_has_it_refunded(family):
    cousin = citizen("cousin", people.elder(name="王表", born=people.date(1975, 1, 1), county=JINDONG))
    mandate(family.person, "cousin", ["apply"])
    theirs = family.topped(5_000)
    assert cousin.get(refund_page(theirs)).status_code == 403
    assert "申请退款" not in said(cousin, f"/my/card/top-ups/{theirs.no}/")
    own = asked(cousin, "10")
    family.pays(own, cousin)
    assert "最多可以退" in said(cousin, refund_page(own))


def test_a_top_up_that_is_spent_has_nothing_to_refund(family):
    row = family.topped(1_000)
    world.spend(family.card, family.own, 1_000)
    assert "现在没有可以退的" in said(family.daughter, refund_page(row))
