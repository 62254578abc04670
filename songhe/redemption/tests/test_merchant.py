"""A merchant on the white list of the love card records the services that it is admitted for."""

from __future__ import annotations

from datetime import date

import pytest

from songhe.assessment.tests.world import at, elder
from songhe.card.tests.world import JINDONG
from songhe.kernel.refusal import Refusal
from songhe.provider.models import Price
from songhe.redemption.tests.test_card import shop, sold
from songhe.service.visit import record

pytestmark = pytest.mark.django_db


def test_it_records_what_it_is_admitted_for_and_nothing_else():
    who, item = shop("cleaning", county=JINDONG)[0], sold("clean-room", "cleaning", "visit")
    bath = sold("bath-home", "bathing", "visit")
    for each in (item, bath):
        Price.objects.create(provider=who, item=each, price_fen=4_000, valid_from=date(2025, 1, 1))
    day = date(2026, 3, 10)
    told = {"county": JINDONG, "person_id": elder(county=JINDONG).id, "provider": who, "service_on": day}
    told |= {"at": at(day), "on": day, "by": "carer"}
    assert record(**told, item=item).provider == who
    with pytest.raises(Refusal) as refused:
        record(**told, item=bath)
    assert refused.value.code == "provider.partner_not_for_this"
