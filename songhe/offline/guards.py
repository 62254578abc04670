from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    """What a device signed, and what was found wrong with it, is written once; what became of it is added."""
    return [
        append_only("offline_slip", columns=("state", "hold_id", "bill_id", "guaranteed_fen", "short_fen")),
        append_only(
            "offline_trouble",
            columns=("state", "bearer", "borne_fen", "back_fen", "because", "decided_by", "decided_at"),
        ),
    ]
