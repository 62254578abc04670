"""What a device needs to open a page without a network: one script, told what to keep."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.template import engines
from django.templatetags.static import static

from songhe import __version__

SCRIPT = "js/worker.js"


def worker_script(*, name: str, assets: Iterable[str], page: str, scope: str) -> HttpResponse:
    """The worker of the addresses below ``scope``, with what it keeps; it changes when any of that changes.

    ``name`` is that of its caches; without a network ``page`` stands in for any address.
    """
    kept = list(assets)
    htmx = engines["django"].from_string("{% load django_htmx %}{% htmx_script version=4 %}").render()
    told = {
        "name": name,
        "version": f"{__version__}-{_digest([*kept, SCRIPT])}",
        "assets": [static(one) for one in kept] + re.findall(r'src="([^"]+)"', htmx),
        "page": page,
    }
    script = f"const KEPT = {json.dumps(told)};\n{_read(SCRIPT)}"
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response.headers["Service-Worker-Allowed"] = scope
    return response


def _read(name: str) -> str:
    found = finders.find(name)
    return Path(str(found)).read_text(encoding="utf-8") if found else ""


def _digest(names: Iterable[str]) -> str:
    seen = hashlib.sha256()
    for name in names:
        seen.update(_read(name).encode())
    return seen.hexdigest()[:12]
