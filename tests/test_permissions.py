"""Every address of every door, asked by every role, and by people of another county."""

from __future__ import annotations

import re
from datetime import date
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils.translation import deactivate

from songhe.access import login
from songhe.access.models import Account
from songhe.access.role import OF_A_PROVIDER, Role
from songhe.doors.may import ACTS, RULES
from songhe.trail.models import Entry
from tests import county_rows, love_card
from tests.source import nothing

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

DAY = date(2026, 3, 10)
COUNTY, ELSEWHERE = "370799", "370703"

#: Views that anybody may open, signed in or not: each says for itself what it shows to whom.
OPEN = {
    # The way in, one's own sign-in, how pages look, and whether the service lives.
    *{"start", "sign-in", "practice-sign-in", "second-factor", "enrol", "again", "key-question", "key-answer"},
    "first-password",
    *{"security", "add-app", "new-key-question", "new-key-answer", "recovery-codes", "remove-factor"},
    *{"end-other-sessions", "sign-out", "preferences", "style", "healthz", "readyz", "version"},
    *{"elder:sign-in", "elder:sign-in-code", "elder:sign-in-name"},
    # The payment service signs what it says; the sandbox's own page is there in practice only, for whoever pays.
    *{"payment-told", "practice-payment"},
    # The desk's first page sends whoever has no applications to read on to their own.
    "staff:inbox",
    # Scripts for devices that are offline; they hold nothing of anybody.
    *{"assessor:worker", "provider:offline-worker"},
}
#: A whole door without a sign-in.
OPEN_DOORS = {"public"}
#: Machines have a door of their own, whose operations are walked by ``songhe/doors/api/tests``.
WITHOUT_PAGES = {"api"}


def addresses():
    """Every page: its route, its name and its view."""

    def walk(resolver, prefix, space):
        for pattern in resolver.url_patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern, route, pattern.namespace or space)
            else:
                yield route, f"{space}:{pattern.name}" if space else str(pattern.name), pattern.callback

    return [
        (route, name, view)
        for route, name, view in walk(get_resolver(), "", "")
        if route.partition("/")[0] not in WITHOUT_PAGES and not name.startswith("api")
    ]


def guarded():
    return [(route, name, view.act) for route, name, view in addresses() if hasattr(view, "act")]


# --- the index -------------------------------------------------------------------------------------------------------


def test_every_view_names_the_act_that_opens_it_or_is_known_to_be_open():
    loose = [
        name
        for _, name, view in addresses()
        if not hasattr(view, "act") and name not in OPEN and name.partition(":")[0] not in OPEN_DOORS
    ]
    nothing(loose)
    assert {name for _, name, view in addresses() if hasattr(view, "act")} & OPEN == set()


def test_every_act_of_a_view_is_in_the_index():
    assert {act for _, _, act in guarded()} <= set(ACTS)


def test_no_page_stands_behind_another_one_of_its_name():
    names = [name for _, name, _ in addresses()]
    assert sorted({one for one in names if names.count(one) > 1}) == []


# --- every address and every role ------------------------------------------------------------------------------------

#: What stands in an address where it names no row.
WORDS = {
    "month": "2026-03",
    "place": "370799",
    "verb": "approve",
    "field": "id_number",
    "kind": "proxy",
    "answer": "yes",
    "name": "where",
    "step": "1",
    "code": "issued_fen",
    "programme": "consumption-voucher",
    "which": "2026-03",
    "number": "1",
    "no": "370799202603000000185",
    "bill_no": "370799202603000000185",
    "year": "2026",
}
SHAPES = {"uuid": lambda: str(uuid4()), "int": lambda: "987654321"}
PLACE = re.compile(r"<(?:(\w+):)?(\w+)>")


def address(route, rows=None):
    """The route with something in each place: of ``rows`` where they know it, else a word, an id or a number."""

    def put(found):
        shape, name = found[1] or "str", found[2]
        if rows is not None and (known := rows(route, name)) is not None:
            return str(known)
        if name == "which" and shape == "int":
            return "2026"
        return WORDS[name] if name in WORDS and shape not in SHAPES else SHAPES.get(shape, lambda: "x")()

    return "/" + PLACE.sub(put, route)


def account(role, place=COUNTY, *, username="", person=None, provider=None):
    from songhe.doors.staff.tests.conftest import AT

    if role == Role.CITY_OVERSEER:
        place = f"{place[:4]}00"
    if role == Role.PROVINCE_OVERSEER:
        place = f"{place[:2]}0000"
    made = login.open_account(
        username=username or f"{role}-{place}", display_name=str(role), password=None, at=AT, practice=True
    )
    login.appoint(
        account=made,
        role=role,
        place=place,
        valid_from=date(2026, 1, 1),
        provider_id=(provider or 1) if role in OF_A_PROVIDER else None,
        person_id=person or (uuid4() if role == Role.CITIZEN else None),
        by=None,
        at=AT,
    )
    return made


def browser(of: Account) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(of)
    return client


def ask(client, where, **more):
    """Ask by GET, or by POST where the page takes nothing else."""
    answer = client.get(where, **more)
    return client.post(where, **more) if answer.status_code == 405 else answer


#: A refusal is asked for as a part of a page, which is quicker to draw and the same answer.
PART = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def practice(db, settings, tmp_path):
    from songhe.doors.shell import clock
    from songhe.doors.shell.translate import compile_catalogues
    from songhe.place.calendar import load_shipped_calendars
    from songhe.place.division import load_sample_county

    settings.MEDIA_ROOT = tmp_path
    compile_catalogues()
    clock.set_practice_day(DAY)
    load_sample_county()
    load_shipped_calendars()
    yield
    deactivate()


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_refused_what_the_index_does_not_give_it(practice, role):
    client = browser(account(role))
    wrong = []
    for route, name, act in guarded():
        if role not in RULES[act] and (status := ask(client, address(route), **PART).status_code) != 403:
            wrong.append(f"{name}: {status}, though {role} may not ({act})")
    nothing(wrong)


def test_whoever_is_allowed_is_let_in(rows):
    """Every page lets a role of its act in at its own door, and breaks for none."""
    shut = []
    clients = at_home(rows)
    for route, name, act in guarded():
        if name in NOT_WITHOUT_MORE:
            continue
        answers = {}
        for role in sorted(RULES[act], key=lambda one: one != AT_HOME.get(route.partition("/")[0])):
            answers[role] = ask(clients[role], address(route, named(rows))).status_code
            if answers[role] not in {401, 403}:
                break
        if any(status >= 500 for status in answers.values()) or all(s in {401, 403} for s in answers.values()):
            shut.append(f"{name}: {answers}")
    nothing(shut)


#: Who binds an elder needs a number on the own file first, and a simulation is made by its own page.
NOT_WITHOUT_MORE = {"elder:bind", "elder:bind-what", "elder:bind-proof", "staff:simulation"}

#: Who is asked first at each door.
AT_HOME = {
    "my": Role.CITIZEN,
    "assessor": Role.ASSESSOR,
    "provider": Role.PROVIDER_MANAGER,
    "staff": Role.COUNTY_CLERK,
    "audit": Role.AUDITOR,
}


def test_without_a_sign_in_every_guarded_page_leads_to_it(practice):
    client = Client(raise_request_exception=False)
    loose = []
    for route, name, _ in guarded():
        answer = ask(client, address(route))
        if answer.status_code != 302 or "/sign-in/" not in answer["Location"]:
            loose.append(f"{name}: {answer.status_code}")
    nothing(loose)


# --- people of another county ----------------------------------------------------------------------------------------


@pytest.fixture
def rows(practice):
    """One of everything that an address can name, in the sample county."""
    from songhe.aid.tests import world as aids
    from songhe.assessment.models import Assessment
    from songhe.assessment.tests import world
    from songhe.card import open as cards
    from songhe.card import topup
    from songhe.document.models import Download, StoredFile
    from songhe.doors.shell.models import SignIn
    from songhe.entitlement.models import Letter, Material
    from songhe.entitlement.tests import story
    from songhe.feedback.complain import complain
    from songhe.grant.budget import propose_budget
    from songhe.grant.models import Grant
    from songhe.grant.tests import world as vouchers
    from songhe.jobs.models import Outgoing, Run
    from songhe.kernel.month import Month
    from songhe.month.importing import JOB
    from songhe.notice.models import Notice
    from songhe.person.models import Correction, Duplicate, Event, Mandate, MandateAsk
    from songhe.provider.models import Worker
    from songhe.redemption.tests import world as bills
    from songhe.service.models import Override
    from songhe.settlement.tests import make

    at = world.at(DAY)
    person = world.elder(name="王秀兰", phone="13900001111")
    right = story.approved(person, category="home")
    application = right.application
    vouchers.budget()
    vouchers.run_issue(on=DAY)
    grant = Grant.objects.get(county=COUNTY, entitlement=right)
    server = bills.provider()
    visit = bills.visit_of(grant, server)
    bill = bills.pay(grant, server, bills.bath(20_000))
    stay = bills.stay_of(grant, server)
    payee = make.payee()
    make.bill(30_000, of=payee, person=make.elder(name="陈桂英"))
    make.gathered()
    statement = make.approved(payee)
    batch = make.batch().batch
    stored = StoredFile.objects.create(
        county=COUNTY, sha256="0" * 64, kind="pdf", size=1, name="paper.pdf", uploaded_at=at
    )
    common = {"county": COUNTY, "person": person}
    ask = MandateAsk.objects.create(
        **common,
        proxy_identity=uuid4(),
        proxy_name="李梅",
        account="somebody",
        relation="child",
        valid_to=date(2026, 12, 31),
        asked_at=at,
        paper=stored,
    )
    correction = Correction.objects.create(
        **common, field="phone", wanted="x", because="x", asked_by="somebody", asked_at=at, paper=stored
    )
    card = cards.open_card(person=person, attributes=cards.Attributes(elder=True), at=at, on=DAY, by="clerk")
    loan = aids.lent(aids.provider(of=server), person, on=DAY)
    return SimpleNamespace(
        **love_card.rows(person, card),
        **county_rows.rows(person, server, account(Role.PROVIDER_MANAGER, username="manager", provider=server.pk)),
        person=person,
        loan=loan,
        inspection=aids.back(loan, on=DAY),
        topup=topup.ask(card=card, amount_fen=5_000, at=at, on=DAY, by="daughter"),
        application=application,
        letter=Letter.objects.filter(county=COUNTY, application=application).first(),
        grant=grant,
        bill=bill,
        visit=visit,
        stay=stay,
        statement=statement,
        batch=batch,
        assessment=Assessment.rows.filter(county=COUNTY, person=person).first(),
        complaint=complain(
            county=COUNTY,
            about=None,
            person_id=None,
            category="service",
            confidential=False,
            words="只来了半小时",
            phone="",
            by="public",
            at=at,
            on=DAY,
        ).complaint,
        notice=Notice.rows.create(
            county=COUNTY,
            person=person.id,
            template="voucher.issued",
            values={"month": "2026-03", "face_fen": 80_000, "use_until": "2026-03-31"},
            about="x",
            channel="sms",
            state="failed",
            at=at,
            due_at=at,
        ),
        mandate=Mandate.objects.create(
            **common,
            proxy_identity=uuid4(),
            proxy_name="李梅",
            account="daughter",
            relation="child",
            evidence="户口簿",
            valid_from=date(2026, 1, 1),
            valid_to=date(2026, 12, 31),
            given_by="clerk",
            at=at,
        ),
        ask=ask,
        correction=correction,
        event=Event.objects.create(
            **common, kind="hospital", happened_on=DAY, reported_by="x", reported_at=at, source="x"
        ),
        material=Material.objects.create(
            county=COUNTY, application=application, kind="photo", file=stored, by="x", at=at
        ),
        file=stored,
        run=Run.objects.create(county=COUNTY, job=JOB, period="1", started_at=at, beat_at=at),
        simulation=Run.objects.create(county=COUNTY, job="simulate:x", period="1", started_at=at, beat_at=at),
        worker=Worker.objects.create(
            provider=server, job=Worker.Job.CARER, name="护理员", number="HL1", valid_from=date(2025, 1, 1)
        ),
        provider=server,
        login=account(Role.COUNTY_CLERK, username="official"),
        pair=Duplicate.objects.create(
            county=COUNTY, first=person, second=world.elder(name="王秀兰"), why="x", found_at=at
        ),
        override=Override.objects.create(
            county=COUNTY, visit=visit, verdict="fail", reason="x", asked_by="somebody", asked_at=at
        ),
        entry=Outgoing.objects.create(
            county=COUNTY, topic="month.run", about=person.id, payload={}, at=at, not_before=at, tries=8
        ),
        proposal=propose_budget(
            county=COUNTY,
            programme="consumption-voucher",
            month=Month.of(DAY),
            amount_fen=100,
            document_no="x",
            at=at,
            on=DAY,
            by="somebody",
        ),
        download=Download.objects.create(
            county=COUNTY,
            account=account(Role.COUNTY_CLERK, username="asker"),
            listing="people",
            asked={"divisions": [COUNTY]},
            language="zh",
            asked_at=at,
        ),
        sign_in=SignIn.objects.create(account=account(Role.CITIZEN, username="daughter", person=person.id), at=at),
    )


def named(found):
    """Which row a place in a route names."""
    numbers = (
        ("my/letters/", found.letter.no if found.letter else "x"),
        ("my/apply/", found.application.no),
        ("my/cases/", found.application.no),
        ("my/vouchers/", found.grant.no),
        ("my/bills/", found.bill.no),
        ("my/card/held/", found.order.no),
        ("my/card/", found.topup.no),
        ("assessor/", found.assessment.no),
        ("provider/statements/", found.statement.no),
        ("provider/orders/", found.order.no),
        ("provider/", found.bill.no),
        ("staff/applications/", found.application.no),
        ("staff/complaints/", found.complaint.no),
        ("staff/statements/", found.statement.no),
        ("staff/payouts/", found.batch.no),
        ("audit/", found.bill.no),
    )
    ids = {
        "person_id": found.person.id,
        "mandate_id": found.mandate.id,
        "material_id": found.material.id,
        "notice_id": found.notice.id,
        "file_id": found.file.id,
        "download_id": found.download.id,
        "run_id": found.run.id,
        "visit_id": found.visit.id,
        "stay_id": found.stay.id,
        "row_id": found.ask.id,
        "worker_id": found.worker.pk,
        "account_id": found.login.pk,
        "pair_id": found.pair.id,
        "override_id": found.override.id,
        "entry_id": found.entry.id,
        "sign_in_id": found.sign_in.pk,
        "loan_id": found.loan.id,
        "fitting_id": found.loan.fitting_id,
        "piece_id": found.loan.piece_id,
        "inspection_id": found.inspection.id,
        **love_card.named(found),
        **county_rows.named(found),
    }

    def known(route, name):
        if name in {"no", "bill_no"}:
            return next((number for beginning, number in numbers if route.startswith(beginning)), None)
        if name == "proposal_id":
            of_page = {"meals": found.meal_proposal, "credits": found.credit_proposal, "card": found.change}
            return next((row for part, row in of_page.items() if part in route), found.proposal).id
        if name == "answer" and ("proposal_id" in route or "offline" in route):
            return "approve"
        if name == "objection_id" and "examination" in route:
            return found.examination_objection.id
        if name == "paper_id":
            return (found.certificate if "certificates" in route else found.licence).pk
        if name == "key":
            return love_card.keyed(found, route) or county_rows.keyed(found, route)
        if name == "ask_id":
            return found.correction.id if "file/asked" in route else found.ask.id
        if name == "verb":
            of_door = {"accounts": "lock", "complaints": "answer", "statements": "confirm", "reviews": "accept"}
            of_door |= love_card.VERBS | county_rows.VERBS
            return next((verb for part, verb in of_door.items() if part in route), "review")
        if name == "number" and route.startswith("audit/"):
            return 1
        if name == "run_id" and "simulate" in route:
            return found.simulation.id
        return ids.get(name)

    return known


#: What an address names and no county owns: rules, providers, months and days, and the pages of a form.
OF_NO_COUNTY = {"pk", "release_id", "programme", "place", "which", "code", "kind", "name", "step", "field", "verb"}
#: Own rows are looked up under the one who asks, so that nothing else was ever asked for; their absence needs no note.
ASKS_NOBODY_ELSE = {"elder:self-question", "elder:report-tell", "elder:correct", "elder:year"}


def of_a_row():
    for route, name, act in guarded():
        places = {one for _, one in PLACE.findall(route)}
        if places - OF_NO_COUNTY - {"answer"} and name not in ASKS_NOBODY_ELSE:
            yield route, name, act


def test_rows_of_another_county_are_nowhere_and_the_asking_is_noted(rows):
    """Who is asked for by an address of another county is not there for any role, and the trail says who looked."""
    from songhe.assessment.tests import world

    own = world.elder(county=ELSEWHERE).id
    server = world.body(kind=rows.provider.kind, county=ELSEWHERE).pk
    far = {
        role: browser(account(role, ELSEWHERE, provider=server, person=own if role == Role.CITIZEN else None))
        for role in Role
    }
    overseers = {Role.CITY_OVERSEER, Role.PROVINCE_OVERSEER}
    seen, silent = [], []
    for route, name, act in of_a_row():
        where = address(route, named(rows))
        for role in sorted(RULES[act] - overseers):
            before = Entry.objects.filter(act="door.out_of_reach").count()
            status = ask(far[role], where).status_code
            noted = Entry.objects.filter(act="door.out_of_reach").count() > before
            if status not in {403, 404}:
                seen.append(f"{name} as {role}: {status}")
            elif status == 404 and not noted and not (route.startswith("my/") and role != Role.CITIZEN):
                # At the elders' door whoever acts for nobody is sent away before anything is looked up.
                silent.append(f"{name} as {role}")
    nothing(seen)
    nothing(silent)


def test_the_trail_of_who_looked_stands_in_the_county_that_was_looked_at(rows):
    client = browser(account(Role.COUNTY_CLERK, ELSEWHERE))
    client.get(f"/staff/people/{rows.person.id}/")
    note = Entry.objects.get(act="door.out_of_reach")
    assert (note.county, note.actor) == (COUNTY, f"county_clerk-{ELSEWHERE}")
    assert UUID(note.subject_id) == rows.person.id


def at_home(rows):
    """A browser for each role, in the county and at the provider of the rows; the citizen is their person."""
    made = {role: browser(account(role, provider=rows.provider.pk)) for role in Role if role != Role.CITIZEN}
    made[Role.CITIZEN] = browser(account(Role.CITIZEN, person=rows.person.id))
    return made


def test_the_walker_asks_for_what_there_is(rows):
    """At home the same addresses answer, so that it is the county that closes them elsewhere."""
    asked = {
        "elder:case",
        "elder:bill",
        "elder:group",
        "elder:letter",
        "provider:person",
        "provider:bill",
        "provider:stay",
    }
    asked |= {
        "staff:application",
        "staff:person",
        "staff:statement",
        "staff:complaint",
        "staff:import-job",
        "staff:letter",
    }
    clients = at_home(rows)
    nowhere = []
    for route, name, act in of_a_row():
        if name not in asked:
            continue
        asked.discard(name)
        where = address(route, named(rows))
        role = AT_HOME[route.partition("/")[0]]
        status = ask(clients[role], where).status_code
        if role in RULES[act] and status not in {200, 302}:
            nowhere.append(f"{name} {where}: {status}")
    nothing(nowhere)
    nothing(asked)


# --- what is logged --------------------------------------------------------------------------------------------------


def test_no_name_number_or_telephone_is_logged(rows, caplog, capfd):
    """Whatever page is asked for, by whomever, the lines of the log name routes and accounts and nobody."""
    secrets = [rows.person.name, rows.person.phone, rows.application.no, rows.bill.no, str(rows.person.id)]
    clients = [browser(account(role, provider=rows.provider.pk)) for role in (Role.COUNTY_CLERK, Role.PROVIDER_MANAGER)]
    clients.append(browser(account(Role.CITIZEN, person=rows.person.id)))
    with caplog.at_level("DEBUG", logger="songhe"):
        for client in clients:
            for route, _, _ in of_a_row():
                ask(client, address(route, named(rows)))
            client.get("/staff/people/", {"q": rows.person.name})
            client.get("/staff/people/", {"q": rows.person.phone})
    said = caplog.text + "".join(capfd.readouterr())
    assert [secret for secret in secrets if secret in said] == []
    assert connection.vendor in {"sqlite", "postgresql"}
