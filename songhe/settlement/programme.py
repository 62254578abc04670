"""What the programme of a statement is called: one of the vouchers, or a fund of the love card by its name."""

from __future__ import annotations

from collections.abc import Collection

from songhe.card.models import Fund
from songhe.settlement.models import Statement
from songhe.settlement.share import CARD, is_card

#: Chinese and English.
Name = tuple[str, str]

VOUCHERS: dict[str, Name] = {
    "consumption-voucher": ("养老服务消费补贴", "Consumption subsidy"),
    "assessment-voucher": ("评估补贴", "Assessment subsidy"),
}


def programme_name(*, county: str, programme: str) -> Name:
    """爱心卡·市级资金; what has no name stands for itself."""
    return programme_names({(county, programme)})[(county, programme)]


def programme_names(of: Collection[tuple[str, str]]) -> dict[tuple[str, str], Name]:
    """The names of programmes by county; one statement, and none where no card is among them."""
    funds = {(county, programme.removeprefix(CARD)) for county, programme in of if is_card(programme)}
    names: dict[tuple[str, str], str] = {}
    if funds:
        counties, codes = {county for county, _ in funds}, {code for _, code in funds}
        rows = Fund.objects.filter(county__in=counties, code__in=codes).values_list("county", "code", "name")
        names = {(county, code): name for county, code, name in rows}
    found: dict[tuple[str, str], Name] = {}
    for county, programme in of:
        if is_card(programme):
            code = programme.removeprefix(CARD)
            name = names.get((county, code), code)
            found[(county, programme)] = (f"爱心卡·{name}", f"Love card · {name}")
        else:
            found[(county, programme)] = VOUCHERS.get(programme, (programme, programme))
    return found


def names_of(statements: Collection[Statement]) -> dict[tuple[str, str], Name]:
    """The names of the programmes of these statements, by county and programme; one statement at most."""
    return programme_names({(one.county, one.programme) for one in statements})
