"""Record which packs an installation works by: one release row for each version, in the state that the day gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import reason
from songhe.policy import states
from songhe.policy.cases import failures
from songhe.policy.models import PackRelease
from songhe.policy.resolve import PACKS_HAVE_PROBLEMS, Library, Policy, library
from songhe.trail.note import note

#: The author of packs that came as a folder.
SHIPPED = "songhe"

NOT_REVIEWED = reason(
    "policy.not_reviewed",
    zh="“{pack}”的版本{version}还是草稿，须先由另一人复核。",
    en="Version {version} of {pack} is still a draft; another person must review it first.",
    status=409,
)
NO_APPROVER = reason(
    "policy.no_approver", zh="请写明由谁批准启用（不能是编制人）。", en="Say who approves it, other than its author."
)


@dataclass
class Loaded:
    """The ids of the packs by what happened to them; ``same`` were on record and in the right state."""

    recorded: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)
    superseded: list[str] = field(default_factory=list)
    same: list[str] = field(default_factory=list)


def load(*, approver: str, at: datetime, packs: Library | None = None) -> Loaded:
    """Record every pack of the folder and put each in the state of the day: scheduled, current or superseded.

    All or nothing, and once: a second call changes nothing. A version that was drafted on a page must have been
    reviewed. An older version of the same pack is superseded when the new one is in force. Refuses with
    ``policy.packs_have_problems`` (a problem in any pack, or a case that fails), ``policy.not_reviewed`` or
    ``policy.no_approver``.
    """
    found = packs or library()
    if not approver or approver == SHIPPED:
        raise NO_APPROVER("approver")
    for problem in [*found.problems, *failures(found)]:
        raise PACKS_HAVE_PROBLEMS(
            "pack", file=problem.file, line=problem.line, problem=problem.zh, problem_en=problem.en
        )
    done = Loaded()
    with transaction.atomic():
        for pack_id in found.packs:
            _load_one(found.policy(pack_id), approver=approver, at=at, on=beijing_date(at), done=done)
        gone = PackRelease.objects.exclude(pack__in=list(found.packs)).filter(
            state__in=[states.SCHEDULED, states.CURRENT]
        )
        for release in gone.select_for_update().order_by("pk"):
            _move(release, "supersede", approver, at)
            done.superseded.append(release.pack)
    return done


def state_on(policy: Policy, on: date) -> str:
    """Scheduled before the window, current within it, superseded after it."""
    if on in policy.window:
        return states.CURRENT
    return states.SCHEDULED if on < policy.window.first else states.SUPERSEDED


def _load_one(policy: Policy, *, approver: str, at: datetime, on: date, done: Loaded) -> None:
    wanted = state_on(policy, on)
    others = PackRelease.objects.filter(pack=policy.id, state__in=[states.SCHEDULED, states.CURRENT])
    for older in others.exclude(version=policy.version).select_for_update().order_by("pk"):
        _move(older, "supersede", approver, at)
        done.superseded.append(policy.id)
    release = PackRelease.objects.select_for_update().filter(pack=policy.id, version=policy.version).first()
    if release is None:
        release = PackRelease.objects.create(
            pack=policy.id,
            version=policy.version,
            state=states.REVIEWED,
            first_on=policy.window.first,
            last_on=policy.window.last,
            created_by=SHIPPED,
            created_at=at,
            reviewed_by=approver,
            reviewed_at=at,
        )
        done.recorded.append(policy.id)
    elif release.state == states.DRAFT:
        raise NOT_REVIEWED("pack", pack=policy.id, version=policy.version)
    elif release.state == wanted:
        done.same.append(policy.id)
        return
    else:
        done.moved.append(policy.id)
    for verb in _way(release.state, wanted):
        _move(release, verb, approver, at)


def _way(state: str, wanted: str) -> list[str]:
    """The verbs that lead from one state of the table to another."""
    steps = {states.SCHEDULED: ["schedule"], states.CURRENT: ["schedule", "begin"], states.SUPERSEDED: ["supersede"]}
    return [verb for verb in steps[wanted] if not (verb == "schedule" and state == states.SCHEDULED)]


def _move(release: PackRelease, verb: str, by: str, at: datetime) -> None:
    states.RELEASE.move(release, verb)
    release.save(update_fields=["state"])
    note(
        county=release.pack[:6],
        at=at,
        actor=by,
        act=f"policy.{verb}",
        subject="policy.PackRelease",
        subject_id=str(release.pk),
        pack=release.pack,
        version=release.version,
    )
