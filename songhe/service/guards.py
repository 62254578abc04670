from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    """What a provider told stays as it was told; only the verdict on it, and the end of a stay, are added."""
    return [
        append_only("service_visit", columns=("verdict", "verdict_reasons", "judged_by", "billed_line")),
        append_only("service_presence"),
        append_only("service_stay", columns=("agreed_until", "discharged_on", "discharged_because")),
        append_only("service_override", columns=("state", "decided_by", "decided_at")),
    ]
