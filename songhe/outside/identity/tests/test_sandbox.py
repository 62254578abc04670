from datetime import datetime, timezone

import pytest

from songhe.outside.identity.sandbox import SandboxIdentifier
from songhe.person.ports import Claim, NotReached
from songhe.person.tests.conftest import county, id_number, registered

__all__ = ["county"]

AT = datetime(2026, 3, 10, 1, tzinfo=timezone.utc)


def same(name, number):
    return SandboxIdentifier().check(Claim("reference", name, number, "resident", AT)).same


@pytest.mark.usefixtures("county")
def test_what_the_registry_holds_has_to_fit():
    registered(name="王秀英")
    assert same("王秀英", id_number())
    assert not same("王秀兰", id_number())


@pytest.mark.usefixtures("county")
def test_who_is_not_known_is_believed_but_for_false_names():
    assert same("赵小明", id_number(sequence=21))
    assert not same("假小明", id_number(sequence=21))


@pytest.mark.usefixtures("county")
def test_the_service_does_not_answer_at_one_name():
    with pytest.raises(NotReached):
        same("不通", id_number())
