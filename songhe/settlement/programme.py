"""What the programme of a statement is called: alone of its kind, or a fund of the love card or credits by name."""

from __future__ import annotations

from collections.abc import Collection

from songhe.card.models import Fund
from songhe.credit.models import Scheme
from songhe.credit.scheme import CREDIT
from songhe.settlement.models import Statement
from songhe.settlement.share import CARD, GUARANTEE

#: Chinese and English.
Name = tuple[str, str]

ALONE: dict[str, Name] = {
    "consumption-voucher": ("养老服务消费补贴", "Consumption subsidy"),
    "assessment-voucher": ("评估补贴", "Assessment subsidy"),
    GUARANTEE: ("离线收款担保", "Guarantee of offline tills"),
}

#: What begins a programme, the rows that have its name, and what the name is of.
NAMED: tuple[tuple[type[Fund] | type[Scheme], str, str, str], ...] = (
    (Fund, CARD, "爱心卡", "Love card"),
    (Scheme, CREDIT, "积分", "Credits"),
)


def programme_name(*, county: str, programme: str) -> Name:
    """爱心卡·市级资金; what has no name stands for itself."""
    return programme_names({(county, programme)})[(county, programme)]


def programme_names(of: Collection[tuple[str, str]]) -> dict[tuple[str, str], Name]:
    """The names of programmes by county; one statement for the funds of cards among them, one for credits."""
    found: dict[tuple[str, str], Name] = {each: ALONE.get(each[1], (each[1], each[1])) for each in of}
    for model, before, zh, en in NAMED:
        mine = {each: each[1].removeprefix(before) for each in of if each[1].startswith(before)}
        if mine:
            rows = model.objects.filter(county__in={county for county, _ in mine}, code__in=set(mine.values()))
            names = {(county, code): name for county, code, name in rows.values_list("county", "code", "name")}
            for each, code in mine.items():
                name = names.get((each[0], code), code)
                found[each] = (f"{zh}·{name}", f"{en} · {name}")
    return found


def names_of(statements: Collection[Statement]) -> dict[tuple[str, str], Name]:
    """The names of the programmes of these statements, by county and programme; one statement at most."""
    return programme_names({(one.county, one.programme) for one in statements})
