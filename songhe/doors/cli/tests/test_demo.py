"""The sample in a database: loaded once, lived through twice to the same end, and the same on another database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from click.testing import CliRunner

from songhe.access.models import Account, Appointment
from songhe.assessment.models import Assessment
from songhe.doors.cli import main
from songhe.doors.shell.clock import declare_real, read_clock
from songhe.doors.shell.models import Practice
from songhe.entitlement.models import Application, Entitlement
from songhe.entitlement.states import OPEN
from songhe.entitlement.withdraw import withdraw
from songhe.feedback.models import Complaint, Rating
from songhe.jobs.models import Run
from songhe.kernel.month import BEIJING, beijing_date
from songhe.month.audit import findings
from songhe.month.sample.act import act
from songhe.month.sample.cast import CAST
from songhe.month.sample.files import files_of
from songhe.month.sample.load import loaded_plan
from songhe.month.sample.plan import Plan, workdays_before
from songhe.month.sample.waiting import DAYS, Under, leave, under_way
from songhe.month.steps import Stage
from songhe.person.models import Duplicate, Event, Mandate, Person
from songhe.provider.models import BankAccount, Listing, Provider, Worker
from songhe.redemption.models import Bill, Reversal
from songhe.service.models import Stay, Visit
from songhe.settlement.models import Payment
from songhe.trail.models import Entry

COUNTY = "370799"


def is_postgresql():
    return os.environ["SONGHE_DATABASE_URL"].startswith("postgres")


ELDERS = ("--elders", "300", "--seed", "3")


def songhe(*arguments):
    done = CliRunner().invoke(main, list(arguments), catch_exceptions=False)
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def demo(own_database):
    status, said, _ = songhe("demo", *ELDERS, "--json")
    assert status == 0
    return json.loads(said)


@pytest.mark.slow
def test_a_loaded_sample_is_whole_and_decided_on_and_not_loaded_twice(demo):
    _is_whole(demo)
    _rights_are_decided_by_two_people_and_the_excluded_are_refused(demo)
    status, _, said = songhe("demo", *ELDERS)
    assert status == 1
    assert "init.sample_there" in said


def _is_whole(demo):
    assert demo["bodies"] == Provider.objects.count() == 24
    assert demo["people"] == Person.rows.filter(county=COUNTY, synthetic=True).count() == Person.rows.count()
    assert {part.username for part in CAST} <= set(Account.objects.values_list("username", flat=True))
    assert not Account.objects.filter(practice=False).exists()
    assert str(Appointment.objects.get(role="auditor").valid_to) == "2026-12-31"
    for part in CAST:
        assert Appointment.objects.filter(account__username=part.username, role=part.role).exists(), part.username
    assert Worker.objects.filter(job="assessor").count() >= 15
    assert Listing.objects.count() == BankAccount.objects.exclude(approved_by="").count() == 24
    assert Stay.objects.filter(county=COUNTY).count() == demo["residents"]
    assert Mandate.objects.filter(county=COUNTY, account="daughter").count() == 2
    clock = read_clock()
    assert (clock.practice, str(clock.on)) == (True, "2026-03-02")
    assert loaded_plan() == Plan(3, 300)


def _rights_are_decided_by_two_people_and_the_excluded_are_refused(demo):
    applications = Application.rows.filter(county=COUNTY)
    assert applications.count() == demo["decided"]
    assert not applications.exclude(state__in=["approved", "refused"]).exists()
    assert set(applications.values_list("reviewed_by", "decided_by").distinct()) == {("clerk", "approver")}
    assert not Entitlement.objects.filter(county=COUNTY).exclude(first_month="2026-03").exists()
    refused = {row.person.name for row in applications.filter(state="refused").select_related("person")}
    assert {"周长贵", "吕晓敏", "施建军", "谢兴旺", "邹彩霞"} <= refused


@pytest.mark.slow
def test_a_real_database_and_one_with_accounts_are_refused(own_database):
    status, _, said = songhe("init", "--username", "root")
    assert status == 1
    assert "init.password_missing" in said
    declare_real()
    status, _, said = songhe("demo", *ELDERS)
    assert status == 1
    assert "init.real_database" in said
    Practice.objects.update(day="2026-03-02")
    for command in (("demo", *ELDERS), ("init",)):
        status, _, said = songhe(*command)
        assert status == 1
        assert ("init.sample_cut_off" if command[0] == "demo" else "init.practice_database") in said
    assert not Person.rows.exists()


@pytest.mark.slow
def test_a_real_database_begins_with_an_administrator_and_no_people(own_database, monkeypatch, tmp_path):
    monkeypatch.setenv("SONGHE_ADMIN_PASSWORD", "松鹤-a long enough one")
    own = tmp_path / "calendar-2031.yaml"
    own.write_text("year: 2031\nsource: x\nholidays: [{name: 元旦, first: 2031-01-01, last: 2031-01-01}]\n", "utf-8")
    for appointed, more in (("root", []), (None, ["--calendar", str(own)])):
        status, said, wrong = songhe("init", "--username", "root", "--json", *more)
        assert status == 0, wrong
        answer = json.loads(said)
        assert (answer["database"], answer["administrator"]) == ("ready", appointed)
        assert {2025, 2026} <= set(answer["calendars"])
        assert (2031 in answer["calendars"]) is bool(more)
    status, said, told = songhe("init")
    assert (status, said) == (0, "")
    assert "The database is ready." in told
    assert list(Account.objects.values_list("username", "practice")) == [("root", False)]
    assert Appointment.objects.get().role == "system_admin"
    assert not Person.rows.exists()
    status, _, said = songhe("demo", *ELDERS)
    assert "init.real_database" in said


@pytest.mark.slow
def test_a_month_is_lived_once_and_every_case_ends_as_it_should(demo):
    status, said, _ = songhe("month", "2026-03", "--json")
    summary = json.loads(said)
    assert status == 0
    assert (summary["findings"], summary["books_balance"]) == (0, True)
    assert summary["redeemed"] > 30
    assert summary["settled_fen"] > 0
    _cases_ended()
    _the_desk_has_something_to_do()
    _families_were_heard()
    before = (Entry.objects.count(), Bill.objects.count(), Payment.objects.count())
    plan, clock = loaded_plan(), read_clock()
    for step in ("redeem", "judge", "gather", "settle", "close"):
        act(step, Stage(COUNTY, plan.month, clock.on, lambda: clock.at))
    after = (Entry.objects.count(), Bill.objects.count(), Payment.objects.count())
    # Issuing and the runs' own marks are looked at again; nothing is written about anybody.
    assert after == before


def _cases_ended():
    def person(name):
        return Person.rows.filter(county=COUNTY, name=name).order_by("opened_on", "id").first()

    for name in ("王秀英", "李国华", "赵玉珍"):
        assert str(person(name).died_on) == "2026-03-10"
        assert Entitlement.objects.get(county=COUNTY, person=person(name)).last_month == "2026-03"
        assert not Visit.objects.filter(county=COUNTY, person=person(name), service_on__gt="2026-03-10", verdict="pass")
    told = Visit.objects.filter(county=COUNTY, person=person("赵玉珍"), service_on__gt="2026-03-10")
    assert [visit.verdict_reasons for visit in told.order_by("id")] == [["after_death"]]
    assert str(person("陈桂兰").closed_on) == "2026-03-18"
    levels = list(
        Assessment.rows.filter(county=COUNTY, person=person("蒋素梅"))
        .order_by("requested_at", "id")
        .values_list("state", "final_level")
    )
    assert levels == [("replaced", 1), ("effective", 2)]
    assert Entitlement.objects.filter(county=COUNTY, person=person("蒋素梅"), state="active").exists()
    assert Stay.objects.filter(county=COUNTY, person=person("郑淑兰"), discharged_on=None).exists()
    assert set(Bill.objects.filter(county=COUNTY, person=person("郑淑兰")).values_list("category", flat=True)) == {
        "home"
    }
    assert Duplicate.objects.filter(county=COUNTY, outcome="").count() == 1
    assert Visit.objects.filter(county=COUNTY, confirmed_by="tied_proxy").exclude(verdict="pass").count() == 2
    assert {"institution_short"} == set(
        Bill.objects.filter(county=COUNTY, person=person("喻惠珍")).values_list("category", flat=True)
    )
    assert Event.objects.filter(county=COUNTY, kind="death", state="verified").count() >= 3
    assert Entry.objects.filter(act__in=["settlement.dispute", "redemption.rebook"]).count() >= 3
    reversed_of = set(Reversal.objects.filter(county=COUNTY).values_list("line__bill__person__name", flat=True))
    assert {"朱爱莲", "尤春花", "曹瑞芳"} <= reversed_of
    assert not Bill.objects.filter(county=COUNTY, state="provisional").exists()
    assert set(Payment.objects.values_list("state", flat=True)) == {"paid", "returned"}
    assert not Run.objects.exclude(state__in=["done", "partly"]).exists()


def _the_desk_has_something_to_do():
    """A small sample has one application in each state; what else a larger one has is tried with the same people."""
    open_ones = Application.rows.filter(county=COUNTY, state__in=OPEN)
    assert set(open_ones.values_list("state", flat=True)) == {
        "submitted",
        "clarifying",
        "assessing",
        "determined",
        "reviewed",
    }
    to_come = Assessment.rows.get(county=COUNTY, state="assigned").scheduled_at
    assert beijing_date(to_come) >= read_clock().on
    assert 8 <= to_come.astimezone(BEIJING).hour < 17
    plan, days = loaded_plan(), tuple(workdays_before(read_clock().on, DAYS))
    again = [each.elder for each in under_way(plan, read_clock().on) if each.elder.assessed_on]
    never = [elder for elder in plan.people() if elder.disabled and elder.applies == "never" and not elder.told]
    for person in files_of(again).values():
        withdraw(application=open_ones.get(person=person), because="改日再办", at=read_clock().at, by="clerk")
    far = [*zip(again, ("sent_back", "answered"), strict=False), *zip(never, ("requested", "assessed"), strict=False)]
    assert len(far) == 4
    leave(plan, [Under(elder, end, days) for elder, end in far])
    assert not list(findings())


def _families_were_heard():
    """Complaints in every state, one of them late; ratings by families of bills that stand."""
    complaints = Complaint.rows.filter(county=COUNTY)
    assert set(complaints.values_list("state", flat=True)) == set(Complaint.State.values)
    assert complaints.filter(state="received", due_on__lt=read_clock().on).count() == 1
    assert complaints.filter(confidential=True).count() == 1
    assert not [each.no for each in complaints if each.answered_by in each.against]
    rated = Rating.rows.filter(county=COUNTY)
    assert rated.count() >= 5
    assert not rated.exclude(bill__state__in=["booked", "provisional"]).exists()
    assert not rated.filter(by__in=[part.username for part in CAST if part.body]).exists()


@pytest.fixture
def elsewhere(another_database):
    """The address of another, empty database: on PostgreSQL where a server is known, so that the two kinds meet."""
    server = os.environ.get("SONGHE_TEST_POSTGRES", "")
    if is_postgresql() or not server:
        yield another_database().url
        return
    name = f"songhe_test_sample_{uuid.uuid4().hex[:10]}"
    given = urlsplit(server)
    with psycopg.connect(urlunsplit(given._replace(path="/postgres")), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        yield urlunsplit(given._replace(path=f"/{name}"))
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@pytest.mark.slow
def test_the_same_seed_gives_the_same_figures_on_another_database(demo, elsewhere):
    _, said, _ = songhe("month", "2026-03", "--json")
    child = {**os.environ, "SONGHE_DATABASE_URL": elsewhere, "DJANGO_SETTINGS_MODULE": "songhe.settings"}

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-m", "songhe", *arguments], env=child, capture_output=True, text=True, timeout=280
        )
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    assert run("demo", *ELDERS, "--json") == demo
    assert run("month", "2026-03", "--json") == json.loads(said)
