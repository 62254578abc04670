"""Names are read as people read them, families first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.person.reading import MOST_READINGS, bare, readings, spelled


def said(name):
    return ["".join(way) for way in readings(name)]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("张三", "zhangsan"),
        ("欧阳建国", "ouyangjianguo"),
        ("单雄信", "shanxiongxin"),
        ("仇英", "qiuying"),
        ("曾国藩", "zengguofan"),
        ("解缙", "xiejin"),
        ("区大相", "oudaxiang"),
        ("查良镛", "zhaliangyong"),
        ("尉迟恭", "yuchigong"),
        ("万俟卨", "moqixie"),
        ("长孙无忌", "zhangsunwuji"),
        ("吕布", "lvbu"),
        ("艾力·买买提", "ailimaimaiti"),
        ("John Smith", "johnsmith"),
    ],
)
def test_the_likeliest_reading_comes_first(name, first):
    assert said(name)[0] == first


def test_a_family_read_in_two_ways_is_kept_both_ways():
    assert {"shanying", "danying"} <= set(said("单英"))
    assert {"qiuying", "chouying"} <= set(said("仇英"))
    assert {"yuchigong", "weichigong"} <= set(said("尉迟恭"))


def test_a_character_of_a_given_name_read_in_two_ways_is_kept_both_ways():
    assert {"wangle", "wangyue"} <= set(said("王乐"))


@pytest.mark.parametrize("typed", ["lv", "LV", "lü", "lyu", "Lǚ", " l v "])
def test_u_with_two_dots_is_typed_in_many_ways(typed):
    assert spelled(typed) == "lv"


def test_a_name_without_letters_has_no_reading():
    assert readings("·") == []
    assert bare("艾力·买买提") == bare("艾力 买买提") == "艾力买买提"


@given(st.text(max_size=60))
def test_any_text_has_few_readings_of_small_letters(text):
    found = readings(text)
    assert len(found) <= MOST_READINGS
    assert all(not letter.isupper() for way in found for syllable in way for letter in syllable)
