"""``songhe serve``: web, worker and scheduler in one command."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import time
from typing import NamedTuple

import click


class SignIn(NamedTuple):
    username: str
    display_name: str
    role: str


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--workers", default=1, show_default=True, type=int, help="Web processes; SQLite does best with one.")
@click.option("--no-worker", is_flag=True, help="Serve the web only.")
@click.option("--json", "as_json", is_flag=True, help="Say the address and the practice sign-ins as one line of JSON.")
def serve(host: str, port: int, workers: int, no_worker: bool, as_json: bool) -> None:
    """Serve the web on http://HOST:PORT, and do what the outbox and the calendar ask for."""
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from django.conf import settings
    from django.core.management import call_command
    from granian.constants import Interfaces
    from granian.server import Server

    call_command("migrate", verbosity=0)
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    say_where(f"http://{host}:{port}", as_json=as_json)
    # A process of its own, started afresh: the web's processes are forks, and a fork of a busy thread can hang.
    worker = multiprocessing.get_context("spawn").Process(target=work, args=(os.getpid(),), name="worker", daemon=True)
    if not no_worker:
        worker.start()
    server = Server(
        "songhe.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        # Four at once, so that a slow page holds nobody up; more to a process only wait for each other.
        blocking_threads=max(2, 4 // workers),
        log_access=False,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve()
    finally:
        if worker.is_alive():
            worker.terminate()


def work(server: int) -> None:
    """Turn after turn as long as the process of the server lives, whenever there is something to do. A failed turn is
    logged and the next one comes."""
    import logging

    from songhe.doors.cli.django_setup import set_up

    set_up()
    from django.db import close_old_connections

    from songhe.document.download import TOPIC as DOWNLOAD
    from songhe.doors.cli.month import calendars
    from songhe.doors.shell.clock import read_clock
    from songhe.doors.staff.lists import make_download
    from songhe.month.schedule import tick
    from songhe.month.worker import PAUSE, Turns

    log = logging.getLogger("songhe.worker")
    turns = Turns()
    while os.getppid() == server:
        try:
            clock = read_clock()
            if turns.is_wanted(at=clock.at, on=clock.on, now=time.monotonic()):
                calendar, people = calendars(practice=clock.practice)
                done = tick(
                    on=clock.on,
                    clock=lambda: read_clock().at,
                    calendar=calendar,
                    people=people,
                    daily=not clock.practice,
                    far_back=turns.is_far_back(),
                    lists={DOWNLOAD: make_download},
                )
                turns.over(done)
        except Exception as error:
            log.warning("a turn of the worker failed: %s", type(error).__name__)
        close_old_connections()
        time.sleep(PAUSE)


def say_where(address: str, *, as_json: bool) -> None:
    """Where the web is; in a practice database also who may be played."""
    from songhe.doors.shell.clock import is_practice

    practice = is_practice()
    may_be_played = sign_ins() if practice else []
    if as_json:
        said = {"address": address, "practice": practice, "sign_ins": [each._asdict() for each in may_be_played]}
        click.echo(json.dumps(said, ensure_ascii=False))
        sys.stdout.flush()
        return
    from rich.console import Console
    from rich.table import Table

    console = Console()
    if not practice:
        console.print(f"Songhe 松鹤 {address}")
        return
    console.print(f"[bold]Songhe 松鹤[/bold] 练习模式 practice mode  {address}")
    table = Table(box=None, padding=(0, 2), show_header=False)
    for each in may_be_played:
        table.add_row(*each)
    console.print(table)
    console.print("在首页点一下即可登入。 Pick one on the start page to sign in.")


def sign_ins() -> list[SignIn]:
    """The practice logins of the cast, at least one of each role. Practice accounts have no password."""
    from songhe.access.models import Account, Appointment
    from songhe.access.role import name
    from songhe.month.sample.cast import CAST

    cast = [part.username for part in CAST]
    accounts = {each.pk: each for each in Account.objects.filter(practice=True, username__in=cast)}
    held = Appointment.objects.filter(account__in=accounts).order_by("id").values_list("account_id", "role")
    roles: dict[int, str] = {}
    for account_id, role in held:
        roles.setdefault(account_id, f"{name(role, 'zh')} {name(role, 'en')}")
    listed = sorted(accounts.values(), key=lambda account: cast.index(account.username))
    return [SignIn(account.username, account.display_name, roles.get(account.pk, "")) for account in listed]
