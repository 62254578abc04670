"""The figures of the funds as everybody may read them: small cells and what would tell them are left out. 资金公开"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.card.models import Fund, Level, Source
from songhe.card.published import ALL, Cells, Paid, holders, paid_by_fund, put_in_by_month
from songhe.card.queries import FundStand, stands
from songhe.doors.staff.figures import Series, chart, yuan
from songhe.doors.staff.words import titled
from songhe.provider.help import HELPS
from songhe.statistics.kept import kept
from songhe.statistics.suppress import LEAST, hidden, hidden_in_table

SOURCES: dict[str, Any] = {
    Source.FINANCE: gettext_lazy("财政资金"),
    Source.DISABLED: gettext_lazy("残联资金"),
    Source.COLLECTIVE: gettext_lazy("村（社区）集体资金"),
    Source.CHARITY: gettext_lazy("慈善资金"),
}
LEVELS: dict[str, Any] = {
    Level.CENTRAL: gettext_lazy("中央"),
    Level.PROVINCE: gettext_lazy("省级"),
    Level.CITY: gettext_lazy("市级"),
    Level.COUNTY: gettext_lazy("县级"),
    Level.TOWN: gettext_lazy("乡镇（街道）"),
    Level.VILLAGE: gettext_lazy("村（社区）"),
}
#: Months of the newest that a page shows; the file has all.
MONTHS = 24


@dataclass(frozen=True)
class Line:
    """A month or a kind of help: so many services paid with so much; ``None`` is hidden."""

    name: str
    services: int | None
    fen: int | None


@dataclass(frozen=True)
class MonthLine:
    """A month of a fund. ``left_fen``: what was in the fund and in purses when it ended."""

    month: str
    put_in_fen: int
    paid: Line
    left_fen: int | None
    helps: dict[str, Line]


@dataclass(frozen=True)
class Shown:
    """A fund as its page and its file show it; newest month last."""

    fund: Fund
    put_in_fen: int
    there_fen: int
    in_purses_fen: int | None
    paid: Line
    meals: Line
    helps: tuple[Line, ...]
    months: tuple[MonthLine, ...]

    @property
    def source(self) -> Any:
        return SOURCES[self.fund.source]

    @property
    def level(self) -> Any:
        return LEVELS[self.fund.level]

    @property
    def is_hidden(self) -> bool:
        return self.paid.fen is None

    @property
    def newest(self) -> list[MonthLine]:
        return list(reversed(self.months[-MONTHS:]))


@dataclass(frozen=True)
class Counted:
    """What the pages are made of, counted once for all of them."""

    stands: list[FundStand]
    paid: dict[UUID, Cells]
    put_in: dict[UUID, dict[str, int]]
    gone: frozenset[UUID]


@kept
def counted(county: str) -> Counted:
    """A county's figures, and the funds whose sums would tell of fewer than five people."""
    found, paid, held = stands(county), paid_by_fund(county), holders(county)
    of = [stand.fund.id for stand in found]
    users = {fund: cells[ALL, ALL].cards if (cells := paid.get(fund)) else 0 for fund in of}
    gone = hidden(users) | hidden({fund: held.get(fund, 0) for fund in of})
    return Counted(found, paid, put_in_by_month(county), gone)


def shown(county: str) -> list[Shown]:
    """Every fund of a county but the families'."""
    found = counted(county)
    return [
        fund_shown(stand, found.paid.get(stand.fund.id, {}), found.put_in.get(stand.fund.id, {}), found.gone)
        for stand in found.stands
    ]


def fund_shown(stand: FundStand, cells: Cells, put_in: dict[str, int], gone: frozenset[UUID]) -> Shown:
    away = hidden_in_table(
        {cell: paid.cards for cell, paid in cells.items()}, also=[(ALL, ALL)] if stand.fund.id in gone else []
    )
    used = {help for _month, help in cells} - {ALL}
    helps = [help for help in HELPS if help in used]
    whole = line(_("合计"), (ALL, ALL), cells, away)
    if stand.fund.id in gone:
        whole = Line(whole.name, None, None)
    return Shown(
        fund=stand.fund,
        put_in_fen=stand.put_in_fen,
        there_fen=stand.there_fen,
        in_purses_fen=None if whole.fen is None else stand.in_purses_fen,
        paid=whole,
        meals=line(help_name("meals"), (ALL, "meals"), cells, away),
        helps=tuple(line(help_name(help), (ALL, help), cells, away) for help in helps),
        months=tuple(month_lines(cells, put_in, away, helps, whole)),
    )


def line(name: str, cell: tuple[str, str], cells: Cells, away: frozenset[tuple[str, str]]) -> Line:
    if cell in away:
        return Line(name, None, None)
    paid = cells.get(cell, Paid(0, 0, 0))
    return Line(name, paid.services, paid.fen)


def help_name(help: str) -> str:
    return titled(*HELPS[help])


def month_lines(
    cells: Cells, put_in: dict[str, int], away: frozenset[tuple[str, str]], helps: list[str], whole: Line
) -> list[MonthLine]:
    """The months in which anything moved. What was left is told where no hidden month can be worked out from it."""
    months = sorted({month for month, _help in cells} - {ALL} | set(put_in))
    secret = {month for month in months if (month, ALL) in away}
    left, found = 0, []
    for month in months:
        left += put_in.get(month, 0) - cells.get((month, ALL), Paid(0, 0, 0)).fen
        before = {one for one in secret if one <= month}
        may = whole.fen is not None and before in (set(), secret)
        found.append(
            MonthLine(
                month=month,
                put_in_fen=put_in.get(month, 0),
                paid=line(month, (month, ALL), cells, away),
                left_fen=left if may else None,
                helps={help: line(help_name(help), (month, help), cells, away) for help in helps},
            )
        )
    return found


def months_chart(found: Shown) -> dict[str, Any]:
    """In and out, month by month."""
    months = found.months[-MONTHS:]
    return chart(
        "bars",
        "yuan",
        [one.month for one in months],
        [
            Series(str(_("入池")), [yuan(one.put_in_fen) for one in months], "grey"),
            Series(str(_("支付")), [yuan(one.paid.fen) for one in months]),
        ],
    )


@dataclass(frozen=True)
class Sums:
    """A county's funds together; ``None`` where a sum would tell what is hidden."""

    put_in_fen: int
    there_fen: int
    in_purses_fen: int | None
    paid: Line


def sums(county: str) -> Sums:
    """All funds of a county together. Hidden where everything that is hidden in them is one fund's, or few people's."""
    found = counted(county)
    cards = sum(cells[ALL, ALL].cards for cells in found.paid.values() if (ALL, ALL) in cells)
    is_shown = len(found.gone) != 1 and not (found.gone and cards < LEAST)
    every = [cells[ALL, ALL] for cells in found.paid.values() if (ALL, ALL) in cells]
    return Sums(
        put_in_fen=sum(stand.put_in_fen for stand in found.stands),
        there_fen=sum(stand.there_fen for stand in found.stands),
        in_purses_fen=sum(stand.in_purses_fen for stand in found.stands) if is_shown else None,
        paid=Line(
            _("合计"),
            sum(paid.services for paid in every) if is_shown else None,
            sum(paid.fen for paid in every) if is_shown else None,
        ),
    )
