"""The web application for granian or any other WSGI server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "songhe.settings")
application = get_wsgi_application()


def spare_what_stays() -> None:
    """What is loaded now stays until the end: looking through it for garbage made one call in a hundred wait."""
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018  (loads every view)
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)


spare_what_stays()
