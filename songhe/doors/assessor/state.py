"""How far a visit is, for its pages and for the device: what is filled in, what is missing, who has signed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from songhe.assessment import sign
from songhe.assessment.draft import Standing, content, filled, settled, standing
from songhe.assessment.models import Draft, Signature
from songhe.assessment.scale import find as find_scale
from songhe.assessment.scale_shape import Scale
from songhe.doors.assessor import asked
from songhe.doors.assessor.acting import in_words
from songhe.doors.assessor.visits import Visit
from songhe.doors.staff import words


@dataclass(frozen=True)
class StepShown:
    """A step in the list of steps: how much of it is filled in."""

    slug: str
    title: str
    address: str
    done: int
    of: int
    current: bool

    @property
    def complete(self) -> bool:
        return self.done >= self.of


@dataclass(frozen=True)
class Level:
    """The level as it would be, with what lifted it."""

    name: str
    total: int | None
    maximum: int | None
    initial: str
    reasons: list[Any]


class State:
    """Everything that the pages of one visit say about its form."""

    def __init__(self, visit: Visit) -> None:
        assert visit.held is not None
        self.visit = visit
        self.held: Draft = visit.held
        self.scale: Scale = find_scale(visit.row.standard)
        self.standing: Standing = standing(visit.row, self.held)
        self.values: dict[str, Any] = filled(self.held)
        self.content = content(visit.row, self.held)
        self.signatures: dict[int, Signature] = sign.signatures(visit.row, self.held)

    @property
    def mine(self) -> Signature | None:
        return self.signatures.get(self.visit.me.pk)

    @property
    def others(self) -> Signature | None:
        return self.signatures.get(self.visit.other.pk)

    @property
    def needs_no_scores(self) -> bool:
        return settled(self.scale, self.held)

    @property
    def warnings(self) -> dict[str, list[str]]:
        """What seems odd, by the field it is about."""
        found: defaultdict[str, list[str]] = defaultdict(list)
        for each in self.standing.warnings:
            found[each.field or ""].append(in_words(each))
        return dict(found)

    @property
    def level(self) -> Level | None:
        result = self.standing.result
        if result is None:
            return None
        return Level(
            name=str(words.LEVELS[result.final_level]),
            total=result.total,
            maximum=self.scale.maximum,
            initial="" if result.initial_level is None else str(words.LEVELS[result.initial_level]),
            reasons=[words.LEVEL_REASONS[each] for each in result.reasons],
        )

    def steps(self, current: str = "") -> list[StepShown]:
        needed = asked.needed_codes(self.scale)
        found = []
        for slug in asked.STEPS:
            codes = asked.codes_of(self.scale, slug)
            wanted = [code for code in codes if code in needed] if slug == asked.INFORMATION else list(codes)
            if self.needs_no_scores and slug != asked.INFORMATION:
                wanted = []
            done = sum(code in self.values for code in wanted)
            address = reverse("assessor:form", args=[self.visit.row.no, slug])
            found.append(StepShown(slug, asked.title_of(self.scale, slug), address, done, len(wanted), slug == current))
        return found

    def for_device(self) -> dict[str, Any]:
        """The same for the device's script, which shows it and works out nothing."""
        level = self.level
        return {
            "no": self.visit.row.no,
            "version": self.held.version,
            "turn": self.held.turn,
            "fields": self.values,
            "missing": list(self.standing.missing),
            "warnings": [{"code": code, "said": each} for code, said in self.warnings.items() for each in said],
            "level": level.name if level else "",
            "content": self.content,
            "photo": self.held.photo_id is not None,
            "signed": [_("您") if worker == self.visit.me.pk else self.visit.other.name for worker in self.signatures],
            "open": self.visit.is_open,
        }
