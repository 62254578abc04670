"""``songhe account``: logins and their offices, for whoever holds the machine; the first administrators come so."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from songhe.access.models import Account


@click.group()
def account() -> None:
    """Open logins and appoint them before there is an administrator who could. 账号

    What is done here stands in the trail as done at set-up; afterwards the administrators do it on their pages.
    """
    from songhe.doors.cli.django_setup import set_up

    set_up()


@account.command("open")
@click.argument("username")
@click.option("--name", required=True, help="The name that is shown beside what they do.")
@click.option("--role", required=True, help="Such as security_admin; see docs/permissions.md.")
@click.option("--place", default="000000", show_default=True, help="Division that the role holds for.")
@click.option("--provider", type=int, help="Id of the provider, for a manager, carer or assessor.")
@click.option("--json", "as_json", is_flag=True, help="Print the path as JSON.")
def open_(username: str, name: str, role: str, place: str, provider: int | None, as_json: bool) -> None:
    """Open USERNAME with a first role. Prints the path of the page on which its owner chooses a password, once."""
    from django.db import transaction
    from django.urls import reverse

    from songhe.access.login import appoint, open_account
    from songhe.access.password import give_link
    from songhe.doors.shell.clock import is_practice, server_now
    from songhe.kernel.month import beijing_date

    at = server_now()
    with transaction.atomic():
        made = open_account(username=username, display_name=name, password=None, at=at, practice=is_practice())
        appoint(
            account=made,
            role=role,
            place=place,
            provider_id=provider,
            valid_from=beijing_date(at),
            by=None,
            at=at,
        )
        secret = give_link(account=made, by=None, at=at, machine_at=at)
    _say(reverse("first-password", args=[made.pk, secret]), as_json=as_json)


@account.command("link")
@click.argument("username")
@click.option("--json", "as_json", is_flag=True, help="Print the path as JSON.")
def link(username: str, as_json: bool) -> None:
    """Print the path of a page on which the owner of USERNAME chooses a new password, once, within three days."""
    from django.urls import reverse

    from songhe.access.password import give_link
    from songhe.doors.shell.clock import server_now

    found, at = _known(username), server_now()
    secret = give_link(account=found, by=None, at=at, machine_at=at)
    _say(reverse("first-password", args=[found.pk, secret]), as_json=as_json)


@account.command("unlock")
@click.argument("username")
@click.option("--json", "as_json", is_flag=True, help="Print the user name as JSON.")
def unlock(username: str, as_json: bool) -> None:
    """Unlock USERNAME, for the day on which no administrator can sign in."""
    from songhe.access.login import unlock_account
    from songhe.doors.shell.clock import server_now

    unlock_account(account=_known(username), by=None, at=server_now())
    if as_json:
        click.echo(json.dumps({"unlocked": username}, ensure_ascii=False))


@account.command("list")
@click.option("--json", "as_json", is_flag=True, help="It is JSON in any case.")
def list_(as_json: bool) -> None:
    """The logins of staff, one JSON object a line: user name, name, roles with place and last day, locked or not."""
    from songhe.access.models import Appointment
    from songhe.access.role import Role

    held = Appointment.objects.exclude(role=Role.CITIZEN).select_related("account")
    found: dict[str, dict[str, object]] = {}
    for one in held.order_by("account__username", "valid_from"):
        row = found.setdefault(
            one.account.username,
            {
                "username": one.account.username,
                "name": one.account.display_name,
                "locked": _said(one.account.locked_at),
                "roles": [],
            },
        )
        roles = row["roles"]
        assert isinstance(roles, list)
        last = one.valid_to.isoformat() if one.valid_to else None
        roles.append({"role": one.role, "place": one.place, "provider": one.provider_id, "until": last})
    for row in found.values():
        click.echo(json.dumps(row, ensure_ascii=False))


def _say(path: str, *, as_json: bool) -> None:
    click.echo(json.dumps({"path": path}) if as_json else path)


def _said(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def _known(username: str) -> Account:
    from songhe.access.models import Account

    found = Account.objects.filter(username=Account.normalize_username(username)).first()
    if found is None:
        raise click.BadParameter(f"no login {username}", param_hint="USERNAME")
    return found
