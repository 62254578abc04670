"""Databases for tests: each is a copy of one migrated template; none is ever emptied."""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes.util import find_library
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pytest

FOLDER = Path(os.environ["SONGHE_TEST_RUN"])


@pytest.fixture
def pango() -> None:
    """For tests that draw a paper. CI installs Pango before the suite runs."""
    if find_library("pango-1.0") is None:
        pytest.skip("Pango is not installed")


def is_postgresql() -> bool:
    return os.environ["SONGHE_DATABASE_URL"].startswith("postgres")


@dataclass(frozen=True)
class TestDatabase:
    """A database of a test's own. ``url`` is what ``SONGHE_DATABASE_URL`` says to the test's threads and processes."""

    __test__ = False
    name: str

    @property
    def url(self) -> str:
        if is_postgresql():
            return urlunsplit(urlsplit(os.environ["SONGHE_DATABASE_URL"])._replace(path=f"/{self.name}"))
        return f"sqlite:///{self.name}"

    def take(self) -> None:
        """Make it the default database of every thread of this process, from the next connection on."""
        from django.db import connections

        connection = connections["default"]
        connection.close()
        if connection.vendor == "postgresql":
            connection.close_pool()  # type: ignore[attr-defined]
        connection.settings_dict["NAME"] = self.name


def on_server(*statements: str) -> None:
    """Run statements on the server itself, outside any database of the tests."""
    import psycopg

    given = urlsplit(os.environ["SONGHE_DATABASE_URL"])
    with psycopg.connect(urlunsplit(given._replace(path="/postgres")), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def new_name() -> str:
    """A name nobody else uses: runs at the same time on the same server do not meet."""
    token = f"{FOLDER.name.rpartition('-')[2].lower()}_{uuid.uuid4().hex[:10]}"
    return f"songhe_test_{token}" if is_postgresql() else str(FOLDER / f"{token}.sqlite3")


def template() -> TestDatabase:
    """The migrated template, made once in a run by whichever worker comes first."""
    from django.core.management import call_command
    from django.db import connections

    kind = "postgresql" if is_postgresql() else "sqlite"
    note = FOLDER / f"template-{kind}"
    with (FOLDER / f"template-{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if note.exists():
            return TestDatabase(note.read_text())
        made = TestDatabase(new_name())
        if is_postgresql():
            on_server(f"CREATE DATABASE \"{made.name}\" ENCODING 'UTF8' TEMPLATE template0")
        made.take()
        call_command("migrate", interactive=False, verbosity=0)
        connections["default"].close()
        note.write_text(made.name)
        return made


def copy_of(original: TestDatabase) -> TestDatabase:
    copy = TestDatabase(new_name())
    if is_postgresql():
        on_server(f'CREATE DATABASE "{copy.name}" TEMPLATE "{original.name}"')
    else:
        shutil.copyfile(original.name, copy.name)
    return copy


def drop(database: TestDatabase) -> None:
    if is_postgresql():
        on_server(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')
    else:
        for path in Path(database.name).parent.glob(f"{Path(database.name).name}*"):
            path.unlink()


@contextmanager
def taken(database: TestDatabase) -> Iterator[TestDatabase]:
    """Use ``database`` in this process and its children; go back to the former one and drop it afterwards."""
    from django.db import connections

    former, address = TestDatabase(connections["default"].settings_dict["NAME"]), os.environ["SONGHE_DATABASE_URL"]
    database.take()
    os.environ["SONGHE_DATABASE_URL"] = database.url
    try:
        yield database
    finally:
        os.environ["SONGHE_DATABASE_URL"] = address
        former.take()
        drop(database)


@pytest.fixture(scope="session")
def database_template(django_db_blocker: Any) -> TestDatabase:
    with django_db_blocker.unblock():
        return template()


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last act of the process that started the run: no database stays behind on the server."""
    note = FOLDER / "template-postgresql"
    if not hasattr(config, "workerinput") and note.exists():
        drop(TestDatabase(note.read_text()))


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, database_template: TestDatabase, django_db_blocker: Any
) -> Iterator[None]:
    """Tests that roll back share one copy of the template per worker."""
    with django_db_blocker.unblock(), taken(copy_of(database_template)):
        yield


@pytest.fixture
def own_database(database_template: TestDatabase, django_db_blocker: Any) -> Iterator[TestDatabase]:
    """For tests that commit: a migrated database of the test's own, for its threads and processes, dropped after it.

    ``SONGHE_DATABASE_URL`` names it while the test runs, so a child process started by the test opens it as well.
    """
    with django_db_blocker.unblock(), taken(copy_of(database_template)) as database:
        yield database


@pytest.fixture
def another_database(database_template: TestDatabase, django_db_blocker: Any) -> Iterator[Callable[[], TestDatabase]]:
    """Makes further copies of the template, not taken: for two runs that are compared, or a child process's own."""
    made: list[TestDatabase] = []

    def make() -> TestDatabase:
        made.append(copy_of(database_template))
        return made[-1]

    with django_db_blocker.unblock():
        yield make
        for database in made:
            drop(database)
