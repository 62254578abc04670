"""Commands that read rows start Django first; the others stay quick."""

from __future__ import annotations

import os


def set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.settings")
    import django

    django.setup()
