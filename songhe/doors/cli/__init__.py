"""The command line: one file per command, imported when it is called, so that quotes start without Django."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from typing import Any

import click

from songhe import __version__
from songhe.kernel.refusal import Refusal

#: Exit statuses that scripts rely on.
OK, FAILED, USAGE, PARTLY_DONE = 0, 1, 2, 3

#: The command and where its click command lives. Only the module of the command that is called is imported.
COMMANDS: dict[str, str] = {
    "init": "songhe.doors.cli.init:init",
    "demo": "songhe.doors.cli.demo:demo",
    "serve": "songhe.doors.cli.serve:serve",
    "account": "songhe.doors.cli.account:account",
    "month": "songhe.doors.cli.month:month",
    "assess": "songhe.doors.cli.assess:assess",
    "quote": "songhe.doors.cli.quote:quote",
    "explain": "songhe.doors.cli.explain:explain",
    "policy": "songhe.doors.cli.policy:policy",
    "import": "songhe.doors.cli.importing:import_",
    "export": "songhe.doors.cli.export:export",
    "audit": "songhe.doors.cli.audit:audit",
    "backup": "songhe.doors.cli.backup:backup",
    "restore": "songhe.doors.cli.backup:restore",
    "doctor": "songhe.doors.cli.doctor:doctor",
    "card": "songhe.doors.cli.card:card",
    "clear": "songhe.doors.cli.clear:clear",
    "examine": "songhe.doors.cli.examine:examine",
    "bench": "songhe.doors.cli.bench:bench",
}


class LazyGroup(click.Group):
    """A group whose commands are imported by name; a command whose module is not there is not listed."""

    def __init__(self, *args: Any, commands_at: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.commands_at = commands_at

    def list_commands(self, context: click.Context) -> list[str]:
        return [name for name, where in self.commands_at.items() if _is_there(where)] + super().list_commands(context)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        where = self.commands_at.get(name)
        if where is None or not _is_there(where):
            return super().get_command(context, name)
        module, _, attribute = where.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def invoke(self, context: click.Context) -> Any:
        """A refusal that a command lets through is printed as people read it, and the status is 1."""
        try:
            return super().invoke(context)
        except Refusal as refusal:
            click.echo(f"{refusal.code}: {refusal.message('zh')}", err=True)
            click.echo(refusal.message("en"), err=True)
            context.exit(FAILED)


def _is_there(where: str) -> bool:
    module = where.partition(":")[0]
    return importlib.util.find_spec(module) is not None


@click.group(cls=LazyGroup, commands_at=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="songhe")
def main() -> None:
    """Songhe 松鹤: elderly-care subsidies and services, from registration to the closed books."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
