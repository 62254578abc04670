"""What the funds of a card may buy, by name: the six helps 六助 and what stands beside them. 服务项目类别

Long-term care insurance pays professional care; the card pays daily life, aids and company (002; Jiashan keeps the two
apart by leaving ``nursing`` off the list of every fund).
"""

from __future__ import annotations

from songhe.kernel.refusal import reason

HELPS: dict[str, tuple[str, str]] = {
    "meals": ("助餐", "meals"),
    "bathing": ("助浴", "bathing"),
    "medical": ("助医", "medical help"),
    "cleaning": ("助洁", "cleaning"),
    "travel": ("助行", "help with travel"),
    "urgent": ("助急", "urgent help"),
    "daily_life": ("生活照料", "daily life"),
    "aids": ("辅具租赁", "aids, rented or bought"),
    "company": ("精神关爱", "company"),
    "goods": ("购物", "goods"),
    "nursing": ("专业护理", "professional care"),
}

#: The six of them that give the programme its name (002).
SIX = ("meals", "bathing", "medical", "cleaning", "travel", "urgent")

#: In a discount: whatever the merchant sells; on a fund's list: whatever the card pays for.
EVERYTHING = "*"

UNKNOWN_HELP = reason(
    "provider.unknown_help", zh="没有“{help}”这一类服务项目。", en="There is no kind of help called {help}."
)


def require_help(given: str, *, field: str = "help", everything: bool = False) -> str:
    """Refuses with ``provider.unknown_help``; ``everything`` lets ``*`` pass."""
    if given not in HELPS and not (everything and given == EVERYTHING):
        raise UNKNOWN_HELP(field, help=given)
    return given
