"""Every way of spoiling a pack, and the problem that says so with file and line."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from songhe.kernel.refusal import Refusal
from songhe.policy.problem import KINDS, Problem
from songhe.policy.quote import answer
from songhe.policy.resolve import Library, shipped

N26 = "000000/consumption-voucher/national-2026"
P25 = "000000/consumption-voucher/pilot-2025"
SH = "310000/consumption-voucher/2026"
XJ = "650000/consumption-voucher/2026"
MARKIT = "653127/consumption-voucher/2026"


@pytest.fixture
def packs(tmp_path: Path) -> Path:
    copy = tmp_path / "policies"
    shutil.copytree(shipped(), copy)
    return copy


def change(root: Path, file: str, old: str, new: str) -> None:
    path = root / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{old!r} does not stand in {file}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(root: Path, file: str, text: str) -> int:
    lines = (root / file).read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if text.removeprefix("last ") in line]
    return found[-1 if text.startswith("last ") else 0]


def the_problem(root: Path) -> Problem:
    problems = Library(root).problems
    assert problems, "no problem was found"
    assert problems[0].zh
    assert problems[0].en
    return problems[0]


def test_the_shipped_packs_have_no_problem():
    assert Library(shipped()).problems == ()


SPOILT: list[tuple[str, str, str, str, str, str]] = [
    # file, old text, new text, code, text of the line that is named, a word of the advice
    (f"{N26}/values.yaml", "value: 2/5", "value: 0.4", "policy.bad_file", "value: 0.4", "fraction"),
    (f"{N26}/values.yaml", "value: 2/5", "value: 40%", "policy.bad_file", "value: 40%", "fraction"),
    (f"{N26}/values.yaml", "value: 80000", "value: 800.00", "policy.bad_file", "800.00", "fen"),
    (f"{N26}/values.yaml", "value: 80000", "value: -1", "policy.bad_file", "value: -1", "whole number"),
    (f"{N26}/values.yaml", "value: auto", "value: sometimes", "policy.bad_file", "sometimes", "auto, claim"),
    (f"{N26}/values.yaml", "age_least:", "age_leest:", "policy.unknown_name", "age_leest:", "age_least"),
    (f"{N26}/values.yaml", 'source: "001"', "source: nowhere", "policy.unknown_name", "nowhere", "no nowhere"),
    (f"{N26}/values.yaml", ", article: 问2", "", "policy.bad_file", "value: 60", "article"),
    (f"{N26}/values.yaml", "value: 60,", "value: 60, until: 2026-06-30,", "policy.gap", "until", "2026-07-01"),
    (
        f"{N26}/values.yaml",
        "  2026-01-01: {value: 60",
        "  2026-02-01: {value: 60",
        "policy.gap",
        "2026-02-01",
        "add one",
    ),
    (
        f"{N26}/values.yaml",
        "  2026-01-01: {value: 60,",
        "  2026-06-01: {value: 61, article: x, source: default}\n  2026-01-01: {value: 60, until: 2026-06-01,",
        "policy.overlap",
        "until: 2026-06-01",
        "change until",
    ),
    (
        f"{N26}/values.yaml",
        "2026-01-01: {value: 60",
        "2026-02-30: {value: 60",
        "policy.bad_file",
        "02-30",
        "2026-01-01",
    ),
    (
        f"{N26}/values.yaml",
        "{value: 60",
        "{value: null",
        "policy.value_not_set",
        "{value: null, article: 问2",
        "cannot be null",
    ),
    (f"{N26}/values.yaml", "level_least:", "age_least:", "policy.bad_file", "last age_least:", "twice"),
    (f"{N26}/conditions.yaml", "fact: age", "fact: agee", "policy.unknown_name", "agee", "Did you mean age"),
    (f"{N26}/conditions.yaml", "at_least", "more_than", "policy.unknown_name", "more_than", "vocabulary"),
    (f"{N26}/conditions.yaml", "at_least", "is_true", "policy.bad_file", "is_true", "another operator"),
    (f"{N26}/conditions.yaml", "  value: age_least\n", "", "policy.bad_file", "at_least", "name it"),
    (f"{N26}/conditions.yaml", "value: age_least", "value: switch_rule", "policy.bad_file", "switch_rule", "whole"),
    (f"{N26}/conditions.yaml", "id: resident", "id: age", "policy.bad_file", "last id: age", "twice"),
    (f"{N26}/conditions.yaml", "  zh: 年满", "  cn: 年满", "policy.bad_file", "id: age", "lacks zh"),
    (f"{N26}/benefit.yaml", "half_up", "down", "policy.bad_file", "rounding", "half_up"),
    (f"{N26}/benefit.yaml", "ratio: ratio_home", "ratio: cap_home", "policy.unknown_name", "cap_home, cap", "cap_home"),
    (f"{N26}/benefit.yaml", "id: home", "id: garden", "policy.unknown_name", "garden", "garden"),
    (f"{N26}/benefit.yaml", ", cap: cap_home", "", "policy.bad_file", "id: home", "lacks cap"),
    (f"{N26}/pack.yaml", "last: 2026-12-31", "last: 2025-12-31", "policy.bad_file", "window", "before it begins"),
    (f"{N26}/pack.yaml", "authority", "autority", "policy.bad_file", "autority", "has no autority"),
    (f"{N26}/pack.yaml", "least: 3/10", "least: 4/5", "policy.bounds", "4/5", "above the upper"),
    (f"{N26}/pack.yaml", "title: {", "title: [", "policy.bad_file", "title", "YAML"),
    (f"{N26}/cases.yaml", "- name", "- nam", "policy.bad_file", "- nam", "has no nam;"),
    (f"{P25}/pack.yaml", "first_month: 2025-08", "first_month: 2025-13", "policy.bad_file", "2025-13", "2025-08"),
    (f"{P25}/pack.yaml", 'place: "330000"', 'place: "33"', "policy.bad_file", '"33"', "six-digit"),
    (f"{P25}/pack.yaml", 'place: "330000"', 'place: "370000"', "policy.overlap", "2025-08", "twice"),
    (f"{P25}/pack.yaml", "2025-12-31", "2026-01-01", "policy.overlap", "window", "change window"),
    (f"{SH}/values.yaml", "2/5", "7/10", "policy.bounds", "7/10", "3/10 to 3/5"),
    (f"{SH}/values.yaml", "2/5", "1/5", "policy.bounds", "1/5", "3/10 to 3/5"),
    (f"{SH}/pack.yaml", "extends: 000000", "extends: 100000", "policy.bad_file", "extends", "no pack"),
    (f"{SH}/pack.yaml", f"extends: {N26}\n", "", "policy.outside_upper", "title", "write extends"),
    (f"{SH}/pack.yaml", "2026-12-31", "2027-12-31", "policy.outside_upper", "window", "shorten"),
    (f"{SH}/pack.yaml", "national-2026", "pilot-2025", "policy.outside_upper", "window", "goes beyond"),
    (f"{SH}/pack.yaml", N26, XJ, "policy.outside_upper", "extends", "not of a place above"),
    (f"{MARKIT}/pack.yaml", XJ, N26, "policy.outside_upper", "extends", "lies between"),
    (f"{MARKIT}/pack.yaml", XJ, MARKIT, "policy.cycle", "extends", "ring"),
    (f"{XJ}/conditions.yaml", "is_false", "is_true", "policy.bounds", "id: not_in", "word it anew"),
    ("sources.yaml", "  confidence: H", "  confidence: X", "policy.bad_file", "confidence: X", "H, M, L or D"),
]


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "line", "advice"), SPOILT, ids=[f"{e[3]}-{n}" for n, e in enumerate(SPOILT)]
)
def test_a_spoilt_pack_is_named_with_file_line_and_advice(
    packs: Path, file: str, old: str, new: str, code: str, line: str, advice: str
):
    named = {"change window": f"{N26}/pack.yaml", "cannot be null": f"{N26}/values.yaml"}.get(advice, file)
    change(packs, file, old, new)
    found = [(each.code, each.file, each.line) for each in Library(packs).problems if advice in each.en]
    assert found == [(code, named, line_of(packs, named, line))]
    assert code in KINDS


def test_all_problems_are_listed_at_once(packs: Path):
    change(packs, f"{N26}/values.yaml", "value: 60", "value: sixty")
    change(packs, f"{SH}/values.yaml", "2/5", "0.4")
    assert {problem.file for problem in Library(packs).problems} >= {f"{N26}/values.yaml", f"{SH}/values.yaml"}


def test_two_packs_that_extend_each_other_are_a_ring(packs: Path):
    change(packs, f"{XJ}/pack.yaml", f"extends: {N26}", f"extends: {MARKIT}")
    assert {problem.code for problem in Library(packs).problems if problem.file.startswith("65")} == {"policy.cycle"}


def test_what_the_nation_does_not_allow_cannot_be_changed_below(packs: Path):
    path = packs / SH / "values.yaml"
    path.write_text(path.read_text() + "age_least:\n  2026-01-01: {value: 55, article: x, source: default}\n")
    problem = the_problem(packs)
    assert (problem.code, problem.line) == ("policy.bounds", 4)
    assert "does not allow age_least" in problem.en


def test_a_county_may_not_change_what_its_province_keeps(packs: Path):
    path = packs / MARKIT / "values.yaml"
    path.write_text("late_days:\n  2026-01-01: {value: 3, article: x, source: default}\n")
    assert XJ in the_problem(packs).en


def test_a_place_without_leave_adds_no_condition(packs: Path):
    change(packs, f"{XJ}/pack.yaml", "  conditions: add\n", "  values: {}\n")
    assert the_problem(packs).code == "policy.bounds"


def test_a_lower_pack_does_not_reshape_the_benefit(packs: Path):
    shutil.copy(packs / N26 / "benefit.yaml", packs / SH / "benefit.yaml")
    assert the_problem(packs).code == "policy.bounds"


@pytest.mark.parametrize(
    "spoil", [Path.unlink, lambda path: path.write_text(""), lambda path: path.write_bytes(b"\xff")]
)
def test_a_file_that_is_missing_empty_or_no_utf8_is_named(packs: Path, spoil: Callable[[Path], object]):
    spoil(packs / SH / "pack.yaml")
    assert (the_problem(packs).code, the_problem(packs).file) == ("policy.bad_file", f"{SH}/pack.yaml")


def test_a_pack_without_cases_is_a_problem(packs: Path):
    (packs / SH / "cases.yaml").write_text("[]\n")
    assert "at least one case" in the_problem(packs).en


def test_a_stray_file_is_named(packs: Path):
    (packs / SH / "value.yaml").write_text("{}")
    assert the_problem(packs).file == f"{SH}/value.yaml"


def test_an_alias_that_holds_itself_ends(packs: Path):
    (packs / SH / "cases.yaml").write_text("- name: x\n  quote: &a {b: *a}\n  expect: {}\n")
    assert the_problem(packs).code == "policy.bad_file"


def test_a_folder_with_a_wrong_name_is_named(packs: Path):
    shutil.copytree(packs / SH, packs / "31" / "consumption-voucher" / "2026")
    assert the_problem(packs).file == "31/consumption-voucher/2026/pack.yaml"


def test_a_problem_stops_the_places_under_the_pack_and_no_others(packs: Path):
    change(packs, f"{SH}/values.yaml", "2/5", "0.4")
    library = Library(packs)
    asked = {"policy": "consumption-voucher", "on": "2026-03-01", "category": "home", "fees_fen": [100]}
    assert answer(asked | {"place": "440106"}, packs=library)["voucher_fen"] == 50
    with pytest.raises(Refusal) as caught:
        answer(asked | {"place": "310101"}, packs=library)
    assert caught.value.code == "policy.packs_have_problems"
    assert f"{SH}/values.yaml" in caught.value.message("zh")


def test_an_empty_folder_is_a_problem(tmp_path: Path):
    (tmp_path / "sources.yaml").write_text("{}\n")
    assert the_problem(tmp_path).code == "policy.bad_file"


def test_a_value_past_its_end_is_an_error_and_never_the_last_known_value():
    policy = Library(shipped()).policy(N26)
    for day in (date(2025, 12, 31), date(2027, 1, 1)):
        with pytest.raises(Refusal) as caught:
            policy.value("ratio_home", day)
        assert caught.value.code == "policy.value_ended"


def test_an_abolished_value_is_null_and_a_name_that_nobody_states_is_not_set(packs: Path):
    change(
        packs,
        f"{N26}/values.yaml",
        "  2026-01-01: {value: 1/2,",
        "  2026-07-01: {value: null, article: 废止, source: default}\n  2026-01-01: {value: 1/2,",
    )
    library = Library(packs)
    assert library.problems == ()
    policy = library.policy(N26)
    assert policy.value("ratio_home", date(2026, 6, 30)) is not None
    assert policy.value("ratio_home", date(2026, 7, 1)) is None
    assert policy.value("ltci_visit_price", date(2026, 7, 1)) is None


def test_the_version_changes_with_any_value_and_not_with_cases_or_comments(packs: Path):
    before = Library(packs).policy(SH).version
    change(packs, f"{SH}/cases.yaml", "- name: ", "# more\n- name: 又")
    assert Library(packs).policy(SH).version == before
    change(packs, f"{N26}/values.yaml", "value: 1/2", "value: 11/20")
    assert Library(packs).policy(SH).version != before


def test_an_extension_by_a_new_notice_goes_on_without_a_new_application(packs: Path):
    later = packs / "000000/consumption-voucher/national-2027"
    shutil.copytree(packs / N26, later)
    for file in later.iterdir():
        file.write_text(file.read_text().replace("2026-", "2027-").replace("2027-12-31", "2027-12-31"))
    change(later, "pack.yaml", "authority", f"continues: {N26}\nauthority")
    change(later, "values.yaml", "2027-rates", "2026-rates")
    text = (later / "values.yaml").read_text().replace("2027-rates", "2026-rates")
    (later / "values.yaml").write_text(text)
    (later / "cases.yaml").write_text(
        "- name: 延续\n  quote: {policy: consumption-voucher, place: '440106', on: 2027-01-01, category: home, "
        "fees_fen: [100]}\n  expect: {voucher_fen: 50}\n"
    )
    library = Library(packs)
    assert library.problems == ()
    asked = {"policy": "consumption-voucher", "before": date(2026, 12, 31), "after": date(2027, 1, 1)}
    assert library.continues(place="440106", **asked)
    change(later, "pack.yaml", f"continues: {N26}\n", "")
    assert not Library(packs).continues(place="440106", **asked)
