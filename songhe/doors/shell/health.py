"""Is it alive, is it ready, what is it: for the machines that watch over an installation."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from songhe import __version__

LEAST_DISK_FREE = 200 * 1024 * 1024


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """The process answers; nothing else is asked."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """The database answers, every migration is applied and the disk has room; 503 says which is not so."""
    checks = {"database": False, "migrations": False, "disk": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
        checks["database"] = True
        executor = MigrationExecutor(connection)
        checks["migrations"] = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        pass
    home = settings.INSTALLATION.home
    checks["disk"] = home.exists() and shutil.disk_usage(home).free >= LEAST_DISK_FREE
    return JsonResponse({"ready": all(checks.values()), **checks}, status=200 if all(checks.values()) else 503)


@require_safe
def version(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"name": "songhe", "version": __version__, "database": connection.vendor})
