"""Python, SQLite and DuckDB give the same row for every person, and so does the database in use."""

import shutil
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songhe.kernel.refusal import Refusal
from songhe.policy.facts import FACTS
from songhe.policy.overlay import laid_over_folder
from songhe.policy.population import checked, judge, read, spark_sql, write
from songhe.policy.resolve import Library, Policy, library, shipped
from songhe.policy.simulate import simulate
from songhe.policy.sql import DIALECTS, query
from songhe.policy.values import CATEGORIES

MARCH = date(2026, 3, 1)
PLACES = ["440106", "330602", "653127", "310101"]


def rules(place: str = "440106", programme: str = "consumption-voucher", on: date = MARCH) -> Policy:
    return library().resolve(policy=programme, place=place, on=on)


def fact(name: str) -> st.SearchStrategy[Any]:
    known = FACTS[name]
    if known.type == "truth":
        return st.one_of(st.none(), st.booleans(), st.just(name in {"resident", "entitled_to_consumption_voucher"}))
    likely = st.sampled_from([59, 60, 61, 1, 2, 3, 4]).filter(lambda value: known.least <= value <= known.most)
    return st.one_of(st.none(), st.integers(known.least, known.most), likely)


PERSON = st.fixed_dictionaries(
    {name: fact(name) for name in FACTS}
    | {
        "category": st.one_of(st.none(), st.sampled_from(list(CATEGORIES))),
        "base_fen": st.one_of(st.none(), st.integers(0, 10**12), st.integers(0, 200_000)),
    }
)
PEOPLE = st.lists(PERSON, min_size=1, max_size=25)
TYPES = {name: pa.bool_() if known.type == "truth" else pa.int64() for name, known in FACTS.items()}
TYPES |= {"category": pa.string(), "base_fen": pa.int64()}


def table(people: list[dict[str, Any]]) -> pa.Table:
    columns = {"key": pa.array([f"p{number}" for number in range(len(people))])}
    for name, kind in TYPES.items():
        if any(name in person for person in people):
            columns[name] = pa.array([person.get(name) for person in people], kind)
    return pa.table(columns)


@pytest.mark.slow
@pytest.mark.parametrize("programme", ["consumption-voucher", "assessment-voucher"])
@pytest.mark.parametrize("place", PLACES)
@settings(max_examples=8, deadline=None)
@given(people=PEOPLE)
def test_the_engines_agree_on_every_input(programme: str, place: str, people: list[dict[str, Any]]):
    population, policy = checked(table(people)), rules(place, programme)
    by_python = judge(people=population, policy=policy, on=MARCH, engine="python").to_pylist()
    for engine in ("sqlite", "duckdb"):
        assert judge(people=population, policy=policy, on=MARCH, engine=engine).to_pylist() == by_python


@pytest.mark.slow
@pytest.mark.django_db
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE)
def test_the_database_agrees_with_python(people: list[dict[str, Any]]):
    policy = rules("330602")
    dialect = "postgres" if connection.vendor == "postgresql" else "sqlite"
    given_rows = table(people).to_pylist()
    source = " UNION ALL ".join(
        "SELECT " + ", ".join(f'{literal(name, value)} AS "{name}"' for name, value in row.items())
        for row in given_rows
    )
    with connection.cursor() as cursor:
        text = query(policy=policy, on=MARCH, source=source, dialect=dialect, demand=True)
        cursor.execute(text.replace("%", "%%"), [])
        names = [column[0] for column in cursor.description]
        came = {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}
    for wanted in judge(people=checked(table(people)), policy=policy, on=MARCH, engine="python").to_pylist():
        assert came[wanted["key"]] == wanted


def literal(name: str, value: Any) -> str:
    kind = {"bool": "BOOLEAN", "int64": "BIGINT"}.get(str(TYPES.get(name, pa.string())), "TEXT")
    if value is None:
        return f"CAST(NULL AS {'INTEGER' if connection.vendor == 'sqlite' else kind})"
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return f"CAST('{value}' AS {kind})"


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("place", PLACES)
def test_the_sql_of_every_dialect_parses_as_that_dialect(place: str, dialect: str):
    text = query(policy=rules(place), on=MARCH, source="people", dialect=dialect, demand=True)
    parsed = sqlglot.parse_one(text, dialect=dialect)
    assert [column.alias_or_name for column in parsed.selects][:2] == ["key", "outcome"]
    assert parsed.sql(dialect=dialect, identify=True) == text


def test_spark_sql_is_written_out_and_not_run_here():
    assert spark_sql(policy=rules(), on=MARCH).startswith("WITH `tested` AS")
    with pytest.raises(Refusal) as caught:
        judge(people=checked(table([{"age": 60}])), policy=rules(), on=MARCH, engine="spark")
    assert caught.value.code == "policy.no_spark"


def entitled(**changed: Any) -> dict[str, Any]:
    facts = {name: False for name, known in FACTS.items() if known.type == "truth"}
    return facts | {"age": 70, "resident": True, "disability_level": 3} | changed


@pytest.mark.parametrize("engine", ["python", "sqlite", "duckdb"])
def test_every_engine_gives_one_row_a_person_in_the_order_of_the_file(engine: str):
    people = [entitled(), entitled(age=50), entitled(resident=None), entitled(age=None, in_tekun_support=True)]
    judged = judge(people=checked(table(people)), policy=rules(), on=MARCH, engine=engine)
    assert judged.column("key").to_pylist() == ["p0", "p1", "p2", "p3"]
    assert judged.column("outcome").to_pylist() == ["entitled", "not_entitled", "unknown", "not_entitled"]
    assert judged.column("condition_resident").to_pylist() == [True, True, None, True]
    assert judged.column("cap_fen_home").to_pylist() == [80000, None, None, None]
    assert "cap_fen_day_care" not in judged.column_names


@pytest.mark.parametrize("engine", ["python", "sqlite", "duckdb"])
def test_with_group_and_bill_the_amount_is_what_the_voucher_would_pay(engine: str):
    people = [
        entitled(category="home", base_fen=33333),
        entitled(category="institution_long", base_fen=510000),
        entitled(category="day_care", base_fen=1000),
        entitled(category=None, base_fen=1000),
        entitled(category="home", base_fen=1000, age=None),
        entitled(category="home", base_fen=1000, age=10),
    ]
    judged = judge(people=checked(table(people)), policy=rules(), on=MARCH, engine=engine)
    assert judged.column("amount_fen").to_pylist() == [16667, 80000, 0, None, None, 0]


def test_a_fact_that_the_file_does_not_have_is_unknown_for_everybody():
    for engine in ("python", "sqlite", "duckdb"):
        judged = judge(people=checked(table([{"age": 70}])), policy=rules(), on=MARCH, engine=engine)
        assert judged.column("outcome").to_pylist() == ["unknown"]
        assert judged.column("condition_age").to_pylist() == [True]


@pytest.mark.parametrize("suffix", [".csv", ".parquet"])
def test_both_kinds_of_file_are_read_and_written(tmp_path: Path, suffix: str):
    people = table([entitled(), entitled(age=None)])
    write(people, tmp_path / f"people{suffix}")
    judged = judge(people=read(tmp_path / f"people{suffix}"), policy=rules(), on=MARCH, engine="duckdb")
    write(judged, tmp_path / f"result{suffix}")
    assert judged.column("outcome").to_pylist() == ["entitled", "unknown"]
    assert (tmp_path / f"result{suffix}").stat().st_size > 0


def test_narrower_numbers_of_a_parquet_file_are_the_same_facts(tmp_path: Path):
    narrow = pa.table({"key": pa.array([1, 2]), "age": pa.array([70, None], pa.int16()), "resident": pa.nulls(2)})
    pq.write_table(narrow, tmp_path / "people.parquet")
    assert read(tmp_path / "people.parquet").table.column("age").to_pylist() == [70, None]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("age\n70\n", "input.missing"),
        ("key,age\n1,70\n1,71\n", "policy.repeated_key"),
        ("key,height\n1,170\n", "fact.unknown"),
        ("key,age\n1,seventy\n", "policy.facts_not_readable"),
        ("key,age\n1,70.5\n", "policy.facts_not_readable"),
        ("key,age\n1,200\n", "fact.type"),
        ("key,disability_level\n1,5\n", "fact.type"),
        ("key,resident\n1,perhaps\n", "policy.facts_not_readable"),
        ("key,category\n1,garden\n", "policy.unknown_category"),
        ("key,base_fen\n1,-1\n", "fact.type"),
        ("", "policy.facts_not_readable"),
    ],
)
def test_a_file_that_is_no_table_of_facts_is_refused(tmp_path: Path, text: str, code: str):
    (tmp_path / "people.csv").write_text(text)
    with pytest.raises(Refusal) as caught:
        read(tmp_path / "people.csv")
    assert caught.value.code == code


def test_a_column_of_a_wrong_kind_is_refused(tmp_path: Path):
    for wrong in (pa.array([70.0]), pa.array(["70"]), pa.array([True])):
        pq.write_table(pa.table({"key": pa.array(["a"]), "age": wrong}), tmp_path / "people.parquet")
        with pytest.raises(Refusal) as caught:
            read(tmp_path / "people.parquet")
        assert caught.value.code == "fact.type"


def test_a_changed_pack_says_cost_winners_and_losers(tmp_path: Path):
    changed = tmp_path / "changed"
    nation = "000000/consumption-voucher/national-2026"
    shutil.copytree(shipped() / nation, changed / nation)
    values = changed / nation / "values.yaml"
    text = values.read_text().replace("value: 1/2", "value: 3/5").replace("value: 2/5", "value: 3/10")
    values.write_text(text.replace("age_least:\n  2026-01-01: {value: 60", "age_least:\n  2026-01-01: {value: 65"))
    people = [
        entitled(category="home", base_fen=100_000),
        entitled(category="institution_long", base_fen=100_000),
        entitled(category="home", base_fen=100_000, age=62),
        entitled(category="home", base_fen=10**6),
    ]
    with laid_over_folder(changed) as packs:
        after = packs.resolve(policy="consumption-voucher", place="440106", on=MARCH)
    found = simulate(people=checked(table(people)), before=rules(), after=after, on=MARCH).as_dict()
    assert (found["people"], found["winners"], found["losers"], found["unchanged"]) == (4, 1, 2, 1)
    assert (found["gained_fen"], found["lost_fen"]) == (10_000, 10_000 + 50_000)
    assert found["difference_fen"] == found["after"]["cost_fen"] - found["before"]["cost_fen"] == -50_000
    assert found["no_longer_entitled"] == 1


def test_without_bills_the_cost_is_a_ceiling():
    people = checked(table([entitled(), entitled(age=1)]))
    found = simulate(people=people, before=rules(), after=rules(), on=MARCH)
    assert (found.cost_is, found.before.cost_fen, found.unchanged) == ("ceiling", 80000, 2)


def test_the_copy_for_a_what_if_leaves_the_folder_alone(tmp_path: Path):
    before = Library(shipped()).policy("000000/consumption-voucher/national-2026").version
    with laid_over_folder(tmp_path) as packs:
        assert packs.policy("000000/consumption-voucher/national-2026").version == before
    assert Fraction(1, 2) == rules().value("ratio_home", MARCH)
