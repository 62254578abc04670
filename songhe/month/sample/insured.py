"""What long-term care insurance pays of a month, in the four published shapes; never more than the fees. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from songhe.month.sample.people import Elder
from songhe.month.sample.shape import ltci_shapes
from songhe.policy import ltci


def institution(elder: Elder, *, nursing_fen: int, fees_fen: int, days: int) -> int:
    """A day cap counts against the nursing fee of the day, a month ceiling against all fees; visits are for homes."""
    shapes = ltci_shapes()
    level = elder.level or 2
    if elder.ltci == "ratio_day_cap":
        rule = shapes["ratio_day_cap"]["institution"]
        day = ltci.ratio_with_day_cap(
            fee_fen=nursing_fen // days, days=days, ratio=rule["ratio"], cap_fen=rule["cap_fen"]
        )
        return min(day.fund_fen, fees_fen)
    if elder.ltci == "ratio_month_ceiling":
        rule = shapes["ratio_month_ceiling"]
        month = ltci.ratio_with_month_ceiling(
            fee_fen=fees_fen, months=1, ratio=rule["ratio"], ceiling_fen=rule["ceiling_fen"][level]
        )
        return min(month.fund_fen, fees_fen)
    return 0


def home(elder: Elder, *, by_day: Mapping[date, int], visits: int) -> int:
    """By the day, by the month, or by the visit; a fixed sum is cash and is set against no fee."""
    shapes = ltci_shapes()
    fees_fen = sum(by_day.values())
    if elder.ltci == "ratio_day_cap":
        rule = shapes["ratio_day_cap"]["home"]
        return sum(
            ltci.ratio_with_day_cap(fee_fen=fee, days=1, ratio=rule["ratio"], cap_fen=rule["cap_fen"]).fund_fen
            for fee in by_day.values()
        )
    if elder.ltci == "ratio_month_ceiling":
        rule = shapes["ratio_month_ceiling"]
        month = ltci.ratio_with_month_ceiling(
            fee_fen=fees_fen, months=1, ratio=rule["ratio"], ceiling_fen=rule["ceiling_fen"][elder.level or 2]
        )
        return min(month.fund_fen, fees_fen)
    if elder.ltci == "count_at_price":
        rule = shapes["count_at_price"]
        paid = ltci.count_at_price(price_fen=rule["price_fen"], count=visits, ratio=rule["ratio"], limit=rule["limit"])
        return min(paid.fund_fen, fees_fen)
    return 0
