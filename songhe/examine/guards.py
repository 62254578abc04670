from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    """What was counted and scored is frozen; a scheme in force is not rewritten."""
    return [
        append_only("examine_edition", columns=("state", "decided_by", "decided_at", "because")),
        append_only("examine_step"),
        append_only(
            "examine_examination", columns=("state", "decided_by", "decided_at", "published_on", "decided_because")
        ),
        append_only("examine_score"),
        append_only("examine_figure"),
        append_only("examine_placement"),
        append_only(
            "examine_exit",
            columns=("state", "decided_by", "decided_at", "decided_because", "finished_by", "finished_at"),
        ),
        append_only(
            "examine_caution",
            columns=("state", "due_on", "mended", "mended_by", "mended_at", "because", "decided_by", "decided_at"),
        ),
        append_only("examine_steering"),
        append_only("examine_offered"),
        append_only("examine_objection", columns=("state", "answer", "answered_by", "answered_at")),
    ]
