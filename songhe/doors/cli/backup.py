"""``songhe backup`` and ``songhe restore``: a copy that the auditor has been over."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timezone
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from songhe.doors.cli import FAILED

#: What stands beside a copy: how it was made, and the digest that says whether it is whole.
NOTE = ".json"


@click.command()
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True)
def backup(target: Path, as_json: bool) -> None:
    """Copy the database to TARGET while it is in use. Keys and files under SONGHE_HOME are kept apart, by the operator.

    SQLite is copied by its own backup interface, PostgreSQL by pg_dump. A note beside the copy holds its SHA-256.
    """
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from django.db import connection

    if target.exists():
        raise click.ClickException(f"{target} 已经存在，不会覆盖。 {target} exists and is not overwritten.")
    if connection.vendor == "sqlite":
        _copy_sqlite(Path(str(connection.settings_dict["NAME"])), target)
    else:
        _run(["pg_dump", "--format=custom", f"--file={target}", _address(connection.settings_dict)])
    note = {
        "vendor": connection.vendor,
        "sha256": _digest(target),
        "bytes": target.stat().st_size,
        "made_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
    }
    _note(target).write_text(json.dumps(note) + "\n")
    if as_json:
        click.echo(json.dumps({"file": str(target), **note}))
    else:
        click.echo(f"{target} {note['bytes']:,} B  sha256 {note['sha256']}")


@click.command()
@click.argument("source", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--yes", is_flag=True, help="Do not ask before the present database is set aside.")
@click.option("--json", "as_json", is_flag=True)
def restore(source: Path, yes: bool, as_json: bool) -> None:
    """Put the copy SOURCE in the place of the database, then run the auditor and the chain verifier over it.

    On SQLite the present database is set aside beside it, not deleted; on PostgreSQL the target must be empty.
    """
    note_file = _note(source)
    if not note_file.exists() or json.loads(note_file.read_text())["sha256"] != _digest(source):
        raise click.ClickException("备份不完整或被改动，不恢复。 The copy is not whole; nothing was restored.")
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from django.db import connection

    if connection.vendor == "sqlite":
        place = Path(str(connection.settings_dict["NAME"]))
        if place.exists():
            if not yes:
                click.confirm("现有数据库将被移到一旁。 The present database is set aside. Go on?", abort=True)
            place.replace(place.with_suffix(f".before-{datetime.now(timezone.utc):%Y%m%dT%H%M%S}"))
        place.parent.mkdir(parents=True, exist_ok=True)
        connection.close()
        _copy_sqlite(source, place)
    else:
        with connection.cursor() as cursor:
            if connection.introspection.table_names(cursor):
                raise click.ClickException("目标数据库不是空的。 The target database is not empty.")
        _run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={_address(connection.settings_dict)}", source])
    found = list(_faults())
    if as_json:
        click.echo(json.dumps({"findings": found}, ensure_ascii=False))
    else:
        for line in found:
            click.echo(line)
    if found:
        click.echo(f"恢复后审计发现{len(found)}处问题。 The auditor found {len(found)} faults.", err=True)
        sys.exit(FAILED)
    if not as_json:
        click.echo("已恢复，审计无发现。 Restored; the auditor found nothing.")


def _faults() -> Iterator[str]:
    from songhe.month.audit import findings

    for finding in findings():
        yield str(finding)


def _copy_sqlite(source: Path, target: Path) -> None:
    present = sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)
    with closing(present) as before, closing(sqlite3.connect(target)) as after:
        before.backup(after)


def _address(settings: dict[str, Any]) -> str:
    user, password = quote(str(settings["USER"])), quote(str(settings["PASSWORD"]))
    who = f"{user}:{password}@" if password else f"{user}@" if user else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgresql://{who}{settings['HOST']}{port}/{quote(str(settings['NAME']))}"


def _run(command: list[Any]) -> None:
    if shutil.which(command[0]) is None:
        raise click.ClickException(f"缺少 {command[0]}。 {command[0]} is not installed.")
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    if done.returncode:
        raise click.ClickException(done.stderr.strip() or f"{command[0]} failed")


def _note(path: Path) -> Path:
    return path.with_name(path.name + NOTE)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
