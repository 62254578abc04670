"""Which process holds a run, so that one that was killed does not keep it."""

from __future__ import annotations

import os
import socket
from pathlib import Path


def this_process() -> str:
    """Host, process id and when the process began: no other process ever has the same three."""
    return f"{socket.gethostname()[:100]} {os.getpid()} {_began(os.getpid())}"


def is_gone(holder: str) -> bool:
    """Whether that process ran on this machine and is no longer there; of other machines nothing is known."""
    host, _, rest = holder.partition(" ")
    pid, _, began = rest.partition(" ")
    return host == socket.gethostname()[:100] and pid.isdigit() and _began(int(pid)) != began


def _began(pid: int) -> str:
    """When it began, in ticks since the machine did; empty when it is gone, or is dead and waits to be buried."""
    try:
        os.kill(pid, 0)
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except ProcessLookupError:
        return ""
    except PermissionError:
        return "?"
    except FileNotFoundError:
        return "" if Path("/proc/self/stat").exists() else "?"
    return "" if fields[0] in {"Z", "X"} else fields[19]
