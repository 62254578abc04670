"""Eight digits on a paper that say, at the public page for checking, that it came from here and reads as it did."""

from __future__ import annotations

import hmac
import json
from typing import Any

from django.conf import settings

from songhe.kernel.cipher import keyed_hash
from songhe.kernel.typed import fold

DIGITS = 8
_PURPOSE = "check code of a paper"


def check_code(no: str, said: Any) -> str:
    """The code of the paper ``no`` that says this (JSON values). Only who has the installation's key can make it."""
    text = json.dumps([no, said], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{int(keyed_hash(text, key=settings.ID_NUMBER_KEY, purpose=_PURPOSE), 16) % 10**DIGITS:0{DIGITS}d}"


def agrees(typed: str, no: str, said: Any) -> bool:
    """Whether a code that somebody typed, with spaces or without, is the one of this paper."""
    return hmac.compare_digest(fold(typed).replace("-", "").encode(), check_code(no, said).encode())
