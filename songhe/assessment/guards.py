"""What the database itself refuses: a signature is never changed or taken away."""

from __future__ import annotations

from songhe.county.guard import Guard, append_only


def guards() -> list[Guard]:
    return [append_only("assessment_signature")]
