"""The closed vocabulary: the facts that a condition may ask about, the operators that it may use. 事实与算子"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from songhe.kernel.refusal import reason

UNKNOWN_FACT = reason(
    "fact.unknown",
    zh="没有“{name}”这一事实，可用的事实见 songhe policy facts。",
    en="There is no fact {name}; songhe policy facts lists them.",
)
WRONG_TYPE = reason(
    "fact.type",
    zh="“{name}”应为{expected}，或留空表示不知道。",
    en="{name} must be {expected_en}, or null for unknown.",
)

FactType = Literal["whole", "truth"]
FactValue = int | bool | None


@dataclass(frozen=True)
class Fact:
    """Something that can be known about a person on a day; ``least`` and ``most`` bound a whole number."""

    name: str
    type: FactType
    zh: str
    en: str
    unit: str = ""
    least: int = 0
    most: int = 0

    @property
    def expected(self) -> tuple[str, str]:
        if self.type == "truth":
            return "是或否（true / false）", "true or false"
        return f"{self.least}到{self.most}的整数", f"a whole number from {self.least} to {self.most}"

    def holds(self, value: object) -> bool:
        """Whether ``value`` is of this fact's type; unknown (``None``) is of every type."""
        if value is None:
            return True
        if self.type == "truth":
            return isinstance(value, bool)
        return isinstance(value, int) and not isinstance(value, bool) and self.least <= value <= self.most


FACTS: dict[str, Fact] = {
    fact.name: fact
    for fact in (
        Fact("age", "whole", "周岁年龄（当日已满的整岁）", "completed years of age on the day", "year", 0, 150),
        Fact("resident", "truth", "在当地居住（户籍或常住均可）", "lives in the place, registered there or not"),
        Fact(
            "disability_level",
            "whole",
            "失能等级:0能力完好、1轻度、2中度、3重度、4完全",
            "ability level: 0 intact, 1 mild, 2 moderate, 3 severe, 4 complete",
            "level",
            0,
            4,
        ),
        Fact("in_tekun_support", "truth", "正在享受特困人员救助供养", "receives destitute support (tekun)"),
        Fact(
            "in_concentrated_care",
            "truth",
            "正在享受经济困难失能老年人集中照护服务补助",
            "receives the concentrated-care subsidy for disabled elders in hardship",
        ),
        Fact(
            "in_improvement_action",
            "truth",
            "正在享受居家和社区基本养老服务提升行动项目（国家项目；在新疆还包括自治区项目）",
            "is served by the home-and-community improvement action (the nation's; in Xinjiang also the region's)",
        ),
        Fact(
            "in_home_visit_project",
            "truth",
            "正在享受当地居家上门服务项目",
            "is served by the place's own home-visit project",
        ),
        Fact("in_family_bed", "truth", "正在使用政府补助的家庭养老床位", "uses a subsidised family bed"),
        Fact(
            "in_government_home_care",
            "truth",
            "正在享受政府购买的居家养老服务",
            "receives home care bought by the government",
        ),
        Fact("in_low_income", "truth", "享受最低生活保障", "receives the minimum living allowance"),
        Fact("in_low_income_edge", "truth", "低保边缘家庭", "is of a borderline household"),
        Fact("has_service_subsidy", "truth", "享受养老服务补贴", "receives the service subsidy"),
        Fact("has_care_subsidy", "truth", "享受护理补贴", "receives a care subsidy"),
        Fact("holds_disability_certificate", "truth", "持有残疾人证", "holds a disability certificate"),
        Fact("volunteers", "truth", "参加为老志愿服务", "volunteers for elders"),
        Fact(
            "entitled_to_consumption_voucher",
            "truth",
            "符合养老服务消费补贴申领条件",
            "is entitled to the consumption voucher",
        ),
    )
}


@dataclass(frozen=True)
class Operator:
    name: str
    zh: str
    en: str
    fact_type: FactType
    takes: Literal["whole", "wholes", "nothing"]
    test: Callable[[Any, Any], bool]


OPERATORS: dict[str, Operator] = {
    operator.name: operator
    for operator in (
        Operator("at_least", "不低于", "at least", "whole", "whole", lambda fact, value: fact >= value),
        Operator("at_most", "不高于", "at most", "whole", "whole", lambda fact, value: fact <= value),
        Operator("equals", "等于", "equals", "whole", "whole", lambda fact, value: fact == value),
        Operator("one_of", "属于", "is one of", "whole", "wholes", lambda fact, value: fact in value),
        Operator("is_true", "是", "is true", "truth", "nothing", lambda fact, _: fact is True),
        Operator("is_false", "否", "is false", "truth", "nothing", lambda fact, _: fact is False),
    )
}


def checked(facts: Mapping[str, object]) -> dict[str, FactValue]:
    """The facts as given, when all are in the vocabulary and of their type.

    Refuses with ``fact.unknown`` or ``fact.type``; a fact that is left out or null is unknown, not wrong.
    """
    known: dict[str, FactValue] = {}
    for name, value in facts.items():
        known[name] = checked_fact(name, value, field=f"facts.{name}")
    return known


def checked_fact(name: str, value: object, *, field: str) -> FactValue:
    """One fact, checked; refuses with ``fact.unknown`` or ``fact.type``, naming ``field``."""
    fact = FACTS.get(name)
    if fact is None:
        raise UNKNOWN_FACT(field, name=name)
    if not fact.holds(value):
        zh, en = fact.expected
        raise WRONG_TYPE(field, name=name, expected=zh, expected_en=en)
    assert value is None or isinstance(value, int)
    return value
