"""``songhe bench``: measure, with a reference in the same run."""

from __future__ import annotations

import importlib
import json
import signal
import sys
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parents[3]
NAMES = ("issue", "determine", "redemption", "quote", "search", "till", "pages", "canteen")


@click.command()
@click.argument("name", type=click.Choice(NAMES))
@click.option("--size", type=click.IntRange(min=10), help="People, vouchers, calls or quotes; each has its default.")
@click.option("--rounds", type=click.IntRange(min=1), help="How often each is measured; figures are medians.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def bench(name: str, size: int | None, rounds: int | None, as_json: bool) -> None:
    """Measure NAME and its reference in turns, and print both with their ratio. Needs a checkout.

    PostgreSQL is the server that SONGHE_BENCH_POSTGRES names, else one made for the run; databases are dropped after.
    """
    # Stopped from outside, it still drops its databases.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = {key: value for key, value in {"size": size, "rounds": rounds}.items() if value is not None}
    figures = _benchmark(name).run(**given).as_dict()
    if as_json:
        click.echo(json.dumps(figures, ensure_ascii=False))
    else:
        _print(figures)


def _benchmark(name: str) -> Any:
    """The module of the checkout's ``bench`` folder, which is not installed with the product."""
    if not (ROOT / "bench" / f"{name}.py").exists():
        raise click.UsageError("benchmarks are run from a checkout; this installation has no folder bench/")
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    return importlib.import_module(f"bench.{name}")


def _print(figures: dict[str, Any], indent: str = "") -> None:
    for key, value in figures.items():
        if isinstance(value, dict):
            click.echo(f"{indent}{key}:")
            _print(value, indent + "  ")
        else:
            click.echo(f"{indent}{key}: {value}")
