"""How the providers of a county did in its examination, for everybody, with every figure behind it. 考核公开"""

from __future__ import annotations

from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from songhe.doors.public.finder import PAGE, page_number
from songhe.doors.public.place import County, counties, of_address
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.cursor import address
from songhe.doors.staff.examination_shown import entry, rules_said
from songhe.examine.models import Examination
from songhe.examine.queries import as_data, counties_published, explained, published
from songhe.examine.scheme import scheme_of
from songhe.kernel.month import Month

#: Months to choose from.
MONTHS = 24


@require_safe
def scores(request: DoorRequest) -> HttpResponse:
    """The scores of a county and month, the best first, and the scheme that they were computed by."""
    county, known = county_of(request)
    if county is None:
        return render(request, "public/scores_none.html", {"place": "scores"})
    rows = list(published(county.code)[:MONTHS])
    shown = chosen(request, rows)
    found = [entry(one) for one in explained(shown)]
    number = page_number(request, len(found))
    scheme = scheme_of(shown.edition)
    return render(
        request,
        "public/scores.html",
        {
            "place": "scores",
            "county": county,
            "known": known,
            "shown": shown,
            "month": Month.parse(shown.month),
            "months": [(row.month, row.id == shown.id) for row in rows],
            "entries": found[(number - 1) * PAGE : number * PAGE],
            "total": len(found),
            "first": (number - 1) * PAGE + 1,
            "last": min(number * PAGE, len(found)),
            "previous": address(request, page=number - 1 if number > 2 else "") if number > 1 else "",
            "following": "" if number * PAGE >= len(found) else address(request, page=number + 1),
            "scheme": scheme,
            "title": scheme.title_en if (get_language() or "zh").startswith("en") else scheme.title_zh,
            "rules": rules_said(scheme),
            "file": f"{reverse('public:scores-file')}?{urlencode({'county': county.code, 'month': shown.month})}",
        },
    )


@require_safe
def scores_file(request: DoorRequest) -> HttpResponse:
    """Everything as data: the scheme, and of each provider the counts, values, points and the score."""
    county, _known = county_of(request)
    if county is None:
        raise Http404
    shown = chosen(request, list(published(county.code)))
    told = {
        "county": county.code,
        "month": shown.month,
        "number": shown.number,
        "because": shown.because,
        "published_on": str(shown.published_on),
        "scheme": {"version": shown.edition.version, **shown.edition.told},
        "providers": [as_data(one) for one in explained(shown)],
    }
    answer = JsonResponse(told, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = f'attachment; filename="scores-{county.code}-{shown.month}.json"'
    return answer


def county_of(request: DoorRequest) -> tuple[County | None, list[County]]:
    """The county of the address, else the first that has published scores; and all that have."""
    return of_address(request, counties(counties_published(), request.on))


def chosen(request: DoorRequest, rows: list[Examination]) -> Examination:
    """The month of the address, else the newest."""
    if not rows:
        raise Http404
    return next((row for row in rows if row.month == request.GET.get("month", "")), rows[0])
