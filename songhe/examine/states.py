"""How a scheme, an examination and an objection to it move."""

from __future__ import annotations

from songhe.examine.models import Caution, Edition, Examination, Exit, Objection
from songhe.kernel.states import Table, wrong_state

WRONG_STATE = wrong_state("examine")

EDITION = Table(
    {
        "approve": ({Edition.State.PROPOSED}, Edition.State.IN_FORCE),
        "decline": ({Edition.State.PROPOSED}, Edition.State.DECLINED),
    },
    labels=dict(Edition.State.choices),
    refuses=WRONG_STATE,
)

EXAMINATION = Table(
    {
        "publish": ({Examination.State.DRAWN}, Examination.State.PUBLISHED),
        "drop": ({Examination.State.DRAWN}, Examination.State.DROPPED),
        "replace": ({Examination.State.PUBLISHED}, Examination.State.REPLACED),
    },
    labels=dict(Examination.State.choices),
    refuses=WRONG_STATE,
)

OBJECTION = Table(
    {
        "uphold": ({Objection.State.MADE}, Objection.State.UPHELD),
        "reject": ({Objection.State.MADE}, Objection.State.REJECTED),
    },
    labels=dict(Objection.State.choices),
    refuses=WRONG_STATE,
)

CAUTION = Table(
    {
        "answer": ({Caution.State.GIVEN}, Caution.State.MENDED),
        "send_back": ({Caution.State.MENDED}, Caution.State.GIVEN),
        "lift": ({Caution.State.GIVEN, Caution.State.MENDED}, Caution.State.LIFTED),
        "fail": ({Caution.State.GIVEN, Caution.State.MENDED}, Caution.State.FAILED),
    },
    labels=dict(Caution.State.choices),
    refuses=WRONG_STATE,
)

EXIT = Table(
    {
        "approve": ({Exit.State.PROPOSED}, Exit.State.RUNNING),
        "decline": ({Exit.State.PROPOSED}, Exit.State.DECLINED),
        "finish": ({Exit.State.RUNNING}, Exit.State.FINISHED),
    },
    labels=dict(Exit.State.choices),
    refuses=WRONG_STATE,
)
