"""The life of a pack release, as a table. 政策包版本的状态"""

from __future__ import annotations

from songhe.kernel.states import Table, wrong_state

WRONG_STATE = wrong_state("policy")

DRAFT, REVIEWED, SCHEDULED, CURRENT, SUPERSEDED = "draft", "reviewed", "scheduled", "current", "superseded"

LABELS: dict[str, str] = {
    DRAFT: "草稿",
    REVIEWED: "已复核",
    SCHEDULED: "待生效",
    CURRENT: "现行",
    SUPERSEDED: "已停用",
}

RELEASE = Table(
    {
        "edit": ([DRAFT, REVIEWED], DRAFT),
        "review": ([DRAFT], REVIEWED),
        "schedule": ([REVIEWED, SUPERSEDED], SCHEDULED),
        "begin": ([SCHEDULED], CURRENT),
        "supersede": ([DRAFT, REVIEWED, SCHEDULED, CURRENT], SUPERSEDED),
    },
    labels=LABELS,
    refuses=WRONG_STATE,
)
