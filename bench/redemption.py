"""Redeeming over HTTP, against pgbench replaying the statements of one redemption."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.database import ROOT, Database, new_database, say, started
from bench.measure import Figures, median, ratio
from bench.people import COUNTY, MORNING, PROGRAMME, fill, numbered_id, set_budget

CALLS, ROUNDS = 800, 3
CLIENTS, WORKERS = 8, 2
#: Calls of each client before anything is counted: every worker has read its packs and planned its statements.
WARM = 15
#: For each call over HTTP this many are replayed, so that both take seconds.
REPLAYED = 4
DAY = date(2026, 3, 10)
PATH = "/api/v1/redemptions"


def run(*, size: int = CALLS, rounds: int = ROUNDS) -> Figures:
    """``size`` calls a round from eight clients, each on a voucher of its own, and pgbench after each round."""
    each = max(1, size // CLIENTS)
    needed = CLIENTS * (WARM + rounds * each * (1 + REPLAYED)) + 2 * PROFILED + 20
    found: dict[str, list[Any]] = {"http": [], "latencies": [], "pgbench": []}
    with started() as server, new_database(server) as database:
        say(f"issuing {needed} vouchers")
        secret = _world(needed)
        vouchers = Vouchers(needed)
        profile = _profile(secret, vouchers)
        script = _script(secret, vouchers)
        database.leave()
        with served(database) as port:
            _calls(port, secret, vouchers, WARM)
            for _ in range(rounds):
                took, latencies = _calls(port, secret, vouchers, each)
                found["http"].append(CLIENTS * each / took)
                found["latencies"] += latencies
                found["pgbench"].append(_pgbench(database, script, vouchers, each * REPLAYED))
                say(f"HTTP {found['http'][-1]:.1f}/s, pgbench {found['pgbench'][-1]:.1f}/s")
        settings = server.settings()
    latencies = sorted(found["latencies"])
    rate, replayed = median(found["http"]), median(found["pgbench"])
    p99 = round(latencies[int(len(latencies) * 0.99)] * 1000, 1)
    return Figures(
        bench="redemption",
        size=size,
        measured={
            "redemptions_per_second": rate,
            "p50_ms": round(statistics.median(latencies) * 1000, 1),
            "p95_ms": round(latencies[int(len(latencies) * 0.95)] * 1000, 1),
            "p99_ms": p99,
            "calls": len(latencies),
            "rounds": [round(value, 1) for value in found["http"]],
            "one_call_alone": profile,
        },
        reference={
            "what": f"pgbench, {CLIENTS} clients, replaying the {script.statements} statements of one redemption from "
            "BEGIN to COMMIT, each time on another voucher",
            "transactions_per_second": replayed,
            "rounds": [round(value, 1) for value in found["pgbench"]],
        },
        ratios={"to_pgbench": ratio(rate, replayed), "p99_ms": p99},
        goals={"to_pgbench": ("at least", 0.07), "p99_ms": ("at most", 250)},
        notes={"server": f"granian, {WORKERS} workers, {CLIENTS} clients", "postgresql": settings},
    )


class Vouchers:
    """Each voucher is used once: they are handed out by number, from 1."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.next = 1

    def take(self, count: int) -> range:
        taken = range(self.next, self.next + count)
        self.next += count
        assert self.next <= self.count + 1, "too few vouchers"
        return taken


def _world(people: int) -> str:
    """People with vouchers, one provider with a price, its account and a token; answers the token's secret."""
    from songhe.access import login, token
    from songhe.doors.may import ACTS
    from songhe.doors.shell.clock import set_practice_day
    from songhe.grant.issue import issue
    from songhe.kernel.month import Month
    from songhe.provider.models import Category, Item, Kind, Listing, Price, Provider

    fill(people, entitled=True, category="home", ids=numbered_id)
    set_budget(people)
    month = Month(2026, 3)
    done = issue(county=COUNTY, programme=PROGRAMME, month=month, on=month.first, clock=lambda: MORNING)
    assert done.grants == people, done
    start = date(2025, 1, 1)
    at = datetime(2026, 1, 1, tzinfo=timezone.utc)
    item = Item.objects.create(
        place="000000", code="bath", name="助浴", name_en="bathing", category="home", unit="visit",
        evidence="visit", in_scope=True, valid_from=start,
    )  # fmt: skip
    provider = Provider.objects.create(
        kind=Kind.COMMUNITY, name="样例服务站", credit_code="91370799MA00000001", place=COUNTY, admitted_at=at
    )
    Listing.objects.create(
        provider=provider, county=COUNTY, valid_from=start, categories=list(Category.values), listed_by="clerk",
        approved_by="head",
    )  # fmt: skip
    Price.objects.create(provider=provider, item=item, price_fen=20_000, valid_from=start)
    account = login.open_account(username="till", display_name="till", password=None, at=at)
    login.appoint(
        account=account, role="provider_manager", place=COUNTY, valid_from=date(2026, 1, 1), provider_id=provider.id,
        person_id=None, by=None, at=at,
    )  # fmt: skip
    set_practice_day(DAY)
    return token.issue(
        account=account, name="bench", acts=["redemption.make"], known_acts=ACTS, places=[COUNTY],
        valid_to=date(2026, 12, 31), at=at, on=DAY, by=None,
    ).secret  # fmt: skip


def _grant_no(n: int) -> str:
    from songhe.document.number import number
    from songhe.kernel.month import Month

    return number(COUNTY, Month(2026, 3), n)


def _request(n: int, secret: str) -> tuple[bytes, dict[str, str]]:
    body = {"grant_no": _grant_no(n), "lines": [{"item": "bath", "service_on": "2026-03-09", "fee_fen": 15_000}]}
    headers = {
        "Authorization": f"Bearer {secret}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid4()),
    }
    return json.dumps(body).encode(), headers


@contextmanager
def served(database: Database) -> Iterator[int]:
    """``songhe serve`` with its web workers, on a free port of the loopback."""
    port = free_port()
    command = [sys.executable, "-m", "songhe", "serve", "--port", str(port), "--workers", str(WORKERS), "--no-worker"]
    environment = os.environ | {"SONGHE_DATABASE_URL": database.url, "SONGHE_LOG_LEVEL": "INFO"}
    log = Path(os.environ["SONGHE_HOME"]) / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=output, stderr=output)
    try:
        wait_for(port, process, log)
        yield port
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        if process.poll() is None:
            process.kill()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.3)
    raise SystemExit(f"the server did not start:\n{log.read_text()[-3000:]}")


def _calls(port: int, secret: str, vouchers: Vouchers, each: int) -> tuple[float, list[float]]:
    """Every client on a connection that it keeps; seconds from the first call to the last answer, and of each call."""
    latencies: list[float] = []
    problems: list[str] = []

    def client(numbers: range) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for n in numbers:
            body, headers = _request(n, secret)
            begun = time.perf_counter()
            connection.request("POST", PATH, body, headers)
            answer = connection.getresponse()
            text = answer.read()
            latencies.append(time.perf_counter() - begun)
            if answer.status != 201:
                problems.append(text.decode())

    threads = [threading.Thread(target=client, args=(vouchers.take(each),)) for _ in range(CLIENTS)]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    if problems or len(latencies) != CLIENTS * each:
        raise SystemExit(f"{len(problems)} calls failed: {problems[:2]}")
    return took, latencies


PROFILED = 60


def _profile(secret: str, vouchers: Vouchers) -> dict[str, Any]:
    """One caller in this process, without a network: how long a call takes, and how much of it in the database."""
    import cProfile
    import pstats

    from django.db import connection
    from django.test import Client

    client = Client(SERVER_NAME="127.0.0.1")
    spent: list[float] = []

    def timed(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        start = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            spent.append(time.perf_counter() - start)

    for n in vouchers.take(10):
        _call(client, n, secret)
    with connection.execute_wrapper(timed):
        begun = time.perf_counter()
        for n in vouchers.take(PROFILED):
            _call(client, n, secret)
        took = time.perf_counter() - begun
    profiler = cProfile.Profile()
    profiler.enable()
    for n in vouchers.take(PROFILED):
        _call(client, n, secret)
    profiler.disable()
    stats = pstats.Stats(profiler)
    if os.environ.get("SONGHE_BENCH_PROFILE"):
        stats.dump_stats(os.environ["SONGHE_BENCH_PROFILE"])
    return {
        "ms": round(took / PROFILED * 1000, 2),
        "ms_in_statements": round(sum(spent) / PROFILED * 1000, 2),
        "statements": round(len(spent) / PROFILED, 1),
        "calls_of_python_functions": round(stats.total_calls / PROFILED),  # type: ignore[attr-defined]
    }


def _call(client: Any, n: int, secret: str) -> dict[str, Any]:
    body, headers = _request(n, secret)
    answer = client.post(PATH, body, content_type="application/json", headers=headers)
    assert answer.status_code == 201, answer.content.decode()
    made: dict[str, Any] = json.loads(answer.content)
    return made


class Script:
    """A pgbench script of one redemption; ``first`` is the number of the first voucher of the first client."""

    def __init__(self, text: str, statements: int) -> None:
        self.text = text
        self.statements = statements


WRITTEN_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def _script(secret: str, vouchers: Vouchers) -> Script:
    """The statements that one call sends from BEGIN to COMMIT, with every id of its own varied by the voucher."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="127.0.0.1")
    n = vouchers.take(1)[0]
    with CaptureQueriesContext(connection) as captured:
        made = _call(client, n, secret)
    sent = [each["sql"] for each in captured.captured_queries]
    sent = sent[sent.index("BEGIN") : len(sent) - sent[::-1].index("COMMIT")]
    text = "\n".join(f"{' '.join(statement.splitlines())};" for statement in sent)
    text = re.sub(r"'([0-9a-f]{32})'::uuid", lambda found: f"'{UUID(found[1])}'::uuid", text)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id::text FROM ledger_fund UNION SELECT id::text FROM ledger_account WHERE code IS NOT NULL"
        )
        shared = {row[0] for row in cursor.fetchall()}
    text = text.replace(_grant_no(n), ":whole:tens:ones").replace(made["no"], f"{COUNTY}20260399900:row")
    text = text.replace(str(1_000_000 + n), ":row")
    own = dict.fromkeys(each for each in WRITTEN_ID.findall(text) if each not in shared)
    for number, each in enumerate(own):
        text = text.replace(each, f"f:row-{number:04x}-7000-8000-000000000000")
    head = f"""\\set done :done + 1
\\set n :first + :client_id * :each + :done
\\set row 1000000 + :n
\\set whole {COUNTY}2026030000000 + :n
\\set check 98 - (:whole % 97 * 100) % 97
\\set tens :check / 10
\\set ones :check % 10
"""
    return Script(head + text + "\n", len(sent))


def _pgbench(database: Database, script: Script, vouchers: Vouchers, each: int) -> float:
    first = vouchers.take(CLIENTS * each)[0]
    path = Path(os.environ["SONGHE_HOME"]) / "redemption.sql"
    path.write_text(script.text)
    variables = {"done": -1, "first": first, "each": each}
    command = [
        _program("pgbench"), "-n", "-M", "simple", "-c", str(CLIENTS), "-j", str(WORKERS), "-t", str(each),
        *(f"-D{name}={value}" for name, value in variables.items()), "-f", str(path), database.url,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    found = re.search(r"tps = ([0-9.]+) \(without initial connection time\)", done.stdout)
    if done.returncode or found is None:
        raise SystemExit(f"pgbench failed:\n{done.stdout}\n{done.stderr[-3000:]}")
    return float(found[1])


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        newest = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
        if not newest:
            raise SystemExit(f"{name} is not installed")
        found = str(newest[-1])
    return found
