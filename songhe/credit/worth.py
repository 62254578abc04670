"""What a weight or a work earns, and what credits pay. Pure."""

from __future__ import annotations


def worth(quantity: int, *, units: int, per: int) -> int:
    """Units earned by a quantity at ``units`` for each ``per``, rounded down: who brings it in parts gains nothing."""
    if quantity < 0 or units <= 0 or per <= 0:
        raise ValueError("a quantity is not negative, and a rate is more than nought")
    return quantity * units // per


def payment(*, own_fen: int, ticket_fen: int | None, held: int) -> tuple[int, int]:
    """(Units, fen) with which credits pay an elder's own part of a line.

    Fen pay as many fen as there are; of tickets one pays up to ``ticket_fen``, and nothing is given back on it.
    """
    if own_fen <= 0 or held <= 0:
        return 0, 0
    if ticket_fen is None:
        paid = min(own_fen, held)
        return paid, paid
    return 1, min(own_fen, ticket_fen)
