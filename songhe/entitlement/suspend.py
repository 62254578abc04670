"""A right rests for a while: no voucher is issued, and nothing that was issued is taken away. 暂停与恢复"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from songhe.entitlement.models import Entitlement
from songhe.entitlement.record import lock_entitlement, lock_living, require, written
from songhe.entitlement.states import ENTITLEMENT


def suspend(*, entitlement: Entitlement, because: str, at: datetime, by: str) -> Entitlement:
    """From now on no voucher is issued; those that were stay usable. Refuses with ``entitlement.wrong_state``."""
    require(because, "because")
    with transaction.atomic():
        found = lock_entitlement(entitlement)
        ENTITLEMENT.move(found, "suspend")
        found.suspended_because = because[:200]
        found.save(update_fields=["state", "suspended_because"])
        written(found, "suspend", at, by, because)
    return found


def resume(*, entitlement: Entitlement, because: str, at: datetime, by: str) -> Entitlement:
    """Vouchers are issued again, for the current month on; months that were missed are not made up for.

    Refuses with ``entitlement.wrong_state``, ``.person_died`` or ``.file_closed``.
    """
    require(because, "because")
    with transaction.atomic():
        found = lock_entitlement(entitlement)
        ENTITLEMENT.move(found, "resume")
        lock_living(found.person)
        found.suspended_because = ""
        found.save(update_fields=["state", "suspended_because"])
        written(found, "resume", at, by, because)
    return found
