from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    """What was asked for stays as it was written; only the answer is added."""
    return [append_only("proposal_proposal", columns=("state", "decided_by", "decided_at", "because", "made"))]
