"""``cases.yaml``: the authority's own examples. 算例"""

from __future__ import annotations

from typing import Literal

from songhe.policy.pack import Case
from songhe.policy.problem import BAD_FILE
from songhe.policy.read_pieces import Pieces
from songhe.policy.reading import line_of


class CasesFile(Pieces):
    def cases(self) -> tuple[Case, ...]:
        reading = self.reading("cases.yaml")
        cases: list[Case] = []
        document = reading.document()
        for item in reading.items(document, "cases"):
            fields = reading.fields(
                item,
                "case",
                required=("name", "expect"),
                optional=("quote", "explain", "article", "source", "confidence"),
            )
            name = reading.text(fields.get("name"), "name")
            commands = [command for command in ("quote", "explain") if command in fields]
            if name is None or "expect" not in fields:
                continue
            if len(commands) != 1:
                reading.wrong(item, "算例应写 quote 或 explain 之一。", "A case asks either quote or explain.")
                continue
            given, expected = reading.plain(fields[commands[0]]), reading.plain(fields["expect"])
            if not isinstance(given, dict) or not isinstance(expected, dict):
                reading.wrong(item, "算例的输入和结果应为“键: 值”。", "Question and answer are “key: value” lines.")
                continue
            cited = self.cited(reading, fields) if "source" in fields else None
            command: Literal["quote", "explain"] = "quote" if commands[0] == "quote" else "explain"
            cases.append(Case(name, command, given, expected, cited, reading.file, line_of(item)))
        if document is not None and not cases:
            reading.at(
                1,
                BAD_FILE,
                "至少要有一个算例，没有算例的包不能启用。",
                "Give at least one case; a pack without is never activated.",
            )
        return tuple(cases)
