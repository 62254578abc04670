from datetime import date

import pytest

from songhe.kernel.refusal import Refusal
from songhe.provider.licence import ending_soon, register_licence
from songhe.provider.models import Certificate, Licence
from songhe.provider.tests.conftest import AT
from songhe.provider.worker import NewWorker, engage, leave
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 10)


def register(of, *, kind="fire", number="F1", first=date(2025, 1, 1), last=date(2026, 4, 1)):
    told = {"kind": kind, "number": number, "valid_from": first, "valid_to": last}
    return register_licence(provider=of, **told, at=AT, by="manager")


def worker(of, name="刘护理", number="C1"):
    new = NewWorker(name=name, number=number, job="carer")
    return engage(provider=of, new=new, valid_from=date(2024, 1, 1), at=AT, by="manager")


def certificate(of, last, *, first=date(2024, 1, 1), kind="养老护理员"):
    return Certificate.objects.create(worker=of, kind=kind, number="1", valid_from=first, valid_to=last)


def test_a_licence_is_kept_and_noted(community):
    row = register(community)
    assert (row.kind, row.valid_to) == ("fire", date(2026, 4, 1))
    assert Entry.objects.get(act="provider.register_licence").actor == "manager"


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"kind": "pilot"}, "provider.unknown_licence_kind"),
        ({"number": " "}, "provider.number_missing"),
        ({"last": date(2024, 1, 1)}, "period.ends_before_it_begins"),
    ],
)
def test_what_is_no_licence_is_refused(community, told, code):
    with pytest.raises(Refusal) as refused:
        register(community, **told)
    assert refused.value.code == code
    assert not Licence.objects.exists()


def test_the_same_paper_is_not_kept_twice_for_one_day_and_may_be_renewed(community):
    of = community
    register(of)
    with pytest.raises(Refusal) as refused:
        register(of, first=date(2026, 4, 1), last=None)
    assert refused.value.code == "provider.licence_twice"
    register(of, first=date(2026, 4, 2), last=None)


def test_what_ends_within_sixty_days_or_is_over_is_told_by_its_day(community):
    of = community
    register(of, kind="food", last=date(2026, 5, 9))
    register(of, kind="fire", last=date(2026, 5, 10))
    register(of, kind="filing", last=None)
    certificate(worker(of), date(2026, 3, 1))
    found = ending_soon(of, DAY)
    assert [(one.holder, one.valid_to, one.is_over(DAY)) for one in found] == [
        ("刘护理", date(2026, 3, 1), True),
        (of.name, date(2026, 5, 9), False),
    ]


def test_a_renewed_paper_and_who_left_are_not_told(community):
    of = community
    renewed, gone = worker(of), worker(of, number="C2")
    leave(worker=gone, last_day=date(2026, 3, 9), at=AT, by="manager")
    certificate(renewed, date(2026, 3, 20))
    certificate(renewed, date(2029, 3, 20), first=date(2026, 3, 1))
    certificate(gone, date(2026, 3, 20))
    assert ending_soon(of, DAY) == []
