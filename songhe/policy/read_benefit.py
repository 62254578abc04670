"""``benefit.yaml``: what a person gets, and who pays first. 待遇"""

from __future__ import annotations

from songhe.policy.facts import FACTS, OPERATORS
from songhe.policy.pack import (
    SHAPES,
    Benefit,
    BenefitLine,
    Input,
    Sentence,
    When,
)
from songhe.policy.read_pieces import Pieces
from songhe.policy.reading import Node, Reading
from songhe.policy.values import CATEGORIES, VALUES

#: Who may stand in the order of payment; ``purse``: the love card's purses, among themselves by ``purse_order``.
PAYERS = ("ltci", "voucher", "purse", "self")


class BenefitFile(Pieces):
    def benefit(self) -> Benefit | None:
        reading = self.reading("benefit.yaml")
        if not reading.path.exists():
            return None
        document = reading.document()
        if document is None:
            return None
        fields = reading.fields(
            document,
            "benefit",
            required=("unit", "cadence", "order", "rounding", "lines"),
            optional=("exclusive", "most_fees", "inputs"),
        )
        unit = self.one_of(reading, fields.get("unit"), "unit", ("fen",))
        cadence = self.one_of(reading, fields.get("cadence"), "cadence", ("month", "once"))
        rounding = self.one_of(reading, fields.get("rounding"), "rounding", ("half_up",))
        order = tuple(
            payer
            for item in reading.items(fields.get("order"), "order")
            if (payer := self.one_of(reading, item, "order", PAYERS)) is not None
        )
        exclusive = (
            self.one_of(reading, fields["exclusive"], "exclusive", ("one_category_a_month",))
            if "exclusive" in fields
            else None
        )
        inputs = tuple(
            found
            for name, key, item in reading.mapping(fields.get("inputs"), "inputs")
            if (found := self._input(reading, name, key, item)) is not None
        )
        lines = tuple(
            line
            for item in reading.items(fields.get("lines"), "lines")
            if (line := self._benefit_line(reading, item)) is not None
        )
        if not (unit and cadence and rounding and order):
            return None
        most_fees = reading.whole(fields.get("most_fees"), "most_fees")
        return Benefit(unit, cadence, order, rounding, exclusive, most_fees, inputs, lines, reading.file)

    def _input(self, reading: Reading, name: str, key: Node, node: Node) -> Input | None:
        fields = reading.fields(node, f"inputs.{name}", required=("fact",), optional=("default",))
        fact = reading.text(fields.get("fact"), "fact")
        if fact is None:
            return None
        if fact not in FACTS:
            self.unknown(reading, fields["fact"], fact, FACTS)
            return None
        default = reading.plain(fields["default"]) if "default" in fields else None
        if not FACTS[fact].holds(default):
            zh, en = FACTS[fact].expected
            reading.wrong(fields["default"], f"缺省值应为{zh}。", f"The default is {en}.")
            return None
        return Input(name, fact, default)

    def _benefit_line(self, reading: Reading, node: Node) -> BenefitLine | None:
        fields = reading.fields(
            node,
            "line",
            required=("id", "zh", "en"),
            optional=("shape", "ratio", "cap", "ceiling", "price", "table", "limit", "class", "when"),
        )
        name, zh, en = (reading.text(fields.get(key), key) for key in ("id", "zh", "en"))
        shape = self.one_of(reading, fields["shape"], "shape", SHAPES) if "shape" in fields else "category"
        if not (name and zh and en and shape):
            return None
        if shape == "category" and name not in CATEGORIES:
            self.unknown(reading, fields["id"], name, CATEGORIES)
            return None
        needed = {
            "category": (("ratio", "ratio"), ("cap", "fen")),
            "ratio_day_cap": (("ratio", "ratio"), ("cap", "fen")),
            "ratio_month_ceiling": (("ratio", "ratio"), ("ceiling", "table")),
            "fixed_sum": (),
            "count_price": (("ratio", "ratio"), ("price", "fen")),
            "month_amount": (("price", "fen"),),
        }[shape]
        names: dict[str, str] = {}
        for key, kinds in (
            ("ratio", {"ratio"}),
            ("cap", {"fen"}),
            ("ceiling", {"table"}),
            ("price", {"fen"}),
            ("table", {"table"}),
            ("limit", {"table"}),
        ):
            if key not in fields:
                continue
            value = reading.text(fields[key], key)
            if value is None:
                return None
            if value not in VALUES or VALUES[value].kind not in kinds:
                self.unknown(reading, fields[key], value, {n: v for n, v in VALUES.items() if v.kind in kinds})
                return None
            names[key] = value
        lacking = [key for key, _ in needed if key not in names]
        if shape == "fixed_sum" and not ({"table", "price"} & names.keys()):
            lacking = ["table"]
        if lacking:
            reading.wrong(node, f"“{name}”缺少：{'、'.join(lacking)}。", f"{name} lacks {', '.join(lacking)}; add it.")
            return None
        if shape != "month_amount":
            return BenefitLine(name, Sentence(zh, en), shape, in_class=None, when=(), **names)
        in_class = reading.whole(fields.get("class"), "class")
        when = tuple(
            found
            for item in reading.items(fields.get("when"), "when")
            if (found := self._when(reading, item)) is not None
        )
        if in_class not in (1, 2, 3, 4):
            reading.wrong(node, f"“{name}”的 class 应为1至4。", f"{name} lacks its class, 1 to 4.")
            return None
        return BenefitLine(name, Sentence(zh, en), shape, **names, in_class=in_class, when=when)

    def _when(self, reading: Reading, node: Node) -> When | None:
        fields = reading.fields(node, "when", required=("fact", "operator"), optional=("value",))
        fact = reading.text(fields.get("fact"), "fact")
        operator = reading.text(fields.get("operator"), "operator")
        if fact is None or operator is None:
            return None
        for key, written, known in (("fact", fact, FACTS), ("operator", operator, OPERATORS)):
            if written not in known:
                self.unknown(reading, fields[key], written, known)
                return None
        value = reading.text(fields["value"], "value") if "value" in fields else None
        takes = OPERATORS[operator].takes
        if (takes == "nothing") != (value is None) or FACTS[fact].type != OPERATORS[operator].fact_type:
            reading.wrong(node, f"“{operator}”不适用于“{fact}”。", f"{operator} does not fit {fact}.")
            return None
        if value is not None and (value not in VALUES or VALUES[value].kind != "whole"):
            wholes = {each: known for each, known in VALUES.items() if known.kind == "whole"}
            self.unknown(reading, fields["value"], value, wholes)
            return None
        return When(fact, operator, value)
