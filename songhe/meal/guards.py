from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    """Food safety is written once; a price that was promised is never changed, only charged."""
    return [
        append_only("meal_sample", columns=("discarded_at", "discarded_by")),
        append_only("meal_inspection", columns=("remedied_on", "remedied_how", "remedied_by")),
        append_only("meal_closure", columns=("until", "reopened_by", "reopened_because")),
        append_only("meal_tariff", columns=("valid_to",)),
    ]
