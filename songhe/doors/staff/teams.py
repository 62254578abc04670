"""Service teams 服务团队: formed by the county or a village, who belongs to them, and when they end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.provider.fields import DayField, text_field
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import naming
from songhe.doors.staff.examination_acts import providers_now
from songhe.doors.staff.reach import county_of, reach
from songhe.doors.staff.rounds_words import TEAMS
from songhe.doors.staff.verbs import NOTHING_WRONG, Here, ThingForm, Verb, Wrong, by_whom, find, offers, perform
from songhe.outreach import members, team
from songhe.outreach.models import Team
from songhe.place.division import in_force

Told = Mapping[str, Any]
#: Teams on the page.
MOST = 200


class FormForm(ThingForm):
    name = text_field(gettext_lazy("团队叫什么"), longest=80)
    kind = forms.ChoiceField(label=gettext_lazy("哪一种"), choices=list(TEAMS.items()), widget=forms.RadioSelect)
    place = forms.ChoiceField(label=gettext_lazy("在哪里服务"))
    leader = text_field(gettext_lazy("队长"), longest=60)
    phone = text_field(gettext_lazy("电话"), longest=20, required=False, inputmode="tel")
    provider = forms.TypedChoiceField(
        label=gettext_lazy("哪家机构的团队"), coerce=int, required=False, empty_value=None
    )
    formed_on = DayField(label=gettext_lazy("从哪天起"))

    def about(self, thing: Any, request: DoorRequest) -> None:
        """The places of whoever forms it: of a county's clerk the county, of a village's the village."""
        mine = reach(request, "round.plan").divisions
        rows = in_force(request.on).filter(code__startswith=thing.county).order_by("code")
        told = [(code, name) for code, name in rows.values_list("code", "name") if code.startswith(mine)]
        self.choose("place", told)
        providers = providers_now(thing.county, request).values()
        self.choose("provider", [("", _("不属于机构")), *((str(one.pk), one.name) for one in providers)])
        self.initial.setdefault("formed_on", request.on)
        self.initial.setdefault("kind", Team.Kind.SERVICE)


class JoinForm(ThingForm):
    member = forms.ChoiceField(label=gettext_lazy("谁加入"))

    def about(self, thing: Team, request: DoorRequest) -> None:
        self.choose("member", named(members.others(thing, request.on)))


class LeaveForm(ThingForm):
    member = forms.ChoiceField(label=gettext_lazy("谁离队"))

    def about(self, thing: Team, request: DoorRequest) -> None:
        self.choose("member", named(members.members_of(thing)))


class EndForm(ThingForm):
    last_day = DayField(label=gettext_lazy("最后一天"))

    def about(self, thing: Team, request: DoorRequest) -> None:
        self.initial.setdefault("last_day", request.on)


def named(found: members.Belongs) -> list[tuple[str, str]]:
    """Stewards first, then volunteers; the value says which and whom."""
    return [
        *((f"steward:{one.id}", _("%(name)s（管家）") % {"name": one.name}) for one in found.stewards),
        *((f"volunteer:{one.id}", _("%(name)s（志愿者）") % {"name": one.name}) for one in found.volunteers),
    ]


def chosen(found: members.Belongs, key: str) -> members.Member:
    """Whom the form named; it names only who is there."""
    kind, _sep, wanted = key.partition(":")
    rows: tuple[members.Member, ...] = found.stewards if kind == "steward" else found.volunteers
    return next(one for one in rows if str(one.id) == wanted)


def _form(place: Here, told: Told, request: DoorRequest) -> None:
    provider = providers_now(place.county, request).get(told["provider"]) if told["provider"] else None
    given = {name: told[name] for name in ("name", "kind", "place", "leader", "phone", "formed_on")}
    team.form_team(county=place.county, provider=provider, **given, **by_whom(request))


def _join(row: Team, told: Told, request: DoorRequest) -> None:
    member = chosen(members.others(row, request.on), told["member"])
    members.join_team(team=row, member=member, **by_whom(request))


def _leave(row: Team, told: Told, request: DoorRequest) -> None:
    members.leave_team(team=row, member=chosen(members.members_of(row), told["member"]), **by_whom(request))


def _end(row: Team, told: Told, request: DoorRequest) -> None:
    team.end_team(team=row, last_day=told["last_day"], **by_whom(request))


FORM = Verb(
    "form",
    "round.plan",
    gettext_lazy("组建团队"),
    gettext_lazy("机构的服务团队、邻里互助队、志愿服务队都可以；组建以后再加队员。"),
    gettext_lazy("团队组建好了，可以加队员。"),
    FormForm,
    _form,
)
_OPEN: dict[str, Any] = {"open_to": lambda row: row.last_day is None}
VERBS: tuple[Verb, ...] = (
    Verb(
        "join",
        "round.plan",
        gettext_lazy("加队员"),
        gettext_lazy("在任的管家和登记过的志愿者；一个人只在一支团队，原来在别的队的转过来。"),
        gettext_lazy("加入了。"),
        JoinForm,
        _join,
        **_OPEN,
    ),
    Verb(
        "leave",
        "round.plan",
        gettext_lazy("队员离队"),
        gettext_lazy("只是不在这支团队；他走访的老人还是他走访。"),
        gettext_lazy("离队了。"),
        LeaveForm,
        _leave,
        **_OPEN,
    ),
    Verb(
        "end",
        "round.plan",
        gettext_lazy("解散团队"),
        gettext_lazy("管家走访的老人不受影响。"),
        gettext_lazy("记下了最后一天。"),
        EndForm,
        _end,
        tone="grave",
        **_OPEN,
    ),
)


@require_safe
@require("round.read")
def teams(request: DoorRequest) -> HttpResponse:
    return page(request, county_of(request, "round.read"))


def page(request: DoorRequest, county: str, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """The teams of the day by place, with how many belong to them."""
    rows = list(team.teams_on(county, request.on).select_related("provider")[:MOST])
    many = members.counted(county, [one.id for one in rows])
    where = naming.places([one.place for one in rows], request.on)
    said = {
        "county": county,
        "place": naming.whole_place(county, request.on),
        **(wrong.said() if wrong else NOTHING_WRONG),
        "rows": [(one, TEAMS[one.kind], where[one.place], many[one.id]) for one in rows],
        "offered": offers(request, Here(county), [FORM], page="staff:team-new", wrong=wrong),
    }
    return render(request, "staff/teams.html", said, status=status)


@require_safe
@require("round.read")
def one(request: DoorRequest, team_id: UUID) -> HttpResponse:
    return one_page(request, team_of(request, team_id))


def team_of(request: DoorRequest, team_id: UUID) -> Team:
    row: Team = find(request, Team.objects.select_related("provider"), "round.read", "team", team_id)
    return row


def one_page(request: DoorRequest, row: Team, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    belongs = members.members_of(row)
    empty = not (belongs.stewards or belongs.volunteers)
    verbs = [verb for verb in VERBS if verb.name != "leave" or not empty]
    said = {
        **(wrong.said() if wrong else NOTHING_WRONG),
        "row": row,
        "kind": TEAMS[row.kind],
        "where": naming.whole_place(row.place, request.on),
        "stewards": belongs.stewards,
        "volunteers": belongs.volunteers,
        "crumbs": [Crumb(_("服务团队"), back(row.county)), Crumb(row.name)],
        "offered": offers(request, row, verbs, page="staff:team-act", wrong=wrong),
    }
    return render(request, "staff/team.html", said, status=status)


def back(county: str) -> str:
    return f"{reverse('staff:teams')}?{urlencode({'county': county})}"


@require_POST
@require("round.plan")
def new(request: DoorRequest, key: str, verb: str) -> HttpResponse:
    """Form a team."""
    return perform(
        request,
        Here(key),
        [FORM],
        verb,
        shown=lambda wrong, status: page(request, key, wrong, status),
        after=back(key),
    )


@require_POST
@require("round.plan")
def act(request: DoorRequest, team_id: UUID, verb: str) -> HttpResponse:
    """Add a member, take one out, end the team."""
    row = team_of(request, team_id)
    return perform(
        request,
        row,
        VERBS,
        verb,
        shown=lambda wrong, status: one_page(request, team_of(request, team_id), wrong, status),
        after=reverse("staff:team", args=[row.id]),
    )
