"""Weigh produce, write down work, witness it: credits come only from what two people saw. 以菜换餐、以工抵餐"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from songhe.county.key import new_id
from songhe.credit.models import Deed, Holder, Rate, Scheme
from songhe.credit.scheme import SAME_PERSON, in_use, rate_on
from songhe.credit.states import DEED
from songhe.credit.worth import worth
from songhe.kernel.refusal import Refusal, reason, whole
from songhe.ledger.fund import open_account
from songhe.ledger.post import INSUFFICIENT, Move, post
from songhe.person.deceased import refuse_after_death
from songhe.person.models import Person, Status
from songhe.provider.models import Provider
from songhe.trail.note import note

UNKNOWN_PERSON = reason("credit.unknown_person", zh="没有这个人的档案。", en="There is no such person.", status=404)
UNKNOWN_DEED = reason("credit.unknown_deed", zh="没有这条记录。", en="There is no such record.", status=404)
OTHER_PLACE = reason(
    "credit.other_place",
    zh="此人不住在这项积分适用的地方。",
    en="The person does not live where these credits are given.",
    status=409,
)
NOT_WEIGHED = reason(
    "credit.not_weighed", zh="“{rate}”按次或按时间计，不称重。", en="{rate_en} is counted or timed, not weighed."
)
NOT_WORK = reason("credit.not_work", zh="“{rate}”要称重。", en="{rate_en} is weighed.")
NOT_A_HELPER = reason(
    "credit.not_a_helper",
    zh="“{rate}”只计给为老志愿服务者。",
    en="{rate_en} counts for volunteers for elders only.",
    status=409,
)
TOO_LITTLE = reason(
    "credit.too_little", zh="数量太少，不够计一个积分。", en="The quantity is too small to earn a single credit."
)
NOT_YET = reason("credit.in_the_future", zh="{done_on}还没有到。", en="{done_on} has not come yet.")
SAY_WHY = reason("credit.say_why", zh="请写明原因。", en="Say why.")
CEILING = reason(
    "credit.ceiling",
    zh="这项积分已发到上限。",
    en="As many of these credits as may be given have been given.",
    status=409,
)
ALREADY_SPENT = reason(
    "credit.already_spent",
    zh="这些积分已用掉，不能撤销。",
    en="These credits are spent already and cannot be taken back.",
    status=409,
)


def weigh(
    *,
    scheme: Scheme,
    person_id: UUID,
    rate: str,
    grams: int,
    done_on: date,
    at: datetime,
    on: date,
    by: str,
    provider: Provider | None = None,
) -> Deed:
    """One person puts produce on the scales and writes down the grams; nothing counts until a witness saw it.

    Refuses with ``credit.not_weighed`` and the codes of ``work``.
    """
    return _tell(scheme, person_id, rate, grams, done_on, provider, at, on, by, weighed=True)


def work(
    *,
    scheme: Scheme,
    person_id: UUID,
    rate: str,
    quantity: int,
    done_on: date,
    at: datetime,
    on: date,
    by: str,
    provider: Provider | None = None,
) -> Deed:
    """One person writes down the minutes or times that somebody worked; nothing counts until a witness agrees.

    Refuses with ``input.too_small``, ``credit.in_the_future``, ``credit.unknown_person``, ``person.after_death``,
    ``credit.other_place``, ``credit.scheme_ended``, ``credit.unknown_rate``, ``credit.not_work``,
    ``credit.not_a_helper`` or ``credit.too_little``.
    """
    return _tell(scheme, person_id, rate, quantity, done_on, provider, at, on, by, weighed=False)


def witness(*, deed: Deed, at: datetime, on: date, by: str) -> Deed:
    """Another person saw it: the credits are booked. Refuses with ``credit.wrong_state``, ``credit.same_person`` or
    ``credit.ceiling``."""
    with transaction.atomic():
        deed = _locked(deed)
        DEED.move(deed, "witness")
        if by == deed.told_by:
            raise SAME_PERSON("by")
        holder, inflow = deed.holder, deed.holder.scheme.inflow
        try:
            with transaction.atomic():
                move = Move(inflow, holder.account, deed.units, "credit_earned", about=deed.id)
                booked = post(county=deed.county, moves=[move], at=at, on=on)
        except Refusal as refusal:
            if refusal.code != INSUFFICIENT.code:
                raise
            raise CEILING("units") from None
        deed.witness, deed.witnessed_at, deed.transfer = by, at, booked[0].id
        deed.save(update_fields=["state", "witness", "witnessed_at", "transfer"])
        _note("credit.witness", deed, at=at, by=by)
    return deed


def decline(*, deed: Deed, because: str, at: datetime, by: str) -> Deed:
    """Another person did not see it so: it counts for nothing. Refuses with ``credit.say_why``,
    ``credit.wrong_state`` or ``credit.same_person``."""
    _say_why(because)
    with transaction.atomic():
        deed = _locked(deed)
        DEED.move(deed, "decline")
        if by == deed.told_by:
            raise SAME_PERSON("by")
        deed.witness, deed.witnessed_at, deed.because = by, at, because.strip()[:300]
        deed.save(update_fields=["state", "witness", "witnessed_at", "because"])
        _note("credit.decline", deed, at=at, by=by, reason=because)
    return deed


def undo(*, deed: Deed, because: str, at: datetime, on: date, by: str) -> Deed:
    """It was a mistake: the credits go back to where they came from, if they are still there. Refuses with
    ``credit.say_why``, ``credit.wrong_state`` or ``credit.already_spent``."""
    _say_why(because)
    with transaction.atomic():
        deed = _locked(deed)
        DEED.move(deed, "undo")
        holder, inflow = deed.holder, deed.holder.scheme.inflow
        move = Move(holder.account, inflow, deed.units, "credit_undone", about=deed.id, reverses=deed.transfer)
        try:
            with transaction.atomic():
                booked = post(county=deed.county, moves=[move], at=at, on=on)
        except Refusal as refusal:
            if refusal.code != INSUFFICIENT.code:
                raise
            raise ALREADY_SPENT("deed") from None
        deed.because, deed.undone = because.strip()[:300], booked[0].id
        deed.save(update_fields=["state", "because", "undone"])
        _note("credit.undo", deed, at=at, by=by, reason=because)
    return deed


def is_helper(person: Person, on: date) -> bool:
    """Whether the person is a volunteer for elders on the day: class four of the card (Lishui 2024)."""
    held = Status.objects.filter(county=person.county, person=person, kind="volunteer", valid_from__lte=on)
    return held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on)).exists()


def _tell(
    scheme: Scheme,
    person_id: UUID,
    code: str,
    quantity: int,
    done_on: date,
    provider: Provider | None,
    at: datetime,
    on: date,
    by: str,
    *,
    weighed: bool,
) -> Deed:
    whole(quantity, "grams" if weighed else "quantity", least=1)
    if done_on > on:
        raise NOT_YET("done_on", done_on=done_on)
    with transaction.atomic():
        person = Person.rows.select_for_update().filter(county=scheme.county, id=person_id).first()
        if person is None:
            raise UNKNOWN_PERSON("person")
        refuse_after_death(person, done_on, "done_on")
        if not person.place.startswith(_inside(scheme.place)):
            raise OTHER_PLACE("person")
        scheme = in_use(scheme, done_on)
        rate = rate_on(scheme, code, done_on)
        _refuse_rate(rate, person, done_on, weighed)
        units = worth(quantity, units=rate.units, per=rate.per)
        if not units:
            raise TOO_LITTLE("grams" if weighed else "quantity")
        deed = Deed.objects.create(
            county=scheme.county,
            holder=_holder(scheme, person),
            rate=rate,
            provider=provider,
            quantity=quantity,
            units=units,
            done_on=done_on,
            told_by=by,
            told_at=at,
        )
        _note("credit.weigh" if weighed else "credit.work", deed, at=at, by=by)
    return deed


def _refuse_rate(rate: Rate, person: Person, on: date, weighed: bool) -> None:
    said = {"rate": rate.name, "rate_en": rate.name_en}
    if weighed and rate.measure != Rate.Measure.GRAM:
        raise NOT_WEIGHED("rate", **said)
    if not weighed and rate.measure == Rate.Measure.GRAM:
        raise NOT_WORK("rate", **said)
    if rate.helpers_only and not is_helper(person, on):
        raise NOT_A_HELPER("person", **said)


def _holder(scheme: Scheme, person: Person) -> Holder:
    """The person's account of the scheme, opened with the first deed; the person is locked."""
    found = Holder.objects.filter(county=scheme.county, scheme=scheme, person=person).first()
    if found is not None:
        return found
    account = open_account(fund=scheme.books, code=None, kind="credit", floor=0, account_id=new_id())
    return Holder.objects.create(county=scheme.county, scheme=scheme, person=person, account=account)


def _locked(deed: Deed) -> Deed:
    rows = Deed.objects.select_for_update(of=("self",)).select_related(
        "holder__scheme__inflow", "holder__account", "rate"
    )
    found = rows.filter(county=deed.county, id=deed.id).first()
    if found is None:
        raise UNKNOWN_DEED("deed")
    return found


def _inside(place: str) -> str:
    return place[:6] if len(place) == 6 else place


def _say_why(because: str) -> None:
    if not because.strip():
        raise SAY_WHY("because")


def _note(act: str, deed: Deed, *, at: datetime, by: str, reason: str = "") -> None:
    note(
        county=deed.county,
        at=at,
        actor=by,
        act=act,
        subject="deed",
        subject_id=deed.id,
        reason=reason,
        behalf_of=deed.holder.person_id,
        rate=deed.rate.code,
        quantity=deed.quantity,
        units=deed.units,
    )
