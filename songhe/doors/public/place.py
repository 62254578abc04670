"""Which county a public page is about: one that this installation serves, or any that somebody names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest

from songhe.kernel import place_code
from songhe.kernel.typed import fold
from songhe.place.division import in_force
from songhe.place.models import Division, Level
from songhe.provider.models import Listing

#: Of counties with one name so many are offered.
MOST = 20


@dataclass(frozen=True)
class County:
    code: str
    name: str
    path: str


def served(on: date) -> list[County]:
    """The counties that list providers here, by code."""
    codes = list(Listing.objects.order_by("county").values_list("county", flat=True).distinct())
    return counties(codes, on)


def counties(codes: list[str], on: date) -> list[County]:
    """These counties with their names and what lies above them, in one query."""
    wanted = {layer for code in codes for layer in place_code.layers(code)} - {place_code.NATION}
    names = dict(in_force(on).filter(code__in=wanted).values_list("code", "name"))
    found = []
    for code in codes:
        above = [names[layer] for layer in reversed(place_code.layers(code)) if layer in names]
        found.append(County(code, names.get(code, code), " ".join(above) or code))
    return found


def asked_for(request: HttpRequest, on: date) -> tuple[County | None, list[County]]:
    """The county of the address, else the first that this installation serves; and all that it serves."""
    return of_address(request, served(on))


def of_address(request: HttpRequest, known: list[County]) -> tuple[County | None, list[County]]:
    """The county of the address, else the first of these; and all of them."""
    code = request.GET.get("county", "")
    return next((one for one in known if one.code == code), known[0] if known else None), known


def named(text: str, on: date) -> list[County]:
    """The counties that somebody may mean by a code or a name, the exact name first; at most twenty."""
    typed = fold(text)
    rows = in_force(on).filter(level__in=[Level.COUNTY, Level.CITY], pays=True)
    if typed.isascii() and typed.isdigit():
        rows = rows.filter(code=typed[:6])
    elif typed:
        rows = rows.filter(name__startswith=typed)
    else:
        return []
    found: list[Division] = sorted(rows.order_by("code")[: 5 * MOST], key=lambda row: (row.name != typed, row.code))
    exact = [row for row in found if row.name == typed]
    return counties([row.code for row in (exact or found)[:MOST]], on)
