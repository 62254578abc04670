"""What is presented at a till beside cards and telephones: paper with a PIN, and a face. 出示"""

from __future__ import annotations

from songhe.card import pin
from songhe.card.face import is_ticket
from songhe.card.present import as_shown
from songhe.doors.elder.card_printed import pin_field
from songhe.doors.provider.desk import Desk, by
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm
from songhe.kernel.refusal import Refusal
from songhe.person.code import PIN_NEEDED

__all__ = ["ask_pin", "asks_pin", "opened", "pin_field"]

_ASK = (PIN_NEEDED, pin.WRONG, pin.NOT_SIX_DIGITS)


def opened(request: DoorRequest, desk: Desk, form: ActForm) -> str:
    """What was scanned or typed, as the one flow reads it; the PIN leaves the form here and is kept nowhere.

    Refuses as ``songhe.card.present.as_shown`` does.
    """
    told = form.cleaned_data
    given, secret = "".join(told["given"].split()), told.pop("pin", "")
    if not (secret or is_ticket(given)):
        return given
    return as_shown(
        given=given,
        pin=secret,
        counties=(*desk.counties, *desk.homes),
        at=request.at,
        reader=f"provider:{desk.provider.id}",
        by=by(request),
    )


def asks_pin(refusal: Refusal | None) -> bool:
    """Whether the elder is to enter the PIN now."""
    return refusal is not None and refusal.reason in _ASK


def ask_pin(form: ActForm, given: str) -> ActForm:
    """A fresh form of the till with what was scanned, waiting at the field of the PIN."""
    form.initial["given"] = given
    for name in ("data-focus", "autofocus"):
        form.fields["given"].widget.attrs.pop(name, None)
    form.fields["pin"].widget.attrs |= {"data-focus": "", "autofocus": True, "enterkeyhint": "go"}
    return form
