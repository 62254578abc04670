"""Credits pay for help and come back when a line is reversed; no way leads to cash."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.credit import earn
from songhe.credit.spend import give_back, held, lapse, movements, spend
from songhe.credit.tests import world
from songhe.ledger.balance import balance
from songhe.ledger.models import Account, Transfer
from songhe.provider.tests.test_admit import refused
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def scheme():
    made = world.scheme()
    world.rate(made)
    return made


@pytest.fixture
def person(scheme):
    made = elder()
    world.seen(world.weighed(scheme, made))
    return made


def paid(scheme, person, own_fen=642, **differently):
    told = {
        "provider": differently.pop("provider", None) or world.provider(),
        "help": "meals",
        "about": new_id(),
        "at": at(world.TENTH),
        "on": world.TENTH,
        "by": "till",
    }
    return spend(scheme=scheme, person_id=person.id, own_fen=own_fen, **(told | differently))


def left(person):
    return sum(one.units for one in held(county=COUNTY, person_id=person.id, on=world.TENTH))


def test_credits_pay_the_own_part_as_far_as_they_reach(scheme, person):
    canteen = world.provider()
    first = paid(scheme, person, provider=canteen)
    assert (first.units, first.worth_fen, left(person)) == (642, 642, 3_858)
    assert paid(scheme, person, 9_999, provider=canteen).units == 3_858
    refused("credit.nothing_held", paid, scheme, person)
    spent = Account.objects.get(fund=scheme.books, code=f"spent:{canteen.pk}")
    assert balance(spent) == 4_500
    entry = Entry.objects.filter(act="credit.spend").first()
    assert (entry.behalf_of, entry.detail["provider"]) == (person.id, canteen.pk)


def test_a_ticket_pays_one_meal():
    scheme = world.scheme(unit="ticket", ticket_fen=700)
    world.cleaning(scheme, units=2)
    helper = elder()
    world.seen(world.worked(scheme, helper))
    one = paid(scheme, helper, 642)
    assert (one.units, one.worth_fen) == (1, 642)
    assert paid(scheme, helper, 900).worth_fen == 700
    refused("credit.nothing_held", paid, scheme, helper)


def test_what_comes_back_can_be_spent_again(scheme, person):
    line = new_id()
    first = paid(scheme, person, about=line)
    refused("credit.spent_on_it", paid, scheme, person, about=line)
    told = {"at": at(world.TENTH), "on": world.TENTH, "by": "till"}
    refused("credit.say_why", give_back, spending=first, because="", **told)
    back = give_back(spending=first, because="冲正", **told)
    assert left(person) == 4_500
    assert Transfer.objects.get(id=back.given_back).reverses == first.transfer
    refused("credit.given_back", give_back, spending=first, because="冲正", **told)
    assert paid(scheme, person, about=line).units == 642
    first.id = new_id()
    refused("credit.unknown_spending", give_back, spending=first, because="冲正", **told)


def test_what_is_spent_cannot_be_undone(scheme, person):
    paid(scheme, person)
    deed = earn.Deed.objects.get(county=COUNTY, holder__person_id=person.id)
    refused("credit.already_spent", earn.undo, deed=deed, because="称错", at=at(world.TENTH), on=world.TENTH, by="head")


def test_what_is_left_lapses_and_is_not_paid_out(scheme, person):
    told = {"at": at(world.TENTH), "on": world.TENTH, "by": "clerk"}
    refused("credit.say_why", lapse, scheme=scheme, person_id=person.id, because="", **told)
    assert lapse(scheme=scheme, person_id=person.id, because="去世", **told) == 4_500
    refused("credit.nothing_held", lapse, scheme=scheme, person_id=person.id, because="去世", **told)
    assert Entry.objects.get(act="credit.lapse").detail["units"] == 4_500


def test_no_way_out_of_credits_leads_to_cash(scheme, person):
    give_back(spending=paid(scheme, person), because="冲正", at=at(world.TENTH), on=world.TENTH, by="till")
    paid(scheme, person)
    lapse(scheme=scheme, person_id=person.id, because="退出", at=at(world.TENTH), on=world.TENTH, by="clerk")
    ends = {row.id: row.kind for row in Account.objects.filter(county=COUNTY, fund=scheme.books)}
    assert set(ends.values()) == {"credit_inflow", "credit", "credit_spent", "credit_lapsed"}
    moved = Transfer.objects.filter(county=COUNTY, fund_id=scheme.books_id)
    into = {ends[row.credit_id] for row in moved if ends[row.debit_id] == "credit"}
    assert into == {"credit_spent", "credit_lapsed"}


def test_the_books_of_credits_balance(scheme, person, django_assert_num_queries):
    paid(scheme, person)
    accounts = list(Account.objects.filter(county=COUNTY, fund=scheme.books))
    assert sum(balance(one) for one in accounts) == 0
    with django_assert_num_queries(2):
        assert [row.kind for row in movements(scheme=scheme, person_id=person.id)] == ["credit_spent", "credit_earned"]
    assert movements(scheme=scheme, person_id=elder().id) == []


def test_credits_buy_only_what_they_are_for(scheme, person):
    refused("credit.not_for_this", paid, scheme, person, help="bathing")
    refused("input.too_small", paid, scheme, person, 0)
    refused("credit.scheme_ended", paid, scheme, person, on=world.FIRST - timedelta(days=1))
    refused("credit.nothing_held", paid, scheme, elder())
    assert held(county=COUNTY, person_id=person.id, on=world.TENTH, help="goods") == []
