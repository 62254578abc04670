"""What may be done to a thing, a fund, a card, a merchant, a proposal: one kind of form for all of them, done once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy

from songhe.doors.may import check, may
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, BecauseForm, act_once, fresh, in_words, problems, sent
from songhe.doors.staff.reach import account_of, counties, out_of_reach
from songhe.kernel.refusal import Refusal
from songhe.policy.pack import is_place


class ThingForm(ActForm):
    """A form whose choices depend on what it is about."""

    def about(self, thing: Any, request: DoorRequest) -> None:
        """Fill in choices and first values."""

    def choose(self, name: str, choices: Sequence[tuple[str, Any]]) -> None:
        fields: dict[str, Any] = self.fields
        fields[name].choices = list(choices)


#: What a verb does to the thing, with what the form told.
Doing = Callable[[Any, Mapping[str, Any], DoorRequest], object]


def anything(thing: Any) -> bool:
    return True


def in_state(*states: str) -> Callable[[Any], bool]:
    """Whether a row stands in one of them."""
    return lambda row: row.state in states


def nobody(thing: Any) -> set[str]:
    return set()


def whoever(*fields: str) -> Callable[[Any], set[str]]:
    """Those whose names stand in these fields of a row."""
    return lambda row: {getattr(row, field) for field in fields}


@dataclass(frozen=True)
class Here:
    """The county of the page, where something is begun."""

    county: str

    @property
    def pk(self) -> str:
        return self.county


@dataclass(frozen=True)
class Verb:
    """``name`` stands in the address; ``open_to`` says whether it makes sense as things stand, ``begun_by`` who may
    not do it because the step before was theirs. What ``do`` returns as text is said instead of ``done``."""

    name: str
    act: str
    word: Any
    hint: Any
    done: Any
    form: type[ActForm]
    do: Doing
    open_to: Callable[[Any], bool] = anything
    begun_by: Callable[[Any], set[str]] = nobody
    tone: str = ""


@dataclass(frozen=True)
class Offered:
    verb: Verb
    form: ActForm
    address: str
    open: bool = False


@dataclass(frozen=True)
class Wrong:
    """The form that was sent and is not right, and by which verb; or the refusal of a verb that was tried."""

    verb: Verb
    about: Any
    form: ActForm | None = None
    refusal: Refusal | None = None

    def said(self) -> dict[str, Any]:
        return problems(self.form, self.refusal)


NOTHING_WRONG: dict[str, Any] = problems()


def decided_by_another(
    act: str,
    yes: Doing,
    no: Doing,
    hint: Any,
    done: Any,
    *,
    name: str = "approve",
    word: Any = "",
    waits: str = "open",
    by: str = "proposed_by",
) -> tuple[Verb, Verb]:
    """What one person proposed another approves, or declines and says why; as long as it ``waits``."""
    told: dict[str, Any] = {"open_to": in_state(waits), "begun_by": whoever(by)}
    said = gettext_lazy("写明理由。"), gettext_lazy("已写明理由，没有批准。")
    return (
        Verb(name, act, word or gettext_lazy("批准"), hint, done, ActForm, yes, tone="main", **told),
        Verb("decline", act, gettext_lazy("不批准"), *said, BecauseForm, no, **told),
    )


def by_whom(request: DoorRequest) -> dict[str, Any]:
    return {"at": request.at, "by": account_of(request).username}


def named(verbs: Iterable[Verb], name: str) -> Verb:
    found = next((verb for verb in verbs if verb.name == name), None)
    if found is None:
        raise Http404
    return found


def possible(request: DoorRequest, thing: Any, verbs: Iterable[Verb], county: str) -> list[Verb]:
    """Those that make sense as things stand, and that this person's roles allow in the county."""
    return [
        verb
        for verb in verbs
        if verb.open_to(thing) and may(request.user, verb.act, request.on) and county in counties(request, verb.act)
    ]


def offered(
    request: DoorRequest,
    thing: Any,
    verbs: Iterable[Verb],
    *,
    page: str,
    key: Any,
    wrong: Wrong | None,
    version: int | None = None,
    query: Mapping[str, str] | None = None,
) -> list[Offered]:
    """A form for each of the verbs, but for those that must be another's; ``page`` names the address that takes
    ``key`` and the verb, and ``query`` whatever else it needs."""
    found = []
    username = account_of(request).username
    for verb in verbs:
        if username in verb.begun_by(thing):
            continue
        mended = wrong.form if wrong and wrong.verb is verb and wrong.about == key else None
        form = mended or fresh(verb.form, f"{verb.name}_{key}", version=version)
        if mended is None and isinstance(form, ThingForm):
            form.about(thing, request)
        address = reverse(page, args=[key, verb.name]) + (f"?{urlencode(query)}" if query else "")
        found.append(Offered(verb, form, address, open=mended is not None))
    return found


def offers(
    request: DoorRequest,
    thing: Any,
    verbs: Iterable[Verb],
    *,
    page: str,
    wrong: Wrong | None,
) -> list[Offered]:
    """What this person may do now to a thing, which tells its own ``pk`` and ``county``."""
    now = possible(request, thing, verbs, thing.county)
    return offered(request, thing, now, page=page, key=thing.pk, wrong=wrong)


def perform(
    request: DoorRequest,
    thing: Any,
    verbs: Iterable[Verb],
    name: str,
    *,
    shown: Callable[[Wrong, int], HttpResponse],
    after: str,
) -> HttpResponse:
    """Do the one that is named, if this person's roles allow it in the county; as in ``offers``."""
    verb = named(verbs, name)
    check(request, verb.act)
    within(request, verb.act, thing.county)
    return carried_out(request, thing, verb, key=thing.pk, county=thing.county, shown=shown, after=after)


def carried_out(
    request: DoorRequest,
    thing: Any,
    verb: Verb,
    *,
    key: Any,
    county: str,
    shown: Callable[[Wrong, int], HttpResponse],
    after: str,
    held: Callable[[Mapping[str, Any]], Any] | None = None,
    said: str = "",
) -> HttpResponse:
    """Do what is allowed, once; what is wrong or refused shows the page again, as it stands now.

    ``held`` locks the thing and may refuse it for what the form told; ``said`` is said instead of the verb's own words.
    """
    form = sent(verb.form, f"{verb.name}_{key}", request)
    form.files = request.FILES
    if isinstance(form, ThingForm):
        form.about(thing, request)
    if not form.is_valid():
        return shown(Wrong(verb, key, form), 422)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        done = verb.do(held(told) if held else thing, told, request)
        return {"said": done if isinstance(done, str) else ""}

    try:
        answer = act_once(request, county=county, name=f"{verb.act}.{verb.name}:{key}", form=form, do=do)
    except Refusal as refusal:
        if any(refusal.field == field.name for field in form.visible_fields()):
            form.add_error(refusal.field, in_words(refusal))
            return shown(Wrong(verb, key, form), refusal.status)
        return shown(Wrong(verb, key, None, refusal), refusal.status)
    messages.success(request, said or answer["said"] or str(verb.done))
    return HttpResponseRedirect(after)


def within(request: DoorRequest, act: str, county: str) -> None:
    """404 where the county is not one of those of whoever may do the act; asking for another is noted there."""
    if county in counties(request, act):
        return
    if not is_place(county):
        raise Http404
    out_of_reach(request, county=county, subject="county", subject_id=county)


def find(request: DoorRequest, rows: Any, act: str, subject: str, key: Any) -> Any:
    """The row inside the reach of who may do the act, or 404; asking for another county's is noted there."""
    row = rows.filter(pk=key).first()
    if row is None:
        raise Http404
    if row.county not in counties(request, act):
        out_of_reach(request, county=row.county, subject=subject, subject_id=key)
    return row
