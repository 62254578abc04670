"""``songhe doctor``: is this installation fit to hold people's money?"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import click

from songhe.doors.cli import FAILED, OK

GOOD, WARNING, BAD = "good", "warning", "bad"

#: SQLite versions whose write-ahead log does not lose commits; others run with a rollback journal.
SAFE_WAL = ((3, 51, 3), (3, 50, 7), (3, 44, 6))


@dataclass(frozen=True)
class Check:
    name: str
    state: str
    zh: str
    en: str


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.option("--fix", is_flag=True, help="Put right what can be: make the keys by which people are found again.")
def doctor(as_json: bool, fix: bool) -> None:
    """Check settings, database, guards, packs and tools; exit 1 when something is bad."""
    from songhe.doors.cli.django_setup import set_up

    set_up()
    if fix:
        _make_search_keys()
    checks = list(everything())
    if as_json:
        click.echo(json.dumps([asdict(check) for check in checks], ensure_ascii=False))
    else:
        for check in checks:
            sign = {"good": "✓", "warning": "!", "bad": "✗"}[check.state]
            click.echo(f"{sign} {check.zh}  {check.en}")
        _settings()
    sys.exit(FAILED if any(check.state == BAD for check in checks) else OK)


def everything() -> Iterator[Check]:
    from django.db import connection

    yield from _database()
    yield from _sqlite() if connection.vendor == "sqlite" else _postgresql()
    yield from _guards()
    yield from _packs()
    yield from working_days()
    yield from _jobs()
    yield from _search()
    yield from sandboxes()
    yield from _tools()


def sandboxes() -> Iterator[Check]:
    """Real people are told by a real carrier, and their staff sign in with two factors."""
    from django.conf import settings

    from songhe.doors.shell.clock import is_practice

    if is_practice():
        return
    if settings.MESSENGER.startswith("songhe.outside.sms.sandbox"):
        yield Check(
            "messenger",
            WARNING,
            "短信还没有接入：SONGHE_MESSENGER 仍是练习用的",
            "no carrier of texts is set: SONGHE_MESSENGER is the sandbox",
        )
    else:
        yield Check("messenger", GOOD, "短信已接入", "a carrier of texts is set")
    if settings.IDENTIFIER.startswith("songhe.outside.identity.sandbox"):
        yield Check(
            "identifier",
            WARNING,
            "实名核验还没有接入：SONGHE_IDENTIFIER 仍是练习用的",
            "nobody checks names and ID numbers: SONGHE_IDENTIFIER is the sandbox",
        )
    else:
        yield Check("identifier", GOOD, "实名核验已接入", "names and ID numbers are checked")
    if settings.FACES.startswith("songhe.outside.face.sandbox"):
        yield Check(
            "faces",
            WARNING,
            "刷脸服务还没有接入：SONGHE_FACES 仍是练习用的",
            "no service knows faces: SONGHE_FACES is the sandbox",
        )
    else:
        yield Check("faces", GOOD, "刷脸服务已接入", "a service knows faces")
    required = settings.SECOND_FACTOR == "required"
    yield Check(
        "second_factor",
        GOOD if required else WARNING,
        "工作人员登录须有第二重验证" if required else "工作人员登录不要求第二重验证：SONGHE_SECOND_FACTOR=optional",
        "staff sign in with a second factor"
        if required
        else "staff need no second factor: SONGHE_SECOND_FACTOR=optional",
    )


def _database() -> Iterator[Check]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        yield Check("migrations", BAD, f"还有{len(waiting)}个迁移未执行", f"{len(waiting)} migrations wait")
    else:
        yield Check("migrations", GOOD, "数据库结构是最新的", "the database is migrated")


def _sqlite() -> Iterator[Check]:
    import sqlite3

    from django.db import connection

    def pragma(name: str) -> Any:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA {name}")
            return cursor.fetchone()[0]

    journal, version = pragma("journal_mode"), sqlite3.sqlite_version_info
    safe = any(version[:2] == line[:2] and version >= line for line in SAFE_WAL) or version >= SAFE_WAL[0]
    fits = journal != "wal" or safe
    text = f"SQLite {sqlite3.sqlite_version}, journal_mode={journal}"
    yield Check("sqlite.journal", GOOD if fits else BAD, text, text)
    for name, least in (("synchronous", 2), ("foreign_keys", 1)):
        value = int(pragma(name))
        yield Check(f"sqlite.{name}", GOOD if value >= least else BAD, f"{name}={value}", f"{name}={value}")
    mapped = int(pragma("mmap_size") or 0)
    yield Check("sqlite.mmap", GOOD if mapped == 0 else BAD, f"mmap_size={mapped}", f"mmap_size={mapped}")


def _postgresql() -> Iterator[Check]:
    from django.db import connection

    wanted = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "TimeZone": "UTC"}
    with connection.cursor() as cursor:
        for name, value in wanted.items():
            cursor.execute(f"SHOW {name}")
            is_now = cursor.fetchone()[0]
            state = GOOD if is_now == value else BAD
            yield Check(f"postgresql.{name}", state, f"{name}={is_now}", f"{name}={is_now}")
        cursor.execute("SHOW data_checksums")
        sums = cursor.fetchone()[0]
        yield Check(
            "postgresql.checksums", GOOD if sums == "on" else WARNING, f"数据校验和 {sums}", f"checksums {sums}"
        )
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        is_super = cursor.fetchone()[0]
        yield Check(
            "postgresql.role",
            WARNING if is_super else GOOD,
            "应用账号是超级用户，正式环境应换成普通账号" if is_super else "应用账号不是超级用户",
            "the role is a superuser: use an ordinary one" if is_super else "the role is no superuser",
        )


def _guards() -> Iterator[Check]:
    from django.db import connection

    from songhe.county.guard import all_guards

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        standing = {row[0] for row in cursor.fetchall()}
    missing = [guard.name for guard in all_guards() if not any(name.startswith(guard.name) for name in standing)]
    if missing:
        yield Check("guards", BAD, f"缺少触发器：{'、'.join(missing)}", f"triggers are missing: {', '.join(missing)}")
    else:
        yield Check("guards", GOOD, "所有触发器都在", "every trigger stands")


def _packs() -> Iterator[Check]:
    from songhe.policy.resolve import library

    problems = library().problems
    state = BAD if problems else GOOD
    yield Check("packs", state, f"政策包问题{len(problems)}个", f"{len(problems)} problems in policy packs")


def working_days() -> Iterator[Check]:
    """The list of this year, and in December that of the next."""
    from songhe.doors.shell.clock import read_clock
    from songhe.place.calendar import loaded_calendar

    on = read_clock().on
    wanted = [on.year, on.year + 1] if on.month == 12 else [on.year]
    missing = [str(year) for year in wanted if year not in loaded_calendar().years]
    if missing:
        yield Check(
            "working_days",
            WARNING,
            f"没有{'、'.join(missing)}年的放假调休安排，工作日暂按周一至周五和固定节日计算；"
            "请用 songhe init --calendar 录入",
            f"no list of holidays for {', '.join(missing)}: working days are counted provisionally, as weekdays "
            "without the fixed holidays; load it by songhe init --calendar",
        )
    else:
        yield Check("working_days", GOOD, "放假调休安排已录入", "the lists of holidays are loaded")


def _jobs() -> Iterator[Check]:
    from songhe.doors.shell.clock import read_clock
    from songhe.jobs.outbox import left_for_people
    from songhe.jobs.run import stuck

    standing, left = stuck(at=read_clock().at), left_for_people()
    state = WARNING if standing or left else GOOD
    yield Check(
        "jobs",
        state,
        f"停住的任务{len(standing)}个，等人处理的消息{len(left)}条",
        f"{len(standing)} runs are stuck, {len(left)} outbox entries wait for people",
    )


def _counties() -> list[str]:
    """The counties that have people, one look at the index for each."""
    from songhe.person.models import Person

    found: list[str] = []
    while True:
        rows = Person.rows.order_by("county")
        after = rows.filter(county__gt=found[-1]) if found else rows
        county = after.values_list("county", flat=True).first()
        if county is None:
            return found
        found.append(county)


def _search() -> Iterator[Check]:
    from django.db.utils import DatabaseError

    from songhe.person.search import without_keys

    try:
        missing = [county for county in _counties() if without_keys(county)]
    except DatabaseError:
        # Before the tables are made there is nothing to find.
        return
    if missing:
        yield Check(
            "search",
            BAD,
            f"有人查不到，请运行 songhe doctor --fix：{'、'.join(missing)}",
            f"some people cannot be found; run songhe doctor --fix: {', '.join(missing)}",
        )
    else:
        yield Check("search", GOOD, "所有人员都查得到", "everybody can be found")


def _make_search_keys() -> None:
    from songhe.person.search import rebuild, without_keys

    for county in _counties():
        if without_keys(county):
            click.echo(f"{county}: {rebuild(county=county)}", err=True)


def _tools() -> Iterator[Check]:
    from songhe.document.pdf import render_pdf
    from songhe.kernel.refusal import Refusal
    from songhe.settings import INSTALLATION

    try:
        render_pdf("<p>松鹤</p>")
        yield Check("pdf", GOOD, "可以生成 PDF", "PDF can be made")
    except Refusal as refusal:
        yield Check("pdf", WARNING, refusal.message("zh"), refusal.message("en"))
    free = shutil.disk_usage(INSTALLATION.home).free // 1024**3
    yield Check("disk", GOOD if free >= 2 else BAD, f"磁盘剩余{free} GB", f"{free} GB of disk are free")


def _settings() -> None:
    from rich.console import Console
    from rich.table import Table

    from songhe.settings import INSTALLATION, Installation

    table = Table("setting", "value", "", box=None, padding=(0, 2))
    for name, field in Installation.model_fields.items():
        value = getattr(INSTALLATION, name)
        shown = "***" if "key" in name or "url" in name else str(value)
        table.add_row(f"SONGHE_{name.upper()}", shown, field.description or "")
    Console().print(table)
