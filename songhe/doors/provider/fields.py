"""Fields as people fill them in here: amounts in yuan, days in several hands, times of day, scans."""

from __future__ import annotations

import re
from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from songhe.kernel.typed import fold

DAY_FORMATS = ("%Y-%m-%d", "%Y%m%d", "%Y.%m.%d", "%Y/%m/%d", "%Y年%m月%d日")
#: No single bill of the programme comes near ten million yuan.
MOST_FEN = 1_000_000_000

_AMOUNT = re.compile(r"([0-9]{1,9})(?:\.([0-9]{1,2}))?")


def fen_of(text: str, most_fen: int = MOST_FEN) -> int | None:
    """``1,234.5`` or ``￥１２３４．５０`` in fen; ``None`` for what is no amount."""
    found = _AMOUNT.fullmatch(fold(text).replace(",", "").replace("，", "").lstrip("¥￥").removesuffix("元"))
    if found is None:
        return None
    fen = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0") or 0)
    return fen if fen <= most_fen else None


def yuan_of(fen: int | None) -> str:
    """The amount as it stands in a field: 1234.50"""
    return "" if fen is None else f"{fen // 100}.{fen % 100:02d}"


class YuanField(forms.CharField):
    """An amount typed in yuan, in fen for the program."""

    def __init__(self, *, least_fen: int = 1, most_fen: int = MOST_FEN, **told: Any) -> None:
        self.least_fen, self.most_fen = least_fen, most_fen
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "maxlength": 20})
        super().__init__(**{"widget": widget, **told})

    def to_python(self, value: Any) -> Any:
        typed = super().to_python(value)
        if not typed:
            return None
        fen = fen_of(typed[:20], self.most_fen)
        if fen is None or fen < self.least_fen:
            raise forms.ValidationError(_("请填写金额，如 120 或 120.50。"))
        return fen


class DayField(forms.DateField):
    """A day, from the browser's calendar or typed as people type days."""

    def __init__(self, **told: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(
            **{
                "input_formats": DAY_FORMATS,
                "widget": widget,
                "error_messages": {
                    "invalid": _("请填写日期，如 2026-04-08。"),
                    "required": _("请填写日期。"),
                },
                **told,
            }
        )

    def to_python(self, value: Any) -> date | None:
        return super().to_python(fold(value) if isinstance(value, str) else value)


class ClockField(forms.TimeField):
    """A time of day."""

    def __init__(self, **told: Any) -> None:
        widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
        super().__init__(
            **{
                "input_formats": ("%H:%M", "%H%M", "%H：%M"),
                "widget": widget,
                "error_messages": {"invalid": _("请填写时间，如 09:30。"), "required": _("请填写时间。")},
                **told,
            }
        )

    def to_python(self, value: Any) -> time | None:
        return super().to_python(fold(value) if isinstance(value, str) else value)


class ScanField(forms.FileField):
    """A photo or a scan of a paper; what it is, is told by its bytes when it is kept."""

    def __init__(self, **told: Any) -> None:
        widget = forms.ClearableFileInput(attrs={"accept": "image/*,application/pdf"})
        super().__init__(**{"required": False, "widget": widget, **told})


def text_field(
    label: Any, *, longest: int, required: bool = True, help_text: Any = "", **attrs: Any
) -> forms.CharField:
    """A line of text that must be given, or need not."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", **attrs}),
        error_messages={"required": _("请填写这一项。")},
    )
