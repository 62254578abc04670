"""What happens to many at once becomes notices by a bounded number of statements: issued, to be claimed, lapsing, over.

Each notice has the id of what it is about, so that a second time nothing is added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import IntEnum
from typing import Any

from django.db import connection

from songhe.county.key import plain_instant
from songhe.kernel.month import Month
from songhe.notice.template import template
from songhe.trail.models import Entry

#: What is older than two days rings no telephone.
RINGS_WITHIN = timedelta(days=2)
#: So many days before its last day somebody is reminded, once, of a voucher that they have to claim and have not.
CLAIM_WITHIN_DAYS = 10


class Kind(IntEnum):
    """What is told once of a voucher or of a right; part of the notice's id."""

    ISSUED = 1
    LAPSES_IN_SEVEN = 2
    LAPSES_IN_THREE = 3
    EXPIRED = 4
    TO_CLAIM = 5
    CLAIM_ENDS = 6
    PROGRAMME_OVER = 7


@dataclass(frozen=True)
class Source:
    """Of which rows people are told: the table, and how a notice names its row."""

    table: str
    named: str


GRANTS = Source("grant_grant", "grant")
RIGHTS = Source("entitlement_entitlement", "entitlement")


def tell_month(county: str, entry: Entry, at: datetime) -> int:
    """Tell everybody whom an entry of a run concerns."""
    if entry.act == "entitlement.end_what_is_not_continued":
        return _tell_programme(county, entry, at)
    programme, _, written = entry.subject_id.rpartition(":")
    month = Month.parse(written)
    told: dict[str, Any] = {"month": month, "at": entry.at}
    where, parameters = "r.programme = %s AND r.month = %s", [programme, written]
    if entry.act == "grant.expire":
        told["rings"] = _rings("voucher.expired", entry.at, at)
        where += " AND r.state = 'expired'"
        return _insert(county, Kind.EXPIRED, "voucher.expired", ("month",), where, parameters, **told)
    values = ("month", "face_fen", "use_until")
    told["rings"] = _rings("voucher.issued", entry.at, at)
    made = _insert(county, Kind.ISSUED, "voucher.issued", values, f"{where} AND r.claimed", parameters, **told)
    # Where a voucher is claimed month by month, it is not there yet: the person is told that it waits.
    waits = f"{where} AND NOT r.claimed AND r.state = 'active'"
    return made + _insert(county, Kind.TO_CLAIM, "voucher.to_claim", values, waits, parameters, **told)


def _tell_programme(county: str, entry: Entry, at: datetime) -> int:
    """A programme was not continued, and the rights approved on a day ended with it."""
    where = "r.approved_on = %s AND r.last_month = %s AND r.stopped_because = 'programme'"
    month = Month.parse(entry.detail["last_month"])
    name = "entitlement.ended"
    return _insert(
        county,
        Kind.PROGRAMME_OVER,
        name,
        ("why",),
        where,
        [entry.detail["approved_on"], str(month)],
        month=month,
        at=entry.at,
        rings=_rings(name, entry.at, at),
        source=RIGHTS,
    )


def _rings(name: str, happened_at: datetime, at: datetime) -> bool:
    return template(name).telephone and at - happened_at <= RINGS_WITHIN


def remind(*, county: str, at: datetime, on: date) -> int:
    """Remind, once each, whoever has not claimed a voucher that lapses within ten days, and whoever still holds money
    in one that lapses within seven and within three."""
    made = 0
    for ahead in range(1, CLAIM_WITHIN_DAYS + 1):
        day = on + timedelta(days=ahead)
        # A voucher ends with its month: on most days there is none to look for.
        if Month.of(day).last == day:
            made += _remind_of(county, day, ahead, at)
    return made


def _remind_of(county: str, day: date, ahead: int, at: datetime) -> int:
    where = "r.month = %s AND r.valid_to = %s AND r.state = 'active'"
    told: dict[str, Any] = {"month": Month.of(day), "at": at, "rings": True, "days": ahead}
    parameters = [str(told["month"]), day.isoformat()]
    asks = ("month", "use_until", "days")
    made = _insert(
        county, Kind.CLAIM_ENDS, "voucher.claim_ends", asks, f"{where} AND NOT r.claimed", parameters, **told
    )
    if ahead > 7:
        return made
    kind = Kind.LAPSES_IN_SEVEN if ahead > 3 else Kind.LAPSES_IN_THREE
    holds = (
        f"{where} AND r.claimed AND EXISTS (SELECT 1 FROM ledger_account a "
        "WHERE a.county = r.county AND a.id = r.purse_id AND a.balance > 0)"
    )
    values = ("month", "use_until", "left_fen", "days")
    return made + _insert(county, kind, "voucher.lapses_soon", values, holds, parameters, **told)


_VALUES = {
    "month": "r.month",
    "face_fen": "r.face_fen",
    "use_until": "r.valid_to",
    "left_fen": "(SELECT a.balance FROM ledger_account a WHERE a.county = r.county AND a.id = r.purse_id)",
    "why": "r.stopped_because",
}


def _insert(
    county: str,
    kind: Kind,
    name: str,
    values: Sequence[str],
    where: str,
    parameters: Sequence[Any],
    *,
    month: Month,
    at: datetime,
    rings: bool,
    days: int = 0,
    source: Source = GRANTS,
) -> int:
    """Put a notice into the inbox of everybody whose row it is, by one statement; a second time it adds nothing."""
    postgresql = connection.vendor == "postgresql"
    shown = {value: _VALUES.get(value, str(days)) for value in values}
    pairs = ", ".join(f"'{value}', {sql}" for value, sql in shown.items())
    json = f"jsonb_build_object({pairs})" if postgresql else f"json_object({pairs})"
    suffix = f"{int(kind):x}{month.ordinal:03x}"
    identifier = f"(left(r.id::text, 32) || '{suffix}')::uuid" if postgresql else f"(substr(r.id, 1, 28) || '{suffix}')"
    instant = plain_instant(at)
    text_of = "r.id::text" if postgresql else "r.id"
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO "notice_notice" (county, id, person, account, addressee, template, "values", about, channel, '
            "language, state, at, due_at, sent_at, tries, problem, receipt, spread_at, read_at) "
            f"SELECT r.county, {identifier}, r.person_id, '', NULL, '{name}', {json}, "
            f"'{source.named}:' || {text_of} || ':{kind:d}', 'inbox', 'zh', 'sent', %s, %s, %s, 0, '', '', %s, NULL "
            f'FROM "{source.table}" r WHERE r.county = %s AND {where} ON CONFLICT DO NOTHING',
            [instant, instant, instant, None if rings else instant, county, *parameters],
        )
        return max(cursor.rowcount, 0)
