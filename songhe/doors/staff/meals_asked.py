"""Points and prices that wait for a second person, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.card.models import Fund
from songhe.doors.shell.amount import figures
from songhe.doors.shell.pieces import Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.meals_shown import band_shown, payer
from songhe.doors.staff.proposals import Desk, Said
from songhe.doors.staff.words import listed, said
from songhe.meal.models import Point
from songhe.meal.price import read
from songhe.meal.propose import PROPOSALS, TARIFF
from songhe.proposal.models import Proposal
from songhe.provider.models import Item, Licence


def fund_names(county: str) -> dict[str, str]:
    return dict(Fund.objects.filter(county=county).values_list("code", "name"))


def funds_said(told: Mapping[str, str], names: Mapping[str, str]) -> str:
    """村集体补助由“幸福村助餐资金”支付"""
    return listed(
        _("%(payer)s由“%(fund)s”付") % {"payer": payer(code), "fund": names.get(fund, fund)}
        for code, fund in told.items()
    )


def say(rows: Sequence[Proposal], request: DoorRequest) -> dict[UUID, Said]:
    tariffs = [row for row in rows if row.kind == TARIFF]
    points = [row for row in rows if row.kind != TARIFF]
    return {**_tariffs(tariffs), **_points(points, request)}


def _points(rows: Sequence[Proposal], request: DoorRequest) -> dict[UUID, Said]:
    licences = Licence.objects.filter(pk__in=[row.told["food_licence"] for row in rows]).select_related("provider")
    providers = {one.pk: one.provider.name for one in licences}
    places = naming.places([row.told["place"] for row in rows], request.on)
    found = {}
    for row in rows:
        told = row.told
        facts = [
            Fact(_("机构"), providers[told["food_licence"]]),
            Fact(_("所在地"), places[told["place"]]),
            Fact(_("地址"), told["address"]),
            Fact(_("电话"), told["phone"]),
            Fact(_("座位"), told["seats"]),
            Fact(_("送餐"), _("可以送餐到家") if told["delivers"] else _("不送餐")),
        ]
        found[row.id] = Said(told["name"], facts)
    return found


def _tariffs(rows: Sequence[Proposal]) -> dict[UUID, Said]:
    items = {one.pk: one for one in Item.objects.filter(pk__in=[row.told["item"] for row in rows])}
    points = {one.pk: one for one in Point.objects.filter(pk__in=[row.told["point"] for row in rows])}
    funds = fund_names(rows[0].county) if any(row.told["funds"] for row in rows) else {}
    found = {}
    for row in rows:
        item, point = items[row.told["item"]], points.get(row.told["point"])
        where = point.name if point else _("全县所有助餐点")
        title = f"{said(item.name, item.name_en)} · {where} · {figures(row.told['price_fen'])}"
        found[row.id] = Said(title, _price_facts(row.told, funds))
    return found


def _price_facts(told: Mapping[str, Any], funds: Mapping[str, str]) -> list[Fact]:
    bands = [band_shown(band) for band in read(told["bands"])]
    facts = [
        Fact(_("从哪天起"), told["valid_from"]),
        *(Fact(band.who, f"{_('自己付')} {figures(band.own_fen)}", note=band.parts) for band in bands),
        Fact(_("其他人付全价"), figures(told["price_fen"])),
    ]
    if told["funds"]:
        facts.append(Fact(_("谁付哪一部分"), funds_said(told["funds"], funds)))
    if told["source"]:
        facts.append(Fact(_("依据的文件"), told["source"]))
    return facts


MEALS = Desk(
    matter=PROPOSALS,
    act="meal.approve",
    address="staff:meals-decide",
    hint=gettext_lazy("批准后马上生效。"),
    done=gettext_lazy("已批准。"),
    say=say,
)
