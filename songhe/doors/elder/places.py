"""Where somebody lives, asked for step by step without scripts: the county, the town, the village."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.grant.models import Budget
from songhe.place.division import children, in_force
from songhe.provider.models import Listing

#: As many counties are offered in one list.
COUNTIES_SHOWN = 400


def counties(on: date) -> list[tuple[str, str]]:
    """The counties in which the programme runs here: those with money or with a listed provider."""
    codes = {*Budget.objects.values_list("county", flat=True).distinct()[:COUNTIES_SHOWN]}
    codes |= {*Listing.objects.values_list("county", flat=True).distinct()[:COUNTIES_SHOWN]}
    known = dict(in_force(on).filter(code__in=sorted(codes)).values_list("code", "name"))
    return sorted(known.items())


class PlaceFields(forms.Form):
    """Fields that appear one after the other; ``place`` is the twelve digits once the village is chosen."""

    county = forms.ChoiceField(label=gettext_lazy("您住在哪个县（市、区）"), required=False)
    town = forms.ChoiceField(label=gettext_lazy("哪个乡镇（街道）"), required=False)
    village = forms.ChoiceField(label=gettext_lazy("哪个村（社区）"), required=False)

    def __init__(self, *, on: date, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.on = on
        self.first_asked = False
        self.offers: dict[str, list[tuple[str, str]]] = {}
        given = data or {}
        offered = counties(on)
        self.only = offered[0][0] if len(offered) == 1 else ""
        county = self.only or given.get("county", "")
        self._fill("county", [] if self.only else offered)
        self._fill("town", _names(county, on) if county in dict(offered) else [])
        towns = dict(self.offers["town"])
        self._fill("village", _names(given.get("town", ""), on) if given.get("town", "") in towns else [])

    @property
    def place(self) -> str:
        return str(self.cleaned_data.get("village", "")) if self.is_bound else ""

    @property
    def asks(self) -> list[str]:
        """The fields of the place that the page shows now."""
        if not self.asking:
            return []
        return [name for name in ("county", "town", "village") if self.offers[name]]

    @property
    def asking(self) -> bool:
        return self.is_bound and ("asks_place" in self.data or self.first_asked)

    def ask_for_place(self) -> None:
        """Say which field is still to be chosen; the first time it is a question and no fault."""
        self.first_asked = "asks_place" not in self.data
        if self.first_asked:
            return
        for name in ("county", "town", "village"):
            if self.offers[name] and not self.cleaned_data.get(name):
                if name == self._next_after():
                    return
                self.add_error(name, _("请选择一项。"))
                return

    def _next_after(self) -> str:
        """The field that has just appeared, because the one before was chosen in this very post."""
        if self.cleaned_data.get("town") and "village" not in self.data:
            return "village"
        return "town" if self.cleaned_data.get("county") and "town" not in self.data else ""

    def _fill(self, name: str, offered: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        self.offers[name] = offered
        field.choices = [("", _("请选择")), *offered] if offered else []


def _names(code: str, on: date) -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in children(code, on)] if code else []
