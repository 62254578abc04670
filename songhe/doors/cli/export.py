"""``songhe export``: lists for people and for independent checks, as .xlsx or .csv."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

Row = Sequence[Any]


@click.command()
@click.argument(
    "what", type=click.Choice(["persons", "vouchers", "bills", "statements", "transfers", "figures", "trail"])
)
@click.option("--county", required=True, help="Six-digit code of the county.")
@click.option("--month", help="2026-03; needed for everything but persons and trail.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help=".xlsx or .csv")
@click.option("--by", required=True, help="User name of whoever takes the list; it is noted in the trail.")
@click.option("--json", "as_json", is_flag=True)
def export(what: str, county: str, month: str | None, out: Path, by: str, as_json: bool) -> None:
    """Write a list to OUT. Names and numbers of people are masked; formulas are made harmless; the trail knows."""
    from songhe.doors.cli.django_setup import set_up

    set_up()
    from songhe.document.sheet import Column, Page, write_csv, write_workbook
    from songhe.doors.shell.clock import read_clock
    from songhe.kernel.month import Month
    from songhe.trail.note import note

    if what in {"vouchers", "bills", "statements", "transfers", "figures"}:
        if not month:
            raise click.BadParameter("needed for this list", param_hint="--month")
        Month.parse(month)
    titles, rows = LISTS[what](county, month or "")
    kept = list(rows)
    if out.suffix == ".csv":
        out.write_bytes(write_csv([title for title, _ in titles], kept))
    else:
        out.write_bytes(write_workbook([Page(what, [Column(title, kind) for title, kind in titles], kept)]))
    note(
        county=county,
        at=read_clock().at,
        actor=by,
        act="export.list",
        subject="list",
        subject_id=what,
        month=month or "",
        rows=len(kept),
    )
    click.echo(json.dumps({"file": str(out), "rows": len(kept)}) if as_json else f"{out} {len(kept):,}")


Titles = list[tuple[str, Any]]


def _persons(county: str, _month: str) -> tuple[Titles, Iterator[Row]]:
    from songhe.person.masks import mask_name
    from songhe.person.models import Person

    people = Person.rows.filter(county=county, closed_on=None).order_by("place", "birth_date", "id").iterator()
    titles: Titles = [
        ("姓名", "text"),
        ("性别", "text"),
        ("出生日期", "date"),
        ("居住地", "text"),
        ("证件后四位", "text"),
    ]
    return titles, (
        (mask_name(each.name), each.get_sex_display(), each.birth_date, each.place, each.id_last4) for each in people
    )


def _vouchers(county: str, month: str) -> tuple[Titles, Iterator[Row]]:
    from songhe.grant.models import Grant

    rows = Grant.objects.filter(county=county, month=month).select_related("purse").order_by("no").iterator()
    titles: Titles = [("券号", "text"), ("组", "text"), ("状态", "text"), ("面额", "money"), ("剩余", "money")]
    return titles, (
        (each.no, each.category or "", each.get_state_display(), each.face_fen, each.purse.balance) for each in rows
    )


def _bills(county: str, month: str) -> tuple[Titles, Iterator[Row]]:
    from songhe.redemption.models import Bill

    rows = Bill.objects.filter(county=county, month=month).select_related("provider").order_by("no").iterator()
    titles: Titles = [
        ("账单号", "text"),
        ("机构", "text"),
        ("组", "text"),
        ("状态", "text"),
        ("费用", "money"),
        ("长护险", "money"),
        ("其他", "money"),
        ("消费券", "money"),
        ("自付", "money"),
    ]
    return titles, (
        (
            each.no,
            each.provider.name,
            each.category,
            each.get_state_display(),
            each.fee_fen,
            each.ltci_fen,
            each.other_fen,
            each.voucher_fen,
            each.self_fen,
        )
        for each in rows
    )


def _statements(county: str, month: str) -> tuple[Titles, Iterator[Row]]:
    from songhe.settlement.models import Statement

    rows = Statement.objects.filter(county=county, month=month).select_related("provider").order_by("no").iterator()
    titles: Titles = [
        ("结算单号", "text"),
        ("机构", "text"),
        ("项目", "text"),
        ("状态", "text"),
        ("本期", "money"),
        ("冲减", "money"),
        ("结转", "money"),
        ("应付", "money"),
        ("中央", "money"),
        ("地方", "money"),
    ]
    return titles, (
        (
            each.no,
            each.provider.name,
            each.programme,
            each.get_state_display(),
            each.charge_fen,
            each.refund_fen,
            each.carried_fen,
            each.net_fen,
            each.central_fen,
            each.local_fen,
        )
        for each in rows
    )


def _transfers(county: str, month: str) -> tuple[Titles, Iterator[Row]]:
    from songhe.ledger.models import Transfer

    rows = Transfer.objects.filter(county=county, month=month).order_by("id").iterator()
    titles: Titles = [
        ("转账", "text"),
        ("资金", "text"),
        ("付出", "text"),
        ("收入", "text"),
        ("数额", "whole"),
        ("种类", "text"),
        ("记账日", "date"),
    ]
    return titles, (
        (str(each.id), str(each.fund_id), str(each.debit_id), str(each.credit_id), each.amount, each.kind, each.on)
        for each in rows
    )


def _figures(county: str, month: str) -> tuple[Titles, Iterator[Row]]:
    """Every figure of the dashboard: what it is, by which version of its definition, and what it is made of."""
    from songhe.doors.shell.clock import read_clock
    from songhe.kernel.month import Month
    from songhe.statistics.figure import figures
    from songhe.statistics.measure import Frame, measures

    frame = Frame((county,), Month.parse(month), read_clock().on)
    measured = measures(frame)
    titles: Titles = [
        ("代码", "text"),
        ("指标", "text"),
        ("单位", "text"),
        ("分子", "whole"),
        ("分母", "whole"),
        ("定义", "text"),
        ("版本", "whole"),
        ("截至", "date"),
    ]
    return titles, (
        (
            each.code,
            each.indicator.zh,
            each.indicator.unit,
            measured.get(each.indicator.numerator),
            measured.get(each.indicator.denominator or ""),
            each.indicator.means_zh,
            each.indicator.version,
            frame.day,
        )
        for each in figures(frame, measured).values()
    )


def _trail(county: str, _month: str) -> tuple[Titles, Iterator[Row]]:
    from songhe.trail.models import Entry

    rows = Entry.objects.filter(county=county).order_by("id").iterator()
    titles: Titles = [
        ("时刻", "text"),
        ("账号", "text"),
        ("行为", "text"),
        ("对象", "text"),
        ("编号", "text"),
        ("理由", "text"),
    ]
    return titles, (
        (each.at.isoformat(), each.actor, each.act, each.subject, each.subject_id, each.reason) for each in rows
    )


LISTS: dict[str, Callable[[str, str], tuple[Titles, Iterator[Row]]]] = {
    "persons": _persons,
    "vouchers": _vouchers,
    "bills": _bills,
    "statements": _statements,
    "transfers": _transfers,
    "figures": _figures,
    "trail": _trail,
}
