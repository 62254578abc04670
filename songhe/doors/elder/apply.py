"""Applying 申请: one question a page, kept as a draft, read through, handed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from songhe.assessment.models import Assessment
from songhe.doors.elder import selfrating
from songhe.doors.elder.apply_forms import (
    GROUP_HINTS,
    MATERIALS,
    PROVIDERS_OFFERED,
    WHERES,
    BodyForm,
    GroupForm,
    MaterialForm,
    PledgeForm,
    ProviderForm,
    WhereForm,
    add_refusal,
    fill_where,
    marked,
    percent,
)
from songhe.doors.elder.bodies import bodies
from songhe.doors.elder.hand_in import keep_paper
from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import (
    Whom,
    account_of,
    noted,
    out_of_reach,
    require_act,
    require_confirmed,
    whom,
)
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day_of_month
from songhe.doors.staff.acting import act_once, in_words
from songhe.doors.staff.words import CATEGORIES, PROGRAMMES, in_chinese, said, word
from songhe.entitlement import apply, hand_in, material
from songhe.entitlement.models import Application, Entitlement, Material
from songhe.entitlement.queries import applications_of, of_person
from songhe.entitlement.states import OPEN
from songhe.kernel.refusal import Refusal
from songhe.policy.evaluate import CategoryTerms
from songhe.policy.terms import terms
from songhe.provider.admit import listed_providers
from songhe.provider.models import Provider

POLICY = "consumption-voucher"


@dataclass(frozen=True)
class Draft:
    """An application that is being filled in, and what the pages need to know of it."""

    row: Application
    found: Whom
    on: date

    @property
    def groups(self) -> tuple[CategoryTerms, ...]:
        return terms(policy=self.row.policy, place=self.row.county, on=self.on).open_categories

    @property
    def result(self) -> Assessment | None:
        return hand_in.result_at_hand(self.found.person, self.row.policy, self.on)

    @property
    def needs_assessment(self) -> bool:
        return self.result is None and hand_in.under_way(self.found.person) is None


@dataclass(frozen=True)
class Page:
    """A question: its name in the address, and whether this draft needs it."""

    name: str
    needed: Callable[[Draft], bool] = lambda draft: True


PAGES: tuple[Page, ...] = (
    Page("group"),
    Page("provider"),
    Page("body", lambda draft: draft.needs_assessment),
    Page("where", lambda draft: draft.needs_assessment),
    Page("papers"),
    Page("check"),
)


def find(request: DoorRequest, found: Whom, no: str) -> Application:
    """The application of this person; somebody else's is not there (404), and the asking is noted."""
    row = applications_of(found.person).filter(no=no).first()
    if row is None:
        other = Application.rows.filter(county=no[:6], no=no).first()
        if other is not None:
            out_of_reach(request, county=other.county, subject=other._meta.label, subject_id=other.id)
        raise Http404
    return row


@require_http_methods(["GET", "HEAD", "POST"])
@require("application.make")
def start(request: DoorRequest) -> HttpResponse:
    """What one applies for; the button opens a draft, or goes on with the one there is."""
    found = require_act(whom(request), "apply")
    row = applications_of(found.person).filter(policy=POLICY, state__in=OPEN).first()
    if row is not None:
        address = "elder:apply" if row.state == Application.State.DRAFT else "elder:case"
        return HttpResponseRedirect(reverse(address, args=[row.no]))
    refusal = None
    if request.method == "POST":
        try:
            row = apply.open_application(
                person=found.person,
                policy=POLICY,
                channel=found.channel,
                mandate=found.mandate,
                at=request.at,
                on=request.on,
                by=account_of(request).username,
            )
            hard = selfrating.dependent(request, found)
            if hard is not None:
                apply.rate_self(application=row, dependent=hard, at=request.at, by=account_of(request).username)
            noted(request, found, "entitlement.open", subject=row._meta.label, subject_id=row.id)
            return HttpResponseRedirect(reverse("elder:apply", args=[row.no]))
        except Refusal as refused:
            refusal = refused
    right = of_person(found.person).exclude(state=Entitlement.State.STOPPED).first()
    told: dict[str, Any] = {"programme": word(PROGRAMMES, POLICY).said, "right": right, "rules": None}
    try:
        told["rules"] = terms(policy=POLICY, place=found.person.county, on=request.on)
    except Refusal as refused:
        refusal = refusal or refused
    return show(request, "elder/apply_start.html", told, whom=found, refusal=refusal)


@require_http_methods(["GET", "HEAD"])
@require("application.make")
def resume(request: DoorRequest, no: str) -> HttpResponse:
    """On to the first question that has no answer yet."""
    found = require_act(whom(request), "apply")
    row = find(request, found, no)
    if row.state != Application.State.DRAFT:
        return HttpResponseRedirect(reverse("elder:case", args=[no]))
    draft = Draft(row, found, request.on)
    wish = row.assessment_wish or {}
    if not row.category:
        name = "group"
    elif draft.needs_assessment and not wish.get("body"):
        name = "body" if "provider_asked" in request.GET or row.provider_id else "provider"
    elif draft.needs_assessment and not wish.get("where"):
        name = "where"
    else:
        name = "papers"
    return HttpResponseRedirect(reverse("elder:apply-page", args=[no, name]))


def order_of(draft: Draft) -> list[str]:
    """The questions that this draft needs, in their order."""
    return [one.name for one in PAGES if one.needed(draft)]


def _following(request: DoorRequest, found: Whom, no: str, name: str) -> str:
    """The next question, of the draft as it stands after the answer: an answer may raise another question."""
    order = order_of(Draft(find(request, found, no), found, request.on))
    place = order.index(name)
    return order[min(place + 1, len(order) - 1)]


@require_http_methods(["GET", "HEAD", "POST"])
@require("application.make")
def page(request: DoorRequest, no: str, name: str) -> HttpResponse:
    """One question of the application. What is answered is kept at once."""
    found = require_act(whom(request), "apply")
    row = find(request, found, no)
    if row.state != Application.State.DRAFT:
        return HttpResponseRedirect(reverse("elder:case", args=[no]))
    draft = Draft(row, found, request.on)
    order = order_of(draft)
    if name not in order:
        if name in {one.name for one in PAGES}:
            return HttpResponseRedirect(reverse("elder:apply", args=[no]))
        raise Http404
    asked = ASKED[name](request, draft)
    if isinstance(asked, Done):
        return HttpResponseRedirect(
            asked.address
            or reverse("elder:apply-page", args=[no, _following(request, found, no, name) if asked.on else name])
        )
    place = order.index(name)
    before = reverse("elder:apply-page", args=[no, order[place - 1]]) if place else reverse("elder:home")
    told = {"row": row, "number": place + 1, "all": len(order), "name": name} | asked.said
    return show(
        request, f"elder/apply_{name}.html", told, whom=found, back=before, refusal=asked.refusal, status=asked.status
    )


@dataclass(frozen=True)
class Done:
    """The answer is kept. ``on``: to the next question; ``address``: somewhere else."""

    on: bool = True
    address: str = ""


@dataclass(frozen=True)
class Asked:
    """The question as it is shown, with what is wrong with the answer."""

    said: dict[str, Any]
    status: int = 200
    refusal: Refusal | None = None


def _group(request: DoorRequest, draft: Draft) -> Done | Asked:
    offered = draft.groups
    form = GroupForm(
        request.POST if request.method == "POST" else None,
        initial={"category": draft.row.category},
        auto_id="id_group_%s",
    )
    form.fields["category"].choices = [(one.category, str(one.category)) for one in offered]  # type: ignore[attr-defined]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            category = form.cleaned_data["category"]
            provider = draft.row.provider if draft.row.category == category else None
            try:
                _choose(request, draft, category, provider)
                return Done()
            except Refusal as refusal:
                status = add_refusal(form, refusal)
    chosen = form["category"].value()
    groups = [
        {
            "value": one.category,
            "name": word(CATEGORIES, one.category).said,
            "hint": GROUP_HINTS.get(one.category, ""),
            "ratio": one.ratio_text,
            "percent": percent(one),
            "cap_fen": one.cap_fen,
            "checked": one.category == chosen,
        }
        for one in offered
    ]
    return Asked({"form": form, "groups": groups}, status)


def _provider(request: DoorRequest, draft: Draft) -> Done | Asked:
    if not draft.row.category:
        return Done(address=reverse("elder:apply-page", args=[draft.row.no, "group"]))
    ids = [one.pk for one in listed_providers(draft.row.county, draft.row.category, draft.on)[:PROVIDERS_OFFERED]]
    form = ProviderForm(
        request.POST if request.method == "POST" else None,
        initial={"provider": draft.row.provider_id},
        auto_id="id_provider_%s",
    )
    form.fields["provider"].queryset = Provider.objects.filter(pk__in=ids).order_by("name")  # type: ignore[attr-defined]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _choose(request, draft, draft.row.category, form.cleaned_data["provider"])
                return Done()
            except Refusal as refusal:
                status = add_refusal(form, refusal)
    return Asked({"form": form, "group": word(CATEGORIES, draft.row.category).said}, status)


def _choose(request: DoorRequest, draft: Draft, category: str, provider: Provider | None) -> None:
    apply.choose(
        application=draft.row,
        category=category,
        provider=provider,
        at=request.at,
        on=request.on,
        by=account_of(request).username,
    )
    noted(request, draft.found, "entitlement.choose", subject=draft.row._meta.label, subject_id=draft.row.id)


def _body(request: DoorRequest, draft: Draft) -> Done | Asked:
    offered = bodies(draft.found.person, draft.on)
    wish = dict(draft.row.assessment_wish or {})
    form = BodyForm(
        request.POST if request.method == "POST" else None, initial={"body": wish.get("body")}, auto_id="id_body_%s"
    )
    form.fields["body"].choices = [(one.provider.pk, one.provider.name) for one in offered]  # type: ignore[attr-defined]
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            chosen = next(one.provider for one in offered if one.provider.pk == form.cleaned_data["body"])
            try:
                _wish(
                    request,
                    draft,
                    chosen,
                    where=wish.get("where") or Assessment.Where.HOME,
                    days=[date.fromisoformat(one) for one in wish.get("days", [])],
                    words=wish.get("words", ""),
                )
                return Done()
            except Refusal as refusal:
                status = add_refusal(form, refusal)
    told = {"form": form, "bodies": marked(offered, form["body"].value()), "voucher_fen": _assessment_voucher(draft)}
    return Asked(told, status)


def _assessment_voucher(draft: Draft) -> int:
    """The most that the assessment voucher pays here; nothing where there is none."""
    try:
        return terms(policy="assessment-voucher", place=draft.row.county, on=draft.on).face_fen
    except Refusal:
        return 0


def _where(request: DoorRequest, draft: Draft) -> Done | Asked:
    wish = dict(draft.row.assessment_wish or {})
    body = Provider.objects.filter(pk=wish.get("body") or 0).first()
    if body is None:
        return Done(address=reverse("elder:apply-page", args=[draft.row.no, "body"]))
    form = WhereForm(
        request.POST if request.method == "POST" else None,
        initial={"where": wish.get("where"), "days": wish.get("days", []), "words": wish.get("words", "")},
        auto_id="id_where_%s",
    )
    fill_where(form, draft.on)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                _wish(
                    request,
                    draft,
                    body,
                    where=form.cleaned_data["where"],
                    days=[date.fromisoformat(one) for one in form.cleaned_data["days"]],
                    words=form.cleaned_data["words"],
                )
                return Done()
            except Refusal as refusal:
                status = add_refusal(form, refusal)
    return Asked({"form": form, "body": body}, status)


def _wish(request: DoorRequest, draft: Draft, body: Provider, *, where: str, days: list[date], words: str) -> None:
    apply.wish_assessment(
        application=draft.row,
        body=body,
        where=where,
        days=days,
        words=words,
        at=request.at,
        on=request.on,
        by=account_of(request).username,
    )
    noted(request, draft.found, "entitlement.wish_assessment", subject=draft.row._meta.label, subject_id=draft.row.id)


def _papers(request: DoorRequest, draft: Draft) -> Done | Asked:
    form = MaterialForm(auto_id="id_papers_%s")
    status = 200
    if request.method == "POST" and "go" in request.POST:
        return Done()
    if request.method == "POST":
        form = MaterialForm(request.POST, request.FILES, auto_id="id_papers_%s")
    form.fields["kind"].choices = list(MATERIALS.items())  # type: ignore[attr-defined]
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                add_material(request, draft.found, draft.row, form.cleaned_data)
                messages.success(request, _("已上传。"))
                return Done(on=False)
            except Refusal as refusal:
                status = add_refusal(form, refusal)
    return Asked({"form": form, "materials": materials_of(draft.row)}, status)


def add_material(request: DoorRequest, found: Whom, row: Application, told: dict[str, Any]) -> None:
    stored = keep_paper(request, told["file"], county=row.county, purpose="application-paper")
    material.add(application=row, kind=told["kind"], file=stored, at=request.at, by=account_of(request).username)
    noted(request, found, "entitlement.add_material", subject=row._meta.label, subject_id=row.id)


def materials_of(row: Application) -> list[tuple[Material, Any]]:
    return [(one, MATERIALS.get(one.kind, one.kind)) for one in material.of(row)]


@require_POST
@require("application.make")
def remove_paper(request: DoorRequest, no: str, material_id: UUID) -> HttpResponse:
    """Take a paper away again, while the application is a draft."""
    found = require_act(whom(request), "apply")
    row = find(request, found, no)
    one = next((one for one in material.of(row) if one.id == material_id), None)
    if one is None:
        raise Http404
    try:
        material.remove(material=one, at=request.at, by=account_of(request).username)
    except Refusal as refusal:
        messages.error(request, in_words(refusal))
    return HttpResponseRedirect(reverse("elder:apply-page", args=[no, "papers"]))


def _check(request: DoorRequest, draft: Draft) -> Done | Asked:
    row, found = draft.row, draft.found
    initial = {"key": uuid4(), "version": row.version}
    form = PledgeForm(request.POST if request.method == "POST" else None, initial=initial, auto_id="id_pledge_%s")
    status, refusal = 200, None
    if request.method == "POST":
        status = 422
        if form.is_valid():

            def do() -> dict[str, Any]:
                done = hand_in.hand_in(
                    application=row,
                    pledge_signed_on=request.on,
                    at=request.at,
                    on=request.on,
                    by=account_of(request).username,
                )
                noted(request, found, "entitlement.submit", subject=row._meta.label, subject_id=row.id)
                return {"no": done.no}

            try:
                require_confirmed(found)
                act_once(request, county=row.county, name=f"elder.submit:{row.no}", form=form, do=do)
                messages.success(request, _("申请已经提交。"))
                return Done(address=reverse("elder:case", args=[row.no]))
            except Refusal as refused:
                refusal, status = refused, refused.status
    return Asked(
        {"form": form, "lines": summary(draft), "materials": materials_of(row), "result": draft.result},
        status,
        refusal,
    )


@dataclass(frozen=True)
class Line:
    """A line of the summary, with the page on which it is changed."""

    name: Any
    value: Any
    page: str


def summary(draft: Draft) -> list[Line]:
    row, language = draft.row, "zh" if in_chinese() else "en"
    lines = [
        Line(_("想用的服务"), word(CATEGORIES, row.category).said if row.category else _("还没有选"), "group"),
        Line(_("想去的机构"), row.provider.name if row.provider else _("还没想好"), "provider"),
    ]
    if draft.needs_assessment:
        wish = row.assessment_wish or {}
        body = Provider.objects.filter(pk=wish.get("body") or 0).first()
        days = [day_of_month(date.fromisoformat(one), language) for one in wish.get("days", [])]
        lines += [
            Line(_("评估机构"), body.name if body else _("还没有选"), "body"),
            Line(
                _("在哪里、哪几天"),
                said("，", ", ").join([str(WHERES.get(wish.get("where", ""), _("还没有选"))), *days]),
                "where",
            ),
        ]
    return lines


ASKED: dict[str, Callable[[DoorRequest, Draft], Done | Asked]] = {
    "group": _group,
    "provider": _provider,
    "body": _body,
    "where": _where,
    "papers": _papers,
    "check": _check,
}
