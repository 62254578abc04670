"""A file that somebody handed in, shown as it is in a page of its own that can do nothing."""

from __future__ import annotations

from django.http import HttpResponse

from songhe.document.file import read_file
from songhe.document.models import StoredFile

MEDIA = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "pdf": "application/pdf"}


def as_handed_in(stored: StoredFile) -> HttpResponse:
    """Refuses with ``document.file_missing`` or ``document.file_changed``."""
    shown = "inline" if stored.kind in MEDIA else "attachment"
    response = HttpResponse(read_file(stored), content_type=MEDIA.get(stored.kind, "application/octet-stream"))
    response.headers["Content-Disposition"] = f'{shown}; filename="{stored.name}"'
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
