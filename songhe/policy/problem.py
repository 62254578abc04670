"""What is wrong with a pack: a code, the file, the line, and what to do. Collected, never raised one by one."""

from __future__ import annotations

from dataclasses import dataclass

BAD_FILE = "policy.bad_file"
UNKNOWN_NAME = "policy.unknown_name"
GAP = "policy.gap"
OVERLAP = "policy.overlap"
CYCLE = "policy.cycle"
BOUNDS = "policy.bounds"
OUTSIDE_UPPER = "policy.outside_upper"
NOT_SET = "policy.value_not_set"
CASE_FAILED = "policy.case_failed"

#: Every kind of problem and what it means, for the documentation and for ``songhe policy check``.
KINDS: dict[str, tuple[str, str]] = {
    BAD_FILE: ("文件缺失、写法或类型不对", "a file is missing, or something in it is written wrongly"),
    UNKNOWN_NAME: ("用了词汇表里没有的名称", "a fact, operator, value or source that is not in the vocabulary"),
    GAP: ("有的日子没有取值", "a day of the window on which a value has no entry"),
    OVERLAP: ("同一地、同一天有两个版本或两个取值", "two editions, or two entries of one value, on one day"),
    CYCLE: ("上级包互相引用成环", "packs that extend each other in a ring"),
    BOUNDS: ("超出上级允许调整的范围", "a lower place changes what the upper one does not allow, or too far"),
    OUTSIDE_UPPER: ("时间、地区与上级包不衔接", "window, area or layer does not fit the pack that it extends"),
    NOT_SET: ("资格条件用到的取值没有设定", "a condition compares with a value that is not set"),
    CASE_FAILED: ("算例结果不符", "a worked case gives another result"),
}


@dataclass(frozen=True, order=True)
class Problem:
    file: str
    line: int
    code: str
    zh: str
    en: str

    def message(self, language: str = "zh") -> str:
        return self.zh if language.startswith("zh") else self.en

    def as_dict(self, language: str = "zh") -> dict[str, str | int]:
        return {"code": self.code, "file": self.file, "line": self.line, "message": self.message(language)}

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.code}: {self.zh} / {self.en}"
