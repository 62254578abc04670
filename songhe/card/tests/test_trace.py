import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.card.trace import NOBODY, Happening, Piece, by_gift, trace


def gift(key, fen):
    return Happening("gift", key, fen)


def use(key, fen):
    return Happening("use", key, fen)


def undo(key):
    return Happening("undo", key)


def test_a_service_is_paid_by_the_oldest_gift_that_has_anything_left():
    found = trace([gift("王", 1_000), gift("李", 500), use("午餐", 800), use("洗澡", 400)])
    assert found.pieces == [Piece("王", "午餐", 800), Piece("王", "洗澡", 200), Piece("李", "洗澡", 200)]
    assert found.left_fen == {"王": 0, "李": 300}
    assert by_gift(found) == {"王": 1_000, "李": 200}


def test_a_service_undone_gives_each_gift_back_its_own_and_that_is_spent_again_first():
    found = trace([gift("王", 300), gift("李", 300), use("a", 200), use("b", 200), undo("a"), use("c", 250)])
    assert found.pieces == [
        Piece("王", "b", 100),
        Piece("李", "b", 100),
        Piece("王", "c", 200),
        Piece("李", "c", 50),
    ]


def test_what_is_paid_before_any_gift_is_nobodys():
    found = trace([use("a", 50), gift("王", 100), use("b", 30)])
    assert found.pieces == [Piece(NOBODY, "a", 50), Piece("王", "b", 30)]
    assert (found.of_gift("王"), found.of_use("a")) == ([Piece("王", "b", 30)], [Piece(NOBODY, "a", 50)])


@pytest.mark.parametrize("wrong", [[gift("王", 0)], [gift("王", 1), gift("王", 1)], [use("a", 0)]])
def test_what_cannot_be_is_an_error(wrong):
    with pytest.raises(ValueError, match="nothing"):
        trace(wrong)


@st.composite
def stories(draw):
    """Gifts, services and their undoing in any order; a service never costs more than has come in and is left."""
    happenings, standing, purse = [], {}, 0
    for number in range(draw(st.integers(0, 25))):
        kind = draw(st.sampled_from(["gift", "use", "use", "undo"]))
        if kind == "gift":
            fen = draw(st.integers(1, 500))
            happenings.append(gift(f"g{number}", fen))
            purse += fen
        elif kind == "use" and purse:
            fen = draw(st.integers(1, purse))
            happenings.append(use(f"u{number}", fen))
            standing[f"u{number}"] = fen
            purse -= fen
        elif kind == "undo" and standing:
            key = draw(st.sampled_from(sorted(standing)))
            happenings.append(undo(key))
            purse += standing.pop(key)
    return happenings, standing


@given(stories())
def test_sums_agree_to_the_fen_whatever_happens(story):
    happenings, standing = story
    found = trace(happenings)
    given_fen = {each.key: each.amount_fen for each in happenings if each.kind == "gift"}
    for key, fen in standing.items():
        assert sum(piece.amount_fen for piece in found.of_use(key)) == fen
    assert {piece.use for piece in found.pieces} == set(standing)
    for key, fen in given_fen.items():
        assert sum(piece.amount_fen for piece in found.of_gift(key)) + found.left_fen[key] == fen
    assert all(piece.gift != NOBODY for piece in found.pieces)


@given(stories(), st.integers(0, 25))
def test_what_a_giver_was_told_changes_only_by_the_undoing_of_that_service(story, place):
    happenings, _ = story
    told, later = trace(happenings[:place]), trace(happenings)
    undone = {each.key for each in happenings[place:] if each.kind == "undo"}
    assert [piece for piece in told.pieces if piece.use not in undone] == [
        piece for piece in later.pieces if piece.use in {each.use for each in told.pieces} - undone
    ]
