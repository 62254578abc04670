"""A determination is added and never changed; only which one is current moves on."""

from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    return [append_only("eligibility_determination", columns=["current"])]
