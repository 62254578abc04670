"""``conditions.yaml``: what a person has to meet. 条件"""

from __future__ import annotations

from songhe.policy.facts import FACTS, OPERATORS
from songhe.policy.pack import Condition, Sentence
from songhe.policy.read_pieces import Pieces
from songhe.policy.reading import line_of
from songhe.policy.values import VALUES


class ConditionsFile(Pieces):
    def conditions(self) -> tuple[Condition, ...]:
        if not (self.folder / "conditions.yaml").exists():
            return ()
        reading = self.reading("conditions.yaml")
        conditions: list[Condition] = []
        for item in reading.items(reading.document(), "conditions"):
            fields = reading.fields(
                item,
                "condition",
                required=("id", "fact", "operator", "zh", "en", "article", "source"),
                optional=("value", "confidence"),
            )
            name, fact, operator = (reading.text(fields.get(key), key) for key in ("id", "fact", "operator"))
            zh, en = reading.text(fields.get("zh"), "zh"), reading.text(fields.get("en"), "en")
            value = reading.text(fields.get("value"), "value")
            cited = self.cited(reading, fields)
            if not (name and fact and operator and zh and en and cited):
                continue
            if fact not in FACTS:
                self.unknown(reading, fields["fact"], fact, FACTS)
                continue
            if operator not in OPERATORS:
                self.unknown(reading, fields["operator"], operator, OPERATORS)
                continue
            if value is not None and value not in VALUES:
                self.unknown(reading, fields["value"], value, VALUES)
                continue
            if any(condition.id == name for condition in conditions):
                reading.wrong(
                    fields["id"], f"条件“{name}”写了两次。", f"Condition {name} is written twice; rename one."
                )
                continue
            known = OPERATORS[operator]
            if FACTS[fact].type != known.fact_type:
                reading.wrong(
                    fields["operator"],
                    f"“{operator}”不能用于事实“{fact}”，请换一个算子。",
                    f"{operator} does not fit the fact {fact}; take another operator.",
                )
                continue
            if (known.takes == "nothing") != (value is None):
                reading.wrong(
                    fields["operator"],
                    f"“{operator}”{'不带取值，请删去 value' if value else '要与一个取值比较，请写 value'}。",
                    f"{operator} {'takes no value; remove it' if value else 'compares with a value; name it'}.",
                )
                continue
            if value is not None and VALUES[value].kind not in {"whole", "fen"} and known.takes == "whole":
                reading.wrong(fields["value"], f"“{value}”不是整数取值。", f"{value} is not a whole-number value.")
                continue
            if value is not None and known.takes == "wholes" and VALUES[value].kind != "table":
                reading.wrong(fields["value"], f"“{value}”不是列表取值。", f"{value} is not a table.")
                continue
            conditions.append(
                Condition(name, fact, operator, value, Sentence(zh, en), cited, reading.file, line_of(item))
            )
        return tuple(conditions)
