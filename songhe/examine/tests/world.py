"""Providers of the sample county with a month of bills, services and ratings behind them."""

from __future__ import annotations

from datetime import date

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.examine.draw import draw, publish
from songhe.examine.models import Examination
from songhe.kernel.month import Month
from songhe.provider.models import Kind, Provider
from songhe.redemption.models import Bill
from songhe.redemption.tests import world as bills
from songhe.service.models import Visit

MARCH = Month(2026, 3)
APRIL_5 = date(2026, 4, 5)


def provider(price_fen: int = 100_000, *, kind: str = Kind.COMMUNITY) -> Provider:
    return bills.provider(kind=kind, prices={"bath": price_fen})


def visits(who: Provider, *, passed: int, failed: int = 0, month: Month = MARCH) -> None:
    """So many services whose evidence passed and failed, as they are judged."""
    person, item = elder(), bills.item("bath")
    verdicts = [Visit.Verdict.PASS] * passed + [Visit.Verdict.FAIL] * failed
    Visit.objects.bulk_create(
        Visit(
            county=COUNTY,
            person=person,
            provider=who,
            item=item,
            kind="visit",
            service_on=month.first,
            verdict=verdict,
            recorded_by="carer",
            recorded_at=at(month.first),
        )
        for verdict in verdicts
    )


def handed_in(who: Provider, *, good: int, refused: int = 0, month: Month = MARCH) -> None:
    """So many bills of a month that stand, and that were refused."""
    person = elder()
    states = [Bill.State.BOOKED] * good + [Bill.State.REFUSED] * refused
    Bill.objects.bulk_create(
        Bill(
            county=COUNTY,
            no=f"B{new_id().hex[-20:]}",
            person=person,
            provider=who,
            month=str(month),
            category="home",
            state=state,
            fee_fen=1_000,
            self_fen=1_000,
            identified_by="swipe",
            made_by="manager",
            handed_in_at=at(month.first),
        )
        for state in states
    )


def drawn(*, month: Month = MARCH, on: date = APRIL_5, by: str = "clerk", because: str = "") -> Examination:
    return draw(county=COUNTY, month=month, at=at(on), on=on, by=by, because=because)


def published(*, month: Month = MARCH, on: date = APRIL_5, because: str = "") -> Examination:
    made = drawn(month=month, on=on, because=because)
    return publish(examination=made, at=at(on), on=on, by="head")
