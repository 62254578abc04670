"""YAML read with its lines, so that whatever is wrong with a file can be said with the place to look at."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from songhe.kernel import integer
from songhe.policy.problem import BAD_FILE, Problem

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STRING, _INTEGER, _BOOLEAN = (f"tag:yaml.org,2002:{kind}" for kind in ("str", "int", "bool"))
_NULL, _DATE = (f"tag:yaml.org,2002:{kind}" for kind in ("null", "timestamp"))
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

Node = yaml.Node


class Reading:
    """One file being read. Every method returns ``None`` where the node is not what it should be, and notes why."""

    def __init__(self, root: Path, file: Path, problems: list[Problem]) -> None:
        self.path = file
        self.file = file.relative_to(root).as_posix()
        self.problems = problems

    def document(self) -> Node | None:
        """The file's one document, or ``None`` when it is empty or cannot be read."""
        try:
            text = self.path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.at(
                1,
                BAD_FILE,
                f"文件无法读取（{error.__class__.__name__}）,请确认文件存在且为UTF-8编码。",
                f"The file cannot be read ({error.__class__.__name__}); see that it is there and is UTF-8.",
            )
            return None
        try:
            node = yaml.compose(text, Loader=_LOADER)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            what = getattr(error, "problem", None) or error.__class__.__name__
            self.at(
                mark.line + 1 if mark else 1,
                BAD_FILE,
                f"不是合法的YAML({what}),请检查这一行的缩进、冒号和引号。",
                f"This is not YAML ({what}); look at the indentation, colons and quotes of this line.",
            )
            return None
        except RecursionError:
            self.at(1, BAD_FILE, "嵌套过深，请减少层级。", "It is nested too deeply; use fewer levels.")
            return None
        assert node is None or isinstance(node, Node)
        return node

    def at(self, line: int, code: str, zh: str, en: str) -> None:
        self.problems.append(Problem(self.file, line, code, zh, en))

    def wrong(self, node: Node, zh: str, en: str, code: str = BAD_FILE) -> None:
        self.at(line_of(node), code, zh, en)

    def mapping(self, node: Node | None, what: str) -> list[tuple[str, Node, Node]]:
        """The entries of a mapping as (key, key node, value node), in order; a repeated key is noted."""
        if node is None:
            return []
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, f"“{what}”应写成“键: 值”的形式。", f"{what} is written as “key: value” lines.")
            return []
        entries: list[tuple[str, Node, Node]] = []
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self.wrong(key, "键应为文字。", "A key is a plain word.")
                continue
            if key.value in seen:
                self.wrong(key, f"“{key.value}”写了两次，请删去一处。", f"{key.value} is written twice; remove one.")
                continue
            seen.add(key.value)
            entries.append((key.value, key, value))
        return entries

    def fields(
        self, node: Node | None, what: str, *, required: Iterable[str] = (), optional: Iterable[str] = ()
    ) -> dict[str, Node]:
        """The values of a mapping with a closed list of keys; a missing or unknown key is noted."""
        required, optional = tuple(required), tuple(optional)
        found: dict[str, Node] = {}
        for key, key_node, value in self.mapping(node, what):
            if key not in required and key not in optional:
                allowed = ", ".join((*required, *optional))
                self.wrong(
                    key_node,
                    f"“{what}”里没有“{key}”这一项，可用的有：{allowed}。",
                    f"{what} has no {key}; it may have: {allowed}.",
                )
                continue
            found[key] = value
        if isinstance(node, yaml.MappingNode):
            for key in required:
                if key not in found:
                    self.wrong(node, f"“{what}”缺少“{key}”，请补上。", f"{what} lacks {key}; add it.")
        return found

    def items(self, node: Node | None, what: str) -> list[Node]:
        if node is None or is_null(node):
            return []
        if not isinstance(node, yaml.SequenceNode):
            self.wrong(node, f"“{what}”应为列表，每项以“- ”开头。", f"{what} is a list; begin each item with “- ”.")
            return []
        return list(node.value)

    def text(self, node: Node | None, what: str) -> str | None:
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and node.tag == _STRING and node.value.strip():
            return str(node.value)
        self.wrong(
            node,
            f"“{what}”应为文字（数字请加引号）。",
            f"{what} is text that is not empty; put quotes around digits.",
        )
        return None

    def whole(self, node: Node | None, what: str) -> int | None:
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and node.tag == _INTEGER and re.fullmatch(r"0|[1-9][0-9]*", node.value):
            return int(node.value)
        self.wrong(
            node,
            f"“{what}”应为不带小数、不加引号的非负整数，金额以分为单位。",
            f"{what} is a whole number from 0 up, without quotes; money is in fen.",
        )
        return None

    def truth(self, node: Node | None, what: str) -> bool | None:
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and node.tag == _BOOLEAN and node.value in {"true", "false"}:
            return bool(node.value == "true")
        self.wrong(node, f"“{what}”应为 true 或 false。", f"{what} is true or false.")
        return None

    def ratio(self, node: Node | None, what: str) -> Fraction | None:
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and re.fullmatch(r"[0-9]+/[1-9][0-9]*", node.value):
            return integer.ratio(node.value)
        self.wrong(
            node,
            f"“{what}”应写成分数，如 2/5，不用小数或百分号。",
            f"{what} is written as a fraction such as 2/5, never as a decimal or percentage.",
        )
        return None

    def day(self, node: Node | None, what: str) -> date | None:
        if node is None:
            return None
        if isinstance(node, yaml.ScalarNode) and _DAY.fullmatch(node.value):
            try:
                return date.fromisoformat(node.value)
            except ValueError:
                pass
        self.wrong(node, f"“{what}”应为日期，如 2026-01-01。", f"{what} is a date such as 2026-01-01.")
        return None

    def plain(self, node: Node, within: tuple[Node, ...] = ()) -> Any:
        """A node as the JSON value it stands for; a date becomes its text."""
        if any(node is outer for outer in within):
            self.wrong(node, "引用（*）成环，请展开写。", "An alias refers to itself; write it out.")
            return None
        if isinstance(node, yaml.MappingNode):
            return {key: self.plain(value, (*within, node)) for key, _, value in self.mapping(node, "case")}
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*within, node)) for item in node.value]
        if node.tag == _INTEGER:
            return self.whole(node, "case")
        if node.tag == _BOOLEAN:
            return self.truth(node, "case")
        if is_null(node):
            return None
        if node.tag in {_STRING, _DATE}:
            return node.value
        self.wrong(
            node,
            "此处只能用整数、文字、日期、true、false 或 null。",
            "Only whole numbers, text, dates, true, false, null.",
        )
        return None


def line_of(node: Node) -> int:
    return int(node.start_mark.line) + 1


def is_null(node: Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == _NULL
