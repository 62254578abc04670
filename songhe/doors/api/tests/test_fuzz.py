"""Whatever is sent, the answer is one that the operation declares: never a fault of ours."""

from __future__ import annotations

import json
import re
from urllib.parse import quote
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from songhe.access.role import Role
from songhe.assessment.tests import world
from songhe.doors.api.interface import api
from songhe.doors.api.operation import OPERATIONS, REFUSALS
from songhe.doors.api.tests.conftest import COUNTY, Machine, secret_of
from songhe.doors.may import RULES
from songhe.doors.shell.models import Tries
from songhe.entitlement.tests import story
from songhe.grant.tests.world import voucher
from songhe.person.tests.conftest import VILLAGE, id_number
from songhe.place.division import load_sample_county
from songhe.redemption.tests.world import bath, card_of, pay, provider
from songhe.settlement.tests import make

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

assert api.urls  # Every operation is declared by now.
DECLARED = {*REFUSALS, 405, 415}
EVERY = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: f"{each.method} {each.path}")

PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=-2, max_value=3),
    st.sampled_from([2**31, 2**63 - 1, 2**63, -(2**63) - 1, 10**40]),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(["", " ", "0", "x" * 5000, "\x00", "\ud800", "S1.1.2.3.4", "3.30783E+17", "'; --", "%", "０１２"]),
    st.sampled_from(["2026-03-09", "2026-02-30", "0001-01-01", "9999-12-31", "2026-03", "9999-99", "370799", "000000"]),
)
ANYTHING = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
)


@pytest.fixture
def known(db):
    """A county with something of every kind, and what names it."""
    load_sample_county()
    shop, grant, person = make.payee(), voucher(), world.elder()
    till = provider()
    bill = pay(grant, till, bath(10_000))
    make.bill(1_000, of=shop)
    make.gathered()
    return {
        "shop": till.id,
        "numbers": [
            grant.no,
            bill.no,
            make.statement(shop).no,
            story.draft(person).no,
            world.requested(world.elder()).no,
        ],
        "persons": [str(person.id), str(grant.person_id)],
        "medium": card_of(grant, "C00001"),
    }


@pytest.fixture
def caller_for(account, known):
    """A machine of the given role."""

    def make(role):
        place = {"city_overseer": "370700", "province_overseer": "370000"}.get(role, COUNTY)
        citizen = known["persons"][0] if role == Role.CITIZEN else None
        login = account(f"fuzz-{role}", role, place=place, person=citizen, provider=known["shop"])
        return Machine(login, secret=secret_of(login, places=["000000"]))

    return make


def values(known):
    """Anything, and now and then what there really is."""
    real = [*known["numbers"], *known["persons"], known["medium"], known["shop"], VILLAGE, id_number(), "home", "bath"]
    lines = [{"item": "bath", "service_on": "2026-03-09"}]
    return ANYTHING | st.sampled_from([*real, lines, "elder", "online", "first", "death", [1], ["home"]])


def model_of(operation):
    import typing

    hints = typing.get_type_hints(operation.view)
    for hint in hints.values():
        for each in (hint, *typing.get_args(hint)):
            if isinstance(each, type) and issubclass(each, BaseModel):
                return each
    return None


def filled(path, known, draw):
    def one(match):
        kind = match[0]
        if kind.startswith("{uuid:"):
            return draw(st.sampled_from([*known["persons"], str(uuid4())]))
        if kind.startswith("{int:"):
            return str(draw(st.integers(min_value=0, max_value=2**70)))
        return quote(
            draw(st.sampled_from([*known["numbers"], "0" * 21, "x"]) | st.text(min_size=1, max_size=5)), safe=""
        )

    return re.sub(r"{[^}]*}", one, path)


@EVERY
def test_no_call_breaks_the_house(operation, caller_for, known):
    model = model_of(operation)
    fields = list(model.model_fields) if model is not None else []
    allowed = frozenset(Role) if operation.act is None else RULES[operation.act]
    role = sorted(allowed)[0]
    if Role.PROVIDER_MANAGER in allowed and operation.path.startswith(("/redemptions", "/statements")):
        role = Role.PROVIDER_MANAGER
    caller = caller_for(role)
    some = values(known)
    shaped = st.dictionaries(st.sampled_from(fields), some) if fields else st.just({})
    bodies = (
        ANYTHING
        | shaped
        | st.tuples(shaped, st.dictionaries(st.text(max_size=5), PLAIN, max_size=1)).map(lambda both: both[0] | both[1])
    )

    @settings(
        max_examples=25,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.data())
    def fuzz(data):
        Tries.objects.all().delete()
        path = filled(operation.path, known, data.draw)
        if operation.method == "GET":
            query = data.draw(st.dictionaries(st.sampled_from([*fields, "colour"]), some, max_size=4))
            texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in query.items()}
            path += "?" + "&".join(
                f"{name}={quote(text.encode('utf-8', 'replace'), safe='')}" for name, text in texts.items()
            )
            answer = caller.get(path)
        else:
            raw = json.dumps(data.draw(bodies)).encode() if data.draw(st.integers(0, 9)) else data.draw(st.binary())
            answer = caller(operation.method, path, raw=raw, key=data.draw(st.sampled_from([True, None, "x"])))
        assert answer.status_code in {operation.status, *DECLARED}

    fuzz()
