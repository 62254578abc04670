"""Names for accounts, places and people, fetched once for a whole page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils.translation import gettext as _

from songhe.access.models import Account
from songhe.kernel.refusal import Refusal
from songhe.person.identity import number_of
from songhe.person.masks import mask_id
from songhe.person.models import Person
from songhe.place.division import in_force, name_path


def accounts(usernames: Iterable[str]) -> dict[str, str]:
    """What the people behind these logins are called; a run is the machine, an unknown login stands for itself."""
    wanted = {name for name in usernames if name}
    people = sorted(name for name in wanted if not name.startswith("run:"))
    found = dict(Account.objects.filter(username__in=people).values_list("username", "display_name")) if people else {}
    return {name: str(_("系统自动")) if name.startswith("run:") else found.get(name, name) for name in wanted}


def places(codes: Iterable[str], on: date) -> dict[str, str]:
    """The own names of divisions that hold on the day; a code without one stands for itself."""
    wanted = sorted({code for code in codes if code})
    known = dict(in_force(on).filter(code__in=wanted).values_list("code", "name")) if wanted else {}
    return {code: known.get(code, code) for code in wanted}


def town(person: Person) -> str:
    """The code of the town of residence, by which lists say where somebody lives."""
    return person.place[:9]


def whole_place(code: str, on: date) -> str:
    """山东省潍坊市样例县柳泉镇东泉眼村; the code for a division that is not loaded."""
    if not code:
        return ""
    try:
        return "".join(name_path(code, on))
    except Refusal:
        return code


def hidden_number(person: Person) -> str:
    """The ID number with its middle hidden; a dash while there is none."""
    return mask_id(number_of(person)) or "—"
