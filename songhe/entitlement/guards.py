"""A letter says for ever what it said when it was sent."""

from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    return [append_only("entitlement_letter")]
