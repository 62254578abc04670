"""The hostile runner: a test passes here because it is right, not because the rows happened to lie in order.

Loaded by pytest before Django reads its settings (``-p tests.hostile`` in ``pyproject.toml``). It gives every run a
home and keys of its own, returns unordered querysets shuffled, refuses every socket that leaves this machine and
every statement that changes county rows without naming the county, and says which database and random seed it had.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any

import hypothesis
import pytest

ROOT = Path(__file__).resolve().parent.parent
RUN_FOLDER = "SONGHE_TEST_RUN"
IN_CI = os.environ.get("CI", "").lower() in {"1", "true", "yes"}
LOOPBACK = ("127.", "::1", "::ffff:127.", "localhost", "0.0.0.0", "::")


def lay_ground() -> Path:
    """Set the environment that settings read: a fresh home, fixed keys, and a server or file for the databases.

    The workers of a parallel run share the folder of the process that started them. The database that
    ``SONGHE_DATABASE_URL`` names is never touched: only its server is used, for databases of the run's own.
    """
    if "PYTEST_XDIST_WORKER" in os.environ and RUN_FOLDER in os.environ:
        return Path(os.environ[RUN_FOLDER])
    folder = Path(tempfile.mkdtemp(prefix="songhe-test-"))
    os.environ[RUN_FOLDER] = str(folder)
    os.environ["SONGHE_HOME"] = str(folder / "home")
    (folder / "home" / "static").mkdir(parents=True)
    os.environ["SONGHE_SECRET_KEY"] = "for tests only " * 4
    os.environ["SONGHE_ID_NUMBER_KEY"] = "5a" * 32
    os.environ["SONGHE_KEEP_COUNTS"] = "false"
    os.environ.pop("SONGHE_POLICIES", None)
    if not os.environ.get("SONGHE_DATABASE_URL", "").startswith("postgres"):
        os.environ["SONGHE_DATABASE_URL"] = f"sqlite:///{folder / 'unused.sqlite3'}"
    return folder


FOLDER = lay_ground()
CHANCE = random.Random()


def stay_on_this_machine() -> None:
    """Let sockets connect to this machine only; a look-up of any other name fails as loudly."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(host: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
        if not name.startswith(LOOPBACK) and name != socket.gethostname():
            raise AssertionError(f"a test reached out of this machine, to {name!r}")

    def is_network(self: socket.socket) -> bool:
        return self.family in {socket.AF_INET, socket.AF_INET6}

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if is_network(self):
            check(address[0])
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        if is_network(self):
            check(address[0])
        return connect_ex(self, address)

    def guarded_look_up(host: Any, *arguments: Any, **options: Any) -> Any:
        check(host)
        return look_up(host, *arguments, **options)

    socket.socket.connect = guarded_connect  # type: ignore[method-assign]
    socket.socket.connect_ex = guarded_connect_ex  # type: ignore[method-assign]
    socket.getaddrinfo = guarded_look_up


def shuffle_unordered_querysets() -> None:
    """Return the rows of a queryset that names no order in an order of chance.

    A slice is left alone (its rows, not only their order, would be of chance), and so is what the database counts.
    """
    from django.db.models.query import QuerySet

    fetch_all, iterator = QuerySet._fetch_all, QuerySet.iterator

    def is_unordered(queryset: Any) -> bool:
        return not (queryset.ordered or queryset.query.is_sliced)

    def shuffled_fetch_all(self: Any) -> None:
        fresh = self._result_cache is None
        fetch_all(self)
        if fresh and len(self._result_cache) > 1 and is_unordered(self):
            CHANCE.shuffle(self._result_cache)

    def shuffled_iterator(self: Any, chunk_size: int | None = None) -> Any:
        rows = iterator(self, chunk_size)
        if is_unordered(self):
            drawn = list(rows)
            CHANCE.shuffle(drawn)
            return iter(drawn)
        return rows

    QuerySet._fetch_all = shuffled_fetch_all
    QuerySet.iterator = shuffled_iterator


CHANGES_ROWS = re.compile(r'^\s*(?:UPDATE|DELETE FROM) "?(\w+)"?')
LOCKS_ROWS = re.compile(r'FROM "?(\w+)"?.*\bFOR (?:NO KEY )?(?:UPDATE|SHARE)\b', re.S)


def sent_by_a_test() -> bool:
    """Whether a test itself sent the statement that runs: attacks may do what verbs may not."""
    frame = sys._getframe(1)
    while frame:
        path = Path(frame.f_code.co_filename)
        if "site-packages" not in path.parts and path != Path(__file__) and path.is_relative_to(ROOT):
            return "tests" in path.parts
        frame = frame.f_back  # type: ignore[assignment]
    return False


def insist_on_the_county() -> None:
    """Refuse a statement that changes or locks county rows without naming the county in its condition."""
    from django.apps import apps
    from django.db.backends.signals import connection_created

    from songhe.county.row import CountyRow

    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, CountyRow)}

    def check(execute: Any, sql: Any, parameters: Any, many: bool, context: Any) -> Any:
        statement = str(sql)
        # The search for a lock is slow, and few statements hold the word.
        found = CHANGES_ROWS.match(statement) or ("FOR " in statement and LOCKS_ROWS.search(statement))
        loose = found and found.group(1) in tables and "county" not in statement.partition("WHERE")[2]
        if loose and not sent_by_a_test():
            raise AssertionError(f"changes or locks county rows without naming the county: {statement}")
        return execute(sql, parameters, many, context)

    def watch(connection: Any, **_: Any) -> None:
        if check not in connection.execute_wrappers:
            connection.execute_wrappers.append(check)

    connection_created.connect(watch, weak=False)


def hash_passwords_quickly() -> None:
    """The hash of the house takes long by design, and no test is about how long."""
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


def seed_of(config: pytest.Config) -> Any:
    return getattr(config.option, "randomly_seed", "none")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    # No deadline: two cores run two workers, and a slow moment of the machine is no fault of the code.
    hypothesis.settings.register_profile("house", deadline=None, database=None, print_blob=True)
    hypothesis.settings.load_profile("house")
    stay_on_this_machine()
    shuffle_unordered_querysets()
    insist_on_the_county()
    hash_passwords_quickly()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    CHANCE.seed(f"{seed_of(item.config)} {item.nodeid}")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Refuse the fixtures that empty tables after a test: append-only tables cannot be emptied, and nothing should."""
    for item in items:
        mark = item.get_closest_marker("django_db")
        flushes = mark is not None and (mark.kwargs.get("transaction") or (mark.args and mark.args[0]))
        if flushes or {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ())):
            raise pytest.UsageError(f"{item.nodeid}: a test that commits takes the fixture own_database")
        if "own_database" in getattr(item, "fixturenames", ()) and mark is not None:
            raise pytest.UsageError(f"{item.nodeid}: own_database stands alone, without the django_db mark")
    if os.environ["SONGHE_DATABASE_URL"].startswith("postgres"):
        leave_out_what_needs_no_database(config, items)


def leave_out_what_needs_no_database(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What a test without a database finds on SQLite it finds on PostgreSQL: it runs once, in the SQLite half.

    So does how a page looks and is used. What people do on the pages is walked on both.
    """
    fixtures = {"db", "own_database", "another_database", "database_template"}
    without = [
        item
        for item in items
        if (item.get_closest_marker("django_db") is None and not fixtures & set(getattr(item, "fixturenames", ())))
        or (item.get_closest_marker("browser") is not None and item.get_closest_marker("on_both") is None)
    ]
    if without:
        config.hook.pytest_deselected(items=without)
        left_out = set(without)
        items[:] = [item for item in items if item not in left_out]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    where = "PostgreSQL" if os.environ["SONGHE_DATABASE_URL"].startswith("postgres") else "SQLite"
    terminalreporter.write_line(f"database {where}, order of chance {seed_of(config)} (repeat it with --randomly-seed)")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        shutil.rmtree(FOLDER, ignore_errors=True)
