"""The lists that can be taken away, long or short: what stands in each, read in parts that fit into memory.

Pages, the interface for machines and ``songhe export`` offer the same lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from songhe.access.scope import Scope
from songhe.document.download import Table, make
from songhe.document.models import Download
from songhe.document.sheet import Column
from songhe.doors.shell.clock import is_practice, read_clock
from songhe.doors.staff import export, figure_lists, inbox, words
from songhe.doors.staff.figures import Asked, drills, name_of
from songhe.entitlement.models import Application
from songhe.grant.models import Grant
from songhe.jobs.models import Outgoing
from songhe.kernel.month import Month
from songhe.ledger.models import Transfer
from songhe.person.masks import mask_name
from songhe.person.models import Person
from songhe.redemption.models import Bill
from songhe.settlement.models import Statement
from songhe.settlement.programme import names_of
from songhe.statistics.definition import indicator
from songhe.statistics.figure import figures
from songhe.statistics.measure import Frame, measures
from songhe.trail.models import Entry

#: Rows read at once.
PART = 1_000


@dataclass(frozen=True)
class Want:
    """A list of one county as somebody asked for it. ``name_hidden``: not even names stand in it whole."""

    county: str
    scope: Scope
    on: date
    at: datetime
    asked: Mapping[str, Any] = field(default_factory=dict)
    whole: bool = False
    name_hidden: bool = False

    @property
    def month(self) -> str:
        return str(self.asked["month"])


@dataclass(frozen=True)
class Listing:
    """``act``: what opens its rows on a page, besides the act of taking lists. ``rows`` come in any order.

    ``by_name``: it can be asked for with no more than a county and, if ``monthly``, a month.
    """

    code: str
    word: Any
    act: str
    columns: Callable[[Want], list[Column]]
    rows: Callable[[Want], QuerySet[Any] | list[Any]]
    cells: Callable[[Want, Sequence[Any]], Iterable[Sequence[Any]]]
    monthly: bool = False
    by_name: bool = True

    def total(self, want: Want) -> int:
        rows = self.rows(want)
        return len(rows) if isinstance(rows, list) else rows.order_by().count()

    def parts(self, want: Want) -> Iterator[list[Sequence[Any]]]:
        """Part after part in the order of the ids, which rise with time; each is a statement of its own."""
        rows = self.rows(want)
        if isinstance(rows, list):
            yield list(self.cells(want, rows))
            return
        part = list(rows.order_by("id")[:PART])
        while part:
            yield list(self.cells(want, part))
            part = list(rows.filter(id__gt=part[-1].id).order_by("id")[:PART])


def _people(want: Want) -> QuerySet[Person]:
    return Person.objects.within(want.scope).filter(county=want.county)


def _people_cells(want: Want, people: Sequence[Person]) -> Iterable[Sequence[Any]]:
    cells = export.people_cells(people, want.on, whole=want.whole)
    return ([mask_name(row[0]), *row[1:]] for row in cells) if want.name_hidden else cells


def _applications(want: Want) -> QuerySet[Application]:
    states = tuple(want.asked.get("states", list(Application.State)))
    chosen = inbox.Filter(want.asked.get("state", ""), "", states, timed=want.asked.get("timed", False))
    rows = inbox.chosen_rows(want.scope, chosen, want.asked.get("username", ""), want.at)
    return rows.filter(county=want.county)


def _application_cells(want: Want, found: Sequence[Application]) -> Iterable[Sequence[Any]]:
    cells = inbox.sheet_cells(found, want.on)
    return ([mask_name(row[0]), *row[1:]] for row in cells) if want.name_hidden else cells


def _frame(want: Want) -> Frame:
    return Frame(
        counties=(want.county,),
        month=Month.parse(want.month),
        on=want.on,
        place=want.asked.get("place", ""),
        group=want.asked.get("group", ""),
    )


def _means(want: Want) -> Any:
    return indicator(want.asked["code"], Month.parse(want.month))


def _figure_people(want: Want) -> QuerySet[Person]:
    assert drills(_means(want))
    return figure_lists.counted(Asked(_frame(want), want.scope, [want.county], ""), _means(want))


def _figures(want: Want) -> list[Any]:
    """Every figure of the dashboard: what it is, by which version of its definition, and what it is made of."""
    frame = _frame(want)
    measured = measures(frame)
    return [
        (
            each.code,
            name_of(each.indicator),
            each.indicator.unit,
            measured.get(each.indicator.numerator),
            measured.get(each.indicator.denominator or ""),
            words.said(each.indicator.means_zh, each.indicator.means_en),
            each.indicator.version,
            frame.day,
        )
        for each in figures(frame, measured).values()
    ]


def _of_month(model: Any, *related: str) -> Callable[[Want], QuerySet[Any]]:
    def rows(want: Want) -> QuerySet[Any]:
        found: QuerySet[Any] = model.objects.filter(county=want.county, month=want.month)
        return found.select_related(*related) if related else found

    return rows


def _columns(*columns: tuple[Any, str, int]) -> Callable[[Want], list[Column]]:
    return lambda want: export.titles(columns)


def _said(table: Mapping[str, words.Word], code: str) -> str:
    return str(words.word(table, code).said)


def _statements(rows: Iterable[Statement]) -> Iterator[tuple[Any, ...]]:
    """The rows of the statements; each programme is asked for its name once."""
    names: dict[tuple[str, str], tuple[str, str]] = {}
    for each in rows:
        if (each.county, each.programme) not in names:
            names |= names_of([each])
        yield (
            each.no,
            each.provider.name,
            words.programme_of(each, names),
            _said(words.STATEMENT, each.state),
            each.charge_fen,
            each.refund_fen,
            each.carried_fen,
            each.net_fen,
            each.central_fen,
            each.local_fen,
        )


LISTS: dict[str, Listing] = {
    each.code: each
    for each in (
        Listing(
            "people",
            gettext_lazy("人员"),
            "person.export",
            lambda want: export.people_columns(),
            _people,
            _people_cells,
        ),
        Listing(
            "applications",
            gettext_lazy("申请"),
            "application.read",
            lambda want: inbox.sheet_columns(),
            _applications,
            _application_cells,
        ),
        Listing(
            "vouchers",
            gettext_lazy("消费券"),
            "grant.read",
            _columns(
                (gettext_lazy("券号"), "text", 26),
                (gettext_lazy("组别"), "text", 20),
                (gettext_lazy("状态"), "text", 12),
                (gettext_lazy("面额"), "money", 14),
                (gettext_lazy("剩余"), "money", 14),
            ),
            _of_month(Grant, "purse"),
            lambda want, rows: (
                (
                    each.no,
                    _said(words.CATEGORIES, each.category or ""),
                    _said(words.GRANT, each.state),
                    each.face_fen,
                    each.purse.balance,
                )
                for each in rows
            ),
            monthly=True,
        ),
        Listing(
            "bills",
            gettext_lazy("账单"),
            "redemption.read",
            _columns(
                (gettext_lazy("账单号"), "text", 26),
                (gettext_lazy("机构"), "text", 28),
                (gettext_lazy("组别"), "text", 20),
                (gettext_lazy("状态"), "text", 12),
                (gettext_lazy("费用"), "money", 14),
                (gettext_lazy("长护险"), "money", 14),
                (gettext_lazy("其他补助"), "money", 14),
                (gettext_lazy("消费券"), "money", 14),
                (gettext_lazy("自付"), "money", 14),
            ),
            _of_month(Bill, "provider"),
            lambda want, rows: (
                (
                    each.no,
                    each.provider.name,
                    _said(words.CATEGORIES, each.category),
                    _said(words.BILL, each.state),
                    each.fee_fen,
                    each.ltci_fen,
                    each.other_fen,
                    each.voucher_fen,
                    each.self_fen,
                )
                for each in rows
            ),
            monthly=True,
        ),
        Listing(
            "statements",
            gettext_lazy("结算单"),
            "statement.read",
            _columns(
                (gettext_lazy("结算单号"), "text", 26),
                (gettext_lazy("机构"), "text", 28),
                (gettext_lazy("项目"), "text", 20),
                (gettext_lazy("状态"), "text", 12),
                (gettext_lazy("本期"), "money", 14),
                (gettext_lazy("冲减"), "money", 14),
                (gettext_lazy("结转"), "money", 14),
                (gettext_lazy("应付"), "money", 14),
                (gettext_lazy("中央"), "money", 14),
                (gettext_lazy("地方"), "money", 14),
            ),
            _of_month(Statement, "provider"),
            lambda want, rows: _statements(rows),
            monthly=True,
        ),
        Listing(
            "transfers",
            gettext_lazy("账务流水"),
            "payout.read",
            _columns(
                (gettext_lazy("流水号"), "text", 38),
                (gettext_lazy("资金"), "text", 38),
                (gettext_lazy("付出"), "text", 38),
                (gettext_lazy("收入"), "text", 38),
                (gettext_lazy("数额（分）"), "whole", 16),
                (gettext_lazy("种类"), "text", 16),
                (gettext_lazy("记账日"), "date", 14),
            ),
            _of_month(Transfer),
            lambda want, rows: (
                (
                    str(each.id),
                    str(each.fund_id),
                    str(each.debit_id),
                    str(each.credit_id),
                    each.amount,
                    each.kind,
                    each.on,
                )
                for each in rows
            ),
            monthly=True,
        ),
        Listing(
            "figures",
            gettext_lazy("统计指标"),
            "report.read",
            _columns(
                (gettext_lazy("代码"), "text", 20),
                (gettext_lazy("指标"), "text", 24),
                (gettext_lazy("单位"), "text", 12),
                (gettext_lazy("分子"), "whole", 16),
                (gettext_lazy("分母"), "whole", 16),
                (gettext_lazy("定义"), "text", 60),
                (gettext_lazy("版本"), "whole", 8),
                (gettext_lazy("截至"), "date", 14),
            ),
            _figures,
            lambda want, rows: rows,
            monthly=True,
        ),
        Listing(
            "trail",
            gettext_lazy("留痕"),
            "audit.read",
            _columns(
                (gettext_lazy("时刻"), "text", 34),
                (gettext_lazy("账号"), "text", 20),
                (gettext_lazy("行为"), "text", 28),
                (gettext_lazy("对象"), "text", 28),
                (gettext_lazy("编号"), "text", 38),
                (gettext_lazy("理由"), "text", 40),
            ),
            lambda want: Entry.objects.filter(county=want.county),
            lambda want, rows: (
                (each.at.isoformat(), each.actor, each.act, each.subject, each.subject_id, each.reason) for each in rows
            ),
        ),
        Listing(
            "figure-people",
            gettext_lazy("指标名单"),
            "report.read",
            lambda want: figure_lists.sheet_columns(_means(want)),
            _figure_people,
            lambda want, rows: figure_lists.sheet_cells(_frame(want), _means(want), rows),
            monthly=True,
            by_name=False,
        ),
    )
}


def title_of(listing: str, asked: Mapping[str, Any]) -> str:
    """What a list is called, with what it was narrowed down to."""
    parts = [str(LISTS[listing].word)]
    if listing == "figure-people":
        parts = [name_of(indicator(asked["code"], Month.parse(asked["month"])))]
    if listing == "applications":
        parts += [
            str(one.word)
            for one in (*inbox.FILTERS, inbox.OVERDUE, inbox.SOON, inbox.DONE)
            if one.name == asked.get("state")
        ]
    return " · ".join([*parts, *([str(asked["month"])] if asked.get("month") else [])])


def make_download(entry: Outgoing, at: datetime) -> None:
    """The worker's part: the list as it was asked for, in the language in which it was asked for."""
    rows = Download.objects.everywhere("a list that somebody asked for is made")
    download = rows.select_related("account").get(county=entry.county, id=entry.about)
    asked = {**download.asked, "username": download.account.username}
    clock = read_clock()
    want = Want(
        county=download.county,
        scope=Scope(divisions=tuple(download.asked["divisions"]), purpose="person.export"),
        on=clock.on,
        at=clock.at,
        asked=asked,
        whole=download.whole,
    )
    listing = LISTS[download.listing]
    with override("zh-hans" if download.language == "zh" else "en"):

        def mark(count: int) -> str:
            return export.mark_of(
                download.account,
                clock.at,
                count,
                purpose=download.purpose,
                whole=download.whole,
                practice=is_practice(),
            )

        table = Table(
            title=_sheet_name(title_of(download.listing, asked)),
            columns=listing.columns(want),
            total=listing.total(want),
            parts=listing.parts(want),
            mark=mark,
        )
        make(download=download, table=table, clock=lambda: read_clock().at)


def _sheet_name(title: str) -> str:
    """A sheet takes 31 characters, and none of seven."""
    kept = "".join(" " if char in "[]:*?/\\" else char for char in title).strip("' ")
    return kept[:31] or _("名单")
