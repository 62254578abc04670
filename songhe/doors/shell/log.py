"""Log lines: one JSON object each, without a name, an ID number or a telephone number."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

ID_NUMBER = re.compile(r"(?<![0-9])(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9])")
PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")


def scrubbed(text: str) -> str:
    """The text with whatever looks like an ID or a mobile number taken out."""
    return PHONE.sub("[phone]", ID_NUMBER.sub("[id-number]", text))


def scrub(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = scrubbed(value)
    return event


def configure() -> None:
    """Send structlog's events through Python's logging as JSON; Django's own settings decide where they go."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            scrub,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
