"""How a merchant comes onto the white list and leaves it, and how two counties agree on their cards."""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state
from songhe.provider.models import Agreement, Partner

WRONG_STATE = wrong_state("provider")

PARTNER = Table(
    {
        "admit": ({Partner.State.PROPOSED}, Partner.State.ADMITTED),
        "decline": ({Partner.State.PROPOSED}, Partner.State.DECLINED),
        "leave": ({Partner.State.ADMITTED}, Partner.State.LEFT),
    },
    labels=dict(Partner.State.choices),
    refuses=WRONG_STATE,
)

AGREEMENT = Table(
    {
        "agree": ({Agreement.State.PROPOSED}, Agreement.State.AGREED),
        "decline": ({Agreement.State.PROPOSED}, Agreement.State.DECLINED),
        "end": ({Agreement.State.AGREED}, Agreement.State.ENDED),
    },
    labels=dict(Agreement.State.choices),
    refuses=WRONG_STATE,
)
