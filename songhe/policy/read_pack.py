"""Reads a policy pack from its folder, each file by a reader of its own. 读取政策包

Reading never raises for what stands in a file: every mistake becomes a ``Problem`` with file, line and what
to do, and the reader goes on, so that an author sees all of them at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from songhe.kernel.month import Month
from songhe.kernel.period import Period
from songhe.kernel.refusal import Refusal
from songhe.policy.pack import (
    FILES,
    Area,
    Bound,
    Note,
    Pack,
    Sentence,
    Source,
    is_place,
    lies_in,
)
from songhe.policy.problem import BAD_FILE, BOUNDS, OVERLAP, Problem
from songhe.policy.read_benefit import BenefitFile
from songhe.policy.read_cases import CasesFile
from songhe.policy.read_conditions import ConditionsFile
from songhe.policy.read_pieces import Pieces, confidence_of, optional_text
from songhe.policy.read_values import ValuesFile
from songhe.policy.reading import Node, Reading, is_null, line_of
from songhe.policy.values import VALUES

_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def read_sources(root: Path, problems: list[Problem]) -> dict[str, Source]:
    reading = Reading(root, root / "sources.yaml", problems)
    sources: dict[str, Source] = {}
    for name, _, node in reading.mapping(reading.document(), "sources"):
        fields = reading.fields(
            node, f"sources.{name}", required=("title", "publisher", "confidence"), optional=("number", "date")
        )
        title = reading.text(fields.get("title"), "title")
        publisher = reading.text(fields.get("publisher"), "publisher")
        confidence = confidence_of(reading, fields.get("confidence"))
        number, day = (optional_text(reading, fields.get(key), key) for key in ("number", "date"))
        if title and publisher and confidence:
            sources[name] = Source(name, title, number, publisher, day, confidence)
    return sources


def read_pack(root: Path, folder: Path, sources: Mapping[str, Source], problems: list[Problem]) -> Pack | None:
    """The pack in one folder, or ``None`` when its ``pack.yaml`` says too little to place it."""
    return _PackReader(root, folder, sources, problems).pack()


class _PackReader(Pieces):
    def pack(self) -> Pack | None:
        head = self.reading("pack.yaml")
        place, programme, edition = self.folder.relative_to(self.root).parts
        if not is_place(place) or not (_NAME.fullmatch(programme) and _NAME.fullmatch(edition)):
            head.at(
                1,
                BAD_FILE,
                "文件夹应为“六位区划代码/项目/版本”，项目和版本用小写字母、数字和连字符。",
                "The folder is <six-digit place>/<programme>/<edition>, in small letters, digits and hyphens.",
            )
            return None
        for stray in sorted(self.folder.iterdir()):
            if stray.name not in FILES and not stray.name.startswith("."):
                self.reading(stray.name).at(
                    1,
                    BAD_FILE,
                    f"包里不应有此文件，可用的文件名：{'、'.join(FILES)}。",
                    f"A pack has no such file; its files are {', '.join(FILES)}.",
                )
        document = head.document()
        if document is None:
            if not any(problem.file == head.file for problem in self.problems):
                head.at(1, BAD_FILE, "文件是空的。", "The file is empty.")
            return None
        fields = head.fields(
            document,
            "pack",
            required=("title", "authority", "window"),
            optional=("areas", "extends", "continues", "allows", "notes"),
        )
        title = self.sentence(head, fields.get("title"), "title")
        authority = head.text(fields.get("authority"), "authority")
        window = self._window(head, fields.get("window"))
        areas = self._areas(head, fields.get("areas"), place)
        allows, allows_conditions = self._allows(head, fields.get("allows"))
        notes = self._notes(head, fields.get("notes"))
        extends = head.text(fields.get("extends"), "extends")
        continues = head.text(fields.get("continues"), "continues")
        if not (title and authority and window):
            return None
        extends_node = fields.get("extends")
        files = (self.root, self.folder, self.sources, self.problems)
        return Pack(
            place=place,
            programme=programme,
            edition=edition,
            title=title,
            authority=authority,
            window=window,
            areas=areas,
            extends=extends,
            extends_line=line_of(extends_node) if extends_node else 1,
            continues=continues,
            allows=allows,
            allows_conditions=allows_conditions,
            notes=notes,
            values=ValuesFile(*files).values(window),
            conditions=ConditionsFile(*files).conditions(),
            benefit=BenefitFile(*files).benefit(),
            cases=CasesFile(*files).cases(),
            file=head.file,
            window_line=line_of(fields["window"]),
        )

    # pack.yaml

    def _window(self, reading: Reading, node: Node | None) -> Period | None:
        fields = reading.fields(node, "window", required=("first", "last"))
        first = reading.day(fields.get("first"), "window.first")
        last_node = fields.get("last")
        if first is None or last_node is None:
            return None
        last = None if is_null(last_node) else reading.day(last_node, "window.last")
        if last is None and not is_null(last_node):
            return None
        try:
            return Period(first, last)
        except Refusal:
            reading.wrong(
                last_node, f"结束日早于开始日{first}，请改正。", f"It ends before it begins on {first}; correct it."
            )
            return None

    def _areas(self, reading: Reading, node: Node | None, of: str) -> tuple[Area, ...]:
        if node is None:
            return (Area(of, None, 1),)
        areas: list[Area] = []
        for item in reading.items(node, "areas"):
            fields = reading.fields(item, "areas", required=("place",), optional=("first_month",))
            place = reading.text(fields.get("place"), "areas.place")
            month_node = fields.get("first_month")
            first = None
            if month_node is not None:
                try:
                    first = Month.parse(reading.text(month_node, "first_month") or "").first
                except Refusal:
                    reading.wrong(month_node, "首月应写成 2025-08。", "The first month is written 2025-08.")
            if place is None:
                continue
            if not is_place(place) or not lies_in(place, of):
                reading.wrong(
                    fields["place"],
                    f"“{place}”不是{of}之内的六位区划代码。",
                    f"{place} is not a six-digit place inside {of}.",
                )
                continue
            if any(area.place == place for area in areas):
                reading.wrong(fields["place"], f"“{place}”重复。", f"{place} is listed twice; remove one.", OVERLAP)
                continue
            areas.append(Area(place, first, line_of(item)))
        return tuple(areas)

    def _allows(self, reading: Reading, node: Node | None) -> tuple[dict[str, Bound], bool]:
        fields = reading.fields(node, "allows", optional=("values", "conditions"))
        bounds: dict[str, Bound] = {}
        for name, key, item in reading.mapping(fields.get("values"), "allows.values"):
            if name not in VALUES:
                self.unknown(reading, key, name, VALUES)
                continue
            kind = VALUES[name].kind
            if reading.plain(item) == "any":
                bounds[name] = Bound()
                continue
            ends = reading.fields(item, f"allows.values.{name}", required=("least", "most"))
            read = reading.ratio if kind == "ratio" else reading.whole
            least, most = read(ends.get("least"), "least"), read(ends.get("most"), "most")
            if kind not in {"ratio", "fen", "whole"}:
                reading.wrong(item, f"“{name}”不是数值，只能写 any。", f"{name} is no number; write any.")
            elif least is not None and most is not None:
                if least > most:
                    reading.wrong(item, "下限大于上限。", "The lower bound is above the upper one.", BOUNDS)
                else:
                    bounds[name] = Bound(least, most)
        conditions = fields.get("conditions")
        add = conditions is not None and reading.text(conditions, "allows.conditions") == "add"
        if conditions is not None and not add:
            reading.wrong(conditions, "只能写 add（下级可增加条件）。", "Write add: a lower place may add conditions.")
        return bounds, add

    def _notes(self, reading: Reading, node: Node | None) -> tuple[Note, ...]:
        notes: list[Note] = []
        for item in reading.items(node, "notes"):
            fields = reading.fields(item, "notes", required=("zh", "en", "article", "source"), optional=("confidence",))
            zh, en = reading.text(fields.get("zh"), "zh"), reading.text(fields.get("en"), "en")
            cited = self.cited(reading, fields)
            if zh and en and cited:
                notes.append(Note(Sentence(zh, en), cited))
        return tuple(notes)
