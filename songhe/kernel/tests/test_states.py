from dataclasses import dataclass

import pytest

from songhe.kernel.refusal import Reason, Refusal
from songhe.kernel.states import Table

WRONG = Reason("door.wrong_state", "现在{state}。", "It is {state_en}.", 409)
LABELS = {"open": "开", "shut": "关", "locked": "锁"}
DOOR = Table(
    {"shut": (["open"], "shut"), "lock": (["shut"], "locked"), "open": (["shut"], "open")}, labels=LABELS, refuses=WRONG
)


@dataclass
class Door:
    state: str


def test_a_verb_moves_the_row_and_says_what_it_left():
    door = Door("open")
    assert DOOR.move(door, "shut") == "open"
    assert door.state == "shut"


def test_a_verb_is_refused_in_any_other_state_and_the_row_stays():
    door = Door("open")
    with pytest.raises(Refusal) as refused:
        DOOR.move(door, "lock")
    assert (refused.value.code, refused.value.status, door.state) == ("door.wrong_state", 409, "open")


def test_what_may_be_done_is_read_from_the_table():
    assert DOOR.verbs("shut") == ("lock", "open")
    assert DOOR.verbs("locked") == ()


def test_a_state_that_is_not_named_is_found_at_once():
    with pytest.raises(ValueError, match="ajar"):
        Table({"push": (["open"], "ajar")}, labels=LABELS, refuses=WRONG)


def test_the_diagram_has_an_arrow_for_every_way():
    assert DOOR.diagram().count("-->") == 3
