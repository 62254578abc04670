"""Twelve pages that people open most, in a county of a million: server time, against the lightest page of the same run.

The county is the sample, run through March, with ``size`` invented people beside it: each has a file, search keys, an
application, a determination, a right, a voucher of April and a booked bill of March. Times are taken around the whole
stack of the application (sign-in, permissions, queries, template) in one process, without a network.
"""

from __future__ import annotations

import statistics
from typing import Any

from bench.database import new_database, say, started
from bench.measure import Figures, ratio, seconds
from bench.people import COUNTY, PROGRAMME, Ids, fill, rising_id, set_budget
from bench.search import _lay_keys

SIZE, ROUNDS = 1_000_000, 40
LIMIT_MS = 150
#: Who opens which page; ``{…}`` is filled in with rows of this county.
PAGES = {
    "inbox": ("approver", "/staff/"),
    "case": ("clerk", "/staff/applications/{application}/"),
    "search": ("clerk", "/staff/people/?q=wxg"),
    "file": ("clerk", "/staff/people/{person}/"),
    "month": ("approver", "/staff/month/2026-04/"),
    "statements": ("finance", "/staff/statements/?month=2026-03"),
    "dashboard": ("clerk", "/staff/dashboard/"),
    "provider's day": ("homecare", "/provider/"),
    "redemption": ("homecare", "/provider/redeem/"),
    "provider's bills": ("homecare", "/provider/bills/?month=2026-03"),
    "elder's home": ("daughter", "/my/"),
    "elder's vouchers": ("daughter", "/my/vouchers/"),
}
LIGHTEST = "/healthz"


def run(*, size: int = SIZE, rounds: int = ROUNDS) -> Figures:
    """Each page ``rounds`` times, one after another, in turns with all others."""
    with started() as server, new_database(server):
        say(f"the sample, and {size} people beside it: {seconds(lambda: _county(size)):.0f} s")
        rows = _rows()
        clients = {who: _signed_in(who) for who, _ in PAGES.values()}
        times: dict[str, list[float]] = {name: [] for name in PAGES}
        lightest: list[float] = []
        for turn in range(rounds + 2):
            for name, (who, path) in PAGES.items():
                taken = seconds(lambda who=who, path=path: _get(clients[who], path.format(**rows)))
                if turn >= 2:
                    times[name].append(taken * 1000)
            lightest.append(seconds(lambda: _get(clients["clerk"], LIGHTEST)) * 1000)
        settings = server.settings()
    shown = {
        name: {"p50_ms": round(statistics.median(all_), 1), "p95_ms": round(_p95(all_), 1)}
        for name, all_ in times.items()
    }
    slowest = max(each["p95_ms"] for each in shown.values())
    return Figures(
        bench="pages",
        size=size,
        measured={"slowest_p95_ms": slowest, "pages": shown},
        reference={"what": f"{LIGHTEST}: the stack with one query", "p50_ms": round(statistics.median(lightest), 1)},
        ratios={
            f"to_{LIMIT_MS}_ms": ratio(slowest, LIMIT_MS),
            "to_lightest": ratio(slowest, statistics.median(lightest)),
        },
        goals={f"to_{LIMIT_MS}_ms": ("at most", 1)},
        notes={"postgresql": settings},
    )


def _p95(times: list[float]) -> float:
    return sorted(times)[max(0, round(len(times) * 0.95) - 1)]


def _county(size: int) -> None:
    from django.db import connection

    from songhe.doors.cli.demo import people_a_county
    from songhe.doors.cli.month import calendars
    from songhe.doors.shell.translate import compile_catalogues
    from songhe.kernel.month import Month
    from songhe.month.sample.plan import Plan
    from songhe.month.steps import run_month

    compile_catalogues()
    march = Month.parse("2026-03")
    plan = Plan(3, 300, march)
    people_a_county(plan)
    calendar, people = calendars(practice=True)
    run_month(county=COUNTY, month=march, calendar=calendar, until="close", people=people)
    run_month(county=COUNTY, month=march.next, calendar=calendar, until="issue", people=people)
    fill(size, entitled=True, category="home")
    _lay_keys()
    set_budget(size, number=4)
    _issue_rest(size)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in _papers(Ids(rising_id), size):
            cursor.execute(statement)
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE")


def _issue_rest(size: int) -> None:
    from songhe.doors.shell.clock import read_clock
    from songhe.grant.issue import issue
    from songhe.kernel.month import Month

    clock = read_clock()
    month = Month(2026, 4)
    done = issue(county=COUNTY, programme=PROGRAMME, month=month, on=clock.on, clock=lambda: clock.at)
    assert done.grants == size, done


def _papers(of: Ids, size: int) -> list[str]:
    """An approved application, and a booked bill of one line with its verdict, for each; every two hundredth
    application is still open. The keys between them are those of real rows, so they need not be checked again."""
    from songhe.provider.models import Item

    providers = _providers(size)
    given = "(ARRAY[" + ",".join(map(str, providers)) + f"])[1 + n % {len(providers)}]"
    item = Item.objects.order_by("id").values_list("id", flat=True)[0]
    open_states = "CASE WHEN n % 200 = 0 THEN (ARRAY['submitted','determined','reviewed'])[1 + n / 200 % 3]"
    application = rising_id("n", 7)
    bill, line, verdict = rising_id("n", 8), rising_id("n", 9), rising_id("n", 10)
    county = f"'{COUNTY}'"
    return [
        f"""INSERT INTO entitlement_application (county, id, no, person_id, policy, state, channel, category,
          pledge_signed_on, opened_by, opened_at, submitted_at, submitted_on, determination_id, question, answer,
          reviewed_by, reviewed_at, review_note, decided_by, decided_at, decided_on, decision_note, version)
        SELECT {county}, {application}, {county} || '202501' || lpad(n::text, 9, '0'), {of.person}, '{PROGRAMME}',
          {open_states} ELSE 'approved' END, 'proxy', 'home', date '2026-02-01', 'elder',
          timestamptz '2026-02-01 09:00+08', timestamptz '2026-02-01 09:00+08', date '2026-02-01', {of.determination},
          '', '', 'clerk', timestamptz '2026-02-10 09:00+08', '', 'approver', timestamptz '2026-02-20 09:00+08',
          date '2026-02-20', '', 1
        FROM generate_series(1, {size}) n""",
        f"""INSERT INTO redemption_bill (county, id, no, person_id, provider_id, month, category, state, fee_fen,
          ltci_fen, other_fen, voucher_fen, self_fen, request, identified_by, confirmed_by, refusal, made_by,
          handed_in_at, booked_at, booked_on)
        SELECT {county}, {bill}, {county} || '202503' || lpad(n::text, 9, '0'), {of.person}, {given}, '2026-03', 'home',
          'booked', 12600, 0, 0, 0, 12600, '{{}}', 'elder', 'elder', '', 'homecare',
          timestamptz '2026-03-20 09:00+08', timestamptz '2026-03-20 09:00+08', date '2026-03-20'
        FROM generate_series(1, {size}) n""",
        f"""INSERT INTO redemption_line (county, id, bill_id, number, item_id, service_on, quantity, price_fen,
          in_scope, fee_fen, ltci_fen, other_fen, base_fen, voucher_fen, self_fen, category, ratio, pack, version,
          steps)
        SELECT {county}, {line}, {bill}, 1, {item}, date '2026-03-20', 1, 12600, true, 12600, 0, 0, 12600, 0, 12600,
          'home', '1/2', '', '', '[]'
        FROM generate_series(1, {size}) n""",
        f"""INSERT INTO redemption_verdict (county, id, line_id, outcome, settled, reasons, by, at)
        SELECT {county}, {verdict}, {line}, 'pass', false, '[]', 'run:judge', timestamptz '2026-03-31 20:00+08'
        FROM generate_series(1, {size}) n""",
    ]


def _providers(size: int) -> list[int]:
    """The home-care companies of the sample, and as many more that each has some 2,500 bills a month."""
    from django.utils import timezone

    from songhe.provider.models import Kind, Provider

    Provider.objects.bulk_create(
        [
            Provider(
                kind=Kind.COMMUNITY,
                name=f"样例居家服务{number}",
                credit_code=f"BENCH{number:013d}",
                place=COUNTY,
                admitted_at=timezone.now(),
            )
            for number in range(1, size // 2500 + 1)
        ]
    )
    return list(Provider.objects.filter(kind=Kind.COMMUNITY).order_by("id").values_list("id", flat=True))


def _rows() -> dict[str, Any]:
    from songhe.entitlement.models import Application
    from songhe.grant.models import Grant

    waits = Application.rows.filter(county=COUNTY, state="determined").order_by("no")[:1].get()
    grant = Grant.objects.filter(county=COUNTY, month="2026-04").order_by("-no")[:1].get()
    return {"application": waits.no, "person": grant.person_id}


def _signed_in(who: str) -> Any:
    from django.conf import settings
    from django.test import Client

    settings.ALLOWED_HOSTS = ["*"]
    client = Client()
    answer = client.post("/sign-in/practice/", {"username": who})
    assert answer.status_code == 302, (who, answer.status_code)
    return client


def _get(client: Any, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
