"""Papers and photographs that belong to an application. 申请材料"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from songhe.document.models import StoredFile
from songhe.entitlement.models import Application, Material
from songhe.entitlement.record import lock_application, written
from songhe.entitlement.states import OPEN
from songhe.kernel.refusal import reason

MOST = 20

UNKNOWN_KIND = reason("entitlement.unknown_material", zh="没有“{kind}”这种材料。", en="There is no material {kind}.")
TOO_MANY = reason(
    "entitlement.too_many_materials",
    zh="最多上传{most}份材料，请先删去用不着的。",
    en="At most {most} papers; take away those that are not needed.",
    status=409,
)
DECIDED = reason(
    "entitlement.materials_closed",
    zh="申请已经办结，不能再增减材料。",
    en="The application is decided; its papers stay as they are.",
    status=409,
)


def add(*, application: Application, kind: str, file: StoredFile, at: datetime, by: str) -> Material:
    """Put a paper to an open application. Refuses with ``entitlement.unknown_material``, ``.too_many_materials`` or
    ``.materials_closed``."""
    if kind not in Material.Kind.values:
        raise UNKNOWN_KIND("kind", kind=kind)
    with transaction.atomic():
        found = _open(application)
        if len(of(found)) >= MOST:
            raise TOO_MANY("file", most=MOST)
        made = Material.objects.create(county=found.county, application=found, kind=kind, file=file, by=by, at=at)
        written(found, "add_material", at, by, kind=kind, file=str(file.id))
    return made


def remove(*, material: Material, at: datetime, by: str) -> Material:
    """Take a paper away before the application is handed in; the file stays in the record.

    Refuses with ``entitlement.materials_closed``.
    """
    with transaction.atomic():
        found = _open(Application.rows.get(county=material.county, id=material.application_id))
        if found.state != Application.State.DRAFT:
            raise DECIDED("material")
        material.removed_at = at
        material.save(update_fields=["removed_at"])
        written(found, "remove_material", at, by, kind=material.kind)
    return material


def of(application: Application) -> list[Material]:
    """The papers of an application, in the order in which they came."""
    rows = Material.objects.filter(county=application.county, application=application, removed_at=None)
    return list(rows.select_related("file").order_by("at", "id"))


def _open(application: Application) -> Application:
    found = lock_application(application)
    if found.state not in OPEN:
        raise DECIDED("application")
    return found
