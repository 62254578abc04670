"""Workers come, qualify, and never assess and serve on one day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.provider.models import Worker
from songhe.provider.tests.conftest import AT, ON, assessor
from songhe.provider.tests.test_admit import refused
from songhe.provider.worker import (
    NewWorker,
    certificates_on,
    certify,
    employer_of,
    engage,
    is_qualified,
    is_working,
    lacking,
    leave,
    link_account,
    qualified_assessors,
)


def engaged(provider, new=None, valid_from=ON, **more):
    new = new or NewWorker(name="王护理", number="C001", job="carer", account="carer1")
    return engage(provider=provider, new=new, valid_from=valid_from, at=AT, by="clerk", **more)


def test_a_carer_works_until_the_last_day(community):
    carer = engaged(community)
    assert is_working(carer, ON)
    left = leave(worker=carer, last_day=date(2026, 3, 31), at=AT, by="clerk")
    assert is_working(left, date(2026, 3, 31))
    assert not is_working(left, date(2026, 4, 1))
    assert [each.provider for each in employer_of("carer1", ON)] == [community]
    assert not employer_of("carer1", date(2026, 4, 1)).exists()
    assert not employer_of("", ON).exists()


@pytest.mark.parametrize(
    ("differently", "code"),
    [
        ({"job": "gardener"}, "provider.unknown_job"),
        ({"name": ""}, "provider.name_missing"),
        ({"number": " "}, "provider.number_missing"),
        ({"education": "Oxford"}, "provider.unknown_education"),
        ({"job": "assessor"}, "provider.job_not_of_kind"),
    ],
)
def test_a_worker_that_cannot_be_is_refused(community, differently, code):
    refused(code, engaged, community, NewWorker(**({"name": "王", "number": "1", "job": "carer"} | differently)))
    assert not Worker.objects.exists()


def test_a_carer_does_not_work_for_an_assessment_body(body):
    refused("provider.job_not_of_kind", engaged, body)


def test_a_number_is_used_once_in_a_body(community, institution):
    engaged(community)
    refused("provider.number_taken", engaged, community, NewWorker(name="李", number="C001", job="carer"))
    assert engaged(institution, NewWorker(name="李", number="C001", job="carer"))


def test_one_login_does_not_assess_and_serve_on_one_day(community, body):
    engaged(community, valid_to=date(2026, 6, 30))
    moonlighter = assessor(9, account="carer1")
    refused("provider.works_on_both_sides", engaged, body, moonlighter)
    changed = engaged(body, moonlighter, valid_from=date(2026, 7, 1))
    carer = engaged(community, NewWorker(name="赵", number="C002", job="carer"), valid_from=date(2026, 7, 1))
    refused("provider.works_on_both_sides", link_account, worker=carer, account="carer1", at=AT, by="clerk")
    assert link_account(worker=changed, account="assessor9", at=AT, by="clerk").account == "assessor9"


def test_a_worker_leaves_once_and_not_before_coming(community):
    carer = engaged(community)
    refused("period.ends_before_it_begins", leave, worker=carer, last_day=date(2026, 3, 1), at=AT, by="clerk")
    leave(worker=carer, last_day=date(2026, 3, 31), at=AT, by="clerk")
    refused("provider.already_left", leave, worker=carer, last_day=date(2026, 4, 30), at=AT, by="clerk")


def test_certificates_run_out(community):
    carer = engaged(community)
    told = {"worker": carer, "kind": "养老护理员", "number": "Z1", "at": AT, "by": "clerk"}
    certify(**told, valid_from=date(2025, 1, 1), valid_to=date(2026, 12, 31))
    assert [held.kind for held in certificates_on(carer, date(2026, 12, 31))] == ["养老护理员"]
    assert certificates_on(carer, date(2027, 1, 1)) == []
    refused("provider.certificate_twice", certify, **told, valid_from=date(2026, 12, 31))
    refused("provider.number_missing", certify, **(told | {"number": ""}), valid_from=ON)


def test_a_body_counts_its_qualified_assessors(body):
    assert len(qualified_assessors(body, ON)) == 5
    assert len(qualified_assessors(body, ON, least_years=20)) == 0
    first = qualified_assessors(body, ON)[0]
    assert is_qualified(first, ON)
    assert not is_qualified(leave(worker=first, last_day=ON, at=AT, by="clerk"), ON + timedelta(days=1))


def test_what_an_assessor_lacks_is_named():
    nobody = NewWorker(name="新人", number="1")
    assert lacking(nobody, ON) == ["practice", "education", "training", "examination"]


@given(st.dates(date(2005, 1, 1), date(2026, 1, 1)), st.dates(date(2010, 1, 1), date(2030, 1, 1)))
def test_who_is_qualified_once_stays_so(since, on):
    one = assessor(1, practising_since=since, trained_on=since, examined_on=since)
    if not lacking(one, on):
        assert not lacking(one, on + timedelta(days=1))
