"""The county asks for what is missing; the applicant answers. 补正"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from songhe.entitlement.models import Application
from songhe.entitlement.record import keep, lock_application, require


def ask(*, application: Application, question: str, at: datetime, by: str) -> Application:
    """Say what is missing, at most 500 characters. Refuses with ``entitlement.wrong_state``."""
    require(question, "question")
    with transaction.atomic():
        found = lock_application(application)
        found.question, found.answer = question[:500], ""
        keep(found, "ask", at, by, question)
    return found


def answer(*, application: Application, text: str, at: datetime, by: str) -> Application:
    """Answer, at most 1,000 characters; the application goes on from the start. Refuses with
    ``entitlement.wrong_state``."""
    require(text, "text")
    with transaction.atomic():
        found = lock_application(application)
        found.answer = text[:1000]
        keep(found, "answer", at, by)
    return found
