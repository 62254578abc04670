"""One need and its way to an answer 需求答复: ordered from a provider, referred to somebody, answered, ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse
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
from songhe.doors.staff.acting import ActForm, because
from songhe.doors.staff.credits_station import who
from songhe.doors.staff.examination_exits import offer_said
from songhe.doors.staff.examination_shown import WAYS
from songhe.doors.staff.reach import counties, out_of_reach, reach
from songhe.doors.staff.verbs import NOTHING_WRONG, Doing, ThingForm, Verb, Wrong, by_whom, in_state, offers, perform
from songhe.doors.staff.words import said
from songhe.examine.models import Offered, Steering
from songhe.examine.steer import Offer, direct, public_scores, steering_of, suggest
from songhe.outreach import need as needs
from songhe.outreach.models import Need, Round
from songhe.provider.catalogue import items_on
from songhe.provider.models import Item

State = Need.State


class OrderForm(ThingForm):
    seller = forms.ChoiceField(
        label=gettext_lazy("请哪一家来做什么"),
        help_text=gettext_lazy(
            "每种服务的第一家是建议：能用券和卡的在前，再看公布的得分（差不到十分的算一样）、远近，轮流派。"
        ),
    )
    named = forms.ChoiceField(
        label=gettext_lazy("谁选的"),
        choices=[("no", gettext_lazy("老人没有指定")), ("yes", gettext_lazy("老人自己选的这家"))],
        widget=forms.RadioSelect,
        initial="no",
    )
    because = because(
        gettext_lazy("没有按建议派的原因"), gettext_lazy("按建议派、老人自己选的，不用填。"), rows=2, longest=300
    )

    def __init__(self, *told: Any, **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["because"].required = False

    def about(self, thing: Any, request: DoorRequest) -> None:
        found = sold(thing, request.on)
        self.choose("seller", [(said(one.item.name, one.item.name_en), options(one)) for one in found])

    @property
    def is_offered(self) -> bool:
        """Nobody sells what is needed on every day."""
        fields: dict[str, Any] = self.fields
        return bool(fields["seller"].choices)


def options(one: Sold) -> list[tuple[str, str]]:
    """建议 · 机构甲 · 82 分 · 1.2 公里 · ¥60.00"""
    return [
        (
            f"{offer.provider.pk}-{one.item.pk}",
            f"{offer_said(offer, first=at == 0)} · {amount.figures(offer.price_fen)}",
        )
        for at, offer in enumerate(one.offers)
    ]


class Sold(NamedTuple):
    """An item of the help that is needed, and who may give it, in the order in which they are offered."""

    item: Item
    offers: list[Offer]


def sold(row: Need, on: date) -> list[Sold]:
    public = public_scores(row.county)
    items = [one for one in items_on(row.county, on) if one.help == row.help]
    found = [
        Sold(one, suggest(county=row.county, item=one, person_id=row.person_id, on=on, public=public)) for one in items
    ]
    return [one for one in found if one.offers]


def steering_said(how: Steering) -> str:
    """How an order came to its provider: by the elder's choice, as the first that was offered, or why not."""
    parts = [str(WAYS[how.way])]
    score = Offered.objects.filter(county=how.county, steering=how, provider=how.provider_id).first()
    if how.way == Steering.Way.FIRST and score is not None and score.score is not None:
        parts.append(_("公布得分 %(score)s 分") % {"score": score.score})
    if how.because:
        parts.append(how.because)
    return " · ".join(parts)


class ReferForm(ActForm):
    to = text_field(gettext_lazy("转给谁"), longest=80, help_text=gettext_lazy("例如村医、村委会、残联。"))


class AnswerForm(ActForm):
    answer = because(gettext_lazy("告诉老人的话"), gettext_lazy("老人在自己的页面能看到。"), rows=2)


Told = Mapping[str, Any]


def _order(row: Need, told: Told, request: DoorRequest) -> None:
    provider, item = told["seller"].split("-")
    one = next(each for each in sold(row, request.on) if str(each.item.pk) == item)
    direct(
        need=row,
        provider=next(each.provider for each in one.offers if str(each.provider.pk) == provider),
        item=one.item,
        by_elder=told["named"] == "yes",
        because=told["because"],
        on=request.on,
        **by_whom(request),
    )


def _refer(row: Need, told: Told, request: DoorRequest) -> None:
    needs.refer(need=row, to=told["to"], **by_whom(request))


def _meet(row: Need, told: Told, request: DoorRequest) -> None:
    needs.meet(need=row, on=request.on, **by_whom(request))


def _told(verb: Callable[..., Need]) -> Doing:
    """What ends in words for the elder."""
    return lambda row, told, request: verb(need=row, answer=told["answer"], on=request.on, **by_whom(request))


VERBS: tuple[Verb, ...] = (
    Verb(
        "order",
        "round.visit",
        gettext_lazy("派给机构"),
        gettext_lazy("今天有价格的机构都在这里。"),
        gettext_lazy("派好了，等机构答复。"),
        OrderForm,
        _order,
        tone="main",
        open_to=in_state(State.HEARD, State.DECLINED),
    ),
    Verb(
        "refer",
        "round.visit",
        gettext_lazy("转给别人"),
        gettext_lazy("医生、村里或别的部门。"),
        gettext_lazy("转好了，等对方答复。"),
        ReferForm,
        _refer,
        open_to=in_state(State.HEARD, State.DECLINED),
    ),
    Verb(
        "accept",
        "round.visit",
        gettext_lazy("答应了"),
        gettext_lazy("写明谁、什么时候来。"),
        gettext_lazy("答复记好了，老人能看到。"),
        AnswerForm,
        _told(needs.accept),
        tone="main",
        open_to=in_state(State.ORDERED, State.REFERRED),
    ),
    Verb(
        "decline",
        "round.visit",
        gettext_lazy("办不了"),
        gettext_lazy("写明原因；这项需要再找别的办法。"),
        gettext_lazy("记下了，请再找别的办法。"),
        AnswerForm,
        _told(needs.decline),
        open_to=in_state(State.ORDERED, State.REFERRED, State.ACCEPTED),
    ),
    Verb(
        "meet",
        "round.visit",
        gettext_lazy("办好了"),
        gettext_lazy("老人说办好了再点。"),
        gettext_lazy("记下了，办好了。"),
        ActForm,
        _meet,
        tone="main",
        open_to=in_state(State.ACCEPTED),
    ),
    Verb(
        "give-up",
        "round.visit",
        gettext_lazy("这里办不成"),
        gettext_lazy("要告诉老人为什么。"),
        gettext_lazy("记下了，老人能看到原因。"),
        AnswerForm,
        _told(needs.give_up),
        tone="grave",
        open_to=in_state(State.HEARD, State.DECLINED, State.ACCEPTED),
    ),
)


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


def need_page(request: DoorRequest, row: Need, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    shown = words.need_row(row, request.on)
    names = naming.accounts([row.heard_by, row.answered_by])
    offered = offers(request, row, VERBS, page="staff:rounds-need-act", wrong=wrong)
    facts = [
        Fact(_("谁听到的"), names[row.heard_by]),
        Fact(_("哪天听到的"), row.heard_on),
        Fact(_("最晚哪天答复"), row.due_on),
    ]
    if shown["to"]:
        facts.append(Fact(_("交给了谁"), shown["to"]))
    if row.item:
        facts.append(Fact(_("服务项目"), said(row.item.name, row.item.name_en)))
    how = steering_of(row) if row.provider_id is not None else None
    if how is not None:
        facts.append(Fact(_("怎么选的机构"), steering_said(how)))
    if row.answer:
        facts += [Fact(_("给老人的答复"), row.answer), Fact(_("谁答复的"), names[row.answered_by])]
    told = {
        **shown,
        "person": row.person,
        "facts": facts,
        "offered": [one for one in offered if not isinstance(one.form, OrderForm) or one.form.is_offered],
        "looks": may(request.user, "round.read", request.on),
        "crumbs": [Crumb(_("每周走访"), reverse("staff:rounds")), Crumb(row.person.name)],
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "staff/rounds_need.html", told, status=status)


@require_POST
@require("round.visit")
def act(request: DoorRequest, need_id: UUID, verb: str) -> HttpResponse:
    """Order it, refer it, write the answer down, or end it."""
    row = need_of(request, need_id)
    return perform(
        request,
        row,
        VERBS,
        verb,
        shown=lambda wrong, status: need_page(request, need_of(request, need_id), wrong, status),
        after=reverse("staff:rounds-need", args=[row.id]),
    )
