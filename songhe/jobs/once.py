"""One key, one effect."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from songhe.county.key import new_id, plain_id, plain_instant
from songhe.jobs.models import Once
from songhe.kernel.refusal import reason

OTHER_BODY = reason(
    "once.other_body",
    zh="这个幂等键已用于另一份内容。",
    en="This key was used for another body.",
)
STILL_RUNNING = reason(
    "once.still_running", zh="同一请求还在处理中。", en="The same call is still running.", status=409
)


def fingerprint(body: Any) -> str:
    """SHA-256 of the body, the same whatever the order of its fields."""
    return hashlib.sha256(json.dumps(body, sort_keys=True, separators=(",", ":"), default=str).encode()).hexdigest()


def once(
    *, county: str, client: str, key: str | None, body: Any, at: datetime, do: Callable[[], dict[str, Any]]
) -> dict[str, Any]:
    """Do it once for this client and key, and repeat the stored answer ever after.

    The key is taken in the transaction of the effect: both are there, or neither is; a refused call leaves no key
    and may be tried again. Without a key it is simply done. Refuses with ``once.other_body`` (same key, other
    body) or ``once.still_running``.
    """
    if key is None:
        with transaction.atomic():
            return do()
    mark = fingerprint(body)
    with transaction.atomic():
        taken = new_id()
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO jobs_once (county, id, client, key, fingerprint, at) VALUES (%s, %s, %s, %s, %s, %s) "
                "ON CONFLICT (county, client, key) DO NOTHING",
                [
                    county,
                    plain_id(taken),
                    client,
                    key,
                    mark,
                    plain_instant(at),
                ],
            )
            mine = cursor.rowcount == 1
        if not mine:
            kept = Once.objects.get(county=county, client=client, key=key)
            if kept.fingerprint != mark:
                raise OTHER_BODY("Idempotency-Key")
            if kept.answer is None:
                raise STILL_RUNNING("Idempotency-Key")
            return dict(kept.answer)
        answer = do()
        kept_as = Once._meta.get_field("answer").get_db_prep_save(answer, connection)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE jobs_once SET answer = %s WHERE county = %s AND id = %s", [kept_as, county, plain_id(taken)]
            )
        return answer
