"""Providers 机构准入: taken in by a clerk, listed by another person after a check list, suspended without stranding
anybody, and paid to an account that two people agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import check, may, require
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day
from songhe.doors.staff import history, naming, words
from songhe.doors.staff.provider_acts import VERBS, Desk
from songhe.doors.staff.reach import counties, county_of, reach
from songhe.doors.staff.verbs import NOTHING_WRONG, Wrong, carried_out, named, offered, possible
from songhe.entitlement.models import Entitlement
from songhe.kernel.month import parse_date
from songhe.proposal.models import Proposal
from songhe.provider import suspend
from songhe.provider.admit import listings_on
from songhe.provider.listing import LISTINGS, proposals_of
from songhe.provider.models import BankAccount, Kind, Licence, Listing, Provider, Suspension, Worker
from songhe.service.models import Stay

#: Providers on a page of the list; a county has tens, a province thousands.
MOST = 200


def near(county: str) -> QuerySet[Provider]:
    """Who stands in the county, or is or was listed there."""
    listed = Listing.objects.filter(county=county, provider=OuterRef("pk"))
    return Provider.objects.filter(Q(place=county) | Exists(listed))


@require_safe
@require("provider.read")
def providers(request: DoorRequest) -> HttpResponse:
    """The bodies of a county, each with its listing and what stands in the way."""
    reach(request, "provider.read")
    county = county_of(request, "provider.read")
    kind = request.GET.get("kind", "")
    rows = near(county).order_by("kind", "name", "pk")
    counts = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    found = list(rows[:MOST])
    listed = {row.provider_id: row for row in listings_on(county, request.on)}
    held = Suspension.objects.filter(Q(until__isnull=True) | Q(until__gte=request.on), since__lte=request.on)
    suspended = set(held.filter(county=county).values_list("provider_id", flat=True))
    waiting = {row.told["provider"] for row in LISTINGS.waiting(county)}
    here = reverse("staff:providers")
    chips = [{"address": f"{here}?{urlencode({'county': county})}", "word": _("全部"), "count": sum(counts.values())}]
    chips += [
        {
            "address": f"{here}?{urlencode({'county': county, 'kind': each})}",
            "word": words.PROVIDER_KINDS[each].said,
            "count": counts[each],
        }
        for each in Kind.values
        if each in counts
    ]
    for chip, name in zip(chips, ["", *(each for each in Kind.values if each in counts)], strict=True):
        chip["current"] = name == (kind if kind in counts else "")
    said = {
        "county": county,
        "place": naming.whole_place(county, request.on),
        "chips": chips,
        "rows": [
            {
                "row": row,
                "address": provider_address(row.pk, county),
                "kind": words.PROVIDER_KINDS[row.kind].said,
                "state": state_of(row.pk in listed, row.pk in suspended, row.pk in waiting),
                "groups": words.listed(words.CATEGORIES[each].said for each in listed[row.pk].categories)
                if row.pk in listed
                else "",
                "until": listed[row.pk].valid_to if row.pk in listed else None,
            }
            for row in found
        ],
        "may_admit": may(request.user, "provider.write", request.on) and county in counties(request, "provider.write"),
    }
    return render(request, "staff/providers.html", said)


def provider_address(pk: int, county: str) -> str:
    return f"{reverse('staff:provider', args=[pk])}?{urlencode({'county': county})}"


def state_of(listed: bool, suspended: bool, waiting: bool) -> words.Word:
    if suspended:
        return words.Word(_("已暂停"), "bad")
    if listed:
        return words.Word(_("已准入"), "ok")
    return words.Word(_("待审批"), "warn") if waiting else words.Word(_("未准入"))


def desk_of(request: DoorRequest, pk: int, county: str) -> Desk:
    row = near(county).filter(pk=pk).first()
    if row is None:
        raise Http404
    on = request.on
    listings = Listing.objects.filter(provider=row, county=county).order_by("-valid_from")
    return Desk(
        row=row,
        county=county,
        listing=listings_on(county, on).filter(provider=row).first(),
        coming=listings.filter(valid_from__gt=on).first(),
        suspension=suspend.suspension_on(row, county, on),
        proposal=proposals_of(row, county).filter(state=Proposal.State.OPEN).first(),
        accounts=list(BankAccount.objects.filter(provider=row).order_by("-pk")[:5]),
    )


@require_safe
@require("provider.read")
def provider(request: DoorRequest, pk: int) -> HttpResponse:
    reach(request, "provider.read")
    county = county_of(request, "provider.read")
    return shown_provider(request, desk_of(request, pk, county))


def shown_provider(request: DoorRequest, desk: Desk, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    row, county, on = desk.row, desk.county, request.on
    now = possible(request, desk, VERBS, county)
    told: dict[str, Any] = {"wrong": wrong, "query": {"county": county}}
    acts = offered(request, desk, now, page="staff:provider-act", key=row.pk, **told)
    names = naming.accounts(
        [*(one.proposed_by for one in desk.accounts), *(one.approved_by for one in desk.accounts)]
        + ([desk.proposal.proposed_by] if desk.proposal else [])
        + ([desk.listing.listed_by, desk.listing.approved_by] if desk.listing else [])
    )
    residents = Stay.objects.filter(Q(discharged_on=None) | Q(discharged_on__gte=on), county=county, provider=row)
    chosen = Entitlement.objects.filter(county=county, provider=row).exclude(state=Entitlement.State.STOPPED)
    workers = Worker.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), provider=row, valid_from__lte=on)
    said = {
        "crumbs": [
            Crumb(_("机构"), f"{reverse('staff:providers')}?{urlencode({'county': county})}"),
            Crumb(row.name),
        ],
        "row": row,
        "desk": desk,
        "kind": words.PROVIDER_KINDS[row.kind].said,
        "state": state_of(desk.listing is not None, desk.suspension is not None, desk.proposal is not None),
        "facts": facts_of(desk, on),
        "proposal": proposal_said(desk.proposal, names) if desk.proposal else None,
        "listing": listing_said(desk.listing, names) if desk.listing else None,
        "coming": desk.coming,
        "accounts": [
            (one, names.get(one.proposed_by, ""), names.get(one.approved_by, "") if one.approved_by else "")
            for one in desk.accounts
        ],
        "residents": residents.count(),
        "chosen": chosen.count(),
        "workers": [
            (words.WORKERS[job], number)
            for job, number in workers.order_by("job").values_list("job").annotate(Count("pk"))
        ],
        "licences": licences_of(row, on),
        "events": history.events(
            history.entries(
                county,
                [
                    ("provider", row.pk),
                    *(("listing", pk) for pk in listings_of(row, county)),
                    *(("listing_proposal", each.id) for each in proposals_of(row, county)),
                ],
            )
        ),
        "offered": acts,
        "left_to_another": len(acts) < len(now),
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "staff/provider.html", said, status=status)


def listings_of(row: Provider, county: str) -> list[int]:
    return list(Listing.objects.filter(provider=row, county=county).values_list("pk", flat=True))


def facts_of(desk: Desk, on: date) -> list[Fact]:
    row = desk.row
    language = "zh" if words.in_chinese() else "en"
    return [
        Fact(_("统一社会信用代码"), row.credit_code, note=row.credit_code_override),
        Fact(_("所在区县"), naming.whole_place(row.place, on)),
        Fact(_("地址"), row.address),
        Fact(_("联系电话"), row.phone),
        Fact(_("床位数"), row.beds or ""),
        Fact(_("备案日期"), day(row.filed_on, language) if row.filed_on else ""),
    ]


def proposal_said(row: Proposal, names: Mapping[str, str]) -> dict[str, Any]:
    told = row.told
    return {
        "who": names.get(row.proposed_by, row.proposed_by),
        "at": row.proposed_at,
        "groups": words.listed(words.CATEGORIES[each].said for each in told["categories"]),
        "contract_no": told["contract_no"],
        "first": parse_date(told["valid_from"], "valid_from"),
        "last": parse_date(told["valid_to"], "valid_to") if told["valid_to"] else None,
        "checks": [words.ADMISSION_CHECKS[each] for each in told["checks"] if each in words.ADMISSION_CHECKS],
    }


def listing_said(listing: Listing, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "row": listing,
        "groups": words.listed(words.CATEGORIES[each].said for each in listing.categories),
        "listed_by": names.get(listing.listed_by, ""),
        "approved_by": names.get(listing.approved_by, ""),
    }


def licences_of(row: Provider, on: date) -> list[dict[str, Any]]:
    """The licences by expiry; one that is over or ends within 60 days is said to."""
    found = []
    for one in Licence.objects.filter(provider=row).order_by("valid_to", "kind", "pk"):
        left = (one.valid_to - on).days if one.valid_to else None
        tone = "" if left is None or left > 60 else "bad" if left < 0 else "warn"
        word = _("已过期") if left is not None and left < 0 else _("快到期") if tone else _("有效")
        found.append({"row": one, "kind": words.LICENCES[one.kind], "word": word, "tone": tone or "ok"})
    return found


@require_POST
@require("provider.read")
def act(request: DoorRequest, pk: int, verb: str) -> HttpResponse:
    """Do one thing to a provider in a county, once."""
    wanted = named(VERBS, verb)
    check(request, wanted.act)
    reach(request, wanted.act)
    county = county_of(request, wanted.act)

    def held(told: Mapping[str, Any]) -> Desk:
        Provider.objects.select_for_update().get(pk=pk)
        return desk_of(request, pk, county)

    return carried_out(
        request,
        desk_of(request, pk, county),
        wanted,
        key=pk,
        county=county,
        shown=lambda wrong, status: shown_provider(request, desk_of(request, pk, county), wrong, status),
        after=provider_address(pk, county),
        held=held,
    )
