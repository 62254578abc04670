"""The guide: one page for every programme at every place, made from the pack in force there. 政策指南"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from songhe.doors.public import texts, words
from songhe.doors.public.entitled import amount_of, in_force, materials_of
from songhe.doors.public.place import asked_for, counties, named, served
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.words import LEVELS, listed, said, titled
from songhe.policy.evaluate import compared_with
from songhe.policy.facts import FACTS
from songhe.policy.pack import NATION, Pack, is_place
from songhe.policy.resolve import Library, Policy, library
from songhe.policy.terms import Terms, terms_in
from songhe.policy.values import VALUES

#: Settings that say until when something is done, in the order of a case.
TIMES = (
    "review_days",
    "publication_days",
    "first_issue_within_working_days",
    "first_issue_least_working_days",
    "appeal_days",
    "late_days",
    "assessment_valid_months",
    "assessment_dispute_days",
)
#: Values that have a table, a condition or a section of their own.
ELSEWHERE = ("ratio_", "cap_", "age_least", "level_least", *TIMES)


@dataclass(frozen=True)
class Line:
    """A setting as the page shows it: its value, or that it is not set and what is done without it."""

    name: str
    value: str
    is_set: bool
    unset: str
    cited: dict[str, Any]


@dataclass(frozen=True)
class Who:
    sentence: str
    cited: dict[str, Any]


@require_safe
def guides(request: DoorRequest) -> HttpResponse:
    """The programmes of a county, and where else there are rules of their own."""
    packs, on = library(), request.on
    text = request.GET.get("q", "").strip()[:40]
    found = named(text, on) if text else []
    county, known = asked_for(request, on)
    if len(found) == 1:
        county = found[0]
    place = county.code if county else NATION
    return render(
        request,
        "public/guides.html",
        {
            "place": "guide",
            "q": text,
            "found": found if len(found) > 1 else [],
            "missed": bool(text) and not found,
            "county": county,
            "known": known,
            "programmes": programmes_at(packs, place, on),
            "elsewhere": elsewhere(packs, on),
        },
    )


def programmes_at(packs: Library, place: str, on: date) -> list[dict[str, Any]]:
    """What is in force at a place on the day, the consumption voucher first."""
    found = []
    for programme in sorted(packs.programmes, key=lambda one: (one != "consumption-voucher", one)):
        policy = in_force(packs, programme, place, on)
        if policy is None:
            continue
        rules = terms_in(policy, place=place, on=on)
        found.append(
            {
                "title": said(policy.pack.title.zh, policy.pack.title.en),
                "sign": texts.of(programme).sign,
                "address": reverse("public:guide", args=[place, programme]),
                "face_fen": rules.face_fen or None,
                "last": policy.window.last,
                "authority": policy.pack.authority,
            }
        )
    return found


def elsewhere(packs: Library, on: date) -> list[dict[str, Any]]:
    """Every place with rules of its own on the day: province, city or county, by code."""
    own = sorted({pack.place for pack in packs.packs.values() if pack.place != NATION and in_window(pack, on)})
    return [
        {"name": one.path, "address": f"{reverse('public:guides')}?q={one.code}", "code": one.code, "packs": packs_of}
        for one in counties(own, on)
        for packs_of in [
            [
                {
                    "title": said(pack.title.zh, pack.title.en),
                    "address": reverse("public:guide", args=[one.code, pack.programme]),
                }
                for pack in packs.packs.values()
                if pack.place == one.code and in_window(pack, on)
            ]
        ]
    ]


def in_window(pack: Pack, on: date) -> bool:
    return on in pack.window


@require_safe
def guide(request: DoorRequest, place: str, programme: str) -> HttpResponse:
    """The rules of a programme at a place, with where each of them stands. 404 where none are in force."""
    packs, on = library(), request.on
    if not is_place(place) or programme not in packs.programmes:
        raise Http404
    policy = in_force(packs, programme, place, on)
    if policy is None:
        raise Http404
    rules = terms_in(policy, place=place, on=on)
    where = counties([place], on)[0] if place != NATION else None
    is_monthly = policy.benefit is not None and policy.benefit.cadence == "month"
    return render(
        request,
        "public/guide.html",
        {
            "place": "guide",
            "crumbs": [Crumb(_("政策指南"), reverse("public:guides")), Crumb(where.name if where else _("全国"))],
            "where": where.path if where else _("全国"),
            "policy": policy,
            "title": said(policy.pack.title.zh, policy.pack.title.en),
            "authorities": list(dict.fromkeys(pack.authority for pack in policy.packs)),
            "rules": rules,
            "texts": spoken_texts(packs, programme),
            "who": who(packs, policy, on),
            "who_not": who_not(packs, policy, on),
            "materials": materials_of(programme, rules),
            "amounts": amounts(rules),
            "amount_sources": amount_sources(packs, policy, rules, on),
            "closed": [words.group(each) for each in rules.categories if not each.is_open],
            "insurance": insurance(policy, on),
            "times": settings(packs, policy, on, TIMES),
            "settings": [one for one in settings(packs, policy, on, others(policy)) if one.is_set],
            "unset": [one for one in settings(packs, policy, on, others(policy)) if not one.is_set],
            "notes": [
                {"sentence": words.sentence(each.sentence), "cited": cited(packs, each.cited)} for each in policy.notes
            ],
            "law": law(packs, policy, programme),
            "is_monthly": is_monthly,
            "is_served": any(one.code == place for one in served(on)),
        },
    )


def cited(packs: Library, of: Any) -> dict[str, Any]:
    return words.cited(packs, of.source, of.article, of.confidence)


def who(packs: Library, policy: Policy, on: date) -> list[Who]:
    """The conditions that must hold, each with its source."""
    found = []
    for condition in policy.conditions:
        if condition.operator != "is_false":
            value = str(compared_with(condition, policy=policy, on=on))
            sentence = titled(condition.sentence.zh, condition.sentence.en).replace("{value}", value)
            found.append(Who(sentence, cited(packs, condition.cited)))
    return found


def who_not(packs: Library, policy: Policy, on: date) -> list[Who]:
    """Who is shut out: levels below the least, and what excludes."""
    found = []
    for condition in policy.conditions:
        least = compared_with(condition, policy=policy, on=on)
        if condition.fact == "disability_level" and condition.operator == "at_least" and isinstance(least, int):
            levels = listed(word for level, word in LEVELS.items() if level < least)
            sentence = _("评估结果为%(levels)s") % {"levels": levels}
        elif condition.operator == "is_false":
            fact = FACTS[condition.fact]
            sentence = titled(fact.zh, fact.en)
        else:
            continue
        found.append(Who(sentence, cited(packs, condition.cited)))
    return found


def amounts(rules: Terms) -> list[dict[str, Any]]:
    """Ratio and cap of every group that can be chosen."""
    return [{"amount": amount_of(each, "")} for each in rules.open_categories]


def amount_sources(packs: Library, policy: Policy, rules: Terms, on: date) -> list[dict[str, Any]]:
    """Where ratios and caps stand, each place once."""
    lines = {line.id: line for line in policy.benefit.lines} if policy.benefit else {}
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for each in rules.open_categories:
        line = lines[each.category]
        for name in filter(None, (line.ratio, line.cap)):
            entry = policy.entry(name, on)
            if entry is not None:
                found[entry.cited.source, entry.cited.article] = cited(packs, entry.cited)
    return list(found.values())


def insurance(policy: Policy, on: date) -> list[dict[str, Any]]:
    """The benefits of an insurance pack: what each is called and the values it goes by."""
    if policy.benefit is None:
        return []
    found = []
    for line in policy.benefit.lines:
        if line.shape == "category":
            continue
        named_values = filter(None, (line.ratio, line.cap, line.ceiling, line.price, line.table, line.limit))
        found.append(
            {
                "title": titled(line.title.zh, line.title.en),
                "values": [
                    {"name": titled(VALUES[name].zh, VALUES[name].en), "rows": rows_of(policy, name, on)}
                    for name in named_values
                ],
            }
        )
    return found


def rows_of(policy: Policy, name: str, on: date) -> list[tuple[str, str]]:
    """A value as one row, a table as one row a level."""
    known, found = VALUES[name], policy.value(name, on)
    is_money = known.unit == "fen" or "fen" in known.en.split()
    if found is None:
        return [("", str(_("尚未设定")))]
    if isinstance(found, dict) or hasattr(found, "items"):
        kind = "fen" if is_money else known.kind
        return [(str(level), words.value(cell, kind=kind, unit=known.unit)) for level, cell in found.items()]
    return [("", words.value(found, kind="fen" if is_money else known.kind, unit=known.unit))]


def others(policy: Policy) -> list[str]:
    """The remaining settings of the programme's packs, in the order of the vocabulary."""
    in_lines = {
        name
        for line in (policy.benefit.lines if policy.benefit else ())
        for name in (line.ratio, line.cap, line.ceiling, line.price, line.table, line.limit)
    }
    return [
        name for name in VALUES if name in policy.values and name not in in_lines and not name.startswith(ELSEWHERE)
    ]


def settings(packs: Library, policy: Policy, on: date, wanted: Any) -> list[Line]:
    """Settings with value and source; one that no layer sets says so, and what is done without it."""
    found = []
    for name in wanted:
        if name not in policy.values:
            continue
        known, entry = VALUES[name], policy.entry(name, on)
        assert entry is not None
        is_set = entry.value is not None
        found.append(
            Line(
                name=titled(known.zh, known.en).replace("：", ":").partition(":")[0],
                value=words.value(entry.value, kind=known.kind, unit=known.unit) if is_set else str(_("尚未设定")),
                is_set=is_set,
                unset=said(known.unset_zh, known.unset_en),
                cited=cited(packs, entry.cited),
            )
        )
    return found


def spoken_texts(packs: Library, programme: str) -> dict[str, list[dict[str, Any]]]:
    """The sentences of the guide in the language of the page, each with its source."""
    found = texts.of(programme)
    return {
        part: [
            {
                "title": words.sentence(each.title) if each.title else "",
                "sentence": words.sentence(each.words),
                "cited": words.cited(packs, each.source, each.article, each.confidence),
            }
            for each in getattr(found, part)
        ]
        for part in ("what", "materials", "steps", "rules", "ending")
    }


def law(packs: Library, policy: Policy, programme: str) -> list[dict[str, Any]]:
    """Every document that the page rests on, the surest first."""
    ids: dict[str, None] = {}
    for condition in policy.conditions:
        ids[condition.cited.source] = None
    for series in policy.values.values():
        for entry in series:
            ids[entry.cited.source] = None
    for note in policy.notes:
        ids[note.cited.source] = None
    for paragraph in texts.of(programme).all:
        ids[paragraph.source] = None
    found = [packs.sources[one] for one in ids if one in packs.sources]
    order = "HMLD"
    return [
        {
            "title": words.document(packs, each.id),
            "number": each.number or "",
            "publisher": each.publisher,
            "date": each.date or "",
            "confidence": words.CONFIDENCE.get(each.confidence, each.confidence),
            "letter": each.confidence,
        }
        for each in sorted(found, key=lambda one: order.find(one.confidence))
    ]
