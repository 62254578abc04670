import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.typed import fold


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("３３０７８３", "330783"),
        ("110105 19491231 002x", "11010519491231002X"),
        ("\u3000330783\u00a0\t", "330783"),
        ("00Ⅹ", "00X"),
        ("００ｘ", "00X"),
        ("'330783", "330783"),
        ("＇330783", "330783"),
        ("33\u200b0783\ufeff", "330783"),
        ("", ""),
    ],
)
def test_what_was_meant_is_read(typed, folded):
    assert fold(typed) == folded


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)
