"""Numbers that pages show masked, with an eye for who may look at them whole. 脱敏"""

from __future__ import annotations

from django.urls import reverse

from songhe.doors.may import may
from songhe.doors.shell.pieces import Masked
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.person.masks import mask_phone
from songhe.person.models import Person


def masked(request: DoorRequest, person: Person, field: str, *, whole: bool = True) -> Masked | str:
    """A number of a person as pages show it, with an eye for who may see it whole."""
    shown = naming.hidden_number(person) if field == "id_number" else mask_phone(person.phone)
    has_one = bool(person.id_last4) if field == "id_number" else bool(person.phone)
    if not has_one:
        return Masked(shown) if field == "id_number" else ""
    if not whole or not may(request.user, "person.reveal", request.on):
        return Masked(shown)
    address = reverse("staff:person-reveal", args=[person.id, field])
    return Masked(shown, address, list(words.REVEALS.items()))
