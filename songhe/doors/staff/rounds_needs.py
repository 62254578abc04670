"""One need and its way to an answer 需求答复: ordered from a provider, referred to somebody, answered, ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.access.role import Role
from songhe.doors.may import may, require, roles
from songhe.doors.provider.fields import text_field
from songhe.doors.shell import amount
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff import rounds_words as words
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words
from songhe.doors.staff.credits_station import who
from songhe.doors.staff.reach import counties, out_of_reach, reach
from songhe.doors.staff.words import said
from songhe.kernel.refusal import Refusal
from songhe.outreach import need as needs
from songhe.outreach import queries
from songhe.outreach.models import Need, Round

State = Need.State


class OrderForm(ActForm):
    seller = forms.ChoiceField(label=gettext_lazy("请哪一家来做什么"))

    def __init__(self, *told: Any, sellers: list[queries.Seller], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["seller"].choices = [
            (
                f"{one.provider.pk}-{one.item.pk}",
                f"{one.provider.name} · {said(one.item.name, one.item.name_en)} · {amount.figures(one.price_fen)}",
            )
            for one in sellers
        ]


class ReferForm(ActForm):
    to = text_field(gettext_lazy("转给谁"), longest=80, help_text=gettext_lazy("例如村医、村委会、残联。"))


class AnswerForm(ActForm):
    answer = because(gettext_lazy("告诉老人的话"), gettext_lazy("老人在自己的页面能看到。"), rows=2)


class Verb(NamedTuple):
    """``states``: where the need has to stand."""

    states: tuple[str, ...]
    word: Any
    hint: Any
    done: Any
    form: Callable[..., ActForm]
    tone: str = ""


VERBS: dict[str, Verb] = {
    "order": Verb(
        (State.HEARD, State.DECLINED),
        gettext_lazy("派给机构"),
        gettext_lazy("今天有价格的机构都在这里。"),
        gettext_lazy("派好了，等机构答复。"),
        OrderForm,
        "main",
    ),
    "refer": Verb(
        (State.HEARD, State.DECLINED),
        gettext_lazy("转给别人"),
        gettext_lazy("医生、村里或别的部门。"),
        gettext_lazy("转好了，等对方答复。"),
        ReferForm,
    ),
    "accept": Verb(
        (State.ORDERED, State.REFERRED),
        gettext_lazy("答应了"),
        gettext_lazy("写明谁、什么时候来。"),
        gettext_lazy("答复记好了，老人能看到。"),
        AnswerForm,
        "main",
    ),
    "decline": Verb(
        (State.ORDERED, State.REFERRED, State.ACCEPTED),
        gettext_lazy("办不了"),
        gettext_lazy("写明原因；这项需要再找别的办法。"),
        gettext_lazy("记下了，请再找别的办法。"),
        AnswerForm,
    ),
    "meet": Verb(
        (State.ACCEPTED,),
        gettext_lazy("办好了"),
        gettext_lazy("老人说办好了再点。"),
        gettext_lazy("记下了，办好了。"),
        ActForm,
        "main",
    ),
    "give-up": Verb(
        (State.HEARD, State.DECLINED, State.ACCEPTED),
        gettext_lazy("这里办不成"),
        gettext_lazy("要告诉老人为什么。"),
        gettext_lazy("记下了，老人能看到原因。"),
        AnswerForm,
        "grave",
    ),
}


def need_of(request: DoorRequest, need_id: UUID) -> Need:
    """A need of the county's desk, of one's own people, or ordered from one's own provider; others are not there."""
    found = Need.objects.select_related("person", "provider", "item").filter(id=need_id).first()
    if found is None:
        raise Http404
    if found.county not in counties(request, "round.visit") or not within(request, found):
        out_of_reach(request, county=found.county, subject="need", subject_id=found.id)
    return found


def within(request: DoorRequest, need: Need) -> bool:
    if Role.COUNTY_CLERK in roles(request.user, request.on):
        return True
    if need.heard_by == who(request):
        return True
    if need.provider_id is not None and need.provider_id in reach(request, "round.visit").provider_ids:
        return True
    mine = Round.objects.filter(county=need.county, person_id=need.person_id, steward__account=who(request))
    return mine.filter(last_day=None).exists()


@require_safe
@require("round.visit")
def need(request: DoorRequest, need_id: UUID) -> HttpResponse:
    return need_page(request, need_of(request, need_id))


def form_of(request: DoorRequest, row: Need, name: str) -> Callable[..., ActForm]:
    if name != "order":
        return VERBS[name].form
    sellers = queries.sellers(row.county, row.help, request.on)
    return lambda *told, **more: OrderForm(*told, sellers=sellers, **more)


def need_page(
    request: DoorRequest,
    row: Need,
    *,
    wrong: tuple[str, ActForm] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = words.need_row(row, request.on)
    names = naming.accounts([row.heard_by, row.answered_by])
    offered = []
    for name, verb in VERBS.items():
        if row.state not in verb.states:
            continue
        made: Any = form_of(request, row, name)
        form: Any = wrong[1] if wrong and wrong[0] == name else fresh(made, name)
        if name == "order" and not form.fields["seller"].choices:
            continue
        address = reverse("staff:rounds-need-act", args=[row.id, name])
        offered.append({"verb": verb, "form": form, "address": address, "open": bool(wrong and wrong[0] == name)})
    facts = [
        Fact(_("谁听到的"), names[row.heard_by]),
        Fact(_("哪天听到的"), row.heard_on),
        Fact(_("最晚哪天答复"), row.due_on),
    ]
    if shown["to"]:
        facts.append(Fact(_("交给了谁"), shown["to"]))
    if row.item:
        facts.append(Fact(_("服务项目"), said(row.item.name, row.item.name_en)))
    if row.answer:
        facts += [Fact(_("给老人的答复"), row.answer), Fact(_("谁答复的"), names[row.answered_by])]
    told = {
        **shown,
        "person": row.person,
        "facts": facts,
        "offered": offered,
        "looks": may(request.user, "round.read", request.on),
        "crumbs": [Crumb(_("每周走访"), reverse("staff:rounds")), Crumb(row.person.name)],
        "wrong": wrong[1] if wrong and wrong[1].errors else None,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return render(request, "staff/rounds_need.html", told, status=status)


@require_POST
@require("round.visit")
def act(request: DoorRequest, need_id: UUID, verb: str) -> HttpResponse:
    """Order it, refer it, write the answer down, or end it."""
    if verb not in VERBS:
        raise Http404
    row = need_of(request, need_id)
    form = form_of(request, row, verb)(request.POST, auto_id=f"id_{verb}_%s")
    if not form.is_valid():
        return need_page(request, row, wrong=(verb, form), status=422)
    name = f"outreach.{verb}:{row.id}"
    try:
        act_once(request, county=row.county, name=name, form=form, do=lambda: done(request, row, verb, form))
    except Refusal as refusal:
        return need_page(request, need_of(request, need_id), refusal=refusal, status=refusal.status)
    messages.success(request, VERBS[verb].done)
    return HttpResponseRedirect(reverse("staff:rounds-need", args=[row.id]))


def done(request: DoorRequest, row: Need, verb: str, form: ActForm) -> dict[str, Any]:
    told = form.cleaned_data
    when: dict[str, Any] = {"need": row, "at": request.at, "by": who(request)}
    if verb == "order":
        sellers = queries.sellers(row.county, row.help, request.on)
        one = next(each for each in sellers if f"{each.provider.pk}-{each.item.pk}" == told["seller"])
        needs.order(provider=one.provider, item=one.item, on=request.on, **when)
    elif verb == "refer":
        needs.refer(to=told["to"], **when)
    elif verb == "meet":
        needs.meet(on=request.on, **when)
    else:
        answers = {"accept": needs.accept, "decline": needs.decline, "give-up": needs.give_up}
        answers[verb](answer=told["answer"], on=request.on, **when)
    return {}
