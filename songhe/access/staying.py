"""How long a telephone of one's own stays signed in, and when it has to prove itself anew. 本机免登录"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from songhe.access.models import Account
from songhe.access.role import Role
from songhe.trail.note import note

STAYS_FOR = timedelta(days=30)
#: A code from the telephone stands so long for what gives power or lets money be spent.
PROVED_FOR = timedelta(hours=4)


def may_stay(roles: Collection[str]) -> bool:
    """Whoever is a citizen and nothing else, and a screen on a wall; an office ends with its working day."""
    return set(roles) in ({Role.CITIZEN}, {Role.WALL_SCREEN})


def note_kept(*, account: Account, county: str, until: datetime, at: datetime) -> None:
    """That a telephone stays signed in, and until when."""
    _note("account.keep_device", account, county, at, until=until.isoformat())


def note_ended(*, account: Account, county: str, at: datetime) -> None:
    """That its owner signed a telephone out."""
    _note("account.end_device", account, county, at)


def _note(act: str, account: Account, county: str, at: datetime, **detail: Any) -> None:
    note(
        county=county,
        at=at,
        actor=account.username,
        act=act,
        subject="account",
        subject_id=str(account.pk),
        **detail,
    )
