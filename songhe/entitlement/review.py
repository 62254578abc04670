"""The clerk looks at what was determined and proposes; the approver may send it back. 审核与退回"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from songhe.entitlement.models import Application
from songhe.entitlement.record import another, keep, lock_application, require


def review(*, application: Application, at: datetime, on: date, by: str, note: str = "") -> Application:
    """Review a determined application; the reviewer did not open it (integrity P37).

    Refuses with ``entitlement.wrong_state`` or ``entitlement.same_person``.
    """
    with transaction.atomic():
        found = lock_application(application)
        another(by, found.opened_by)
        found.reviewed_by, found.reviewed_at, found.review_note = by, at, note[:500]
        keep(found, "review", at, by, note, on=str(on))
    return found


def send_back(*, application: Application, because: str, at: datetime, by: str) -> Application:
    """The approver sends a reviewed application back to the review, with the reason; a publication ends.

    Refuses with ``entitlement.wrong_state`` or ``entitlement.same_person``.
    """
    require(because, "because")
    with transaction.atomic():
        found = lock_application(application)
        another(by, found.reviewed_by)
        found.reviewed_by, found.reviewed_at, found.review_note = "", None, because[:500]
        found.publish_from = found.publish_to = None
        keep(found, "send_back", at, by, because)
    return found
