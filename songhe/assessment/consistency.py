"""Answers that seem to contradict each other. 一致性提示

Warnings, not errors: the assessors are asked to look again and may keep what they saw. They are derived from
what the items mean and stand in no standard. A warning is a refusal that was not raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from songhe.kernel.refusal import Refusal, reason

TUBE_FED_BUT_EATS = reason(
    "assessment.tube_fed_but_eats",
    zh="A.5.4 登记了胃管，而 B.1.1 进食得分大于0，请核对。",
    en="A.5.4 records a gastric tube, but B.1.1 eating scores above 0; please check.",
)
CATHETER_BUT_CONTROLS = reason(
    "assessment.catheter_but_controls",
    zh="A.5.4 登记了尿管，而 B.1.6 小便控制得分大于0，请核对。",
    en="A.5.4 records a urinary catheter, but B.1.6 bladder control scores above 0; please check.",
)
COMA_BUT_CONSCIOUS = reason(
    "assessment.coma_but_conscious",
    zh="A.5.11 登记了昏迷，而 B.3.9 意识水平得分大于0，请核对。",
    en="A.5.11 records a coma, but B.3.9 consciousness scores above 0; please check.",
)
DISORIENTED_WITHOUT_DIAGNOSIS = reason(
    "assessment.disoriented_without_diagnosis",
    zh="B.3.1 至 B.3.4 都不超过1分，而 A.4.1 没有登记痴呆，请核对诊断。",
    en="B.3.1 to B.3.4 all score 1 or less, but A.4.1 records no dementia; please check the diagnoses.",
)
CHOKES_BUT_EATS_WITHOUT = reason(
    "assessment.chokes_but_eats_without",
    zh="A.5.8 登记了进食饮水呛咳，而 B.1.1 进食得分为3或4（不呛咳），请核对。",
    en="A.5.8 records choking on food or drink, but B.1.1 eating scores 3 or 4 (no choking); please check.",
)

_ORIENTATION_AND_MEMORY = ("B.3.1", "B.3.2", "B.3.3", "B.3.4")


def inconsistencies(*, scores: Mapping[str, int] | None, information: Mapping[str, Any]) -> list[Refusal]:
    """The warnings for a GB/T 42195-2022 assessment: ``scores`` by item code, ``information`` by field code.

    Without scores (coma) there is nothing to contradict; a field or an item that is empty contradicts nothing, so
    that it can be asked while the form is being filled in.
    """
    if scores is None:
        return []
    found = []
    care = information.get("A.5.4") or ()
    if "gastric_tube" in care and scores.get("B.1.1", 0) > 0:
        found.append(TUBE_FED_BUT_EATS("B.1.1"))
    if "urinary_catheter" in care and scores.get("B.1.6", 0) > 0:
        found.append(CATHETER_BUT_CONTROLS("B.1.6"))
    if information.get("A.5.11") == "present" and scores.get("B.3.9", 0) > 0:
        found.append(COMA_BUT_CONSCIOUS("B.3.9"))
    diagnoses = information.get("A.4.1")
    undiagnosed = diagnoses is not None and "dementia" not in diagnoses
    if undiagnosed and all(scores.get(code, 2) <= 1 for code in _ORIENTATION_AND_MEMORY):
        found.append(DISORIENTED_WITHOUT_DIAGNOSIS("A.4.1"))
    if "choking" in (information.get("A.5.8") or ()) and scores.get("B.1.1", 0) >= 3:
        found.append(CHOKES_BUT_EATS_WITHOUT("B.1.1"))
    return found
