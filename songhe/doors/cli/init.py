"""``songhe init``: a real database, laid out, with the rules of the country and its first administrator."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path

import click

from songhe.kernel.refusal import reason

PASSWORD_VARIABLE = "SONGHE_ADMIN_PASSWORD"
LOADED_BY = "run:setup"

FOREIGN_DATABASE = reason(
    "init.foreign_database",
    zh="这个数据库里已有别的系统的数据表，请换一个空数据库。",
    en="This database holds tables of another system; choose an empty one.",
    status=409,
)
HOLDS_PRACTICE = reason(
    "init.practice_database",
    zh="这是练习数据库，不能改为正式数据库；请换一个空数据库。",
    en="This is a practice database and cannot be made a real one; choose an empty one.",
    status=409,
)
HOLDS_REAL = reason(
    "init.real_database",
    zh="这是正式数据库，不能装入样例县。",
    en="This is a real database; the sample county is not loaded into it.",
    status=409,
)
HOLDS_SAMPLE = reason(
    "init.sample_there",
    zh="这个练习数据库里已有样例县；要重来，请换一个空数据库。",
    en="This practice database holds a sample already; to begin anew, choose an empty one.",
    status=409,
)
SAMPLE_CUT_OFF = reason(
    "init.sample_cut_off",
    zh="上次装入样例县时中断，这个练习数据库不完整；请换一个空数据库再来。",
    en="Loading the sample was cut off and this practice database is incomplete; begin anew in an empty one.",
    status=409,
)
NOT_EMPTY = reason(
    "init.not_empty",
    zh="这个数据库里已有账号或人员，不能装入样例县。",
    en="This database holds accounts or people already; the sample county needs an empty one.",
    status=409,
)
PASSWORD_MISSING = reason(
    "init.password_missing",
    zh="请用环境变量 {variable} 给出管理员密码，或在终端中运行。",
    en="Give the administrator's password in {variable}, or run this in a terminal.",
)


@click.command("init")
@click.option("--username", default="admin", show_default=True, help="Of the first system administrator.")
@click.option("--name", "display_name", default="系统管理员", show_default=True, help="Their name as it is shown.")
@click.option(
    "--calendar",
    "calendars",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    multiple=True,
    help="A year's list of holidays and make-up days that did not come with the product (YAML, as the shipped ones).",
)
@click.option("--json", "as_json", is_flag=True, help="Say what was done as JSON.")
def init(username: str, display_name: str, calendars: tuple[Path, ...], as_json: bool) -> None:
    """Lay out an empty database for real use: tables, divisions, working days, packs, catalogue, an administrator.

    The password is asked for, or taken from SONGHE_ADMIN_PASSWORD. Run again it adds what is missing and changes
    nothing else. 建立正式数据库
    """
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.access.login import appoint, open_account
    from songhe.access.models import Account
    from songhe.access.role import Role
    from songhe.doors.shell.clock import declare_real, server_now
    from songhe.kernel import place_code
    from songhe.kernel.month import beijing_date
    from songhe.place.calendar import load_calendar, loaded_calendar

    if what_is_there() in {"practice", "cut_off"}:
        raise HOLDS_PRACTICE()
    password = None if _has_accounts() else _password()
    migrate()
    declare_real()
    at = server_now()
    lay_ground(at=at, sample=False)
    for each in calendars:
        load_calendar(each)
    appointed = None
    if password is not None and not Account.objects.exists():
        account = open_account(username=username, display_name=display_name, password=password, at=at)
        appoint(
            account=account,
            role=Role.SYSTEM_ADMIN,
            place=place_code.NATION,
            valid_from=beijing_date(at),
            by=None,
            at=at,
        )
        appointed = account.username
    if as_json:
        said = {"database": "ready", "administrator": appointed, "calendars": sorted(loaded_calendar().years)}
        click.echo(json.dumps(said, ensure_ascii=False))
        return
    if appointed is not None:
        click.echo(f"{appointed}: 系统管理员 / system administrator", err=True)
    click.echo("正式数据库已就绪。The database is ready.", err=True)


def what_is_there() -> str:
    """``nothing``, ``empty`` (laid out, nothing in it), ``practice``, ``cut_off`` (a practice database whose sample is
    not whole), ``real`` or ``people``: decided before anything is written. Refuses with ``init.foreign_database``."""
    from django.db import connection

    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if not tables:
        return "nothing"
    if not {"shell_practice", "access_account", "person_person"} <= tables:
        raise FOREIGN_DATABASE()
    from songhe.access.models import Account
    from songhe.doors.shell.models import Practice
    from songhe.jobs.models import Run, RunState
    from songhe.month.sample.card.load import JOB as CARD_JOB
    from songhe.month.sample.load import JOB
    from songhe.person.models import Person

    kept = Practice.objects.first()
    if kept is not None and kept.day is None:
        return "real"
    if kept is not None:
        whole = Run.objects.filter(job__in=(JOB, CARD_JOB), state=RunState.DONE)
        return "practice" if whole.exists() else "cut_off"
    return "people" if Account.objects.exists() or Person.rows.exists() else "empty"


def migrate() -> None:
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)


def lay_ground(*, at: datetime, sample: bool) -> None:
    """What every installation stands on: divisions, working days, packs, catalogues; a second time adds nothing."""
    from django.db import transaction

    from songhe.aid.catalogue import load_catalogue as load_aids
    from songhe.place.calendar import load_shipped_calendars
    from songhe.place.division import load_divisions
    from songhe.policy.load import load
    from songhe.provider.catalogue import load_catalogue
    from songhe.settings import ROOT

    with transaction.atomic():
        load_divisions(node_modules=ROOT / "node_modules", sample=sample)
        load_shipped_calendars()
        load(approver=LOADED_BY, at=at)
        load_catalogue()
        load_aids()


def _has_accounts() -> bool:
    from songhe.access.models import Account

    return what_is_there() in {"real", "people"} and Account.objects.exists()


def _password() -> str:
    import sys

    if given := os.environ.get(PASSWORD_VARIABLE):
        return given
    if not sys.stdin.isatty():
        raise PASSWORD_MISSING("password", variable=PASSWORD_VARIABLE)
    asked: str = click.prompt("密码 Password", hide_input=True, confirmation_prompt=True, err=True)
    return asked
