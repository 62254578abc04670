"""The server as a process of its own: it says where it is, answers there, and stops when told to."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import date, datetime, timezone

import pytest

from songhe.access.login import appoint, open_account
from songhe.access.role import Role
from songhe.doors.cli.serve import say_where
from songhe.doors.shell.clock import declare_real, set_practice_day

AT = datetime(2026, 1, 1, tzinfo=timezone.utc)
ADDRESS = "http://127.0.0.1:8000"


def played(username, role):
    account = open_account(username=username, display_name=username.title(), password=None, practice=True, at=AT)
    appoint(account=account, role=role, place="370799", valid_from=date(2026, 1, 1), by=None, at=AT)


@pytest.mark.django_db
def test_a_practice_database_says_who_of_the_cast_may_be_played(capsys):
    set_practice_day(date(2026, 3, 2), note="test")
    for username, role in (("approver", Role.COUNTY_APPROVER), ("clerk", Role.COUNTY_CLERK), ("li", Role.COUNTY_CLERK)):
        played(username, role)
    say_where(ADDRESS, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert (said["address"], said["practice"]) == (ADDRESS, True)
    assert [(each["username"], each["display_name"]) for each in said["sign_ins"]] == [
        ("clerk", "Clerk"),
        ("approver", "Approver"),
    ]
    say_where(ADDRESS, as_json=False)
    told = capsys.readouterr().out
    assert ADDRESS in told
    assert "approver" in told


@pytest.mark.django_db
def test_a_real_database_tells_no_sign_ins(capsys):
    declare_real()
    played("wang", Role.COUNTY_CLERK)
    say_where(ADDRESS, as_json=True)
    assert json.loads(capsys.readouterr().out) == {"address": ADDRESS, "practice": False, "sign_ins": []}


@pytest.mark.slow
def test_the_server_answers_where_it_says(own_database):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    call = [sys.executable, "-m", "songhe", "serve", "--json", "--no-worker", "--port", str(port)]
    with subprocess.Popen(call, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            said = json.loads(server.stdout.readline())
            assert said["address"] == f"http://127.0.0.1:{port}"
            assert answers(said["address"])
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def answers(address, seconds=30):
    """Whether a page comes before so many seconds are over."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{address}/", timeout=5) as page:
                return page.status == 200
        except (ConnectionError, urllib.error.URLError):
            time.sleep(0.1)
    return False
