"""How a voucher and a hold move; one that is expired or revoked never comes back."""

from __future__ import annotations

from songhe.grant.models import Grant, Hold
from songhe.kernel.states import Table, wrong_state

WRONG_STATE = wrong_state("grant")

VOUCHER = Table(
    {
        "expire": ({Grant.State.ACTIVE}, Grant.State.EXPIRED),
        "revoke": ({Grant.State.ACTIVE}, Grant.State.REVOKED),
    },
    labels=dict(Grant.State.choices),
    refuses=WRONG_STATE,
)

HOLD = Table(
    {
        "capture": ({Hold.State.HELD}, Hold.State.CAPTURED),
        "release": ({Hold.State.HELD}, Hold.State.RELEASED),
    },
    labels=dict(Hold.State.choices),
    refuses=WRONG_STATE,
)
