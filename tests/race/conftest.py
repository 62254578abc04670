from __future__ import annotations

import fcntl

import pytest

from tests.hostile import FOLDER


@pytest.fixture
def alone():
    """One race at a time in a run: two at once would want more connections than a server has, and slow each other."""
    with (FOLDER / "races.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
