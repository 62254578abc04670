"""Who looked at whom 谁看过谁: files opened, whole numbers revealed, lists taken out, and what was refused."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.audit.trail import shown
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.month.audit.money import READS


@require_safe
@require("audit.read")
def reads(request: DoorRequest) -> HttpResponse:
    """The acts that only look; the auditor's own are among them."""
    return shown(request, title=_("谁看过谁"), template="audit/trail.html", acts=READS, page="audit:reads")
