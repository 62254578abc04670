"""What was typed is kept when the session ends in the middle of a form, and stands there again afterwards.

The form is sealed under the account, for an hour; the page comes back with ``?kept=<id>`` in its address, and the same
fields are filled as they were. It is sent by the person, never by us. Works without scripts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from html import escape
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from songhe.access.models import Account
from songhe.doors.shell import errors
from songhe.doors.shell.models import KeptForm
from songhe.kernel.cipher import Unreadable, seal, unseal

PARAMETER = "kept"
#: In the session of whoever was signed out: where the form stands that they had begun.
ON_TO = "on_to"
KEPT_FOR = timedelta(hours=1)
MOST_CHARACTERS = 60_000
#: Fields whose names hold one of these are never kept.
NEVER = ("password", "secret", "csrf", "passphrase", "one_time")
#: The page makes these anew.
MADE_ANEW = frozenset({"key", "version"})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")

_PURPOSE = "kept form"


@dataclass(frozen=True)
class Typed:
    """The fields of a form as they were sent, and whether files were among them, which are gone."""

    fields: dict[str, list[str]]
    files: bool = False


def keep(request: HttpRequest, account: Account) -> str:
    """Keep what was sent with this request, and give the address at which it stands again; "" if there is nothing.

    What one account typed before for the same address is forgotten, and whatever is older than an hour.
    """
    if request.method != "POST" or request.content_type not in FORMS:
        return ""
    fields = {
        name: request.POST.getlist(name)
        for name in request.POST
        if not any(one in name.lower() for one in NEVER) and name != "next"
    }
    typed = {name: values for name, values in fields.items() if name not in MADE_ANEW}
    page = page_of(request)
    if not typed or not page or sum(len(value) for values in typed.values() for value in values) > MOST_CHARACTERS:
        return ""
    now = request.server_at  # type: ignore[attr-defined]
    KeptForm.objects.filter(at__lt=now - KEPT_FOR).delete()
    KeptForm.objects.filter(account=account, action=request.path[:1000]).delete()
    row = KeptForm(account=account, page=page[:1000], action=request.path[:1000], at=now)
    told = json.dumps({"fields": typed, "files": bool(request.FILES)}, ensure_ascii=False)
    row.sealed = seal(told, key=settings.ID_NUMBER_KEY, purpose=_PURPOSE, about=_about(row))
    row.save(force_insert=True)
    return page + ("&" if "?" in page else "?") + urlencode({PARAMETER: str(row.id)})


def page_of(request: HttpRequest) -> str:
    """The page on which the form stands: the one it was sent from, if it is ours, else where it was sent."""
    if errors.is_htmx(request):
        return _without_parameter(errors.current_path(request))
    sent_from = request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(sent_from, {request.get_host()}) and urlsplit(sent_from).netloc:
        parts = urlsplit(sent_from)
        return _without_parameter(parts.path + (f"?{parts.query}" if parts.query else ""))
    return request.path


def _without_parameter(address: str) -> str:
    path, _, query = address.partition("?")
    rest = "&".join(part for part in query.split("&") if part and not part.startswith(f"{PARAMETER}="))
    return path + (f"?{rest}" if rest else "")


def _about(row: KeptForm) -> bytes:
    return f"{row.id}:{row.account_id}".encode()


def kept_for(request: HttpRequest) -> tuple[KeptForm, Typed] | None:
    """What this account typed before on this page, if the address names it and it is not older than an hour."""
    account = getattr(request, "user", None)
    if not isinstance(account, Account):
        return None
    try:
        wanted = UUID(request.GET[PARAMETER])
    except (KeyError, ValueError):
        return None
    now = request.server_at  # type: ignore[attr-defined]
    row = KeptForm.objects.filter(id=wanted, account=account, at__gte=now - KEPT_FOR).first()
    if row is None or urlsplit(row.page).path != request.path:
        return None
    try:
        told = json.loads(unseal(row.sealed, key=settings.ID_NUMBER_KEY, purpose=_PURPOSE, about=_about(row)))
    except Unreadable:
        return None
    return row, Typed(told["fields"], told["files"])


def refill(request: HttpRequest, response: HttpResponse) -> None:
    """Fill the page's form with what was kept, and say so."""
    if (
        response.streaming
        or response.status_code != 200
        or not response.get("Content-Type", "").startswith("text/html")
    ):
        return
    found = kept_for(request)
    if found is None:
        return
    row, typed = found
    response.content = filled(
        response.content.decode(), path=request.path, action=row.action, typed=typed, notice=_notice(typed)
    ).encode()
    response.headers["Cache-Control"] = "no-store"
    if response.has_header("Content-Length"):
        response.headers["Content-Length"] = str(len(response.content))


def sent_again(request: HttpRequest, response: HttpResponse) -> None:
    """Forget what was kept once its form was sent again and taken."""
    if response.status_code < 400 and isinstance(request.user, Account):
        KeptForm.objects.filter(account=request.user, action=request.path[:1000]).delete()


def _notice(typed: Typed) -> str:
    said = _("您之前填写的内容已经填好，还没有提交。请核对后再提交。")
    if typed.files:
        said += _("附件没有保留，请重新选择。")
    return said


def too_old(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is not the session's: somebody signed in again elsewhere, or another site sent it.

    From our own page the account finds the form again, filled, and sends it with a new token; else it is refused.
    """
    account = getattr(request, "user", None)
    own = request.headers.get("Origin", "") in {"", f"{request.scheme}://{request.get_host()}"}
    if own and isinstance(account, Account) and request.headers.get("Referer"):
        address = keep(request, account)
        if address:
            if errors.is_htmx(request):
                return HttpResponse(status=200, headers={"HX-Redirect": address})
            return HttpResponseRedirect(address)
    return render(request, "403_csrf.html", status=403)


def say_kept(request: HttpRequest) -> None:
    messages.info(request, _("您填写的内容已经保留，登录后会回到原来的页面。"))


# --- filling a page --------------------------------------------------------------------------------------------------


@dataclass
class _Control:
    """One field of a form, and where its tag stands in the text."""

    tag: str
    attributes: list[tuple[str, str | None]]
    start: int
    end: int
    text: str = ""
    text_end: int = 0
    options: list[_Control] = field(default_factory=list)

    def get(self, name: str) -> str | None:
        return dict(self.attributes).get(name)

    def has(self, name: str) -> bool:
        return any(one == name for one, _ in self.attributes)


@dataclass
class _Form:
    action: str
    controls: list[_Control] = field(default_factory=list)

    def names(self) -> set[str]:
        return {name for control in self.controls if (name := control.get("name"))}


class _Reader(HTMLParser):
    """Finds the forms of a page and where each field stands."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=False)
        self.page = page
        self.lines = [0]
        for line in page.split("\n"):
            self.lines.append(self.lines[-1] + len(line) + 1)
        self.forms: list[_Form] = []
        self.open: _Form | None = None
        self.area: _Control | None = None
        self.select: _Control | None = None
        self.option: _Control | None = None
        self.feed(page)
        self.close()

    def here(self) -> int:
        line, column = self.getpos()
        return self.lines[line - 1] + column

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "form":
            self.open = None
            if (dict(attrs).get("method") or "").lower() == "post":
                self.open = _Form(dict(attrs).get("action") or "")
                self.forms.append(self.open)
            return
        if self.open is None or tag not in {"input", "textarea", "select", "option", "button"}:
            return
        start = self.here()
        control = _Control(tag, attrs, start, start + len(self.get_starttag_text() or ""))
        if tag == "option" and self.select is not None:
            self.select.options.append(control)
            self.option = control
        elif tag in {"input", "textarea", "select", "button"}:
            self.open.controls.append(control)
            self.area = control if tag == "textarea" else self.area
            self.select = control if tag == "select" else self.select

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_data(self, data: str) -> None:
        if self.option is not None:
            self.option.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "textarea" and self.area is not None:
            self.area.text_end, self.area = self.here(), None
        elif tag == "select":
            self.select = self.option = None
        elif tag == "option":
            self.option = None


def filled(page: str, *, path: str, action: str, typed: Typed, notice: str) -> str:
    """The page with the form that was sent to ``action`` filled as it was; hidden fields and passwords stay as made."""
    reader = _Reader(page)
    form = _wanted(reader.forms, path, action, typed.fields)
    if form is None:
        return page
    changes: list[tuple[int, int, str]] = []
    left = {name: list(values) for name, values in typed.fields.items()}
    for control in form.controls:
        changes += _change(control, typed.fields, left)
    for start, end, text in sorted(changes, reverse=True):
        page = page[:start] + text + page[end:]
    said = f'<div class="notice info"><div>{escape(notice)}</div></div>'
    place = page.find('id="notices"')
    at = page.find(">", place) + 1 if place >= 0 else 0
    return page[:at] + said + page[at:] if at else page


def _wanted(forms: list[_Form], base: str, action: str, fields: Mapping[str, list[str]]) -> _Form | None:
    """Of the forms that are sent there, the one whose hidden fields say the same and that has most of the fields."""
    best, most = None, 0
    for form in forms:
        if urlsplit(urljoin(base, form.action)).path != action:
            continue
        differs = any(
            control.get("type") == "hidden"
            and (name := control.get("name") or "") in fields
            and (control.get("value") or "") not in fields[name]
            for control in form.controls
        )
        common = len(form.names() & set(fields))
        if not differs and common > most:
            best, most = form, common
    return best


_NOT_FILLED = frozenset({"hidden", "password", "file", "submit", "button", "reset", "image"})


def _change(
    control: _Control, fields: Mapping[str, list[str]], left: dict[str, list[str]]
) -> list[tuple[int, int, str]]:
    name = control.get("name") or ""
    kind = (control.get("type") or "text").lower()
    if not name or control.tag == "button" or (control.tag == "input" and kind in _NOT_FILLED):
        return []
    if control.tag == "input" and kind in {"checkbox", "radio"}:
        on = (control.get("value") or "on") in fields.get(name, [])
        return [(control.start, control.end, _tag(control, checked=on))]
    if control.tag == "select":
        chosen = fields.get(name)
        if chosen is None:
            return []
        return [
            (option.start, option.end, _tag(option, selected=_value_of(option) in chosen)) for option in control.options
        ]
    if not left.get(name):
        return []
    value = left[name].pop(0)
    if control.tag == "textarea":
        # A line break right after the tag is not part of the text, so one of ours comes first.
        return [(control.end, control.text_end or control.end, "\n" + escape(value))]
    return [(control.start, control.end, _tag(control, value=value))]


def _value_of(option: _Control) -> str:
    value = option.get("value")
    return option.text.strip() if value is None else value


def _tag(control: _Control, **given: Any) -> str:
    """The tag again, with these attributes set: text, or ``True`` and ``False`` for being there or not."""
    kept = [(name, value) for name, value in control.attributes if name not in given]
    kept += [(name, None if value is True else value) for name, value in given.items() if value is not False]
    shown = "".join(f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in kept)
    return f"<{control.tag}{shown}>"
