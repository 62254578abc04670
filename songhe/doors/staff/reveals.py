"""Who looked at whole numbers, how often and what for: for the audit administrator and for auditors. 查看留痕"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.reach import counties
from songhe.person.reveal import ACT
from songhe.settings import INSTALLATION
from songhe.trail.models import Entry

SPANS = (1, 7, 30)
#: Looks that are listed, the newest; the counts are of all.
SHOWN = 200
WHOLE_LISTS = "staff.export_whole"


@require_safe
@require("audit.read")
def reveals(request: DoorRequest) -> HttpResponse:
    """Looks at single numbers and exports of whole lists in the last day, week or month."""
    asked = request.GET.get("days", "7")
    days = int(asked) if asked in {str(each) for each in SPANS} else 7
    rows = Entry.objects.filter(
        county__in=counties(request, "audit.read"),
        at__gt=request.at - timedelta(days=days),
        act__in=[ACT, WHOLE_LISTS],
    )
    shown = list(rows.order_by("-at", "-id")[:SHOWN])
    by_viewer = list(rows.order_by().values_list("actor").annotate(times=Count("id")).order_by("-times", "actor")[:50])
    names = naming.accounts([*(entry.actor for entry in shown), *(actor for actor, _times in by_viewer)])
    said = {
        "days": days,
        "chips": [
            {
                "address": f"?days={each}",
                "word": _("最近一天") if each == 1 else _("最近 %(days)s 天") % {"days": each},
                "count": None,
                "current": each == days,
            }
            for each in SPANS
        ],
        "most": INSTALLATION.reveals_per_hour,
        "viewers": [(names.get(actor, actor), actor, times) for actor, times in by_viewer],
        "rows": [
            {
                "at": entry.at,
                "who": names.get(entry.actor, entry.actor),
                "what": words.REVEALED.get(entry.detail.get("field", ""), words.REVEALED["list"]),
                "rows": entry.detail.get("rows") if entry.act == WHOLE_LISTS else None,
                "because": words.REVEALS.get(entry.reason, entry.reason),
                "page": entry.detail.get("page", ""),
                "request": entry.detail.get("request", ""),
            }
            for entry in shown
        ],
    }
    return render(request, "staff/reveals.html", said)
