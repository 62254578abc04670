"""After set-up: load the sample county once, run its months once, print their summary and serve.

Only ``songhe`` commands are called. What is done is noted under the home folder, so that a second start goes
straight to serving and a start that was cut off goes on where it stopped.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SONGHE = Path(sys.executable).parent / "songhe"
MONTHS = (("2026-03", ()), ("2026-04", ("--until", "issue")))
PARTLY_DONE = 3
#: Cards of the love card's sample that stands beside the county: few, for a start must be quick.
CARDS = 300

ROWS = (
    ("people", "people on the register", False),
    ("assessed", "assessed", False),
    ("entitled", "entitled", False),
    ("issued", "vouchers issued", False),
    ("issued_fen", "worth", True),
    ("redeemed", "bills redeemed", False),
    ("redeemed_fen", "paid by vouchers", True),
    ("reversed", "bill lines reversed", False),
    ("expired_fen", "lapsed unused", True),
    ("statements", "provider statements", False),
    ("settled_fen", "settled with providers", True),
    ("findings", "auditor's findings", False),
    ("books_balance", "books balance", False),
)
CARD_ROWS = (
    ("cards", "love cards", False),
    ("charged_fen", "charged by the funds", True),
    ("topups_fen", "topped up by families", True),
    ("matched_fen", "matched by charity", True),
    ("bills", "bills paid by card", False),
    ("meals", "of them meals", False),
    ("purse_fen", "paid by purses", True),
    ("expired_fen", "lapsed to their funds", True),
)


class Progress:
    """What has been done to which database; kept beside the database, thrown away with it."""

    def __init__(self) -> None:
        home = Path(os.environ.get("SONGHE_HOME") or ROOT / "var")
        address = os.environ.get("SONGHE_DATABASE_URL", "")
        self.own_file = None if address else home / "songhe.sqlite3"
        token = f"-{hashlib.sha256(address.encode()).hexdigest()[:12]}" if address else ""
        self.path = home / f"started{token}.json"
        self.state: dict[str, Any] = {"sample": "absent", "months": {}, "cards": "absent"}
        if self.path.exists() and (self.own_file is None or self.own_file.exists()):
            self.state = json.loads(self.path.read_text())

    def note(self, **changes: Any) -> None:
        self.state |= changes
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self.path.with_suffix(".draft")
        draft.write_text(json.dumps(self.state, indent=1))
        draft.replace(self.path)


def songhe(*arguments: str) -> subprocess.CompletedProcess[str]:
    """One command of Songhe's: its progress goes to the terminal, its answer comes back."""
    done = subprocess.run([str(SONGHE), *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    if done.returncode not in {0, PARTLY_DONE}:
        sys.stdout.write(done.stdout)
        sys.exit(f"songhe {' '.join(arguments)} ended with status {done.returncode}; the lines above say why.")
    return done


def load_sample(progress: Progress) -> None:
    if progress.state["sample"] == "loaded":
        return
    if progress.state["sample"] == "begun" and progress.own_file is not None:
        # Cut off half-way: the practice database holds nothing but part of the sample, so it begins anew.
        for path in progress.own_file.parent.glob(f"{progress.own_file.name}*"):
            path.unlink()
    progress.note(sample="begun", months={}, cards="absent")
    print("Loading the sample county …", file=sys.stderr, flush=True)
    songhe("demo")
    progress.note(sample="loaded")


def run_months(progress: Progress) -> dict[str, dict[str, Any]]:
    months: dict[str, dict[str, Any]] = progress.state["months"]
    for month, options in MONTHS:
        if month in months:
            continue
        print(f"Running {month} {'until vouchers are issued' if options else 'to the close'} …", file=sys.stderr)
        done = songhe("month", month, *options, "--json")
        summary = json.loads(done.stdout)
        if done.returncode == PARTLY_DONE:
            print(f"{month} is partly done; `songhe month {month}` says what waits.", file=sys.stderr)
            summary["partly_done"] = True
            months = months | {month: summary}
            break
        months = months | {month: summary}
        progress.note(months=months)
    return months


def load_cards(progress: Progress, months: dict[str, dict[str, Any]]) -> dict[str, Any] | None:
    """The love card's counties beside the sample county, once its months have been run."""
    kept = progress.state.get("cards", "absent")
    if isinstance(kept, dict):
        return kept
    if any(one.get("partly_done") for one in months.values()):
        return None
    if kept == "begun":
        print("Loading the love card's counties was cut off; throw the database away to have them.", file=sys.stderr)
        return None
    progress.note(cards="begun")
    print("Loading the love card's counties and living their month …", file=sys.stderr, flush=True)
    done: dict[str, Any] = json.loads(songhe("demo", "--card", "--elders", str(CARDS), "--json").stdout)
    progress.note(cards=done)
    return done


def shown(value: Any, is_money: bool) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "NO"
    return f"¥{value // 100:,}.{value % 100:02}" if is_money else f"{value:,}"


def print_summary(months: dict[str, dict[str, Any]], cards: dict[str, Any] | None) -> None:
    print(f"{'':26}" + "".join(f"{month:>18}" for month in months))
    for key, title, is_money in ROWS:
        print(f"{title:26}" + "".join(f"{shown(one.get(key), is_money):>18}" for one in months.values()))
    for key, title, is_money in CARD_ROWS if cards else ():
        print(f"{title:26}{shown(cards and cards.get(key), is_money):>18}")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run", description="Set up, run the sample county's months, and serve.")
    parser.add_argument("--no-serve", action="store_true", help="stop after the months and print their summary")
    parser.add_argument("--json", action="store_true", help="print the months' summaries as JSON, one a line")
    chosen, for_serve = parser.parse_known_args()
    progress = Progress()
    load_sample(progress)
    months = run_months(progress)
    cards = load_cards(progress, months)
    if chosen.json:
        for summary in months.values():
            print(json.dumps(summary, ensure_ascii=False), flush=True)
    else:
        print_summary(months, cards)
    if not chosen.no_serve:
        os.chdir(ROOT)
        os.execv(SONGHE, [str(SONGHE), "serve", *for_serve])
    return PARTLY_DONE if any(one.get("partly_done") for one in months.values()) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
