"""Sealed numbers open for their own row, purpose and key alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.kernel.cipher import KEY_ID, Unreadable, keyed_hash, seal, unseal

KEY, ANOTHER = "5a" * 32, "00" * 32


@given(st.text(max_size=40), st.binary(max_size=20))
def test_what_is_sealed_opens_again(text, about):
    sealed = seal(text, key=KEY, purpose="test", about=about)
    assert sealed[0] == KEY_ID
    assert unseal(memoryview(sealed), key=KEY, purpose="test", about=about) == text


def test_two_seals_of_one_text_differ():
    assert seal("1", key=KEY, purpose="test", about=b"") != seal("1", key=KEY, purpose="test", about=b"")


def test_another_row_purpose_key_or_byte_does_not_open():
    sealed = seal("330783", key=KEY, purpose="test", about=b"a")
    attempts = [
        (sealed, "test", b"b"),
        (sealed, "other", b"a"),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), "test", b"a"),
        (bytes([9]) + sealed[1:], "test", b"a"),
        (b"", "test", b"a"),
    ]
    for tampered, purpose, about in attempts:
        with pytest.raises(Unreadable):
            unseal(tampered, key=KEY, purpose=purpose, about=about)
    with pytest.raises(Unreadable):
        unseal(sealed, key=ANOTHER, purpose="test", about=b"a")


def test_equal_texts_hash_alike_under_one_key_and_purpose_only():
    one = keyed_hash("330783", key=KEY, purpose="index")
    assert one == keyed_hash("330783", key=KEY, purpose="index")
    assert len(one) == 64
    assert one != keyed_hash("330783", key=KEY, purpose="other")
    assert one != keyed_hash("330783", key=ANOTHER, purpose="index")
