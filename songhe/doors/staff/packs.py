"""Policy packs 政策包: what holds where, since when and by which document; what differs; drafts and their review."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.may import may, require
from songhe.doors.shell.pieces import Crumb, Step
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import ActForm, fresh
from songhe.doors.staff.pack_words import CONFIDENCE, LIFE, WORDS, programme_name, written
from songhe.doors.staff.reach import reach
from songhe.doors.staff.simulation import blank_form
from songhe.policy import load as loading
from songhe.policy import states
from songhe.policy.models import PackRelease
from songhe.policy.pack import NATION, Pack, Sentence
from songhe.policy.queries import (
    Place,
    Said,
    Tried,
    cases_of,
    conditions_on,
    differences,
    drafts,
    not_set,
    place,
    places,
    releases,
    values_on,
)
from songhe.policy.resolve import Library, Policy, library
from songhe.policy.values import VALUES


@dataclass(frozen=True)
class Line:
    """A place with a programme on the list."""

    address: str
    place: str
    programme: str
    edition: str
    title: str
    first: date | None
    last: date | None
    state: words.Word
    editions: int
    problems: int


@dataclass(frozen=True)
class Bar:
    """An edition on the time line; the bar's place and width are hundredths of the whole line."""

    edition: str
    address: str
    title: str
    first: date
    last: date | None
    start: int
    width: int
    is_now: bool
    chosen: bool
    state: words.Word


@require_safe
@require("policy.read")
def packs(request: DoorRequest) -> HttpResponse:
    """Every place and programme with the edition in force; what is wrong in the folder; drafts."""
    library_ = library()
    rows = places(library_, request.on)
    names = naming.places((row.place for row in rows), request.on)
    known = releases([pack.id for row in rows for pack in row.editions])
    lines = [line(row, names, known, library_, request.on) for row in rows]
    said = {
        "lines": lines,
        "problems": [words.said(problem.zh, problem.en) for problem in library_.problems][:20],
        "drafts": [draft_line(row, names) for row in drafts()],
        "may_load": may(request.user, "policy.load", request.on),
        "load_form": fresh(ActForm, "load"),
        "unrecorded": sum(
            is_behind(each, recorded(each, known, library_), request.on) for row in rows for each in row.editions
        ),
    }
    return render(request, "staff/packs.html", said)


def is_behind(pack: Pack, row: PackRelease | None, on: date) -> bool:
    """Whether recording the folder would change something about it."""
    return row is None or row.state != state_on(pack, row, on)


def line(row: Place, names: dict[str, str], known: dict[str, list[PackRelease]], packs_: Library, on: date) -> Line:
    shown = row.current or row.editions[-1]
    prefix = f"{row.place}/{row.programme}/"
    return Line(
        address=reverse("staff:pack", args=[row.place, row.programme]),
        place=place_name(row.place, names),
        programme=programme_name(row.programme),
        edition=shown.edition,
        title=words.said(shown.title.zh, shown.title.en),
        first=shown.window.first,
        last=shown.window.last,
        state=state_of(shown, recorded(shown, known, packs_), on),
        editions=len(row.editions),
        problems=sum(problem.file.startswith(prefix) for problem in packs_.problems),
    )


def recorded(pack: Pack, known: dict[str, list[PackRelease]], packs_: Library) -> PackRelease | None:
    """The row of this very version; an older version of the same edition does not count."""
    version = packs_.policy(pack.id).version if pack.id in packs_.packs else ""
    return next((row for row in known.get(pack.id, []) if row.version == version), None)


def state_on(pack: Pack, row: PackRelease | None, on: date) -> str:
    """Where a version stands on the day: by its window once it was reviewed; nothing where nobody recorded it."""
    if row is None or row.state in (states.DRAFT, states.REVIEWED):
        return row.state if row else ""
    if on in pack.window:
        return states.CURRENT
    return states.SCHEDULED if on < pack.window.first else states.SUPERSEDED


def state_of(pack: Pack, row: PackRelease | None, on: date) -> words.Word:
    """The same in a word; a pack that nobody recorded says whether its window holds the day."""
    state = state_on(pack, row, on)
    if state:
        return WORDS[state]
    return words.Word(_("有效，未登记"), "warn") if on in pack.window else words.Word(_("未登记"))


def draft_line(row: PackRelease, names: dict[str, str]) -> dict[str, Any]:
    return {
        "address": reverse("staff:pack-release", args=[row.pk]),
        "pack": row.pack,
        "place": place_name(row.pack[:6], names),
        "programme": programme_name(row.pack.split("/")[1]),
        "state": WORDS[row.state],
        "by": row.created_by,
        "at": row.created_at,
    }


def place_name(code: str, names: dict[str, str]) -> str:
    return str(_("全国")) if code == NATION else names.get(code, code)


def find(packs_: Library, place_code: str, programme: str, on: date) -> Place:
    found = place(packs_, place=place_code, programme=programme, on=on)
    if found is None:
        raise Http404
    return found


@require_safe
@require("policy.read")
def pack(request: DoorRequest, place: str, programme: str) -> HttpResponse:
    """One place and programme: the editions on a line, and everything that the chosen one says."""
    packs_ = library()
    row = find(packs_, place, programme, request.on)
    chosen = chosen_of(row, request.GET.get("edition", ""))
    if packs_.problems_of(programme, place):
        said = {"problems": packs_.problems_of(programme, place), "row": row, "chosen": chosen}
        return render(request, "staff/pack_faulty.html", {**said, **frame_of(request, row)})
    policy = packs_.policy(chosen.id)
    on = request.on if request.on in chosen.window else chosen.window.first
    known = releases([each.id for each in row.editions])
    tried = cases_of(chosen, packs_)
    before = earlier(row, chosen)
    said = {
        **frame_of(request, row),
        "chosen": chosen,
        "policy": policy,
        "on": on,
        "bars": bars(row, chosen, known, request.on),
        "years": years_of(row),
        "values": value_lines(request, [said for said in values_on(policy, on) if said.entry.value is not None]),
        "unset": [
            (words.titled(one.zh, one.en), words.said(one.unset_zh, one.unset_en)) for one in not_set(policy, on)
        ],
        "conditions": [
            {
                "sentence": words.titled(one.sentence.zh, one.sentence.en),
                "cited": cited(packs_, one.source, one.article),
                "confidence": CONFIDENCE.get(one.confidence, (one.confidence, "")),
                "pack": one.pack,
            }
            for one in conditions_on(policy, on)
        ],
        "areas": [
            (place_name(area.place, naming.places([area.place], request.on)), area.first) for area in chosen.areas
        ],
        "notes": [words.said(note.sentence.zh, note.sentence.en) for note in policy.notes],
        "tried": [case_line(one) for one in tried],
        "passed": sum(one.passes for one in tried),
        "chain": [(link.id, words.said(link.title.zh, link.title.en)) for link in policy.packs],
        "upper": policy.packs[-2].id if len(policy.packs) > 1 else "",
        "upper_differences": upper_differences(packs_, policy, on),
        "before": before,
        "before_differences": difference_lines(differences(packs_.policy(before.id), policy)) if before else [],
        "sources": sources_of(packs_, policy),
        "life": life(
            recorded(chosen, known, packs_),
            state_on(chosen, recorded(chosen, known, packs_), request.on),
            naming.accounts(accounts_of(known.get(chosen.id, []))),
        ),
        "drafts": [draft_line(one, {}) for one in drafts([place]) if one.pack.startswith(f"{place}/{programme}/")],
        "may_draft": may_write(request, place),
        "simulation": blank_form(request, place, programme)
        if may(request.user, "policy.simulate", request.on) and programme == "consumption-voucher"
        else None,
        "simulate_address": reverse("staff:simulate", args=[place, programme]),
    }
    return render(request, "staff/pack.html", said)


def frame_of(request: DoorRequest, row: Place) -> dict[str, Any]:
    names = naming.places([row.place], request.on)
    return {
        "row": row,
        "place_name": place_name(row.place, names),
        "programme_name": programme_name(row.programme),
        "crumbs": [
            Crumb(_("政策包"), reverse("staff:packs")),
            Crumb(f"{place_name(row.place, names)} · {programme_name(row.programme)}"),
        ],
    }


def chosen_of(row: Place, edition: str) -> Pack:
    if edition:
        found = next((each for each in row.editions if each.edition == edition), None)
        if found is None:
            raise Http404
        return found
    return row.current or row.editions[-1]


def earlier(row: Place, chosen: Pack) -> Pack | None:
    """The edition before the chosen one at the same place."""
    where = row.editions.index(chosen)
    return row.editions[where - 1] if where else None


def years_of(row: Place) -> tuple[date, date]:
    """From the first edition to the end of the last, or a year after it began."""
    first = min(each.window.first for each in row.editions)
    ends = [each.window.last or each.window.first + timedelta(days=365) for each in row.editions]
    return first, max(ends)


def bars(row: Place, chosen: Pack, known: dict[str, list[PackRelease]], on: date) -> list[Bar]:
    first, last = years_of(row)
    days = max(1, (last - first).days + 1)
    found = []
    for each in row.editions:
        end = each.window.last or last
        start = 1000 * (each.window.first - first).days // days
        found.append(
            Bar(
                edition=each.edition,
                address=f"{reverse('staff:pack', args=[row.place, row.programme])}?edition={each.edition}",
                title=words.said(each.title.zh, each.title.en),
                first=each.window.first,
                last=each.window.last,
                start=start,
                width=max(8, 1000 * ((end - each.window.first).days + 1) // days),
                is_now=each is row.current,
                chosen=each is chosen,
                state=state_of(each, recorded(each, known, library()), on),
            )
        )
    return found


def value_lines(request: DoorRequest, found: Sequence[Said]) -> list[dict[str, Any]]:
    """What every name is worth, by which document, and whose rule it is."""
    codes = {one.pack[:6] for one in found}
    codes |= {key for one in found if isinstance(one.value, dict) for key in one.value}
    names = naming.places((code for code in codes if len(code) == 6), request.on)
    return [
        {
            "name": words.titled(one.name.zh.partition(":")[0], one.name.en),
            "value": written(one.name, one.value, names),
            "first": one.entry.first,
            "last": one.entry.last,
            "cited": cited(library(), one.entry.cited.source, one.entry.cited.article),
            "confidence": CONFIDENCE.get(one.entry.cited.confidence, (one.entry.cited.confidence, "")),
            "pack": one.pack,
            "place": place_name(one.pack[:6], names),
            "ended": one.ended,
        }
        for one in found
    ]


def cited(packs_: Library, source: str, article: str) -> str:
    found = packs_.sources.get(source)
    title = "" if source == "default" or found is None else found.title
    return " · ".join(part for part in (title, article) if part)


def sources_of(packs_: Library, policy: Policy) -> list[dict[str, Any]]:
    named = {entry.cited.source for series in policy.values.values() for entry in series}
    named |= {condition.cited.source for condition in policy.conditions}
    return [
        {
            "title": source.title,
            "more": " · ".join(part for part in (source.number, source.publisher, source.date) if part),
            "confidence": CONFIDENCE.get(source.confidence, (source.confidence, "")),
        }
        for source in (packs_.sources[one] for one in sorted(named))
    ]


def upper_differences(packs_: Library, policy: Policy, on: date) -> list[dict[str, Any]]:
    if len(policy.packs) < 2:
        return []
    return difference_lines(differences(packs_.policy(policy.packs[-2].id), policy, on))


def difference_lines(found: Iterable[Any]) -> list[dict[str, Any]]:
    def say(what: str, value: Any) -> str:
        if isinstance(value, Sentence):
            return words.titled(value.zh, value.en)
        return written(VALUES[what], value) if what in VALUES else ("—" if value is None else str(value))

    return [
        {
            "what": words.titled(one.zh.partition(":")[0], one.en) if one.what in VALUES else str(_("资格条件")),
            "before": say(one.what, one.before),
            "after": say(one.what, one.after),
        }
        for one in found
    ]


def case_line(one: Tried) -> dict[str, Any]:
    return {
        "name": one.case.name,
        "command": one.case.command,
        "passes": one.passes,
        "key": one.key,
        "wanted": one.wanted,
        "came": one.came,
        "cited": one.case.cited.article if one.case.cited else "",
    }


def accounts_of(rows: list[PackRelease]) -> list[str]:
    return [name for row in rows for name in (row.created_by, row.reviewed_by) if name]


def life(row: PackRelease | None, state: str, names: dict[str, str]) -> list[Step]:
    """Draft → reviewed → scheduled → current, with who wrote and who reviewed; ``state`` is that of the day."""
    if row is None:
        return []
    if state == states.SUPERSEDED:
        return [Step(WORDS[states.SUPERSEDED].said, "stopped", "")]
    where = LIFE.index(state)
    reviewer = names.get(row.reviewed_by, row.reviewed_by)
    notes = {
        states.DRAFT: _("编制：%(who)s") % {"who": author(row, names)},
        states.REVIEWED: _("复核：%(who)s") % {"who": reviewer} if row.reviewed_by else "",
    }
    return [
        Step(
            WORDS[each].said,
            "done" if at < where or state == states.CURRENT else "current" if at == where else "ahead",
            notes.get(each, ""),
        )
        for at, each in enumerate(LIFE)
    ]


def author(row: PackRelease, names: dict[str, str]) -> str:
    return str(_("随系统发布")) if row.created_by == loading.SHIPPED else names.get(row.created_by, row.created_by)


def may_write(request: DoorRequest, place_code: str) -> bool:
    """Who may load packs writes and reviews those of the places inside their own."""
    if not may(request.user, "policy.load", request.on):
        return False
    return reach(request, "policy.load").covers_county(place_code)
