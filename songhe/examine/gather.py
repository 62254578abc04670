"""Count the month of every provider of a county, by set: a bounded number of statements, however many rows. 考核取数"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import Count, Q, Sum

from songhe.examine.score import INDICATORS, Counted, Rule, half_up, median
from songhe.feedback.models import Complaint, Rating
from songhe.kernel.month import Month
from songhe.meal.models import Inspection
from songhe.provider.models import Kind, Listing, Partner, Price, Provider, Suspension
from songhe.redemption.models import Bill, Line
from songhe.service.models import Visit

#: A median of fewer prices than this is no market.
LEAST_PRICES = 3

#: A complaint counts unless it was taken back, handed elsewhere or found untrue.
OUTCOMES_NOT_COUNTED = (Complaint.Outcome.REJECTED,)
STATES_NOT_COUNTED = (Complaint.State.WITHDRAWN, Complaint.State.TRANSFERRED)

Counts = dict[int, Counted]


def providers_of(county: str, month: Month) -> dict[int, Provider]:
    """Who was on a list of the county on a day of the month, or had bills of it; who assesses is judged elsewhere."""
    spans = Q(valid_from__lte=month.last)
    listed = Listing.objects.filter(spans, Q(valid_to__isnull=True) | Q(valid_to__gte=month.first), county=county)
    admitted = Partner.objects.filter(spans, Q(last_day__isnull=True) | Q(last_day__gte=month.first), county=county)
    admitted = admitted.filter(state__in=[Partner.State.ADMITTED, Partner.State.LEFT])
    billed = Bill.objects.filter(county=county, month=str(month))
    found = {
        pk
        for rows in (listed, admitted, billed)
        for pk in rows.order_by().values_list("provider_id", flat=True).distinct()
    }
    rows = Provider.objects.filter(pk__in=found).exclude(kind=Kind.ASSESSMENT_BODY)
    return {row.pk: row for row in rows.order_by("name", "pk")}


def gather(*, county: str, month: Month, rules: Mapping[str, Rule]) -> dict[str, Counts]:
    """Of each indicator of a scheme what was counted, by provider. Who is not in a count has nought of nought."""
    return {
        code: COUNTS[code](county, month.plus(1 - rule.months), month)
        for code, rule in rules.items()
        if code in INDICATORS
    }


def _complaints(county: str, first: Month, last: Month) -> Counts:
    """Complaints received, of lines billed."""
    received = Complaint.rows.filter(
        county=county, received_on__range=(first.first, last.last), provider__isnull=False
    ).exclude(state__in=STATES_NOT_COUNTED)
    final = received.exclude(review_outcome__in=OUTCOMES_NOT_COUNTED).exclude(
        review_outcome="", outcome__in=OUTCOMES_NOT_COUNTED
    )
    lines = Line.objects.filter(county=county, bill__county=county, bill__month__range=(str(first), str(last)))
    lines = lines.exclude(bill__state=Bill.State.REFUSED)
    return _shares(_by_provider(final), dict(lines.order_by().values_list("bill__provider_id").annotate(Count("id"))))


def _price(county: str, _first: Month, last: Month) -> Counts:
    """The median, over the items that it sells, of its price against the county's median price of the item."""
    on = last.last
    sellers = _listed_on(county, on)
    prices = Price.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    by_item: dict[int, dict[int, int]] = defaultdict(dict)
    told = prices.filter(provider_id__in=sellers).order_by("valid_from", "id")
    for item, provider, fen in told.values_list("item_id", "provider_id", "price_fen"):
        by_item[item][provider] = fen
    ratios: dict[int, list[int]] = defaultdict(list)
    for asked in by_item.values():
        if len(asked) < LEAST_PRICES:
            continue
        middle = median(asked.values())
        for provider, fen in asked.items():
            ratios[provider].append(half_up(fen * 10_000, middle))
    return {provider: Counted(median(told), len(told)) for provider, told in ratios.items()}


def _evidence(county: str, first: Month, last: Month) -> Counts:
    """Services whose evidence passed, of those that were judged."""
    visits = Visit.objects.filter(county=county, service_on__range=(first.first, last.last))
    judged = visits.filter(verdict__in=[Visit.Verdict.PASS, Visit.Verdict.FAIL])
    return _shares(_by_provider(judged.filter(verdict=Visit.Verdict.PASS)), _by_provider(judged))


def _refused(county: str, first: Month, last: Month) -> Counts:
    """Bills refused or wholly reversed, of all."""
    bills = Bill.objects.filter(county=county, month__range=(str(first), str(last)))
    back = bills.filter(state__in=[Bill.State.REFUSED, Bill.State.REVERSED])
    return _shares(_by_provider(back), _by_provider(bills))


def _rating(county: str, first: Month, last: Month) -> Counts:
    """Stars, of ratings of bills that stand."""
    rows = Rating.rows.filter(
        county=county,
        bill__county=county,
        bill__month__range=(str(first), str(last)),
        bill__state__in=[Bill.State.BOOKED, Bill.State.PROVISIONAL],
    )
    told = rows.order_by().values_list("provider_id").annotate(Sum("stars"), Count("id"))
    return {provider: Counted(stars, count) for provider, stars, count in told}


def _food(county: str, first: Month, last: Month) -> Counts:
    """Food inspections not passed, of all at its points."""
    rows = Inspection.objects.filter(county=county, on__range=(first.first, last.last))
    bad = rows.exclude(result=Inspection.Result.PASS)
    counts = [dict(each.order_by().values_list("point__provider_id").annotate(Count("id"))) for each in (bad, rows)]
    return _shares(*counts)


def _suspended(county: str, first: Month, last: Month) -> Counts:
    """Suspensions begun; whoever was on a list of the county is counted, so that none is a good sign."""
    begun = Suspension.objects.filter(county=county, since__range=(first.first, last.last))
    found = _by_provider(begun)
    known = {*_listed_on(county, last.last), *found}
    return {provider: Counted(found.get(provider, 0), 1) for provider in known}


COUNTS = {
    "complaints": _complaints,
    "price": _price,
    "evidence": _evidence,
    "refused": _refused,
    "rating": _rating,
    "food": _food,
    "suspended": _suspended,
}


def _listed_on(county: str, on: date) -> set[int]:
    listed = Listing.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), county=county, valid_from__lte=on)
    admitted = Partner.objects.filter(
        Q(last_day__isnull=True) | Q(last_day__gte=on), county=county, valid_from__lte=on
    ).filter(state__in=[Partner.State.ADMITTED, Partner.State.LEFT])
    return {pk for rows in (listed, admitted) for pk in rows.order_by().values_list("provider_id", flat=True)}


def _by_provider(rows: Any) -> dict[int, int]:
    return dict(rows.order_by().values_list("provider_id").annotate(Count("id")))


def _shares(found: Mapping[int, int], of: Mapping[int, int]) -> Counts:
    keys: Iterable[int] = {*found, *of}
    return {provider: Counted(found.get(provider, 0), of.get(provider, 0)) for provider in keys}
