"""Classes and standards 分类与标准: what the pack gives whom, how many are under each, and putting all cards into
class; and the holders against the target."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.card.classify import JOB, classify_county
from songhe.card.holders import holders as counted
from songhe.card.models import Card, Standing
from songhe.card.standard import rules_at
from songhe.doors.may import may, require
from songhe.doors.shell.clock import read_clock
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import card_words, naming, words
from songhe.doors.staff.acting import ActForm, fresh, in_words
from songhe.doors.staff.card_tabs import tabs
from songhe.doors.staff.packs import cited
from songhe.doors.staff.reach import account_of, counties, county_of
from songhe.jobs.models import Run
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.policy.monthly import amount, lines_of
from songhe.policy.resolve import Policy, library

#: Runs that the page lists, the newest.
RUNS = 6


@require_safe
@require("fund.read")
def classes(request: DoorRequest) -> HttpResponse:
    """Each standard with its class, amount, source and how many cards are under it; and the last runs."""
    county = county_of(request, "fund.read")
    refusal = None
    try:
        rows = standards_of(county, request)
    except Refusal as refused:
        rows, refusal = [], refused
    may_run = county in counties(request, "card.classify") and may(request.user, "card.classify", request.on)
    numbers = dict(open_cards(county).order_by().values_list("card_class").annotate(Count("id")))
    said = {
        **tabs(request, county, "staff:card-classes"),
        "rows": rows,
        "no_rules": in_words(refusal) if refusal else "",
        "classes": [{"name": name, "number": numbers.get(number, 0)} for number, name in card_words.CLASSES.items()],
        "runs": Run.objects.filter(county=county, job=JOB).order_by("-period")[:RUNS],
        "form": fresh(ActForm, "classify") if may_run and rows else None,
    }
    return render(request, "staff/card_classes.html", said)


def open_cards(county: str) -> Any:
    return Card.objects.filter(county=county).exclude(state=Card.State.CLOSED)


def standards_of(county: str, request: DoorRequest) -> list[dict[str, Any]]:
    policy = rules_at(county, request.on)
    month = str(Month.of(request.on))
    held = Standing.objects.filter(Q(last_month="") | Q(last_month__gte=month), county=county, first_month__lte=month)
    numbers = dict(held.order_by().values_list("standard").annotate(Count("card", distinct=True)))
    return [
        {
            "name": words.titled(line.title.zh, line.title.en),
            "class": card_words.class_said(line.in_class or 3),
            "fen": amount(policy, line, request.on),
            "source": source_of(policy, line.price, request.on),
            "number": numbers.get(line.id, 0),
        }
        for line in lines_of(policy)
    ]


def source_of(policy: Policy, price: str | None, on: date) -> str:
    """The document and article that set the amount."""
    found = policy.entry(price, on) if price else None
    return cited(library(), found.cited.source, found.cited.article) if found else ""


@require_POST
@require("card.classify")
def classify(request: DoorRequest) -> HttpResponse:
    """Put every card into class and under its standards now; a second run changes only what changed since."""
    county = request.POST.get("county", "")
    if county not in counties(request, "card.classify"):
        raise Http404
    try:
        done = classify_county(
            county=county,
            policy=rules_at(county, request.on),
            on=request.on,
            clock=lambda: read_clock().at,
            by=account_of(request).username,
        )
        messages.success(
            request,
            _("看了 %(cards)s 张卡，变动 %(changed)s 张：换类 %(other)s，新增标准 %(begun)s，停止标准 %(ended)s。")
            % {
                "cards": done.cards,
                "changed": done.changed,
                "other": done.other_class,
                "begun": done.begun,
                "ended": done.ended,
            },
        )
    except Refusal as refusal:
        messages.error(request, in_words(refusal))
    return HttpResponseRedirect(f"{reverse('staff:card-classes')}?{urlencode({'county': county})}")


@require_safe
@require("card.read")
def holders(request: DoorRequest) -> HttpResponse:
    """How many of those who may have a card hold one, by town and class, against the target."""
    county = county_of(request, "card.read")
    found = counted(county=county, on=request.on)
    names = naming.places((each.code for each in found.towns), request.on)
    said = {
        **tabs(request, county, "staff:card-holders"),
        "found": found,
        "classes": list(card_words.CLASSES.values()),
        "rows": [
            {"name": names.get(each.code, "") or _("没有写明住址"), "town": each, "held": list(each.by_class.values())}
            for each in found.towns
        ],
        "total": list(found.total.by_class.values()),
    }
    return render(request, "staff/card_holders.html", said)
