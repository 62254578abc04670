"""An application ends without a decision: the person withdraws it, or it has lost its object. 撤回与终止"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from songhe.entitlement.models import Application
from songhe.entitlement.record import keep, lock_application, require


def withdraw(*, application: Application, because: str, at: datetime, by: str) -> Application:
    """The person, or the proxy, withdraws an application before the decision. Refuses with
    ``entitlement.wrong_state``."""
    return _end(application, "withdraw", because, at, by)


def lapse(*, application: Application, because: str, at: datetime, by: str) -> Application:
    """The county closes an application that has lost its object: death, a move. Refuses with
    ``entitlement.wrong_state``."""
    return _end(application, "lapse", because, at, by)


def _end(application: Application, verb: str, because: str, at: datetime, by: str) -> Application:
    require(because, "because")
    with transaction.atomic():
        found = lock_application(application)
        found.decision_note = because[:500]
        keep(found, verb, at, by, because)
    return found
