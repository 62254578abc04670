from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    """What was done and heard stays as it was told; only what became of it is added."""
    return [
        append_only("outreach_visit"),
        append_only(
            "outreach_need",
            columns=(
                "state",
                "provider_id",
                "item_id",
                "referred_to",
                "answer",
                "answered_by",
                "answered_on",
                "ended_by",
                "ended_on",
            ),
        ),
        append_only("outreach_stint", columns=("state", "decided_by", "decided_at", "deed")),
    ]
