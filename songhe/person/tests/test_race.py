"""The same human told at two counters, one proxy for many, one code on many terminals: at the same instant."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, connections

from songhe.kernel.id_number import parse
from songhe.kernel.refusal import Refusal
from songhe.person.code import read, show
from songhe.person.event import report
from songhe.person.identity import identify
from songhe.person.importing import load
from songhe.person.mandate import give
from songhe.person.medium import issue
from songhe.person.models import Identity, Mandate, Person, Provenance
from songhe.person.tests.conftest import AT, COUNTY, ON, VILLAGE, id_number, registered
from songhe.place.division import load_sample_county

pytestmark = [pytest.mark.race, pytest.mark.usefixtures("own_database")]


def together(*calls):
    """Run the calls from one starting line; their answers or the codes of their refusals, in order."""
    line, answers = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            connection.ensure_connection()
            line.wait()
            answers[place] = call()
        except Refusal as refusal:
            answers[place] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=each) for each in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_one_number_is_one_identity():
    assert len(set(together(*[lambda: identify(parse(id_number()))] * 8))) == 1
    assert Identity.objects.count() == 1


def test_one_human_gets_one_file():
    load_sample_county()
    answers = together(*[registered] * 8)
    assert answers.count("person.already_registered") == 7
    assert Person.rows.count() == Identity.objects.count() == 1
    assert Provenance.objects.filter(field="name").count() == 1


def test_two_tables_with_the_same_people_make_each_once():
    load_sample_county()
    table = [{"name": "王秀英", "id_number": id_number(sequence=each), "place": VILLAGE} for each in range(2, 42, 2)]

    def loading(rows):
        told = {"source": "名册", "document": "1", "accept_warnings": True, "chunk": 5}
        try:
            return load(county=COUNTY, table=rows, on=ON, at=AT, by="clerk", **told).counts["new"]
        except Refusal as refusal:
            return refusal.code

    together(lambda: loading(table), lambda: loading(table[::-1]))
    load(county=COUNTY, table=table, on=ON, at=AT, by="clerk", source="名册", document="2", accept_warnings=True)
    assert Person.rows.count() == Identity.objects.count() == 20


def test_a_proxy_does_not_pass_the_limit():
    load_sample_county()
    elders = [registered(id_number=id_number(sequence=each)).person for each in range(2, 14, 2)]
    proxy = parse(id_number(date(1970, 1, 1), 22))

    def given(elder):
        return give(
            person=elder,
            proxy=proxy,
            proxy_name="王芳",
            relation="child",
            acts=["choose"],
            evidence="户口簿",
            valid_from=ON,
            most_elders=4,
            at=AT,
            by="clerk",
        )

    answers = together(*[lambda elder=elder: given(elder) for elder in elders])
    assert answers.count("person.proxy_limit") == 2
    assert Mandate.objects.count() == 4


def test_a_code_counts_once_on_many_terminals():
    load_sample_county()
    medium = issue(person=registered().person, kind="phone", on=ON, at=AT, by="clerk")
    shown = show(medium=medium, at=AT)
    scanned = [lambda: read(county=COUNTY, given=shown.payload, at=AT).id] * 4
    heard = [lambda: read(county=COUNTY, given=shown.number, at=AT).id] * 4
    answers = together(*scanned, *heard)
    assert answers.count("person.code_used") == 7
    assert answers.count(medium.id) == 1


def test_one_death_is_reported_once():
    load_sample_county()
    elder = registered().person
    told = {"person": elder, "kind": "death", "happened_on": ON, "source": "村委会", "on": ON, "at": AT}
    answers = together(*[lambda who=who: report(by=f"neighbour{who}", **told).kind for who in range(4)])
    assert sorted(answers) == ["death"] + ["person.already_reported"] * 3
