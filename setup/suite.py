"""Runs the test suite and says plainly on what: SQLite, PostgreSQL, Chromium. See ``./test``."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import postgresql

ROOT = Path(__file__).resolve().parent.parent
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
NO_TESTS = 5


def say(sentence: str) -> None:
    print(sentence, flush=True)


def pytest(title: str, *arguments: str, **environment: str) -> int:
    say(f"== {title}")
    parallel = () if any(part in {"--pdb", "-s"} or part.startswith("-n") for part in arguments) else ("-n", "2")
    command = [sys.executable, "-m", "pytest", "-rs", *parallel, "--dist", "worksteal", *arguments]
    return subprocess.run(command, cwd=ROOT, env=os.environ | environment).returncode


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def fast(arguments: list[str]) -> int:
    return pytest("the fast part, on SQLite", "-m", "not slow and not browser and not race", *arguments)


def everything(arguments: list[str]) -> int:
    missing = []
    if chromium() is None:
        missing.append("Chromium is not installed: the browser tests are left out.")
    with postgresql.server() as (url, which):
        if url is None:
            missing.append(f"PostgreSQL: {which}; its half of the suite is left out.")
        for sentence in missing:
            say(f"== SKIPPED: {sentence}")
        if missing and IN_CI:
            say("In CI nothing may be left out.")
            return 1
        reach = {"SONGHE_TEST_POSTGRES": url} if url else {}
        results = {"SQLite": pytest("everything, on SQLite", *arguments, SONGHE_DATABASE_URL="", **reach)}
        if url:
            title = f"everything, on PostgreSQL: {which}"
            results["PostgreSQL"] = pytest(title, *arguments, SONGHE_DATABASE_URL=url, **reach)
    words = {0: "passed", NO_TESTS: "no test chosen"}
    say("== " + "; ".join(f"{name}: {words.get(status, 'FAILED')}" for name, status in results.items()))
    return max((status for status in results.values() if status != NO_TESTS), default=NO_TESTS)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    chosen = sys.argv[1:]
    try:
        sys.exit(fast(chosen[1:]) if chosen[:1] == ["fast"] else everything(chosen))
    except KeyboardInterrupt:
        sys.exit(130)
