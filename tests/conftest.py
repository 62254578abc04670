"""Fixtures of the root tests: a served database, a browser, an accessibility check, a PostgreSQL."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.hostile import IN_CI
from tests.source import ROOT

CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21aa", "wcag22aa")


def go_without(what: str) -> None:
    """Leave the test out where the machine lacks something; in CI nothing may be left out."""
    if IN_CI:
        pytest.fail(f"{what}; in CI it may not be left out")
    pytest.skip(what)


@pytest.fixture(scope="session")
def postgresql_url() -> str:
    """The address of a PostgreSQL server on which the test may make databases of its own."""
    for variable in ("SONGHE_TEST_POSTGRES", "SONGHE_DATABASE_URL"):
        if os.environ.get(variable, "").startswith("postgres"):
            return os.environ[variable]
    go_without("no PostgreSQL is known (SONGHE_TEST_POSTGRES)")
    raise AssertionError


@pytest.fixture
def served(own_database: Any) -> Iterator[str]:
    """The address of the web, served from the test's own database by threads of this process."""
    from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
    from django.core.wsgi import get_wsgi_application

    class Quiet(WSGIRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadedWSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(get_wsgi_application())
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The machine's own Chromium, headless, driven by Playwright."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if program is None:
        go_without("Chromium is not installed")
    from playwright.sync_api import sync_playwright

    # Playwright keeps an event loop on this thread; Django would take that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any) -> Iterator[Any]:
    """A page in a context of its own. A request that leaves this machine, a breach of the content policy or an
    uncaught error of a script fails the test."""
    context = chromium.new_context(locale="zh-CN", timezone_id="Asia/Shanghai")
    faults: list[str] = []
    opened = context.new_page()
    opened.set_default_timeout(15_000)

    def watch_request(request: Any) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:", "about:")):
            faults.append(f"request left this machine: {request.url}")

    def watch_console(message: Any) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    opened.on("request", watch_request)
    opened.on("console", watch_console)
    opened.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    yield opened
    context.close()
    assert faults == []


@pytest.fixture(scope="session")
def accessibility() -> Callable[[Any], list[str]]:
    """Checks an open page against WCAG and returns its violations, one line each."""
    source = ROOT / "node_modules" / "axe-core" / "axe.min.js"
    if not source.exists():
        go_without("axe-core is not installed (npm ci)")
    script = source.read_text()

    def check(page: Any) -> list[str]:
        if not page.evaluate("() => 'axe' in window"):
            page.evaluate(script)
        options = json.dumps({"runOnly": {"type": "tag", "values": AXE_TAGS}, "resultTypes": ["violations"]})
        found = page.evaluate(f"() => axe.run(document, {options}).then(result => result.violations)")
        return [
            f"{one['id']}: {node['target']} {node.get('failureSummary', '')}" for one in found for node in one["nodes"]
        ]

    return check
