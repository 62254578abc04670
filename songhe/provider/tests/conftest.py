"""Bodies of the sample county for stories about providers."""

from __future__ import annotations

from datetime import date, datetime, timezone

import pytest

from songhe.kernel.credit_code import check_character
from songhe.place.division import SAMPLE_COUNTY, load_sample_county
from songhe.provider.admit import admit
from songhe.provider.worker import NewWorker

COUNTY = SAMPLE_COUNTY
AT = datetime(2026, 3, 2, 1, tzinfo=timezone.utc)
ON = date(2026, 3, 2)


def credit_code(number: int) -> str:
    first17 = f"91370799{number:09d}"
    return first17 + check_character(first17)


def assessor(number: int, **differently) -> NewWorker:
    told = {
        "practising_since": date(2015, 7, 1),
        "education": "college",
        "trained_on": date(2024, 5, 1),
        "examined_on": date(2024, 6, 1),
    }
    return NewWorker(name=f"评估师{number}", number=f"P{number:03d}", **(told | differently))


def admitted(kind="community", number=1, **more):
    told = {"name": f"样例机构{number}", "credit_code": credit_code(number), "place": COUNTY, "at": AT, "by": "clerk"}
    if kind == "assessment_body":
        told["assessors"] = [assessor(each) for each in range(5)]
    return admit(kind=kind, **(told | more))


@pytest.fixture
def county(db):
    load_sample_county()
    return COUNTY


@pytest.fixture
def community(county):
    return admitted("community", 1)


@pytest.fixture
def institution(county):
    return admitted("institution", 2, beds=200)


@pytest.fixture
def body(county):
    return admitted("assessment_body", 3)
