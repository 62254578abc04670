"""Two counties' desks clear what one's cards paid in the other: agreement, claim, differences, net, payment."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at
from songhe.card.tests.world import LISHUI, TENTH
from songhe.doors.shell import clock
from songhe.doors.staff.tests.conftest import ELSEWHERE
from songhe.doors.staff.tests.reading import forms, send, text
from songhe.provider.models import Agreement
from songhe.redemption.tests.test_card import bought, funded, pay
from songhe.settlement.clear import clear
from songhe.settlement.models import Claim, Difference, Net, Received
from songhe.settlement.tests.clearing import APRIL, MARCH, NEXT_DOOR, agreed, canteen_there, posted

PAGE = "/staff/clearing/"


@pytest.fixture
def people(enter):
    clock.set_practice_day(APRIL)
    return {
        (county, role): enter(f"{role}{county}", login, place=county)
        for county in (LISHUI, NEXT_DOOR)
        for role, login in (("clerk", "county_clerk"), ("finance", "finance"), ("head", "county_approver"))
    }


def cleared(lunches=1):
    agreed()
    _, card = funded(20_000)
    who = canteen_there()
    for _ in range(lunches):
        pay(card, who, bought("lunch", day=TENTH))
    return clear(county=LISHUI, month=MARCH, at=at(APRIL), on=APRIL, by="run").claims[0]


def test_an_agreement_is_proposed_by_one_and_put_in_force_by_another(people):
    told = {"serving": NEXT_DOOR, "document_no": "丽民〔2026〕1号", "valid_from": "2026-01-01"}
    answer = send(people[LISHUI, "clerk"], PAGE, "/propose/", **told)
    assert answer.status_code == 302, text(answer)
    assert not any(one.endswith("/agree/") for one in forms(people[LISHUI, "clerk"].get(PAGE)))
    send(people[LISHUI, "head"], PAGE, "/agree/")
    row = Agreement.objects.get()
    assert (row.state, row.proposed_by, row.decided_by) == ("agreed", f"clerk{LISHUI}", f"head{LISHUI}")
    assert f"{LISHUI}的卡在本县可用" in text(people[NEXT_DOOR, "clerk"].get(PAGE))
    send(people[LISHUI, "clerk"], PAGE, "/end/", last_day="2026-12-31", because="到期")
    row.refresh_from_db()
    assert (row.state, row.last_day) == ("ended", date(2026, 12, 31))


def test_the_two_desks_confirm_one_pays_and_the_other_books_it(people):
    cleared()
    posted()
    page = text(people[NEXT_DOOR, "finance"].get(PAGE))
    assert "¥12.00" in page
    assert "县级" in page
    answer = send(people[NEXT_DOOR, "finance"], PAGE, "/draw/", other=LISHUI, month="2026-03")
    assert answer.status_code == 302, text(answer)
    send(people[NEXT_DOOR, "head"], PAGE, "/confirm/")
    posted()
    assert "对方已确认，待本方确认" in text(people[LISHUI, "head"].get(PAGE))
    send(people[LISHUI, "head"], PAGE, "/confirm/")
    posted()
    send(people[LISHUI, "finance"], PAGE, "/settle/", reference="B20260405")
    posted()
    wrong = send(people[NEXT_DOOR, "finance"], PAGE, "/settle/", reference="B1")
    assert wrong.status_code == 409
    assert "对方还没有付款，或凭证号不符" in text(wrong)
    send(people[NEXT_DOOR, "finance"], PAGE, "/settle/", reference="B20260405")
    assert set(Net.objects.values_list("state", flat=True)) == {"settled"}


def test_what_the_other_side_does_not_say_alike_is_disputed_with_a_reason(people):
    cleared()
    posted()
    send(people[NEXT_DOOR, "finance"], PAGE, "/draw/", other=LISHUI, month="2026-03")
    send(people[NEXT_DOOR, "head"], PAGE, "/confirm/")
    posted()
    assert send(people[LISHUI, "head"], PAGE, "/dispute/", because="").status_code == 422
    send(people[LISHUI, "head"], PAGE, "/dispute/", because="金额再核")
    posted()
    assert "金额再核" in text(people[NEXT_DOOR, "finance"].get(PAGE))
    send(people[NEXT_DOOR, "finance"], PAGE, "/redraw/")
    assert Net.objects.get(county=NEXT_DOOR).version == 2


def test_a_claim_that_did_not_come_is_found_and_sent_again(people):
    claim = cleared()
    address = f"{PAGE}claims/{claim.id}/"
    finance = people[LISHUI, "finance"]
    send(finance, address, "/compare/")
    page = text(finance.get(address))
    assert "对方没有" in page
    assert "双方不一致" in page
    send(finance, address, f"differences/{Difference.objects.get().id}/resend/", because="没有收到")
    assert "重新报送：没有收到" in text(finance.get(address))
    send(finance, address, f"{claim.id}/resend/", because="没有收到")
    posted()
    assert "双方一致" in text(finance.get(address))
    mine = Received.objects.get()
    assert "¥12.00" in text(people[NEXT_DOOR, "clerk"].get(f"{PAGE}received/{mine.id}/"))


def test_who_only_reads_is_offered_nothing_and_other_counties_are_not_there(people, enter):
    claim = cleared()
    posted()
    auditor = enter("auditor", "auditor", place=LISHUI)
    assert not [one for one in forms(auditor.get(PAGE)) if one.startswith(PAGE)]
    stranger = enter("stranger", "finance", place=ELSEWHERE)
    for address in (f"claims/{claim.id}/", f"received/{Received.objects.get().id}/"):
        assert stranger.get(f"{PAGE}{address}").status_code == 404
    assert stranger.post(f"{PAGE}agreements/{Agreement.objects.get().pk}/end/", {}).status_code == 404


@pytest.mark.parametrize("path", ["", "claims/{}/"])
def test_ten_and_many_lines_take_as_many_questions(people, path):
    claim = cleared(2)
    posted()
    finance = people[LISHUI, "finance"]
    finance.get(PAGE + path.format(claim.id))
    with CaptureQueriesContext(
        connection,
    ) as few:
        finance.get(PAGE + path.format(claim.id))
    _, card = funded(90_000)
    who = canteen_there()
    for _ in range(20):
        pay(card, who, bought("lunch", day=TENTH))
    more = clear(county=LISHUI, month=type(MARCH)(2026, 4), at=at(APRIL), on=APRIL, by="run").claims[0]
    assert Claim.objects.count() == 2
    with CaptureQueriesContext(connection) as many:
        finance.get(PAGE + path.format(more.id))
    assert len(many) <= len(few) + 3
