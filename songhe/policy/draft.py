"""A draft made on a page: a release row with its YAML, checked as a folder would be, reviewed by another, exported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.db import transaction

from songhe.kernel.refusal import reason
from songhe.policy import states
from songhe.policy.cases import failures
from songhe.policy.models import PackRelease
from songhe.policy.overlay import laid_over, put
from songhe.policy.problem import Problem
from songhe.policy.resolve import PACKS_HAVE_PROBLEMS
from songhe.trail.note import note

ALREADY_RELEASED = reason(
    "policy.already_released",
    zh="“{pack}”的这一版本（{version}）已有记录，内容没有变化。",
    en="This version of {pack} ({version}) is on record already; nothing has changed.",
    status=409,
)
REVIEWED_BY_AUTHOR = reason(
    "policy.reviewed_by_author",
    zh="编制人不能复核自己的政策包，请由另一人复核。",
    en="Who made a pack cannot review it; another person must.",
    status=403,
)


def problems(pack: str, files: Mapping[str, str], *, root: Path | None = None) -> list[Problem]:
    """What stands against a draft: problems in its files and in those that they touch, and cases that fail."""
    with laid_over(pack, files, root=root) as packs:
        found = list(packs.problems)
        return found or failures(packs)


def draft(*, pack: str, files: Mapping[str, str], by: str, at: datetime, root: Path | None = None) -> PackRelease:
    """Keep a draft as a release row, at an author's name. It must be readable and its window stated.

    A draft may fail its cases and checks; ``review`` refuses it then. Refuses with ``policy.not_a_pack``,
    ``policy.packs_have_problems`` (not readable enough to have a version) or ``policy.already_released``.
    """
    with laid_over(pack, files, root=root) as packs:
        found = packs.packs.get(pack)
        if found is None:
            problem = next(each for each in packs.problems if each.file.startswith(pack))
            raise PACKS_HAVE_PROBLEMS(
                "files", file=problem.file, line=problem.line, problem=problem.zh, problem_en=problem.en
            )
        version, window = packs.policy(pack).version, found.window
    with transaction.atomic():
        if PackRelease.objects.filter(pack=pack, version=version).exists():
            raise ALREADY_RELEASED("files", pack=pack, version=version)
        release = PackRelease.objects.create(
            pack=pack,
            version=version,
            first_on=window.first,
            last_on=window.last,
            created_by=by,
            created_at=at,
            files=dict(files),
        )
        _note(release, "policy.draft", by, at)
    return release


def review(*, release: PackRelease, by: str, at: datetime, root: Path | None = None) -> PackRelease:
    """Another person reviews a draft; it passes only without problems and with every case right.

    Refuses with ``policy.reviewed_by_author``, ``policy.wrong_state`` or ``policy.packs_have_problems``.
    """
    with transaction.atomic():
        locked = PackRelease.objects.select_for_update().get(pk=release.pk)
        if locked.created_by == by:
            raise REVIEWED_BY_AUTHOR("by")
        states.RELEASE.move(locked, "review")
        for problem in problems(locked.pack, locked.files, root=root):
            raise PACKS_HAVE_PROBLEMS(
                "files", file=problem.file, line=problem.line, problem=problem.zh, problem_en=problem.en
            )
        locked.reviewed_by, locked.reviewed_at = by, at
        locked.save(update_fields=["state", "reviewed_by", "reviewed_at"])
        _note(locked, "policy.review", by, at)
    return locked


def export(*, release: PackRelease, to: Path) -> Path:
    """Write a draft's files as the folder that ``songhe policy load`` reads; returns the pack's folder."""
    return put(release.pack, release.files, into=to)


def _note(release: PackRelease, act: str, by: str, at: datetime) -> None:
    note(
        county=release.pack[:6],
        at=at,
        actor=by,
        act=act,
        subject="policy.PackRelease",
        subject_id=str(release.pk),
        pack=release.pack,
        version=release.version,
    )
