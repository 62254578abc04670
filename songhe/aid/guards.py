from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    """What was disinfected and recalled is written once; a loan and a deposit keep what was promised and paid."""
    return [
        append_only("aid_cleaning"),
        append_only("aid_recall"),
        append_only("aid_loan", columns=("returned_on", "returned_to", "back_asked_on")),
        append_only(
            "aid_deposit",
            columns=("state", "back_fen", "kept_fen", "kept_because", "back_to", "settled_by", "settled_on"),
        ),
        append_only("aid_offer", columns=("valid_to",)),
        append_only("aid_rent", columns=("first", "last", "days", "fee_fen", "billed_line", "at")),
    ]
