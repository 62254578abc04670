import pytest

from songhe.kernel.refusal import REASONS, Reason, Refusal, reason, whole


@pytest.fixture
def full():
    yield reason("sample_bus.full", zh="车上已有{seats}人。", en="All {seats} seats are taken.", status=409)
    del REASONS["sample_bus.full"]


def test_a_refusal_says_no_in_both_languages_with_one_code(full):
    refusal = full("seat", seats=40)
    assert isinstance(refusal, Exception)
    assert (refusal.code, refusal.field, refusal.status) == ("sample_bus.full", "seat", 409)
    assert refusal.message() == refusal.message("zh-hans") == "车上已有40人。"
    assert refusal.message("en") == "All 40 seats are taken."
    assert refusal.as_dict("en") == {"code": "sample_bus.full", "message": "All 40 seats are taken.", "field": "seat"}
    assert str(refusal) == "sample_bus.full (seat): 车上已有40人。 / All 40 seats are taken."


def test_a_code_is_declared_once(full):
    with pytest.raises(ValueError, match="twice"):
        reason("sample_bus.full", zh="满", en="full")


@pytest.mark.parametrize("code", ["full", ".full", "bus."])
def test_a_code_names_its_package_and_its_reason(code):
    with pytest.raises(ValueError, match="<package>"):
        reason(code, zh="满", en="full")


def test_a_whole_number_passes():
    assert whole(0, "amount_fen") == 0
    assert whole(7, "amount_fen", least=7) == 7


@pytest.mark.parametrize("value", [True, False, 1.0, 0.5, "1", [1], {}])
def test_nothing_else_passes_for_a_whole_number(value):
    with pytest.raises(Refusal) as refusal:
        whole(value, "amount_fen")
    assert (refusal.value.code, refusal.value.field) == ("input.not_an_integer", "amount_fen")


def test_a_missing_number_is_missing():
    with pytest.raises(Refusal) as refusal:
        whole(None, "amount_fen")
    assert refusal.value.code == "input.missing"


def test_a_number_below_the_least_is_too_small():
    with pytest.raises(Refusal) as refusal:
        whole(0, "amount_fen", least=1)
    assert refusal.value.code == "input.too_small"
    assert "1" in refusal.value.message("zh")


def test_an_amount_in_fen_is_said_as_yuan_in_both_languages():
    short = Reason("t.short", "少付{short_fen:yuan}。", "{short_fen:yuan} are not paid, {count} times.", 409)
    refusal = short("card", short_fen=123_456, count=2)
    assert refusal.message("zh") == "少付¥1,234.56。"
    assert refusal.message("en") == "¥1,234.56 are not paid, 2 times."
    assert short("card", short_fen=-5, count=1).message("zh") == "少付-¥0.05。"
