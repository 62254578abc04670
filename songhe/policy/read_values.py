"""``values.yaml``: what each name is worth, from which day. 取值"""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from songhe.kernel.period import Period
from songhe.policy.pack import DatedValue, Value, is_place
from songhe.policy.problem import BOUNDS, GAP, OVERLAP
from songhe.policy.read_pieces import Pieces
from songhe.policy.reading import Node, Reading, is_null, line_of
from songhe.policy.values import VALUES


class ValuesFile(Pieces):
    def values(self, window: Period) -> dict[str, tuple[DatedValue, ...]]:
        reading = self.reading("values.yaml")
        values: dict[str, tuple[DatedValue, ...]] = {}
        for name, key, node in reading.mapping(reading.document(), "values"):
            if name not in VALUES:
                self.unknown(reading, key, name, VALUES)
                continue
            written = reading.mapping(node, name)
            entries = [
                entry
                for text, day_node, item in written
                if (entry := self._entry(reading, name, text, day_node, item)) is not None
            ]
            if len(entries) == len(written):
                values[name] = self._in_order(reading, name, key, entries, window)
        return values

    def _entry(self, reading: Reading, name: str, text: str, key: Node, node: Node) -> DatedValue | None:
        first = reading.day(key, f"{name}: {text}")
        fields = reading.fields(node, name, required=("value", "article", "source"), optional=("until", "confidence"))
        value_node = fields.get("value")
        cited = self.cited(reading, fields)
        last = reading.day(fields.get("until"), "until")
        if first is None or value_node is None or cited is None or (last is None and "until" in fields):
            return None
        before = len(self.problems)
        value = self._value(reading, name, value_node)
        if len(self.problems) > before:
            return None
        if last is not None and last < first:
            reading.wrong(fields["until"], f"until 早于开始日{first}。", f"It ends before it begins on {first}.")
            return None
        return DatedValue(name, first, last, value, cited, reading.file, line_of(key))

    def _value(self, reading: Reading, name: str, node: Node) -> Value:
        known = VALUES[name]
        if is_null(node):
            return None
        if known.kind == "ratio":
            ratio = reading.ratio(node, name)
            if ratio is not None and ratio > 1:
                reading.wrong(node, "比例不能大于1。", "A ratio is at most 1.", BOUNDS)
            return ratio
        if known.kind == "ratio_by_place":
            return self._ratios_by_place(reading, node)
        if known.kind == "table":
            table: dict[str, int] = {}
            for key, _, item in reading.mapping(node, name):
                cell = reading.whole(item, f"{name}.{key}")
                if cell is not None:
                    table[key] = cell
            return table
        if known.kind == "choice":
            choice = reading.text(node, name)
            if choice is not None and choice not in known.choices:
                options = ", ".join(known.choices)
                reading.wrong(node, f"“{name}”只能取：{options}，或 null。", f"{name} is one of {options}, or null.")
            return choice
        if known.kind == "truth":
            return reading.truth(node, name)
        if known.kind == "day":
            return reading.day(node, name)
        return reading.whole(node, name)

    def _ratios_by_place(self, reading: Reading, node: Node) -> dict[str, Fraction]:
        ratios: dict[str, Fraction] = {}
        for place, key, item in reading.mapping(node, "ratio_by_place"):
            ratio = reading.ratio(item, place)
            if not is_place(place):
                reading.wrong(key, f"“{place}”不是六位区划代码。", f"{place} is not a six-digit place.")
            elif ratio is not None:
                ratios[place] = ratio
        return ratios

    def _in_order(
        self, reading: Reading, name: str, key: Node, entries: list[DatedValue], window: Period
    ) -> tuple[DatedValue, ...]:
        """The entries with their last days filled in; gaps and overlaps within the window are noted."""
        entries = sorted(entries, key=lambda entry: entry.first)
        series: list[DatedValue] = []
        for position, entry in enumerate(entries):
            following = entries[position + 1] if position + 1 < len(entries) else None
            last = entry.last
            if following is not None:
                eve = following.first - timedelta(days=1)
                if last is None:
                    last = eve
                elif last > eve:
                    reading.at(
                        entry.line,
                        OVERLAP,
                        f"“{name}”的这一取值到{last}为止，与{following.first}起的下一取值重叠，请改 until。",
                        f"This entry of {name} runs to {last}, into the next one from {following.first}; change until.",
                    )
                elif last < eve:
                    self._gap(reading, entry.line, name, last + timedelta(days=1), eve)
            series.append(DatedValue(name, entry.first, last, entry.value, entry.cited, entry.file, entry.line))
        if not series:
            self._gap(reading, line_of(key), name, window.first, window.last)
            return ()
        if series[0].first > window.first:
            self._gap(reading, series[0].line, name, window.first, series[0].first - timedelta(days=1))
        end = series[-1].last
        if end is not None and (window.last is None or end < window.last):
            self._gap(reading, series[-1].line, name, end + timedelta(days=1), window.last)
        return tuple(series)

    def _gap(self, reading: Reading, line: int, name: str, first: date, last: date | None) -> None:
        until_zh = f"至{last}" if last else "以后"
        until_en = f"to {last}" if last else "on"
        reading.at(
            line,
            GAP,
            f"“{name}”在{first}{until_zh}没有取值；请补上一条，不再适用的写 null。",
            f"{name} has no entry from {first} {until_en}; add one, with null where it no longer applies.",
        )
