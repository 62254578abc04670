from pathlib import Path

import pytest

from songhe.assessment.scale import FOLDER, ScaleError, find, read, standards
from songhe.kernel.refusal import Refusal


@pytest.fixture
def altered(tmp_path):
    """Reads a shipped scale with one text replaced."""

    def read_altered(standard: str, old: str, new: str, *, times: int = 1):
        for suffix in (".yaml", ".information.yaml"):
            path = FOLDER / f"{standard}{suffix}"
            if path.exists():
                (tmp_path / path.name).write_bytes(path.read_bytes())
        path = tmp_path / f"{standard}.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, times), "utf-8")
        return read(path)

    return read_altered


def test_three_standards_are_shipped():
    assert standards() == ("gbt-42195-2022", "ltci-2021", "mzt-039-2013")


def test_the_national_scale_has_26_items_and_90_points():
    scale = find("gbt-42195-2022")
    assert [(group.code, len(group.items), group.maximum) for group in scale.groups] == [
        ("B.1", 8, 32),
        ("B.2", 4, 15),
        ("B.3", 9, 28),
        ("B.4", 5, 15),
    ]
    assert (len(scale.items), scale.maximum) == (26, 90)
    fewer = {"B.2.4": 3, "B.3.7": 1, "B.3.8": 1, "B.3.9": 2, "B.4.1": 2, "B.4.2": 2, "B.4.4": 3}
    assert {item.code: item.maximum for item in scale.items if item.maximum != 4} == fewer
    for item in scale.items:
        assert item.scores == set(range(item.maximum + 1))


def test_every_total_from_0_to_90_has_exactly_one_level():
    levels = find("gbt-42195-2022").levels
    for total in range(91):
        assert sum(level.least <= total <= level.most for level in levels) == 1


def test_levels_carry_their_full_and_their_short_names():
    names = [(level.name.zh, level.short.zh) for level in find("gbt-42195-2022").levels]
    assert names == [
        ("能力完好", "完好"),
        ("能力轻度受损（轻度失能）", "轻度"),
        ("能力中度受损（中度失能）", "中度"),
        ("能力重度受损（重度失能）", "重度"),
        ("能力完全丧失（完全失能）", "完全"),
    ]


def test_the_insurance_scale_has_17_items_and_is_marked_unverified():
    scale = find("ltci-2021")
    assert [(group.code, len(group.items), group.maximum) for group in scale.groups] == [
        ("adl", 10, 100),
        ("cognition", 4, 16),
        ("perception", 3, 12),
    ]
    assert scale.verified is False
    assert [item.maximum for item in scale.groups[0].items] == [10, 10, 5, 10, 10, 10, 15, 15, 10, 5]
    assert [level.name.zh for level in scale.levels] == [
        "基本正常",
        "轻度失能",
        "中度失能",
        "重度失能Ⅰ级",
        "重度失能Ⅱ级",
        "重度失能Ⅲ级",
    ]


def test_the_insurance_combination_never_falls_as_grades_rise():
    combination = find("ltci-2021").combination
    for row in range(4):
        for column in range(4):
            assert row == 0 or combination[row - 1][column] <= combination[row][column]
            assert column == 0 or combination[row][column - 1] <= combination[row][column]


def test_the_former_standard_has_names_and_nothing_to_score():
    scale = find("mzt-039-2013")
    assert (scale.method, scale.items) == ("recorded_only", ())
    assert [level.name.zh for level in scale.levels] == ["能力完好", "轻度失能", "中度失能", "重度失能"]


@pytest.mark.parametrize("standard", ["gbt-42195-2022", "ltci-2021", "mzt-039-2013"])
def test_everything_is_said_in_chinese_and_in_english(standard):
    scale = find(standard)
    words = [scale.title, *(level.name for level in scale.levels), *(level.short for level in scale.levels)]
    words += [group.title for group in scale.groups] + [each.title for each in scale.circumstances]
    for item in scale.items:
        words += [item.title, *(option.words for option in item.options)]
    for field in scale.information.values():
        words += [field.title, *(choice.words for choice in field.choices.values()), *field.columns.values()]
    for each in words:
        assert any("\u4e00" <= character <= "\u9fff" for character in each.zh), each
        assert each.en.isascii() or "–" in each.en, each
        assert each.in_language("zh-hans") == each.zh
        assert each.in_language("en") == each.en


def test_the_information_has_the_fields_of_annex_a():
    fields = find("gbt-42195-2022").information
    sections = [code.rsplit(".", 1)[0] for code in fields]
    assert {section: sections.count(section) for section in sections} == {
        "A.1": 3,
        "A.2": 13,
        "A.2.14": 5,
        "A.3": 4,
        "A.4": 2,
        "A.5": 12,
    }
    assert [choice.count for choice in fields["A.2.14.1"].choices.values()] == [0, 1, 2, 3]
    assert fields["A.4.1"].choices["dementia"].icd10 == "F00-F03"
    assert fields["A.5.3"].choices["none"].alone
    assert list(fields["A.4.2"].columns) == ["name", "route", "dose", "frequency"]


def test_the_version_changes_with_the_text(altered):
    shipped = find("gbt-42195-2022")
    assert len(shipped.version) == 12
    assert read(FOLDER / "gbt-42195-2022.yaml") == shipped
    assert altered("gbt-42195-2022", "zh: 进食", "zh: 吃饭").version != shipped.version


@pytest.mark.parametrize(
    ("standard", "code"),
    [
        (None, "input.missing"),
        (42195, "input.wrong_type"),
        ("gbt-42195", "assessment.unknown_standard"),
        ("gbt-42195-2022.information", "assessment.unknown_standard"),
        ("../scales/ltci-2021", "assessment.unknown_standard"),
    ],
)
def test_another_standard_is_refused(standard, code):
    with pytest.raises(Refusal) as refusal:
        find(standard)
    assert (refusal.value.code, refusal.value.field) == (code, "standard")


@pytest.mark.parametrize(
    ("standard", "old", "new", "complaint"),
    [
        ("gbt-42195-2022", "from: 66, to: 89", "from: 67, to: 89", "each total from 0 to 90 once"),
        ("gbt-42195-2022", "from: 66, to: 89", "from: 65, to: 89", "each total from 0 to 90 once"),
        ("gbt-42195-2022", "from: 66, to: 89", "from: 66", "each level has bounds"),
        ("gbt-42195-2022", "maximum: 32", "maximum: 31", "B.1: the items reach 32, not 31"),
        ("gbt-42195-2022", "maximum: 90", "maximum: 89", "the items reach 90, not 89"),
        ("gbt-42195-2022", "code: B.1.2", "code: B.1.1", "comes twice"),
        ("gbt-42195-2022", "score: 3, zh: 独自", "score: 2, zh: 独自", "B.2.4: every option has a score of its own"),
        ("gbt-42195-2022", "ladder: help", "ladder: halp", "there is no ladder 'halp'"),
        ("gbt-42195-2022", "method: total", "method: guess", "there is no method 'guess'"),
        ("gbt-42195-2022", "method: total", "method: total\nbonus: 1", "unknown key 'bonus'"),
        ("gbt-42195-2022", "final_level: 4", "final_level: 5", "there is no level 5"),
        ("gbt-42195-2022", "option: dementia", "option: forgetful", "no forgetful in A.4.1"),
        ("gbt-42195-2022", "field: A.2.14.3", "field: A.2.14.9", "there is no field A.2.14.9"),
        ("gbt-42195-2022", "field: A.2.14.3", "field: A.5.11", "A.5.11 is not counted"),
        ("gbt-42195-2022", "{level: 4, name", "{level: 5, name", "levels are numbered from 0"),
        ("gbt-42195-2022", "maximum: 32", "maximum: true", "maximum is missing or of the wrong type"),
        ("gbt-42195-2022", "levels:", "levels: [", "line"),
        ("ltci-2021", "[65, 95]", "[70, 95]", "adl: the grades leave a subtotal open"),
        ("ltci-2021", "  - [3, 3, 4, 5]\n", "", "4 rows of 4"),
        ("ltci-2021", "[3, 3, 4, 5]", "[3, 3, 4, 6]", "unknown level"),
        ("ltci-2021", "[[1, 0], [0, 1], [0, 2]]", "[[1, 0], [0, 1]]", "each pair has one grade"),
        ("ltci-2021", "[[1, 0], [0, 1], [0, 2]]", "[[1, 0], [0, 1], [0, 2], [3, 3]]", "each pair has one grade"),
        ("mzt-039-2013", "standard: mzt-039-2013", "standard: mzt-039", "the standard is called"),
    ],
)
def test_a_scale_with_a_hole_cannot_be_read(altered, standard, old, new, complaint):
    with pytest.raises(ScaleError) as error:
        altered(standard, old, new)
    assert complaint in str(error.value)
    assert f"{standard}.yaml" in str(error.value)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("type: date", "type: moment", "no type of field 'moment'"),
        ("code: A.1.2", "code: A.1.1", "the field comes twice"),
        ("code: regular,", "code: first,", "the option comes twice"),
        (
            "title: {zh: 性别, en: Sex}\n    type: one",
            "title: {zh: 性别, en: Sex}\n    type: text",
            "options belong to",
        ),
    ],
)
def test_information_with_a_mistake_cannot_be_read(tmp_path: Path, old, new, complaint):
    for name in ("gbt-42195-2022.yaml", "gbt-42195-2022.information.yaml"):
        (tmp_path / name).write_bytes((FOLDER / name).read_bytes())
    path = tmp_path / "gbt-42195-2022.information.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(ScaleError, match=complaint):
        read(tmp_path / "gbt-42195-2022.yaml")
