"""Which acts a package writes into the trail: read off its code, also where a function puts the name together."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SONGHE = Path(__file__).resolve().parents[1] / "songhe"
#: What a name or a field of an object may stand for.
Named = dict[str, set[str]]
#: What writes down an act, and the argument that names it; whatever hands its own argument on joins them.
NOTE = ("note", "act", 10**6)


@dataclass(frozen=True)
class Writer:
    """A function that writes down the act that its parameter names, after ``before``."""

    name: str
    parameter: str
    place: int
    before: str = ""


def acts_of(package: str) -> set[str]:
    """Every act that the package may note."""
    trees = [ast.parse(path.read_text("utf-8")) for path in _files(package)]
    functions = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    named: Named = defaultdict(set)
    for tree in trees:
        for name, value in (*_constants(tree), *_fields(tree)):
            named[name].add(value)
    writers, found = {Writer(*NOTE)}, set[str]()
    while True:
        known = len(writers)
        for function in functions:
            for call in _calls(function):
                for writer in [one for one in writers if one.name == _name(call)]:
                    told, more = _read(function, call, writer, named)
                    found |= told
                    writers |= more
        if len(writers) == known:
            break
    written = (
        keyword.value.value
        for tree in trees
        for call in _calls(tree)
        if _name(call) == "Entry"
        for keyword in call.keywords
        if keyword.arg == "act" and isinstance(keyword.value, ast.Constant)
    )
    return found | set(written) | {told for tree in trees for told in _of_matters(tree)}


def _of_matters(tree: ast.Module) -> Iterator[str]:
    """What a matter of two people has written down for it: the acts that it names."""
    for call in _calls(tree):
        if _name(call) == "Acts":
            yield from (one.value for one in call.args if isinstance(one, ast.Constant))


def _files(package: str) -> Iterator[Path]:
    for path in sorted((SONGHE / package).rglob("*.py")):
        if not {"tests", "migrations"} & set(path.parts):
            yield path


def _calls(node: ast.AST) -> Iterator[ast.Call]:
    return (one for one in ast.walk(node) if isinstance(one, ast.Call))


def _name(call: ast.Call) -> str:
    return getattr(call.func, "id", None) or getattr(call.func, "attr", "")


def _constants(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Texts that have a name in a module, also several in one line."""
    for one in (each for each in tree.body if isinstance(each, ast.Assign)):
        for target in one.targets:
            several = isinstance(target, ast.Tuple) and isinstance(one.value, ast.Tuple)
            pairs = zip(target.elts, one.value.elts, strict=True) if several else [(target, one.value)]  # type: ignore[attr-defined]
            for name, value in pairs:
                if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield name.id, value.value


def _fields(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Texts that an object is made with, by the names of its fields."""
    for call in _calls(tree):
        for one in call.keywords:
            if one.arg and isinstance(one.value, ast.Constant) and isinstance(one.value.value, str):
                yield f"self.{one.arg}", one.value.value


def _read(function: ast.FunctionDef, call: ast.Call, writer: Writer, named: Named) -> tuple[set[str], set[Writer]]:
    """The acts that a call of a writer names; or the function itself, when its own parameter names them."""
    given = next((one.value for one in call.keywords if one.arg == writer.parameter), None)
    if given is None and writer.place < len(call.args):
        given = call.args[writer.place]
    if given is None:
        return set(), set()
    before = writer.before
    if isinstance(given, ast.JoinedStr):
        parts = given.values
        assert isinstance(parts[0], ast.Constant)
        assert isinstance(parts[1], ast.FormattedValue)
        before, given = str(parts[0].value), parts[1].value
    parameters = [one.arg for one in (*function.args.args, *function.args.kwonlyargs)]
    # Who calls a method does not give ``self``.
    parameters = parameters[1:] if parameters[:1] == ["self"] else parameters
    if isinstance(given, ast.Name) and given.id in parameters:
        return set(), {Writer(function.name, given.id, parameters.index(given.id), before)}
    return {before + told for told in _texts(function, given, named)}, set()


def _texts(function: ast.FunctionDef, given: ast.expr, named: Named) -> set[str]:
    """The texts that an expression may be: of a constant, of either branch, or of what a name was set to."""
    if isinstance(given, ast.Constant):
        return {str(given.value)}
    if isinstance(given, ast.IfExp):
        return _texts(function, given.body, named) | _texts(function, given.orelse, named)
    if isinstance(given, ast.Name):
        set_to = [
            one.value
            for one in ast.walk(function)
            if isinstance(one, ast.Assign) and any(getattr(target, "id", "") == given.id for target in one.targets)
        ]
        if set_to:
            return set().union(*(_texts(function, one, named) for one in set_to))
    known = named.get(ast.unparse(given))
    if known:
        return known
    raise AssertionError(f"cannot read which act {function.name} notes: {ast.unparse(given)}")
