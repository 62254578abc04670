"""The weighing station, on a telephone 称菜、记工: whose it is, what it is worth by today's list, who saw it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.credit import earn, queries
from songhe.credit.models import Deed, Rate
from songhe.doors.may import require
from songhe.doors.provider.fields import DayField, text_field
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import credits_words as words
from songhe.doors.staff import naming
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, problems
from songhe.doors.staff.people import within
from songhe.doors.staff.reach import account_of, counties, out_of_reach, reach
from songhe.doors.staff.verbs import NOTHING_WRONG, Verb, Wrong, by_whom, in_state, offers, perform, whoever
from songhe.doors.staff.verbs import find as find_row
from songhe.kernel.refusal import Refusal, reason
from songhe.kernel.typed import fold
from songhe.outreach.models import Round
from songhe.person import code
from songhe.person.models import Person
from songhe.person.search import asked, search
from songhe.provider.models import Provider

NOBODY = reason(
    "credit.nobody_found",
    zh="没有找到：请扫老人的码、输入卡号，或换个写法再找。",
    en="Nobody found: scan the elder's code, type the card's number, or spell the name in another way.",
    status=404,
)
#: Whose card or code was shown here lately; the session keeps their ids, for a provider reaches only its own people.
SHOWN, MOST_SHOWN = "credits_shown", 20
FOUND = 12
GRAMS = {"jin": 500, "kg": 1000, "g": 1}


class FindForm(forms.Form):
    typed = text_field(
        gettext_lazy("谁的"),
        longest=160,
        help_text=gettext_lazy("扫码、卡号、身份证号；认识的人也可以写姓名。"),
        autofocus=True,
    )


class WeighForm(ActForm):
    rate = forms.ChoiceField(label=gettext_lazy("是什么"), widget=forms.RadioSelect)
    weight = text_field(gettext_lazy("重量"), longest=12, inputmode="decimal")
    scale = forms.ChoiceField(
        label=gettext_lazy("单位"),
        choices=[("jin", gettext_lazy("斤")), ("kg", gettext_lazy("公斤")), ("g", gettext_lazy("克"))],
        initial="jin",
    )
    done_on = DayField(label=gettext_lazy("哪天"))

    def __init__(self, *told: Any, rates: list[Rate], **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["rate"].choices = [(str(one.id), words.rate_said(one)) for one in rates]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        try:
            exact = Decimal(fold(told.get("weight", ""))) * GRAMS[told.get("scale") or "jin"]
        except (InvalidOperation, KeyError):
            exact = Decimal(0)
        if "weight" in told and not (exact.is_finite() and 0 < exact <= 1_000_000 and exact == int(exact)):
            self.add_error("weight", _("请填写重量，如 15 或 7.5。"))
        else:
            told["quantity"] = int(exact)
        return told


class WorkForm(ActForm):
    rate = forms.ChoiceField(label=gettext_lazy("做了什么"), widget=forms.RadioSelect)
    quantity = forms.IntegerField(
        label=gettext_lazy("几次，或几分钟"), min_value=1, max_value=1440, widget=forms.NumberInput()
    )
    done_on = DayField(label=gettext_lazy("哪天"))

    def __init__(self, *told: Any, rates: list[Rate], **more: Any) -> None:
        super().__init__(*told, **more)
        self.fields["rate"].choices = [(str(one.id), words.rate_said(one)) for one in rates]  # type: ignore[attr-defined]


class WrongForm(ActForm):
    because = because(gettext_lazy("原因"), rows=2, longest=300)


Told = Mapping[str, Any]


def _witness(deed: Deed, told: Told, request: DoorRequest) -> None:
    earn.witness(deed=deed, on=request.on, **by_whom(request))


def _decline(deed: Deed, told: Told, request: DoorRequest) -> None:
    earn.decline(deed=deed, because=told["because"], **by_whom(request))


def _undo(deed: Deed, told: Told, request: DoorRequest) -> None:
    earn.undo(deed=deed, because=told["because"], on=request.on, **by_whom(request))


_TOLD: dict[str, Any] = {"open_to": in_state(Deed.State.TOLD), "begun_by": whoever("told_by")}
VERBS: tuple[Verb, ...] = (
    Verb(
        "witness",
        "credit.weigh",
        gettext_lazy("我看到了，属实"),
        gettext_lazy("点了以后积分就到账。"),
        gettext_lazy("见证好了，积分已到账。"),
        ActForm,
        _witness,
        tone="main",
        **_TOLD,
    ),
    Verb(
        "decline",
        "credit.weigh",
        gettext_lazy("不属实"),
        gettext_lazy("这一条不算，要写原因。"),
        gettext_lazy("记下了，这一条不算。"),
        WrongForm,
        _decline,
        **_TOLD,
    ),
    Verb(
        "undo",
        "credit.undo",
        gettext_lazy("撤销"),
        gettext_lazy("积分收回；已经用掉的不能撤销。"),
        gettext_lazy("撤销了，积分已收回。"),
        WrongForm,
        _undo,
        open_to=in_state(Deed.State.CREDITED),
        tone="grave",
    ),
)


def who(request: DoorRequest) -> str:
    return account_of(request).username


def station_of(request: DoorRequest) -> tuple[str, tuple[int, ...] | None]:
    """The county of the station, and the providers whose it is; None at a desk of the county, which sees all."""
    known = counties(request, "credit.weigh")
    if not known:
        raise Http404
    scope = reach(request, "credit.weigh")
    return known[0], None if scope.divisions else scope.provider_ids


def deed_row(deed: Deed) -> dict[str, Any]:
    return {
        "deed": deed,
        "what": words.rate_name(deed.rate),
        "quantity": words.quantity_said(deed),
        "worth": words.worth_said(deed),
        "state": words.DEEDS[deed.state],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@require("credit.weigh")
def station(request: DoorRequest) -> HttpResponse:
    """Find whose it is; below stands what waits for a witness, and today's list."""
    county, providers = station_of(request)
    if request.method != "POST":
        return station_page(request, county, providers)
    form = FindForm(request.POST)
    if not form.is_valid():
        return station_page(request, county, providers, form=form, status=422)
    try:
        found, shown = find(request, county, form.cleaned_data["typed"])
    except Refusal as refusal:
        return station_page(request, county, providers, form=form, refusal=refusal, status=refusal.status)
    if shown:
        kept = [*request.session.get(SHOWN, []), str(found[0].id)]
        request.session[SHOWN] = kept[-MOST_SHOWN:]
    if len(found) == 1:
        return HttpResponseRedirect(reverse("staff:credits-person", args=[found[0].id]))
    return station_page(request, county, providers, form=form, found=found)


def find(request: DoorRequest, county: str, typed: str) -> tuple[list[Person], bool]:
    """Who was meant, and whether by something that was shown. A code or a card finds anybody of the county, a name
    only those whom the role reaches. Refuses with ``credit.nobody_found`` and as ``songhe.person.code.who`` does."""
    told = asked(typed)
    if told.is_id_number or any(each.isdigit() for each in typed):
        if told.is_id_number:
            found = search(reach(request, "credit.weigh"), typed, 1, among=Person.rows.filter(county=county)).people
            if found:
                return found, True
        with transaction.atomic():
            read = code.who(county=county, given=typed, confirmed_by=who(request), at=request.at, reader=who(request))
            code.burn(read)
        return [read.medium.person], True
    people = reachable(request, county)
    found = list(search(reach(request, "credit.weigh"), typed, FOUND, among=people).people)
    if not found:
        raise NOBODY("typed")
    return found, False


def reachable(request: DoorRequest, county: str) -> Any:
    """Whom the role reaches: the county's people, a provider's own, and those on one's own rounds."""
    rounds = Round.objects.filter(county=county, steward__account=who(request), steward__last_day=None, last_day=None)
    own = Person.rows.filter(county=county, id__in=rounds.values("person_id"), closed_on=None)
    return within(reach(request, "credit.weigh")).filter(county=county, closed_on=None) | own


def station_page(
    request: DoorRequest,
    county: str,
    providers: tuple[int, ...] | None,
    *,
    form: FindForm | None = None,
    found: list[Person] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    rates = queries.earning_on(queries.schemes_of(county, request.on), request.on)
    waiting = queries.awaiting(county, provider_ids=providers)
    said = {
        "form": form or FindForm(),
        "found": [(one, naming.hidden_number(one)) for one in found or []],
        "mine": [deed_row(one) for one in waiting if one.told_by == who(request)],
        "waiting": [deed_row(one) for one in waiting if one.told_by != who(request)],
        "latest": [deed_row(one) for one in queries.latest(county, provider_ids=providers)],
        "rates": [
            (words.rate_name(one), words.price_said(one.scheme.unit, one.units, one.measure, one.per), one.scheme.name)
            for one in rates
        ],
        **problems(form, refusal),
    }
    return render(request, "staff/credits_station.html", said, status=status)


def person_of(request: DoorRequest, person_id: UUID) -> Person:
    """Somebody whom the role reaches or whose card or code was shown here; others are not there, and it is noted."""
    found = Person.rows.filter(id=person_id, closed_on=None).first()
    if found is None:
        raise Http404
    county, _providers = station_of(request)
    shown = str(person_id) in request.session.get(SHOWN, [])
    if found.county != county or not (shown or reachable(request, county).filter(id=person_id).exists()):
        out_of_reach(request, county=found.county, subject="person", subject_id=found.id)
    return found


def rates_for(person: Person, request: DoorRequest) -> tuple[list[Rate], list[Rate]]:
    """What this person can be given credits for today: weighed, and worked."""
    schemes = [one for one in queries.schemes_of(person.county, request.on) if person.place.startswith(one.place)]
    helps = earn.is_helper(person, request.on)
    rates = [one for one in queries.earning_on(schemes, request.on) if helps or not one.helpers_only]
    weighed = [one for one in rates if one.measure == Rate.Measure.GRAM]
    return weighed, [one for one in rates if one.measure != Rate.Measure.GRAM]


@require_http_methods(["GET", "HEAD", "POST"])
@require("credit.weigh")
def person(request: DoorRequest, person_id: UUID) -> HttpResponse:
    """Write down what somebody brought or did; it waits for a witness."""
    row = person_of(request, person_id)
    weighed, worked = rates_for(row, request)
    kinds: dict[str, tuple[Any, list[Rate]]] = {"weigh": (WeighForm, weighed), "work": (WorkForm, worked)}
    if request.method != "POST":
        return person_page(request, row, kinds)
    name = request.POST.get("kind", "")
    if name not in kinds:
        raise Http404
    made, rates = kinds[name]
    form = made(request.POST, rates=rates, auto_id=f"id_{name}_%s")
    if not form.is_valid():
        return person_page(request, row, kinds, wrong=(name, form), status=422)
    try:
        answer = act_once(
            request,
            county=row.county,
            name=f"credit.{name}",
            form=form,
            do=lambda: told(request, row, name, form, rates),
        )
    except Refusal as refusal:
        return person_page(request, row, kinds, wrong=(name, form), refusal=refusal, status=refusal.status)
    messages.success(request, _("记下了，请另一位同事看过后确认。"))
    return HttpResponseRedirect(reverse("staff:credits-deed", args=[answer["deed"]]))


def told(request: DoorRequest, row: Person, name: str, form: ActForm, rates: list[Rate]) -> dict[str, Any]:
    given = form.cleaned_data
    rate = next(one for one in rates if str(one.id) == given["rate"])
    _county, providers = station_of(request)
    place = Provider.objects.filter(pk__in=providers).order_by("pk").first() if providers else None
    quantity: dict[str, Any] = {"grams" if name == "weigh" else "quantity": given["quantity"]}
    verb: Callable[..., Deed] = earn.weigh if name == "weigh" else earn.work
    deed = verb(
        scheme=rate.scheme,
        person_id=row.id,
        rate=rate.code,
        done_on=given["done_on"],
        provider=place,
        at=request.at,
        on=request.on,
        by=who(request),
        **quantity,
    )
    return {"deed": str(deed.id)}


def person_page(
    request: DoorRequest,
    row: Person,
    kinds: Mapping[str, tuple[Any, list[Rate]]],
    *,
    wrong: tuple[str, ActForm] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = []
    for name, (form, rates) in kinds.items():
        if rates:
            made: Any = lambda form=form, rates=rates, **more: form(rates=rates, **more)  # noqa: E731
            first = str(rates[0].id) if len(rates) == 1 else None
            given = wrong[1] if wrong and wrong[0] == name else fresh(made, name, done_on=request.on, rate=first)
            shown.append({"name": name, "form": given})
    said = {
        "row": row,
        "number": naming.hidden_number(row),
        "kinds": shown,
        "has": [
            words.in_units(one.scheme.unit, one.account.balance or 0) for one in queries.holders_of(row.county, row.id)
        ],
        "crumbs": [Crumb(_("换餐换积分"), reverse("staff:credits-station")), Crumb(row.name)],
        **problems(wrong[1] if wrong else None, refusal),
    }
    return render(request, "staff/credits_person.html", said, status=status)


def deed_of(request: DoorRequest, deed_id: UUID) -> Deed:
    """A deed of the county: whoever may weigh may witness it, wherever they stand; another county's is not there."""
    rows = Deed.objects.select_related("holder__scheme", "holder__person", "rate", "provider")
    row: Deed = find_row(request, rows, "credit.weigh", "deed", deed_id)
    return row


@require_safe
@require("credit.weigh")
def deed(request: DoorRequest, deed_id: UUID) -> HttpResponse:
    return deed_page(request, deed_of(request, deed_id))


def deed_page(request: DoorRequest, row: Deed, wrong: Wrong | None = None, status: int = 200) -> HttpResponse:
    """What was written down and what it is worth; the square leads a second person here."""
    names = naming.accounts([row.told_by, row.witness])
    own = row.told_by == who(request)
    facts = [
        Fact(_("哪天"), row.done_on),
        Fact(_("用的标准"), words.price_said(row.holder.scheme.unit, row.rate.units, row.rate.measure, row.rate.per)),
        Fact(_("谁记的"), names[row.told_by]),
    ]
    if row.witness:
        facts.append(Fact(_("谁见证的"), names[row.witness]))
    if row.because:
        facts.append(Fact(_("原因"), row.because))
    said = {
        **deed_row(row),
        "facts": facts,
        "person": row.holder.person,
        "waits": row.state == Deed.State.TOLD,
        "own": own,
        "link": request.build_absolute_uri(request.path) if row.state == Deed.State.TOLD and own else "",
        "offered": offers(request, row, VERBS, page="staff:credits-deed-act", wrong=wrong),
        "crumbs": [Crumb(_("换餐换积分"), reverse("staff:credits-station")), Crumb(row.holder.person.name)],
        **(wrong.said() if wrong else NOTHING_WRONG),
    }
    return render(request, "staff/credits_deed.html", said, status=status)


@require_POST
@require("credit.weigh")
def act(request: DoorRequest, deed_id: UUID, verb: str) -> HttpResponse:
    """Witness it, say that it was not so, or undo what was a mistake."""
    row = deed_of(request, deed_id)
    return perform(
        request,
        row,
        VERBS,
        verb,
        shown=lambda wrong, status: deed_page(request, deed_of(request, deed_id), wrong, status),
        after=reverse("staff:credits-deed", args=[row.id]),
    )
