"""How much of a name, a number, a telephone is shown to whom: on public lists, to providers, to staff."""

from __future__ import annotations

import re

#: Family names of two characters, which keep both when a name is masked.
_DOUBLE_FAMILY_NAMES = frozenset(
    {
        "万俟", "上官", "东方", "令狐", "仲孙", "公冶", "公孙", "单于", "南宫",
        "司徒", "司空", "司马", "呼延", "夏侯", "太史", "宇文", "宗政", "尉迟",
        "慕容", "拓跋", "欧阳", "淳于", "澹台", "濮阳", "独孤", "申屠", "百里",
        "皇甫", "端木", "西门", "诸葛", "赫连", "轩辕", "钟离", "长孙", "闻人",
    }
)  # fmt: skip

#: What stands between the parts of a name: the dot of names of other nationalities, blanks of Latin ones.
_BETWEEN = re.compile(r"([·•‧・\s]+)")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


def mask_name(name: str) -> str:
    """张*三 for three characters and more, 张* for two, * for one; of a name in parts the first letter of each.

    艾力·买买提 becomes 艾*·买**, John Smith J*** S****; where each part is one letter, the first part is shown. A
    double family name is kept whole: 欧阳*. The length stays, and something is always hidden.
    """
    pieces = _BETWEEN.split(name)
    parts = [place for place in range(0, len(pieces), 2) if pieces[place]]
    if len(parts) == 1:
        pieces[parts[0]] = _mask_single(pieces[parts[0]])
    else:
        one_letter_each = all(len(pieces[place]) == 1 for place in parts)
        for place in parts:
            shown = 0 if one_letter_each and place != parts[0] else 1
            pieces[place] = pieces[place][:shown] + "*" * (len(pieces[place]) - shown)
    return "".join(pieces)


def _mask_single(name: str) -> str:
    if len(name) == 1:
        return "*"
    if not _HAN.match(name):
        return name[0] + "*" * (len(name) - 1)
    family = 2 if name[:2] in _DOUBLE_FAMILY_NAMES and len(name) > 2 else 1
    last = name[-1] if len(name) > family + 1 else ""
    return name[:family] + "*" * (len(name) - family - len(last)) + last


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


def mask_last4(last4: str) -> str:
    """**************0028: an ID number of which only the last four characters are at hand; nothing without one."""
    return "*" * 14 + last4 if last4 else ""


def mask_phone(phone: str) -> str:
    """138****1234; of shorter numbers the last two."""
    if len(phone) == 11 and phone.startswith("1"):
        return f"{phone[:3]}****{phone[-4:]}"
    return mask_tail(phone, 2)
