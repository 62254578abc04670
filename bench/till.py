"""The till in a browser: from the key, the button or the picture to the answer on the screen.

Run on the sample county, whose vouchers it redeems: ``songhe demo``, ``songhe month 2026-03 --until issue``, then
``songhe bench till``. One web process serves; what is read is a number typed, a code of a telephone typed by a scanner
gun, and a photograph of the code.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.database import ROOT, say
from bench.measure import Figures, median
from bench.redemption import free_port, wait_for

ROUNDS = 10
GOAL_MS = 1000

STOPWATCH = """() => {
    let began = 0;
    window.took = [];
    const start = () => { began ||= performance.now(); };
    document.addEventListener("click", (event) => event.target.closest("button.main") && start(), true);
    document.addEventListener("keydown", (event) => event.key === "Enter" && start(), true);
    document.addEventListener("change", (event) => event.target.matches("[data-photo]") && start(), true);
    new MutationObserver(() => {
        if (!began || !document.querySelector('#redeem:not([data-outcome=""])')) return;
        const from = began;
        began = 0;
        requestAnimationFrame(() => {
            window.took.push(performance.now() - from);
            document.documentElement.dataset.answers = window.took.length;
        });
    }).observe(document.body, { childList: true, subtree: true });
}"""


def run(*, size: int = 0, rounds: int = ROUNDS) -> Figures:
    """Each round redeems three vouchers, one in each way; ``size`` is not asked for."""
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.doors.shell.clock import is_practice

    if not is_practice():
        raise SystemExit("this redeems vouchers: it is for a practice database alone")
    till = Till()
    found: dict[str, list[float]] = {"number": [], "scanner gun": [], "photograph": [], "booking": []}
    with served() as address, browser() as chromium, tempfile.TemporaryDirectory() as folder:
        page = chromium.new_page()
        page.goto(address)
        page.locator(f'form:has(input[value="{till.manager}"]) button').click()
        page.wait_for_url("**/provider/")
        for turn in range(rounds + 1):
            for way in ("number", "scanner gun", "photograph"):
                asked, booked = till.redeem(page, address, way, Path(folder))
                # The first round is not counted: a server that has just started reads its packs.
                if turn:
                    found[way].append(asked)
                    found["booking"].append(booked)
    slowest = max(max(each) for each in found.values())
    return Figures(
        bench="till",
        size=rounds,
        measured={way: {"median_ms": median(each), "slowest_ms": max(each)} for way, each in found.items()},
        reference={"what": "a second"},
        ratios={"slowest_ms": slowest},
        goals={"slowest_ms": ("at most", GOAL_MS)},
        notes={"server": "granian, 1 worker", "people": till.people},
    )


class Till:
    """A provider of the sample with a manager, and vouchers that may be redeemed there, each once."""

    def __init__(self) -> None:
        from songhe.access.models import Appointment
        from songhe.access.role import Role
        from songhe.doors.shell.clock import read_clock
        from songhe.grant.models import Grant
        from songhe.kernel.month import Month
        from songhe.ledger.models import Account
        from songhe.person.models import Person
        from songhe.provider.models import Category, Kind, Provider
        from songhe.provider.price import prices_on

        self.clock = read_clock()
        held = Appointment.objects.filter(role=Role.PROVIDER_MANAGER, account__practice=True).select_related("account")
        managers = {one.provider_id: one.account.username for one in held}
        company = Provider.objects.filter(pk__in=managers, kind=Kind.COMMUNITY).order_by("pk").first()
        if company is None:
            raise SystemExit("no provider of the sample has a manager with a practice sign-in")
        self.manager = managers[company.pk]
        self.item = next(
            one.item.code for one in prices_on(company, self.clock.on) if one.item.category == Category.HOME
        )
        month = str(Month.of(self.clock.on))
        there = {"county": company.place}
        grants = Grant.objects.filter(**there, month=month, category=Category.HOME, state=Grant.State.ACTIVE)
        filled = Account.objects.filter(**there, balance__gt=0).values("id")
        grants = grants.filter(purse_id__in=filled, person__died_on=None, person__closed_on=None)
        self.grants = iter(list(grants.select_related("person").order_by("id")))
        self.people = Person.rows.filter(county=company.place).count()

    def redeem(self, page: Any, address: str, way: str, folder: Path) -> tuple[float, float]:
        """Milliseconds to the answer who pays what, and to the answer that it is booked."""
        from tests.browser.pictures import photograph

        grant = next(self.grants, None)
        if grant is None:
            raise SystemExit("the sample has too few vouchers with money for so many rounds")
        page.goto(f"{address}/provider/redeem/", wait_until="networkidle")
        page.locator("[name=item_1]").select_option(self.item)
        page.locator("[data-scan]").focus()
        page.evaluate(STOPWATCH)
        if way == "number":
            page.keyboard.type(grant.no)
            page.locator("[name=confirmed_by][value=elder]").check()
            page.locator("[name=step][value=quote]").click()
        elif way == "scanner gun":
            page.keyboard.type(self.code_of(grant))
            page.keyboard.press("Enter")
        else:
            page.locator("[data-photo]").set_input_files(photograph(self.code_of(grant), folder / "photo.jpg"))
        page.locator("html[data-answers='1']").wait_for()
        if page.locator("#redeem[data-outcome=asked]").count() == 0:
            # Refused, and said why: the next in the queue.
            say(page.locator("#redeem [data-focus]").first.inner_text().replace("\n", " "))
            return self.redeem(page, address, way, folder)
        page.locator("[data-book]").click()
        page.locator("html[data-answers='2']").wait_for()
        asked, booked = page.evaluate("window.took")
        return round(asked, 1), round(booked, 1)

    def code_of(self, grant: Any) -> str:
        from songhe.doors.shell.clock import read_clock
        from songhe.person.code import show
        from songhe.person.medium import issue

        now = read_clock()
        medium = issue(person=grant.person, kind="phone", on=now.on, at=now.at, by="bench")
        return show(medium=medium, at=now.at).payload


@contextmanager
def served() -> Iterator[str]:
    """``songhe serve`` on the same database, with one web process."""
    port = free_port()
    command = [sys.executable, "-m", "songhe", "serve", "--port", str(port), "--workers", "1", "--no-worker"]
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "serve.log"
        with log.open("wb") as output:
            process = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        try:
            wait_for(port, process, log)
            say(f"serving on port {port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


@contextmanager
def browser() -> Iterator[Any]:
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        raise SystemExit("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    from tests.conftest import CHROMIUM_FLAGS

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield opened
        opened.close()
