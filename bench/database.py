"""Databases of a benchmark's own, on the server named by ``SONGHE_BENCH_POSTGRES`` or on one made for the run."""

from __future__ import annotations

import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Server:
    """A PostgreSQL on which databases may be made. ``which`` says in words where it came from."""

    url: str
    which: str

    def run(self, *statements: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def address(self, name: str) -> str:
        return urlunsplit(urlsplit(self.url)._replace(path=f"/{name}"))

    def settings(self) -> dict[str, str]:
        """What decides how fast it writes."""
        asked = ("server_version", "shared_buffers", "work_mem", "max_wal_size", "fsync", "synchronous_commit")
        with psycopg.connect(self.url) as connection:
            return {name: str(connection.execute(f"SHOW {name}".encode()).fetchone()[0]) for name in asked}


@dataclass(frozen=True)
class Database:
    server: Server
    name: str

    @property
    def url(self) -> str:
        return self.server.address(self.name)

    def take(self) -> None:
        """Make it the database of this process, from the next connection on."""
        from django.db import connections

        connection = connections["default"]
        connection.close()
        connection.settings_dict["NAME"] = self.name

    def leave(self) -> None:
        from django.db import connections

        connections["default"].close()


@contextmanager
def server() -> Iterator[Server]:
    """The server to measure on. ``setup/postgresql.py`` finds one, or makes one that is gone when the run ends."""
    named = os.environ.get("SONGHE_BENCH_POSTGRES")
    if named:
        yield Server(named, "SONGHE_BENCH_POSTGRES")
        return
    spec = spec_from_file_location("songhe_setup_postgresql", ROOT / "setup" / "postgresql.py")
    assert spec is not None
    assert spec.loader is not None
    setup = module_from_spec(spec)
    spec.loader.exec_module(setup)
    folder = setup.programs()
    if folder is not None and (os.getuid() or setup.someone_else()):
        with setup.throwaway(folder) as url:
            yield Server(url, "made for this run")
        return
    with setup.server() as (url, which):
        if url is None:
            raise SystemExit(f"no PostgreSQL to measure on: {which}; name one in SONGHE_BENCH_POSTGRES")
        yield Server(url, which)


@contextmanager
def started() -> Iterator[Server]:
    """A server, and Django set up for this process with a home of its own: no installation is touched."""
    with server() as found, tempfile.TemporaryDirectory(prefix="songhe-bench-") as home:
        (Path(home) / "static").mkdir()
        os.environ["SONGHE_HOME"] = home
        os.environ["SONGHE_DATABASE_URL"] = found.url
        os.environ["SONGHE_LOG_LEVEL"] = "WARNING"
        os.environ["DJANGO_SETTINGS_MODULE"] = "songhe.settings"
        import django

        django.setup()
        yield found


@contextmanager
def new_database(found: Server) -> Iterator[Database]:
    """A migrated database, taken by this process until another is, and dropped afterwards."""
    from django.core.management import call_command

    made = Database(found, f"songhe_bench_{secrets.token_hex(5)}")
    found.run(f"CREATE DATABASE \"{made.name}\" ENCODING 'UTF8' TEMPLATE template0")
    try:
        made.take()
        call_command("migrate", interactive=False, verbosity=0)
        yield made
    finally:
        _drop(made)


@contextmanager
def copy_of(original: Database) -> Iterator[Database]:
    """A copy of a filled database, written through to disk before anything is timed, and dropped afterwards."""
    made = Database(original.server, f"songhe_bench_{secrets.token_hex(5)}")
    original.leave()
    original.server.run(f'CREATE DATABASE "{made.name}" TEMPLATE "{original.name}" STRATEGY FILE_COPY', "CHECKPOINT")
    try:
        made.take()
        yield made
    finally:
        _drop(made)


def _drop(database: Database) -> None:
    database.leave()
    database.server.run(f'DROP DATABASE IF EXISTS "{database.name}" WITH (FORCE)')


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
