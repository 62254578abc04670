"""A form that does something to a row: sent twice it is done once, and whoever looked at an older row is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import uuid4

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.reach import account_of
from songhe.jobs.once import once
from songhe.kernel.refusal import Refusal, reason

CHANGED = reason(
    "staff.changed_meanwhile",
    zh="这一件在您打开之后已由别人办理，请看最新情况后再决定。",
    en="Somebody else dealt with this case after you opened it; look at it as it stands now.",
    status=409,
)


T = TypeVar("T", bound=Any)


class ActForm(forms.Form):
    """Every form that acts carries the key of its page view and the version that was looked at."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


def because(label: Any, help_text: Any = "", *, rows: int = 3, longest: int = 500) -> forms.CharField:
    """A reason that must be given."""
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("请写明理由。")},
    )


class BecauseForm(ActForm):
    because = because(_("理由"))


def fresh(form: type[ActForm], name: str, *, version: int | None = None, **initial: Any) -> ActForm:
    """An empty form with a key of its own; ids carry its name, for a page has several."""
    return form(initial={"key": uuid4(), "version": version, **initial}, auto_id=f"id_{name}_%s")


def sent(form: type[ActForm], name: str, request: DoorRequest) -> ActForm:
    return form(request.POST, auto_id=f"id_{name}_%s")


def act_once(
    request: DoorRequest, *, county: str, name: str, form: ActForm, do: Callable[[], Mapping[str, Any]]
) -> dict[str, Any]:
    """Do what a checked form asks for, in one transaction with its key; a double click gets the first one's answer."""
    told = {field: value for field, value in form.cleaned_data.items() if field != "key"}
    return once(
        county=county,
        client=account_of(request).username,
        key=str(form.cleaned_data["key"]),
        body={"act": name, **told},
        at=request.at,
        do=lambda: dict(do()),
    )


def unchanged(row: T, told: Mapping[str, Any]) -> T:
    """The locked row, or refuses with ``staff.changed_meanwhile`` whoever looked at an older version of it."""
    if told["version"] is not None and row.version != told["version"]:
        raise CHANGED("version")
    return row


def in_words(refusal: Refusal) -> str:
    """What a verb said when it refused, in the language of the page."""
    return refusal.message(get_language() or "zh")


def problems(form: forms.Form | None = None, refusal: Refusal | None = None) -> dict[str, Any]:
    """What ``staff/refused.html`` shows at the head of a page: a refusal, and what is wrong with a form."""
    return {
        "wrong": form if form is not None and form.errors else None,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
