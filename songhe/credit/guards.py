from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    """What was weighed, done or spent stays as it was told; only what became of it is added."""
    return [
        append_only("credit_deed", columns=("state", "witness", "witnessed_at", "because", "transfer", "undone")),
        append_only("credit_spending", columns=("given_back",)),
        append_only("credit_holder"),
        append_only("credit_rate", columns=("valid_to",)),
    ]
