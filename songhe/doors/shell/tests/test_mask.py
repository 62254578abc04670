import pytest
from hypothesis import given
from hypothesis import strategies as st

from songhe.doors.shell.log import scrubbed
from songhe.doors.shell.mask import masked_id, masked_name, masked_phone


def test_an_id_number_keeps_its_first_six_and_last_four_characters():
    assert masked_id("330783194903070028") == "330783********0028"
    assert masked_id("330783490307002") == "330783*****7002"
    assert masked_id("H12345678") == "*****5678"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张小三", "张*三"),
        ("张三", "张*"),
        ("欧阳娜娜", "欧阳*娜"),
        ("欧阳锋", "欧阳*"),
        ("艾力·买买提", "艾*·买**"),
        ("𬭸", "*"),
    ],
)
def test_a_name_is_masked_as_publications_do(name, shown):
    assert masked_name(name) == shown


def test_a_telephone_keeps_three_and_four_digits():
    assert masked_phone("13812345678") == "138****5678"


@given(st.text(st.characters(exclude_characters="*"), min_size=1, max_size=20).map(str.strip).filter(bool))
def test_no_name_is_shown_whole(name):
    assert masked_name(name) != name or set(name) <= {"*", "·"}


def test_log_lines_lose_id_and_telephone_numbers():
    assert scrubbed("id 37079919420307002X tel 13812345678 case 3707992026040001") == (
        "id [id-number] tel [phone] case 3707992026040001"
    )
