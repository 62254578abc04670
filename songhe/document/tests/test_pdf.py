"""PDF from HTML, and the plain answer where it cannot be made."""

from __future__ import annotations

import builtins
import random
from base64 import b64encode

import pytest
from PIL import Image

from songhe.document.pdf import render_pdf
from songhe.kernel.refusal import Refusal


@pytest.mark.usefixtures("pango")
def test_a_page_becomes_a_pdf():
    made = render_pdf("<html lang=zh><title>结算单</title><h1>2026年3月 ¥1,234.50</h1></html>", "@page { size: A4 }")
    assert made.startswith(b"%PDF-")
    assert len(made) > 1000


@pytest.mark.usefixtures("pango")
def test_nothing_outside_the_document_is_read(tmp_path):
    picture = tmp_path / "noise.png"
    Image.frombytes("RGB", (100, 100), random.Random(1).randbytes(30_000)).save(picture)
    inside = f"data:image/png;base64,{b64encode(picture.read_bytes()).decode()}"
    assert len(render_pdf(f"<img src='{inside}'>")) > 30_000
    for outside in (picture.as_uri(), "http://127.0.0.1:9/noise.png", "noise.png"):
        assert len(render_pdf(f"<img src='{outside}'>")) < 30_000


def test_without_pango_the_refusal_says_to_print_from_the_browser(monkeypatch):
    real = builtins.__import__

    def without_pango(name, *args, **kwargs):
        if name == "weasyprint":
            raise OSError("cannot load library 'libpango-1.0-0'")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_pango)
    with pytest.raises(Refusal) as refused:
        render_pdf("<p>x</p>")
    assert (refused.value.code, refused.value.status) == ("document.pdf_unavailable", 503)
