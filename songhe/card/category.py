"""What a fund may buy: the six helps and what stands beside them. 服务项目类别

Long-term care insurance pays professional care; the card pays daily life, aids and company (002; Jiashan keeps the two
apart by leaving ``nursing`` off the list of every fund).
"""

from __future__ import annotations

CATEGORIES: dict[str, tuple[str, str]] = {
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

#: On an allow list: whatever the card pays for.
EVERYTHING = "*"


def is_allowed_name(category: str) -> bool:
    """Whether an allow list may name it."""
    return category == EVERYTHING or category in CATEGORIES
