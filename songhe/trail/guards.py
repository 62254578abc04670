from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    return [append_only("trail_entry"), append_only("trail_seal")]
