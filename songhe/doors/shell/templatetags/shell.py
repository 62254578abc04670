"""The pieces of a page: ``{% load shell %}``. Each tag gives its template everything that it names."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import segno
from django import template
from django.forms import BaseForm, BoundField
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from songhe.doors.shell import amount, spoken
from songhe.doors.shell.pieces import Condition, Crumb, Event, Fact, Masked, ReceiptLine, Step, Ticket
from songhe.doors.shell.signs import SIGNS
from songhe.kernel.month import Month
from songhe.kernel.month import beijing_date as beijing
from songhe.person.masks import mask_id, mask_name, mask_phone

register = template.Library()

TONE_SIGNS = {"ok": "check", "warn": "clock", "info": "info", "bad": "cross", "pine": "dot", "": "dot"}
STATE_WORDS = {"done": "check", "current": "", "ahead": "", "stopped": "cross"}
NOTICE_SIGNS = {"success": "check", "info": "info", "warning": "alert", "error": "alert", "debug": "info"}


def language() -> str:
    return get_language() or "zh-hans"


# Signs


@register.simple_tag
def sign(name: str, css: str = "") -> SafeString:
    """A sign, hidden from readers of the screen: the word beside it says the same."""
    return format_html(
        '<svg class="sign{}" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{}</svg>',
        f" {css}" if css else "",
        mark_safe(SIGNS[name]),
    )


@register.filter
def sign_of(level: str) -> str:
    """The sign of a message of Django's levels."""
    return NOTICE_SIGNS.get(level, "info")


@register.inclusion_tag("shell/pieces/mark.html")
def mark() -> dict[str, Any]:
    """The mark of the house: a crane under a pine."""
    return {}


# Figures and days


@register.filter
def money(fen: int | None) -> SafeString:
    """¥1,234.50; nothing for nothing."""
    return SafeString("—") if fen is None else format_html('<span class="money">{}</span>', amount.figures(fen))


@register.filter
def capitals(fen: int) -> str:
    """壹仟贰佰叁拾肆元伍角整"""
    return amount.capitals(fen)


@register.filter
def count(number: int | None) -> SafeString:
    """12,345 in figures of one width."""
    return SafeString("—") if number is None else format_html('<span class="number">{}</span>', f"{number:,}")


@register.filter
def day(on: date | datetime | None) -> SafeString:
    """2026年4月8日, or 8 April 2026; an instant is said by its Beijing date."""
    if on is None:
        return SafeString("—")
    plain = beijing(on) if isinstance(on, datetime) else on
    return format_html('<time datetime="{}">{}</time>', plain.isoformat(), spoken.day(plain, language()))


@register.filter
def day_short(on: date | datetime | None) -> SafeString:
    """2026-04-08, for tables."""
    if on is None:
        return SafeString("—")
    plain = beijing(on) if isinstance(on, datetime) else on
    return format_html('<time class="whole" datetime="{0}">{0}</time>', plain.isoformat())


@register.filter
def moment(at: datetime | None) -> SafeString:
    """2026年4月8日 09:30 in Beijing time."""
    if at is None:
        return SafeString("—")
    return format_html('<time datetime="{}">{}</time>', at.isoformat(), spoken.moment(at, language()))


@register.filter
def when(at: date | datetime) -> SafeString:
    """A day or an instant, as it is."""
    return moment(at) if isinstance(at, datetime) else day(at)


@register.filter
def month(which: Month | date | str | None) -> SafeString:
    """2026年4月, or April 2026."""
    if which is None:
        return SafeString("—")
    found = Month.parse(which) if isinstance(which, str) else Month.of(which) if isinstance(which, date) else which
    return format_html('<time datetime="{}">{}</time>', str(found), spoken.month(found, language()))


# What is not shown whole


@register.filter
def masked_id(number: str) -> str:
    return mask_id(number)


@register.filter
def masked_name(name: str) -> str:
    return mask_name(name)


@register.filter
def masked_phone(number: str) -> str:
    return mask_phone(number)


@register.inclusion_tag("shell/pieces/masked.html", takes_context=True)
def masked(context: template.Context, value: Masked, name: str) -> dict[str, Any]:
    """A masked value called ``name``, with an eye that asks for a reason where it may be seen."""
    return {"value": value, "name": name, "csrf_token": context.get("csrf_token", "")}


# Pieces


@register.inclusion_tag("shell/pieces/badge.html")
def badge(word: Any, tone: str = "", sign: str = "") -> dict[str, Any]:
    """How something stands: a sign and a word; ``tone`` is ok, warn, info, bad, pine or nothing."""
    return {"word": word, "tone": tone, "sign_name": sign or TONE_SIGNS[tone]}


@register.inclusion_tag("shell/pieces/why.html")
def why(conditions: Sequence[Condition | dict[str, Any]]) -> dict[str, Any]:
    """Sentences with ✓ ✗ ? and their article; also takes the conditions of ``songhe explain`` as they are."""
    said = [
        Condition(one["sentence"], one["met"], one.get("article") or "") if isinstance(one, dict) else one
        for one in conditions
    ]
    return {"conditions": said}


@register.inclusion_tag("shell/pieces/steps.html")
def steps(of: Sequence[Step]) -> dict[str, Any]:
    return {"steps": [(number, step, STATE_WORDS[step.state]) for number, step in enumerate(of, 1)]}


@register.inclusion_tag("shell/pieces/timeline.html")
def timeline(events: Sequence[Event]) -> dict[str, Any]:
    return {"events": events}


@register.inclusion_tag("shell/pieces/facts.html", takes_context=True)
def facts(context: template.Context, of: Sequence[Fact]) -> dict[str, Any]:
    """Names and values; a value may be a ``Masked``."""
    return {
        "facts": [(fact, isinstance(fact.value, Masked)) for fact in of],
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("shell/pieces/receipt.html")
def receipt(lines: Sequence[ReceiptLine], name: Any, fen: int, because: Any = "") -> dict[str, Any]:
    """The lines, and the result that they add up to."""
    return {"lines": lines, "name": name, "fen": fen, "because": because}


@register.inclusion_tag("shell/pieces/voucher.html")
def voucher(ticket: Ticket, wide: bool = False) -> dict[str, Any]:
    return {"ticket": ticket, "wide": wide, "number": in_fours(ticket.number)}


@register.inclusion_tag("shell/pieces/progress.html")
def progress(done: int, total: int | None, word: Any, note: Any = "") -> dict[str, Any]:
    """A bar with its count; without a total only the count is known."""
    percent = None if not total else min(100, 100 * done // total)
    return {"done": done, "total": total, "word": word, "note": note, "percent": percent}


@register.inclusion_tag("shell/pieces/state.html")
def state(
    title: Any, text: Any = "", sign: str = "inbox", address: str = "", action: Any = "", request_id: str = ""
) -> dict[str, Any]:
    """Nothing here, something under way, something wrong: what it is and what to do next."""
    return {
        "title": title,
        "text": text,
        "sign_name": sign,
        "address": address,
        "action": action,
        "request_id": request_id,
    }


@register.inclusion_tag("shell/pieces/crumbs.html")
def crumbs(of: Sequence[Crumb]) -> dict[str, Any]:
    return {"crumbs": of}


@register.inclusion_tag("shell/pieces/pages.html")
def pages(said: Any, previous: str = "", following: str = "") -> dict[str, Any]:
    """The neighbours of a page of a list, as addresses; ``said`` is such as 第 1–50 项，共 1,318 项."""
    return {"said": said, "previous": previous, "following": following}


# Forms


@register.inclusion_tag("shell/pieces/field.html")
def field(bound: BoundField, optional: bool = False, short: bool = False) -> dict[str, Any]:
    """A field with its label above it, its help, and its errors before the box."""
    return {
        "field": bound,
        "optional": optional or not bound.field.required,
        "short": short,
        "choice": getattr(bound.field.widget, "input_type", "") == "checkbox" and not bound.use_fieldset,
    }


@register.inclusion_tag("shell/pieces/errors.html")
def error_summary(form: BaseForm, focus: bool = True) -> dict[str, Any]:
    """All that is wrong with a form, first on the page and in focus; each line leads to its field."""
    named = [(bound.id_for_label, error) for bound in form for error in bound.errors]
    return {"general": list(form.non_field_errors()), "named": named, "focus": focus}


# Numbers and codes


@register.filter
def in_fours(number: str) -> str:
    """In groups of four, ready to be read out."""
    bare = str(number).replace(" ", "")
    return " ".join(bare[start : start + 4] for start in range(0, len(bare), 4))


@register.simple_tag
def qr(text: str) -> SafeString:
    """A QR code as a drawing, black on white, without a border of its own."""
    made = io.BytesIO()
    segno.make(text, error="m", micro=False).save(made, kind="svg", xmldecl=False, svgns=False, border=2, omitsize=True)
    return mark_safe(made.getvalue().decode())


@register.filter
def or_dash(value: Any) -> SafeString | str:
    """The value, or a dash for nothing."""
    return SafeString("—") if value in (None, "") else conditional_escape(value)
