from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    return [append_only("redemption_line"), append_only("redemption_reversal")]
