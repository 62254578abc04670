"""``songhe serve``: web, worker and scheduler in one command."""

from __future__ import annotations

import signal
import sys
import threading
import time

import click

#: Seconds between two turns of the worker.
PAUSE = 2.0


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=int)
@click.option("--workers", default=1, show_default=True, type=int, help="Web processes; SQLite does best with one.")
@click.option("--no-worker", is_flag=True, help="Serve the web only.")
def serve(host: str, port: int, workers: int, no_worker: bool) -> None:
    """Serve the web on http://HOST:PORT, and do what the outbox and the calendar ask for."""
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from django.core.management import call_command
    from granian.constants import Interfaces
    from granian.server import Server

    call_command("migrate", verbosity=0)
    print_sign_ins(f"http://{host}:{port}")
    stopping = threading.Event()
    if not no_worker:
        threading.Thread(target=work, args=(stopping,), name="worker", daemon=True).start()
    server = Server(
        "songhe.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=4,
        log_access=False,
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        server.serve()
    finally:
        stopping.set()


def work(stopping: threading.Event) -> None:
    """Turn after turn until the server stops. A failed turn is logged and the next one comes."""
    import logging

    from django.db import close_old_connections

    from songhe.doors.cli.month import calendars
    from songhe.doors.shell.clock import is_practice, read_clock
    from songhe.month.schedule import tick

    log = logging.getLogger("songhe.worker")
    while not stopping.is_set():
        try:
            practice = is_practice()
            calendar, people = calendars(practice=practice)
            clock = read_clock()
            tick(on=clock.on, clock=lambda: read_clock().at, calendar=calendar, people=people, daily=not practice)
        except Exception as error:
            log.warning("a turn of the worker failed: %s", type(error).__name__)
        close_old_connections()
        time.sleep(PAUSE)


def print_sign_ins(address: str) -> None:
    """In a practice database: who may be played, and where. Practice accounts have no password."""
    from rich.console import Console
    from rich.table import Table

    from songhe.access.models import Account, Appointment
    from songhe.access.role import name
    from songhe.doors.shell.clock import is_practice

    console = Console()
    if not is_practice():
        console.print(f"Songhe 松鹤 {address}")
        return
    console.print(f"[bold]Songhe 松鹤[/bold] 练习模式 practice mode  {address}")
    table = Table(box=None, padding=(0, 2), show_header=False)
    roles: dict[int, str] = {}
    for account_id, role in Appointment.objects.order_by("id").values_list("account_id", "role"):
        roles.setdefault(account_id, f"{name(role, 'zh')} {name(role, 'en')}")
    shown: set[str] = set()
    for account in Account.objects.filter(practice=True).order_by("id"):
        role = roles.get(account.id, "")
        if role not in shown:
            shown.add(role)
            table.add_row(account.username, account.display_name, role)
    console.print(table)
    console.print("在首页点一下即可登入。 Pick one on the start page to sign in.")
