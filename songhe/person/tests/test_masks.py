"""Masks hide what the audience need not see."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.person.masks import mask_id, mask_last4, mask_name, mask_phone, mask_tail


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("张三", "张*"),
        ("张小三", "张*三"),
        ("张小小三", "张**三"),
        ("欧阳锋", "欧阳*"),
        ("欧阳小锋", "欧阳*锋"),
        ("欧阳", "欧*"),
        ("张", "*"),
        ("欧阳小小锋", "欧阳**锋"),
        ("万俟小锋", "万俟*锋"),
        ("𬭸", "*"),
        ("𬭸小三", "𬭸*三"),
        ("张 三", "张 *"),
        ("艾力·买买提", "艾*·买**"),
        ("艾·买", "艾·*"),
        ("古丽·阿·艾力", "古*·阿·艾*"),
        ("买买提江", "买**江"),
        ("ئالىم قادىر", "ئ**** ق****"),
        ("John Smith", "J*** S****"),
        ("John", "J***"),
        ("Li", "L*"),
        ("J", "*"),
        ("J S", "J *"),
        ("", ""),
    ],
)
def test_names_are_masked_as_publications_do(name, masked):
    assert mask_name(name) == masked


def test_numbers_and_telephones():
    assert mask_id("330783194305060028") == "330783********0028"
    assert mask_id("330783430506002") == "330783*****6002"
    assert mask_id("H12345678") == "*****5678"
    assert mask_id("123") == "***"
    assert mask_tail("0028") == "****"
    assert mask_phone("13800001234") == "138****1234"
    assert mask_phone("05367234567") == "*********67"
    assert mask_phone("") == ""
    assert mask_last4("0028") == "**************0028"
    assert mask_last4("") == ""


@given(st.text(min_size=1, max_size=40))
def test_a_mask_always_hides_something_and_keeps_the_length(text):
    assert len(mask_name(text)) == len(mask_id(text)) == len(mask_phone(text)) == len(text)
    assert "*" in mask_id(text)
    assert "*" in mask_phone(text)
    assert "*" in mask_name(text) or not re.sub(r"[·•‧・\s]", "", text)


@given(st.text(st.characters(categories=("L",)), min_size=1, max_size=20))
def test_no_name_is_shown_whole(name):
    assert mask_name(name) != name
