"""A face service that lies in a folder: it enrols at a press, its terminal sees whom it is told to see, and it forgets.

For practice and for tests. There is no picture in it.
"""

from __future__ import annotations

import json
import os
import secrets
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from songhe.card.ports import NotGenuine, NotReached, Seen

#: Under this ticket the service does not answer, so that a till can be seen without it.
SILENT = "silent"


class SandboxFaces:
    """Keeps references under ``MEDIA_ROOT/face/<county>`` and tickets under ``MEDIA_ROOT/face/tickets``."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = root or Path(settings.MEDIA_ROOT) / "face"

    def enrol(self, *, reference: str, back: str) -> str:
        self._path(reference)
        return "/my/card/face/practice/"

    def take(self, reference: str, *, at: datetime) -> None:
        """The camera at the counter takes a picture."""
        _write(self._path(reference), {"reference": reference, "at": at.isoformat()})

    def enrolled(self, reference: str) -> bool:
        return self._path(reference).exists()

    def stand(self, reference: str | None, *, permille: int, at: datetime) -> str:
        """Somebody stands before a terminal, which gives this ticket to the till."""
        ticket = secrets.token_hex(12)
        seen = {"reference": reference, "permille": permille, "taken_at": at.isoformat()}
        _write(self._folder("tickets") / f"{ticket}.json", seen)
        return ticket

    def match(self, ticket: str) -> Seen:
        if ticket == SILENT:
            raise NotReached("the sandbox was asked not to answer")
        if not (ticket.isascii() and ticket.isalnum()):
            raise NotGenuine("no terminal gives such a ticket")
        path = self._folder("tickets") / f"{ticket}.json"
        if not path.exists():
            raise NotGenuine("no terminal gave this ticket")
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        known = kept["reference"] if kept["reference"] and self.enrolled(kept["reference"]) else None
        return Seen(known, kept["permille"], datetime.fromisoformat(kept["taken_at"]))

    def forget(self, reference: str) -> None:
        self._path(reference).unlink(missing_ok=True)

    def _path(self, reference: str) -> Path:
        if not (reference.isascii() and reference.isalnum() and reference[:6].isdigit()):
            raise NotGenuine("a reference begins with the county")
        return self._folder(reference[:6]) / f"{reference}.json"

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder


def _write(path: Path, kept: dict[str, Any]) -> None:
    """Whole or not at all."""
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(kept, sort_keys=True), encoding="utf-8")
    os.replace(draft, path)
