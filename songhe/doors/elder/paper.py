"""What this door prints as PDF: from templates of its own, opened in the browser under names that name nobody."""

from __future__ import annotations

import base64
import io
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import segno
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language

from songhe.document.pdf import render_pdf
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import is_chinese

_STYLES = Path(__file__).resolve().parent / "static" / "css" / "elder-paper.css"


def pdf(request: DoorRequest, template: str, name: str, told: Mapping[str, Any]) -> HttpResponse:
    """The PDF of a template. Refuses with ``document.pdf_unavailable``."""
    html = render_to_string(template, {**_frame(request), **told})
    answer = HttpResponse(render_pdf(html, _styles()), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return answer


def _frame(request: DoorRequest) -> dict[str, Any]:
    return {"html_lang": "zh-CN" if is_chinese(get_language()) else "en", "practice": request.practice}


def drawing(payload: str) -> str:
    """A code as a ``data:`` address, which is all that a PDF may read."""
    made = io.BytesIO()
    segno.make(payload, error="m", micro=False).save(made, kind="svg", border=2, scale=8)
    return f"data:image/svg+xml;base64,{base64.b64encode(made.getvalue()).decode()}"


@cache
def _styles() -> str:
    return _STYLES.read_text(encoding="utf-8")
