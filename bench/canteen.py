"""A canteen at noon: people with cards come a hundred a second, all to one provider, for a minute.

Calls are due at fixed instants whatever becomes of those before, so that a server that falls behind shows it: a call's
time is counted from when it was due. After the minute the books are compared with what was answered.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

from bench.database import ROOT, new_database, say, started
from bench.measure import Figures
from bench.people import COUNTY as SHANDONG
from bench.people import Ids, _persons, numbered_id
from bench.redemption import PATH, served

COUNTY = "331199"
SECONDS, RATE = 60, 100
CONNECTIONS = 32
DAY = date(2026, 3, 10)
PRICE_FEN, MONTH_FEN = 1_200, 12_500
START = date(2025, 1, 1)
AT = datetime(2026, 3, 1, 1, 0, tzinfo=timezone.utc)
STANDARD = "card_service_low_income"


def run(*, size: int = SECONDS * RATE, rounds: int = 1) -> Figures:
    """``size`` lunches at a hundred a second, each on a card of its own; ``rounds`` is not asked for."""
    warm = 200
    with started() as server, new_database(server) as database:
        say(f"{size + warm} cards are opened and charged")
        secret, fund = _world(size + warm)
        database.leave()
        with served(database) as port:
            _queue(port, secret, first=1, count=warm, rate=RATE // 2)
            found = _queue(port, secret, first=warm + 1, count=size, rate=RATE)
        books = _books(fund, size + warm)
        settings = server.settings()
    latencies = sorted(found["latencies"])

    def at(part: float) -> float:
        return round(latencies[min(int(len(latencies) * part), len(latencies) - 1)] * 1000, 1)

    return Figures(
        bench="canteen",
        size=size,
        measured={
            "asked_a_second": RATE,
            "answered_a_second": round(size / found["seconds"], 1),
            "p50_ms": round(statistics.median(latencies) * 1000, 1),
            "p95_ms": at(0.95),
            "p99_ms": at(0.99),
            "slowest_ms": round(latencies[-1] * 1000, 1),
            "refused": found["refused"],
            "books": books,
        },
        reference={"what": "half a second for 99 of 100 lunches", "p99_ms": 500},
        ratios={"p99": round(at(0.99) / 500, 3)},
        goals={"p99": ("at most", 1)},
        notes={"server": "granian, 2 workers", "postgresql": settings, "connections": CONNECTIONS},
    )


def _world(people: int) -> tuple[str, str]:
    """Cards charged by one fund, one listed canteen with a lunch, its account and a token; the token and the fund."""
    from django.db import connection

    from songhe.access import login, token
    from songhe.card import allot, charge, fund
    from songhe.card.models import Card, Standing
    from songhe.doors.may import ACTS
    from songhe.doors.shell.clock import set_practice_day
    from songhe.kernel.month import Month
    from songhe.person.models import Medium, Person
    from songhe.provider.models import Item, Kind, Listing, Price, Provider

    with connection.cursor() as cursor:
        cursor.execute(_persons(Ids(numbered_id), people, youngest="1966-02-01").replace(SHANDONG, COUNTY))
    persons = list(Person.rows.filter(county=COUNTY).order_by("id").values_list("id", flat=True))
    media = [
        Medium(county=COUNTY, person_id=person, kind="card", number=f"CARD{n:08d}", valid_from=START)
        for n, person in enumerate(persons, 1)
    ]
    Medium.objects.bulk_create(media, batch_size=1_000)
    cards = [
        Card(
            county=COUNTY, no=f"{COUNTY}{n:018d}", person_id=medium.person_id, medium=medium, card_class=1,
            authorised="elder", opened_by="bench", opened_at=AT, opened_on=START,
        )
        for n, medium in enumerate(media, 1)
    ]  # fmt: skip
    Card.objects.bulk_create(cards, batch_size=1_000)
    Standing.objects.bulk_create(
        [
            Standing(county=COUNTY, card=card, standard=STANDARD, first_month="2026-01", pack="bench", version="0" * 12)
            for card in cards
        ],
        batch_size=1_000,
    )
    terms = fund.Terms(
        source="finance", level="county", place=COUNTY, expiry="month_end", allowed=("meals", "bathing"),
        rates={STANDARD: MONTH_FEN},
    )  # fmt: skip
    first = date(2026, 3, 1)
    made = fund.open_fund(
        county=COUNTY, code="bench", name="样例资金", terms=terms, by="clerk", approved_by="head", at=AT, on=first
    )
    row = allot.propose(fund=made, amount_fen=people * MONTH_FEN, document_no="1", at=AT, by="finance")
    allot.approve(county=COUNTY, allotment_id=row.id, at=AT, on=first, by="head")
    done = charge.charge(county=COUNTY, fund_id=made.id, month=Month(2026, 3), on=first, clock=lambda: AT)
    assert done.purses == people, done
    item = Item.objects.create(
        place="000000", code="lunch", name="午餐", name_en="lunch", category="home", help="meals", unit="meal",
        evidence="meal", in_scope=True, valid_from=START,
    )  # fmt: skip
    canteen = Provider.objects.create(
        kind=Kind.COMMUNITY, name="样例助餐点", credit_code="91331199MA00000001", place=COUNTY, admitted_at=AT
    )
    Listing.objects.create(
        provider=canteen, county=COUNTY, valid_from=START, categories=["home"], listed_by="clerk", approved_by="head"
    )
    Price.objects.create(provider=canteen, item=item, price_fen=PRICE_FEN, valid_from=START)
    account = login.open_account(username="till", display_name="till", password=None, at=AT)
    login.appoint(
        account=account, role="provider_manager", place=COUNTY, valid_from=START, provider_id=canteen.id,
        person_id=None, by=None, at=AT,
    )  # fmt: skip
    set_practice_day(DAY)
    secret = token.issue(
        account=account, name="bench", acts=["redemption.make"], known_acts=ACTS, places=[COUNTY],
        valid_to=date(2026, 12, 31), at=AT, on=DAY, by=None,
    ).secret  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return secret, str(made.id)


def _books(fund: str, lunches: int) -> str:
    """Whether every lunch stands in the books once and every purse has what it should."""
    from django.db.models import Sum

    from songhe.card.models import Draw, Fund
    from songhe.ledger.models import Account, Transfer
    from songhe.redemption.models import Bill

    held = Fund.objects.get(county=COUNTY, id=fund)
    drawn = Transfer.objects.filter(county=COUNTY, kind="draw").aggregate(fen=Sum("amount"))["fen"]
    left = Account.objects.filter(county=COUNTY, fund_id=held.books_id, kind="card_purse").aggregate(
        fen=Sum("balance")
    )["fen"]
    found = (Bill.objects.filter(county=COUNTY).count(), Draw.objects.filter(county=COUNTY).count(), drawn, left)
    wanted = (lunches, lunches, lunches * PRICE_FEN, lunches * (MONTH_FEN - PRICE_FEN))
    return "exact" if found == wanted else f"found {found}, wanted {wanted}"


def _queue(port: int, secret: str, *, first: int, count: int, rate: int) -> dict[str, Any]:
    """The callers are a process of their own, so that they do not wait for this one."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as answer:
        asked = json.dumps([port, secret, first, count, rate, answer.name])
        subprocess.run([sys.executable, "-m", "bench.canteen", asked], cwd=ROOT, check=True, env=os.environ)
        found: dict[str, Any] = json.load(answer)
    return found


def _asked(port: int, secret: str, number: int) -> bytes:
    """The request as it goes over the wire: whoever asks shares two cores with whoever answers, and costs little."""
    body = json.dumps(
        {
            "medium": f"CARD{number:08d}",
            "confirmed_by": "elder",
            "lines": [{"item": "lunch", "service_on": DAY.isoformat()}],
        }
    )
    return (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {secret}\r\n"
        f"Idempotency-Key: 00000000-0000-4000-8000-{number:012d}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _answer(connection: socket.socket) -> tuple[int, bytes]:
    """Status and body of an answer whose length is said."""
    found = b""
    while b"\r\n\r\n" not in found:
        found += _more(connection)
    head, _, body = found.partition(b"\r\n\r\n")
    length = int(re.search(rb"(?i)content-length: *(\d+)", head).group(1))  # type: ignore[union-attr]
    while len(body) < length:
        body += _more(connection)
    return int(head.split(b" ", 2)[1]), body


def _more(connection: socket.socket) -> bytes:
    found = connection.recv(65_536)
    if not found:
        raise ConnectionError("the server hung up")
    return found


def _call_all(port: int, secret: str, first: int, count: int, rate: int, answer: str) -> None:
    import threading

    latencies: list[float] = []
    refused: list[str] = []
    begun = time.perf_counter() + 0.2

    def caller(own: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
            for n in range(own, count, CONNECTIONS):
                asked = _asked(port, secret, first + n)
                due = begun + n / rate
                time.sleep(max(0.0, due - time.perf_counter()))
                connection.sendall(asked)
                status, text = _answer(connection)
                latencies.append(time.perf_counter() - due)
                if status != 201:
                    refused.append(text.decode()[:300])

    callers = [threading.Thread(target=caller, args=(own,)) for own in range(CONNECTIONS)]
    for each in callers:
        each.start()
    for each in callers:
        each.join()
    with contextlib.suppress(OSError):
        Path(answer).write_text(
            json.dumps(
                {
                    "latencies": latencies,
                    "seconds": time.perf_counter() - begun,
                    "refused": [len(refused), *refused[:2]],
                }
            )
        )


if __name__ == "__main__":
    _call_all(*json.loads(sys.argv[1]))
