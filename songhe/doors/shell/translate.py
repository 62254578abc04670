"""Compile the translations at set-up: GNU gettext need not be there, and compiled files are not kept.

``python -m songhe.doors.shell.translate`` compiles, and lists the sentences that have no English yet.
"""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

LOCALE = Path(__file__).resolve().parent / "locale"


def catalogue(language: str) -> polib.POFile:
    """All entries of a language: every ``.po`` file of its folder, so that each door can keep a file of its own.

    The same sentence in two files must have the same translation.
    """
    files = sorted((LOCALE / language / "LC_MESSAGES").glob("*.po"))
    merged = polib.POFile()
    merged.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    # Sentences with a context are others than those without; ``find`` would take one for the other.
    seen: dict[tuple[str, str | None], polib.POEntry] = {}
    for file in files:
        for entry in polib.pofile(str(file), encoding="utf-8"):
            known = seen.setdefault((entry.msgid, entry.msgctxt), entry)
            if known is entry:
                merged.append(entry)
            elif (known.msgstr, known.msgstr_plural) != (entry.msgstr, entry.msgstr_plural):
                raise ValueError(f"{file.name}: {entry.msgid!r} is translated in two ways")
    return merged


def compile_catalogues() -> list[Path]:
    """Write ``django.mo`` for every language that has ``.po`` files; what was written."""
    written = []
    for folder in sorted(LOCALE.glob("*/LC_MESSAGES")):
        if any(folder.glob("*.po")):
            target = folder / "django.mo"
            # Written beside and put in its place at once: a server may be reading the old one.
            beside = folder / f".django.{os.getpid()}.mo"
            catalogue(folder.parent.name).save_as_mofile(str(beside))
            beside.replace(target)
            written.append(target)
    return written


CALLS = frozenset({"gettext", "gettext_lazy", "_", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"})
IN_TEMPLATE = re.compile(r"""\b(n?p?gettext|_)\(((?:(?:u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*")(?:,\s*)?)+)""")
IN_QUOTES = re.compile(r"""u?'(?:[^'\\]|\\.)*'|u?"(?:[^"\\]|\\.)*\"""")


def sentences_in_use(root: Path) -> dict[str, str]:
    """Every sentence that code and templates under ``root`` ask to be translated, with the file it stands in."""
    found: dict[str, str] = {}
    for file in sorted(root.rglob("*.py")):
        if not {"migrations", "tests"} & set(file.parts):
            for sentence in _in_code(file.read_text(encoding="utf-8")):
                found.setdefault(sentence, str(file.relative_to(root)))
    for file in sorted(root.rglob("templates/**/*.html")):
        for sentence in _in_template(file.read_text(encoding="utf-8")):
            found.setdefault(sentence, str(file.relative_to(root)))
    return found


def _in_code(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in CALLS and node.args:
            first = node.args[1 if name.startswith("p") and len(node.args) > 1 else 0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _in_template(text: str) -> Iterator[str]:
    for call, arguments in IN_TEMPLATE.findall(templatize(text)):
        quoted = [ast.literal_eval(one) for one in IN_QUOTES.findall(arguments)]
        yield quoted[1 if call.startswith("p") else 0]


def untranslated(root: Path, language: str = "en") -> dict[str, str]:
    """The sentences in use that the language's catalogue lacks, with the file each stands in."""
    known = {entry.msgid for entry in catalogue(language) if entry.msgstr or all(entry.msgstr_plural.values() or [""])}
    return {sentence: file for sentence, file in sentences_in_use(root).items() if sentence not in known}


if __name__ == "__main__":
    compile_catalogues()
    for missing, place in untranslated(LOCALE.parents[2]).items():
        print(f"{place}: {missing}")
