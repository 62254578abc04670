"""How a name, a number and a telephone are shown to those who need not see them whole."""

from __future__ import annotations

#: Family names of two characters that are common enough to be masked as one.
DOUBLE_FAMILY_NAMES = frozenset(
    {
        "欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙",
        "慕容", "令狐", "宇文", "长孙", "司徒", "司空", "轩辕", "端木", "百里",
        "呼延", "南宫", "西门", "独孤", "万俟", "闻人", "申屠", "太史", "澹台",
        "淳于", "单于", "公冶", "宗政", "濮阳", "仲孙", "钟离", "赫连", "拓跋",
    }
)  # fmt: skip


def masked_id(number: str) -> str:
    """An ID number with its first six and last four characters, ``330783********0028``; short ones keep four."""
    number = number.strip()
    if len(number) >= 15:
        return f"{number[:6]}{'*' * (len(number) - 10)}{number[-4:]}"
    return "*" * max(len(number) - 4, 0) + number[-4:] if len(number) > 4 else "*" * len(number)


def masked_name(name: str) -> str:
    """A name with its first and last character: 张*三, of two characters 张*; with "·" the first of each part.

    艾力·买买提 becomes 艾*·买**; a double family name is kept whole: 欧阳*.
    """
    name = name.strip()
    if "·" in name:
        shown = "·".join(part[:1] + "*" * (len(part) - 1) for part in name.split("·"))
        return shown if "*" in shown else "·".join("*" * len(part) for part in name.split("·"))
    if len(name) <= 1:
        return "*" * len(name)
    family = 2 if len(name) > 2 and name[:2] in DOUBLE_FAMILY_NAMES else 1
    if len(name) - family >= 2:
        return name[:family] + "*" * (len(name) - family - 1) + name[-1]
    return name[:family] + "*" * (len(name) - family)


def masked_phone(number: str) -> str:
    """A telephone with its first three and last four digits: ``138****5678``."""
    number = number.strip()
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else "*" * len(number)
