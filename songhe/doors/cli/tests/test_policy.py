"""The commands as operators call them: in a process of their own, without Django where rules are all they need."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from songhe.doors.cli import main

BILL = {
    "policy": "consumption-voucher",
    "place": "650000",
    "on": "2026-03-10",
    "category": "home",
    "fees_fen": [33333, 48001, 99999],
}


def call(*arguments: str, given: str = "") -> tuple[int, str]:
    came = CliRunner().invoke(main, list(arguments), input=given)
    return came.exit_code, came.stdout


def as_json(*arguments: str) -> Any:
    status, text = call(*arguments, "--json")
    assert status == 0, text
    return json.loads(text)


def test_quote_answers_line_by_line_and_ends_with_three_when_one_was_bad():
    lines = [json.dumps(BILL), "{", json.dumps(BILL | {"category": "day_care"})]
    done = subprocess.run(
        [sys.executable, "-m", "songhe", "quote"], input="\n".join(lines), capture_output=True, text=True, check=False
    )
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 3
    assert replies[0]["voucher_fen"] == 80000
    assert [reply["error"]["code"] for reply in replies[1:]] == ["input.not_json", "policy.value_not_set"]


def test_quote_and_explain_start_without_django():
    for command in ("quote", "explain", "policy"):
        program = (
            f"import importlib, sys; importlib.import_module('songhe.doors.cli.{command}'); "
            "sys.exit(any(name.split('.')[0] in {'django', 'duckdb', 'pyarrow'} for name in sys.modules))"
        )
        assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_explain_speaks_english_when_asked():
    asked = {"policy": "consumption-voucher", "place": "650000", "on": "2026-03-01", "facts": {"age": 72}}
    status, text = call("explain", "--language", "en", given=json.dumps(asked) + "\n")
    assert status == 0
    assert json.loads(text)["conditions"][0]["sentence"] == "is 60 or older"


def test_list_shows_the_editions_of_a_day():
    packs = {row["pack"] for row in as_json("policy", "list", "--on", "2025-10-01")}
    assert "000000/consumption-voucher/pilot-2025" in packs
    assert "000000/consumption-voucher/national-2026" not in packs


def test_check_finds_nothing_in_the_shipped_packs():
    found = as_json("policy", "check")
    assert found["problems"] == []
    assert found["cases"] >= 80


def test_check_names_file_and_line_and_ends_with_one(tmp_path: Path):
    folder = tmp_path / "000000" / "consumption-voucher" / "x"
    folder.mkdir(parents=True)
    (tmp_path / "sources.yaml").write_text("{}\n")
    (folder / "pack.yaml").write_text("title: {zh: 甲, en: A}\nauthority: 甲\nwindow: {first: soon, last: null}\n")
    status, text = call("policy", "check", "--policies", str(tmp_path))
    assert status == 1
    assert "000000/consumption-voucher/x/pack.yaml:3: policy.bad_file" in text


def test_show_prints_the_resolved_rules_with_their_sources():
    status, text = call("policy", "show", "consumption-voucher", "--place", "653127", "--on", "2026-03-01")
    assert status == 0
    assert "年满60周岁" in text
    assert "← 650000/consumption-voucher/2026" in text
    found = as_json("policy", "show", "000000/consumption-voucher/pilot-2025")
    assert found["values"]["ratio_home"][0]["value"] == "2/5"
    assert found["values"]["ratio_home"][0]["source"] == "mca-2025-37"


def test_show_of_what_is_not_there_ends_with_one():
    assert call("policy", "show", "nothing")[0] == 1
    assert call("policy", "show", "consumption-voucher", "--on", "2027-01-01")[0] == 1
    assert call("policy", "show", "consumption-voucher", "--on", "2026-02-30")[0] == 2


def test_facts_lists_the_vocabulary_with_type_and_meaning():
    found = as_json("policy", "facts")
    facts = {fact["name"]: fact for fact in found["facts"]}
    assert (facts["age"]["type"], facts["resident"]["type"]) == ("integer", "boolean")
    assert all(fact["zh"] and fact["en"] for fact in found["facts"])
    assert all(value["not_set_zh"] and value["not_set_en"] for value in found["values"])
    assert "publication_days" in call("policy", "facts", "--language", "en")[1]


@pytest.mark.parametrize("engine", ["python", "sqlite", "duckdb"])
def test_evaluate_judges_a_file(tmp_path: Path, engine: str):
    (tmp_path / "people.csv").write_text("key,age\na,50\nb,\n")
    arguments = ["policy", "evaluate", "--policy", "consumption-voucher", "--place", "440106", "--on", "2026-03-01"]
    arguments += ["--facts", str(tmp_path / "people.csv"), "--engine", engine, "--out", str(tmp_path / "out.csv")]
    found = as_json(*arguments)
    assert (found["people"], found["not_entitled"], found["unknown"]) == (2, 1, 1)
    assert (tmp_path / "out.csv").read_text().startswith('"key","outcome","condition_age"')


def test_evaluate_prints_spark_sql():
    arguments = ["policy", "evaluate", "--policy", "consumption-voucher", "--place", "440106", "--on", "2026-03-01"]
    status, text = call(*arguments, "--engine", "spark", "--print-sql")
    assert status == 0
    assert "`condition_age`" in text
    assert call(*arguments)[0] == 2


def test_simulate_compares_two_sets_of_rules(tmp_path: Path):
    (tmp_path / "people.csv").write_text("key,age\na,50\n")
    arguments = ["policy", "simulate", "--policy", "consumption-voucher", "--place", "440106", "--on", "2026-03-01"]
    (tmp_path / "changed").mkdir()
    arguments += ["--facts", str(tmp_path / "people.csv"), "--changed", str(tmp_path / "changed")]
    assert as_json(*arguments)["unchanged"] == 1


@pytest.mark.django_db
def test_load_records_the_packs():
    assert len(as_json("policy", "load", "--approver", "fang")["recorded"]) >= 20
    assert as_json("policy", "load", "--approver", "fang")["recorded"] == []
