"""One code on many tills at the same instant: one bill, and everybody else is told that the code was used."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from songhe.assessment.tests.world import COUNTY, at
from songhe.grant.models import Grant
from songhe.grant.tests.world import TENTH, left, voucher
from songhe.person import code
from songhe.person.code import show
from songhe.person.medium import end, issue
from songhe.person.models import Medium
from songhe.provider.models import Provider
from songhe.redemption.find import Request
from songhe.redemption.models import Bill
from songhe.redemption.redeem import redeem
from songhe.redemption.tests.world import bath, provider
from tests.race.together import attempts, refusals, sound, together

pytestmark = [pytest.mark.race, pytest.mark.slow, pytest.mark.usefixtures("alone", "own_database")]

TILLS = 16


def telephone(grant: Grant) -> Medium:
    return issue(person=grant.person, kind="phone", on=TENTH, at=at(TENTH), by="daughter")


def paying(who: Provider, given: str) -> Callable[[], Bill]:
    request = Request(provider_id=who.id, charges=(bath(2_000),), medium=given)
    return lambda: redeem(county=COUNTY, request=request, at=at(TENTH), on=TENTH, by="manager")


def test_one_code_scanned_and_read_out_on_many_tills_pays_one_bill():
    grant, shops = voucher(), [provider() for _ in range(4)]
    shown = show(medium=telephone(grant), at=at(TENTH))
    ways = (shown.payload, shown.number)
    outcomes = together(*[paying(shops[till % 4], ways[till % 2]) for till in range(TILLS)])
    assert refusals(outcomes) == {"person.code_used": TILLS - 1}
    assert Bill.objects.filter(county=COUNTY).count() == 1
    assert left(grant) == 80_000 - 1_000
    sound()


def test_a_telephone_that_is_given_up_while_its_code_is_scanned_pays_before_or_not_at_all():
    grant, shop = voucher(), provider()
    medium = telephone(grant)
    shown = show(medium=medium, at=at(TENTH)).payload
    lost = lambda: end(medium=medium, because="手机遗失", at=at(TENTH), by="daughter")  # noqa: E731
    outcomes = together(lost, *[paying(shop, shown) for _ in range(4)])
    assert outcomes[0].won
    paid = [outcome for outcome in outcomes[1:] if outcome.won]
    assert len(paid) == Bill.objects.filter(county=COUNTY).count() <= 1
    assert set(refusals(outcomes[1:])) <= {"person.code_used", "person.medium_ended"}
    sound()


def test_without_the_condition_on_the_step_one_code_pays_twice(monkeypatch):
    """The canary: what is taken out is what holds."""
    monkeypatch.setattr("songhe.redemption.find.burn", lambda found: None)
    grant, shop = voucher(), provider()
    shown = show(medium=telephone(grant), at=at(TENTH)).payload
    outcomes = attempts(*[paying(shop, shown) for _ in range(4)])
    assert sum(outcome.won for outcome in outcomes) > 1
    code.forget_wrong()
