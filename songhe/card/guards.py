from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    return [append_only("card_charge"), append_only("card_draw"), append_only("card_givenback")]
