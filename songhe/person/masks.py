"""How much of a name, a number, a telephone is shown to whom: on public lists, to providers, to staff."""

from __future__ import annotations

#: Family names of two characters, which keep both when a name is masked.
_DOUBLE_FAMILY_NAMES = frozenset(
    (
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "夏侯",
        "诸葛",
        "尉迟",
        "公孙",
        "皇甫",
        "赫连",
        "慕容",
        "长孙",
        "宇文",
        "司徒",
        "司空",
        "令狐",
        "轩辕",
        "钟离",
        "申屠",
        "濮阳",
        "淳于",
        "单于",
        "西门",
        "闻人",
        "呼延",
    )
)


def mask_name(name: str) -> str:
    """张*三 for three characters and more, 张* for two; of a name in parts the first letter of each: 艾*·买**."""
    for between in ("·", " "):
        if between in name:
            return between.join(part[:1] + "*" * (len(part) - 1) for part in name.split(between))
    family = 2 if name[:2] in _DOUBLE_FAMILY_NAMES and len(name) > 2 else 1
    last = name[-1] if len(name) > family + 1 else ""
    hidden = max(len(name) - family - len(last), 1 if len(name) == 1 else 0)
    return name[: len(name) - hidden - len(last)] + "*" * hidden + last


def mask_id(number: str) -> str:
    """330783********0028: six and four of 15 characters and more, the last four of shorter numbers."""
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return mask_tail(number)


def mask_tail(number: str, shown: int = 4) -> str:
    """Only the last characters: ****0028. A number no longer than that is hidden whole."""
    if len(number) <= shown:
        return "*" * len(number)
    return "*" * (len(number) - shown) + number[-shown:]


def mask_phone(phone: str) -> str:
    """138****1234; of shorter numbers the last two."""
    if len(phone) == 11 and phone.startswith("1"):
        return f"{phone[:3]}****{phone[-4:]}"
    return mask_tail(phone, 2)
