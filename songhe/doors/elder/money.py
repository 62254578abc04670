"""Whose voucher and whose bill: a row by its number within what this account may open, and forms done once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.http import Http404

from songhe.doors.elder.earlier import earlier
from songhe.doors.elder.whom import Whom, account_of, everybody, noted, out_of_reach, whom
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import acting
from songhe.doors.staff.acting import ActForm
from songhe.grant.models import Grant
from songhe.grant.queries import Held, held
from songhe.kernel.refusal import Refusal
from songhe.redemption.models import Bill
from songhe.redemption.queries import Receipt, receipt


def by(request: DoorRequest) -> str:
    return account_of(request).username


def behalf(elder: Whom) -> UUID | None:
    """The person on whose behalf a proxy or a helper acts; nobody for who acts in their own right."""
    return None if elder.own else elder.person.id


def voucher_of(request: DoorRequest, no: str) -> tuple[Whom, Held]:
    """A voucher by its number; one of somebody else is not there (404), and the asking is noted."""
    found = held(county=no[:6], no=no)
    if found is None:
        raise Http404
    elder = _whose(request, found.grant.person_id)
    if elder is None:
        out_of_reach(request, county=found.grant.county, subject=Grant._meta.label, subject_id=found.grant.id)
    return elder, found


def bill_of(request: DoorRequest, no: str, *, to_read: bool = False) -> tuple[Whom, Receipt]:
    """A bill by its number with what belongs to it; the same rule. One from before a move is there ``to_read``."""
    found = receipt(county=no[:6], no=no)
    if found is None:
        raise Http404
    elder = _whose(request, found.bill.person_id)
    if elder is None and to_read:
        before = earlier(request, everybody(request))
        elder = next((one for one in before if one.person.id == found.bill.person_id), None)
    if elder is None:
        out_of_reach(request, county=found.bill.county, subject=Bill._meta.label, subject_id=found.bill.id)
    return elder, found


def fresh(form: type[ActForm] = ActForm, name: str = "money", **initial: Any) -> ActForm:
    return acting.fresh(form, name, **initial)


def do_once(
    request: DoorRequest,
    elder: Whom,
    *,
    name: str,
    do: Callable[[], Mapping[str, Any]],
    form: ActForm | None = None,
) -> dict[str, Any]:
    """Do what a form asks for once, whatever is clicked twice; that it was for another stands in the trail."""
    sent = form or acting.sent(ActForm, "money", request)
    if not sent.is_valid():
        raise Http404

    def doing() -> Mapping[str, Any]:
        answer = do()
        noted(request, elder, name)
        return answer

    return acting.act_once(request, county=elder.person.county, name=name, form=sent, do=doing)


def in_words(refusal: Refusal | None) -> str:
    return "" if refusal is None else acting.in_words(refusal)


def _whose(request: DoorRequest, person_id: UUID) -> Whom | None:
    for one in (whom(request), *everybody(request)):
        if one.person.id == person_id:
            return one
    return None
