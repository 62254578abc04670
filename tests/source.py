"""The product's source as the conventions look at it."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

import songhe

ROOT = Path(__file__).resolve().parent.parent
PRODUCT = ROOT / "songhe"


@cache
def python_files() -> tuple[Path, ...]:
    """Every Python file of the product, tests and migrations left out."""
    return tuple(path for path in sorted(PRODUCT.rglob("*.py")) if not {"tests", "migrations"} & set(path.parts))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=str(path))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def modules() -> tuple[ModuleType, ...]:
    """Every module of the product, imported; so that what they declare is declared."""
    found = [songhe]
    for module in pkgutil.walk_packages(songhe.__path__, "songhe."):
        parts = module.name.split(".")
        if not {"tests", "migrations", "__main__", "wsgi"} & set(parts):
            found.append(importlib.import_module(module.name))
    return tuple(found)


def tracked_files() -> Iterator[Path]:
    """The files that the repository holds; those that are text."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for part in listed.decode().split("\0"):
        path = ROOT / part
        if part and path.is_file() and b"\0" not in path.read_bytes()[:4096]:
            yield path


def nothing(found: Iterable[object]) -> None:
    """Fail with the whole list of what was found, one a line."""
    lines = "\n".join(str(each) for each in found)
    if lines:
        pytest.fail(f"found:\n{lines}", pytrace=False)
