"""A PostgreSQL for the tests: the one named, else one that answers on this machine, else one made for this run.

The one made for a run lives in a temporary folder, listens on the loopback address only, has a password of its own
and is gone when the run ends. PostgreSQL refuses to run as root, so root starts it as ``postgres`` or ``nobody``.

``.venv/bin/python setup/postgresql.py COMMAND …`` runs one command with ``SONGHE_DATABASE_URL`` naming it:
``… setup/postgresql.py .venv/bin/python -m pytest songhe/ledger``.
"""

from __future__ import annotations

import glob
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def problem_with(url: str) -> str | None:
    """Why tests cannot use this server, or None: it must answer, be 14 or newer and let us create databases."""
    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            if connection.info.server_version < 140000:
                return "older than version 14"
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
            return None if row and row[0] else "its role may not create databases"
    except psycopg.Error as error:
        return str(error).strip().partition("\n")[0]


def local_servers() -> Iterator[str]:
    users = ["postgres", pwd.getpwuid(os.getuid()).pw_name]
    for folder in ("/var/run/postgresql", "/tmp"):
        for path in sorted(glob.glob(f"{folder}/.s.PGSQL.*[0-9]")):
            for user in users:
                yield f"postgresql://{user}@/postgres?host={folder}&port={path.rpartition('.')[2]}"
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", 5432)) == 0:
            for user in users:
                yield f"postgresql://{user}@127.0.0.1:5432/postgres"


def programs() -> Path | None:
    """The folder of ``initdb``: on the path, or where Debian and Red Hat put it, newest first."""
    found = shutil.which("initdb")
    if found:
        return Path(found).resolve().parent
    folders = glob.glob("/usr/lib/postgresql/*/bin/initdb") + glob.glob("/usr/pgsql-*/bin/initdb")
    newest = sorted(
        folders, key=lambda path: [int(part) for part in path.replace("-", "/").split("/") if part.isdigit()]
    )
    return Path(newest[-1]).parent if newest else None


def someone_else() -> str | None:
    """The account that the server runs under when we are root."""
    if os.getuid():
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    return None


@contextmanager
def throwaway(folder_of_programs: Path) -> Iterator[str]:
    user = someone_else()
    folder = Path(tempfile.mkdtemp(prefix="songhe-postgresql-"))
    data, password_file, log = folder / "data", folder / "password", folder / "log"
    password = secrets.token_hex(12)
    password_file.write_text(password)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if user:
        owner = pwd.getpwnam(user)
        for path in (folder, password_file):
            os.chown(path, owner.pw_uid, owner.pw_gid)

    other = {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}

    def call(program: str, *arguments: str | Path) -> None:
        command = [folder_of_programs / program, *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder, **other)

    try:
        call(
            "initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={password_file}",
            "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums", "--no-sync",
        )  # fmt: skip
        settings = {
            "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "max_connections": 300,
            "timezone": "UTC", "shared_buffers": "256MB", "checkpoint_timeout": "30min", "max_wal_size": "4GB",
        }  # fmt: skip
        with (data / "postgresql.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
        call("pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "start")
        try:
            yield f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        finally:
            call("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server() -> Iterator[tuple[str | None, str]]:
    """The address of a PostgreSQL for the tests and a sentence on which it is, or None and why there is none."""
    named = os.environ.get("SONGHE_TEST_POSTGRES")
    if named:
        problem = problem_with(named)
        yield (None, f"SONGHE_TEST_POSTGRES cannot be used: {problem}") if problem else (named, "SONGHE_TEST_POSTGRES")
        return
    for url in local_servers():
        if problem_with(url) is None:
            yield url, "the local server"
            return
    folder = programs()
    if folder is None:
        yield None, "no server answers on this machine and PostgreSQL is not installed"
    elif os.getuid() == 0 and someone_else() is None:
        yield None, "we are root, and there is no account to run a server under"
    else:
        with throwaway(folder) as url:
            yield url, f"a server made for this run ({folder})"


def main(command: list[str]) -> int:
    with server() as (url, which):
        print(f"PostgreSQL: {which}", file=sys.stderr)
        if url is None or not command:
            return 1
        return subprocess.run(
            command, env=os.environ | {"SONGHE_DATABASE_URL": url, "SONGHE_TEST_POSTGRES": url}
        ).returncode


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(sys.argv[1:]))
