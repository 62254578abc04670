"""Is this person entitled, and why: the question and answer of ``songhe explain``. 说明"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from songhe.kernel.refusal import reason
from songhe.policy import request
from songhe.policy.evaluate import determine
from songhe.policy.monthly import has_standards, standards
from songhe.policy.resolve import Library, library

NO_CONDITIONS = reason(
    "policy.no_conditions",
    zh="“{policy}”的资格由其他部门认定，这里没有条件可以判定。",
    en="Who is entitled to {policy} is decided elsewhere; its pack states no conditions.",
)


def answer(asked: Mapping[str, Any], *, packs: Library | None = None, language: str = "zh") -> dict[str, Any]:
    """One line of ``songhe explain``.

    Refuses with ``input.missing``, ``input.wrong_type``, ``input.not_a_date``, ``input.unknown_field``,
    ``policy.unknown``, ``policy.not_a_place``, ``policy.not_in_force``, ``policy.no_conditions``, ``fact.unknown``,
    ``fact.type``.
    """
    request.only(asked, ("policy", "place", "on", "facts"))
    programme, place = request.text(asked, "policy"), request.text(asked, "place")
    on, facts = request.day(asked, "on"), request.mapping(asked, "facts")
    policy = (packs or library()).resolve(policy=programme, place=place, on=on)
    if not policy.conditions:
        raise NO_CONDITIONS("policy", policy=programme)
    found = determine(policy=policy, facts=facts, on=on)
    said = found.as_dict(language)
    if found.outcome == "entitled" and has_standards(policy):
        said["benefit"] = standards(policy=policy, facts=facts, on=on).as_dict()
    return said
