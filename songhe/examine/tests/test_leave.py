"""A provider leaves, and not before everybody whom it serves has said where to."""

from datetime import date

import pytest

from songhe.aid.tests import world as aids
from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.examine.leave import begin, finish, held, place, unplaced
from songhe.examine.tests.world import provider
from songhe.kernel.refusal import Refusal
from songhe.provider.models import Listing
from songhe.provider.suspend import is_suspended
from songhe.service.models import Stay

pytestmark = pytest.mark.django_db

DAY, LAST = date(2026, 3, 10), date(2026, 5, 31)


def resident(home):
    person = elder()
    return Stay.objects.create(
        county=COUNTY, person=person, provider=home, admitted_on=date(2026, 1, 1), recorded_by="m", recorded_at=at(DAY)
    )


def leaving(home):
    return begin(
        county=COUNTY, provider=home, because="考核不合格", residents_until=LAST, at=at(DAY), on=DAY, by="clerk"
    )


def refused(code, do):
    with pytest.raises(Refusal) as refusal:
        do()
    assert refusal.value.code == code


def test_nobody_is_stranded():
    home, other = provider(), provider()
    resident(home)
    aids.lent(aids.provider(of=home))
    row = leaving(home)
    assert is_suspended(home, COUNTY, DAY)
    assert not is_suspended(home, COUNTY, LAST, resident=True)
    assert sorted(one.kind for one in held(county=COUNTY, provider=home, on=DAY)) == ["loan", "stay"]
    refused("examine.unplaced", lambda: finish(leaving=row, at=at(DAY), on=DAY, by="head"))
    for what in unplaced(leaving=row, on=DAY):
        place(leaving=row, what=what, chosen="转到邻近机构", to=other, at=at(DAY), on=DAY, by="clerk")
        refused(
            "examine.not_served",
            lambda what=what: place(leaving=row, what=what, chosen="再转", at=at(DAY), on=DAY, by="clerk"),
        )
    refused("examine.same_person", lambda: finish(leaving=row, at=at(DAY), on=DAY, by="clerk"))
    finish(leaving=row, at=at(DAY), on=DAY, by="head")
    assert Listing.objects.get(provider=home).valid_to == LAST
    refused("examine.exit_over", lambda: finish(leaving=row, at=at(DAY), on=DAY, by="head"))


def test_an_exit_has_a_reason_and_happens_once_and_moves_nobody_back():
    home = provider()
    resident(home)
    row = leaving(home)
    (what,) = unplaced(leaving=row, on=DAY)
    refused("examine.exit_open", lambda: leaving(home))
    refused("examine.reason_missing", lambda: place(leaving=row, what=what, chosen=" ", at=at(DAY), on=DAY, by="x"))
    refused(
        "examine.same_provider",
        lambda: place(leaving=row, what=what, chosen="留", to=home, at=at(DAY), on=DAY, by="clerk"),
    )
