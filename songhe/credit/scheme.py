"""A place's credits, what they buy, and what earns them, by date."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from songhe.credit.models import Rate, Scheme
from songhe.kernel import place_code
from songhe.kernel.month import beijing_date
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason, whole
from songhe.ledger.fund import open_account, open_fund
from songhe.ledger.models import Unit
from songhe.provider.catalogue import CODE_INVALID, is_code
from songhe.provider.help import HELPS, require_help
from songhe.provider.worker import NAME_MISSING
from songhe.trail.note import note

UNITS = (Unit.FEN, Unit.TICKET)

#: Before the code of a scheme: its books of money, and the programme under which providers are paid out of them.
CREDIT = "credit:"

SAME_PERSON = reason(
    "credit.same_person",
    zh="经办人和审批人、称重人和见证人不能是同一人。",
    en="Who proposes does not approve, and who weighs or records is not the witness.",
    status=403,
)
UNKNOWN_SCHEME = reason("credit.unknown_scheme", zh="没有这项积分。", en="There is no such credit.", status=404)
SCHEME_TAKEN = reason("credit.scheme_taken", zh="积分代码“{code}”已使用。", en="The code {code} is taken.", status=409)
SCHEME_ENDED = reason(
    "credit.scheme_ended",
    zh="这项积分在{on}不使用。",
    en="These credits are not in use on {on}.",
    status=409,
)
UNKNOWN_UNIT = reason(
    "credit.unknown_unit", zh="积分以分（钱）或票计，没有“{unit}”。", en="Credits are fen or tickets, not {unit}."
)
TICKET_WORTH = reason(
    "credit.ticket_worth",
    zh="以票计的积分要写明一张票最多抵多少；以分计的不写。",
    en="Tickets say how much one pays at most; fen do not.",
)
HELPS_MISSING = reason("credit.helps_missing", zh="请选择积分可用于哪些项目。", en="Choose what the credits buy.")
OUTSIDE = reason("credit.place_outside", zh="{place}不在{county}。", en="{place} does not lie in {county}.")
UNKNOWN_RATE = reason(
    "credit.unknown_rate",
    zh="{on}没有“{code}”的兑换标准。",
    en="There is no rate for {code} on {on}.",
    status=404,
)
UNKNOWN_MEASURE = reason("credit.unknown_measure", zh="没有“{measure}”这种计量。", en="There is no measure {measure}.")
RATE_OVERLAPS = reason(
    "credit.rate_overlaps",
    zh="“{code}”从{first}起已有标准，时间重叠。",
    en="{code} has a rate from {first}; the times overlap.",
    status=409,
)
RATE_IN_THE_PAST = reason(
    "credit.rate_in_the_past",
    zh="标准调整最早从{on}起。",
    en="A rate changes from {on} at the earliest; days gone by keep theirs.",
)


def open_scheme(
    *,
    county: str,
    code: str,
    name: str,
    place: str,
    unit: str,
    helps: Collection[str],
    opened_by: str,
    approved_by: str,
    at: datetime,
    ceiling: int | None = None,
    ticket_fen: int | None = None,
) -> Scheme:
    """Open the credits of a place; one person proposes, another approves. ``ceiling`` is how many may be given in all.

    Refuses with ``credit.same_person``, ``provider.item_code_invalid``, ``provider.name_missing``,
    ``credit.place_outside``, ``credit.unknown_unit``, ``credit.ticket_worth``, ``credit.helps_missing``,
    ``provider.unknown_help``, ``input.too_small`` or ``credit.scheme_taken``.
    """
    if opened_by == approved_by:
        raise SAME_PERSON("approved_by")
    refuse_impossible(county, code, name, place, unit, ticket_fen, helps)
    if ceiling is not None:
        whole(ceiling, "ceiling", least=1)
    with transaction.atomic():
        if Scheme.objects.filter(county=county, code=code).exists():
            raise SCHEME_TAKEN("code", code=code)
        books = open_fund(county=county, code=f"credit-{code}", name=name.strip(), unit=unit)
        floor = None if ceiling is None else -ceiling
        made = Scheme(
            county=county,
            code=code,
            name=name.strip(),
            place=place_code.parse(place),
            unit=unit,
            helps=[each for each in HELPS if each in helps],
            ticket_fen=ticket_fen,
            books=books,
            inflow=open_account(fund=books, code="inflow", kind="credit_inflow", floor=floor),
            opened_by=opened_by,
            approved_by=approved_by,
            opened_on=beijing_date(at),
        )
        try:
            with transaction.atomic():
                made.save(force_insert=True)
        except IntegrityError:
            raise SCHEME_TAKEN("code", code=code) from None
        _note("credit.open_scheme", made, at=at, by=approved_by, opened_by=opened_by, unit=unit, ceiling=ceiling)
    return made


def end_scheme(*, scheme: Scheme, last_day: date, at: datetime, by: str) -> Scheme:
    """The last day on which credits are earned and spent. Refuses with ``credit.scheme_ended`` or
    ``period.ends_before_it_begins``."""
    with transaction.atomic():
        scheme = lock(county=scheme.county, code=scheme.code)
        if scheme.last_day is not None and scheme.last_day <= last_day:
            raise SCHEME_ENDED("last_day", on=last_day)
        Period(scheme.opened_on, last_day)
        scheme.last_day = last_day
        scheme.save(update_fields=["last_day"])
        _note("credit.end_scheme", scheme, at=at, by=by, last_day=str(last_day))
    return scheme


def programme_of(code: str) -> str:
    """What a scheme's money is settled as."""
    return f"{CREDIT}{code}"


def set_rate(
    *,
    scheme: Scheme,
    code: str,
    name: str,
    name_en: str,
    measure: str,
    units: int,
    per: int,
    valid_from: date,
    set_by: str,
    approved_by: str,
    at: datetime,
    helpers_only: bool = False,
    valid_to: date | None = None,
    source: str = "",
) -> Rate:
    """What a kind of produce or work earns from a day on: ``units`` for each ``per`` grams, minutes or times.

    An open rate before it ends on the day before; days gone by keep theirs. ``helpers_only``: for volunteers for
    elders, class four of the card. Refuses with ``credit.same_person``, ``provider.item_code_invalid``,
    ``provider.name_missing``, ``credit.unknown_measure``, ``input.too_small``, ``credit.rate_in_the_past``,
    ``credit.rate_overlaps`` or ``period.ends_before_it_begins``.
    """
    if set_by == approved_by:
        raise SAME_PERSON("approved_by")
    if not is_code(code):
        raise CODE_INVALID("code")
    if not name.strip() or not name_en.strip():
        raise NAME_MISSING("name")
    if measure not in Rate.Measure.values:
        raise UNKNOWN_MEASURE("measure", measure=measure)
    whole(units, "units", least=1)
    whole(per, "per", least=1)
    period = Period(valid_from, valid_to)
    with transaction.atomic():
        scheme = lock(county=scheme.county, code=scheme.code)
        _make_room(scheme, code, period, on=beijing_date(at))
        made = Rate.objects.create(
            county=scheme.county,
            scheme=scheme,
            code=code,
            name=name.strip(),
            name_en=name_en.strip(),
            measure=measure,
            units=units,
            per=per,
            helpers_only=helpers_only,
            valid_from=valid_from,
            valid_to=valid_to,
            source=source.strip()[:80],
        )
        _note("credit.set_rate", scheme, at=at, by=approved_by, set_by=set_by, code=code, units=units, per=per)
    return made


def lock(*, county: str, code: str) -> Scheme:
    """The scheme, locked. Refuses with ``credit.unknown_scheme``."""
    found = Scheme.objects.select_for_update().filter(county=county, code=code).first()
    if found is None:
        raise UNKNOWN_SCHEME("scheme")
    return found


def in_use(scheme: Scheme, on: date) -> Scheme:
    """The scheme as it stands now. Refuses with ``credit.scheme_ended``."""
    scheme = Scheme.objects.select_related("books", "inflow").get(county=scheme.county, id=scheme.id)
    if on not in Period(scheme.opened_on, scheme.last_day):
        raise SCHEME_ENDED("scheme", on=on)
    return scheme


def rates_on(scheme: Scheme, on: date) -> list[Rate]:
    """What earns credits on the day, by code."""
    in_force = Rate.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    return list(in_force.filter(county=scheme.county, scheme=scheme).order_by("code"))


def rate_on(scheme: Scheme, code: str, on: date) -> Rate:
    """The rate of the day. Refuses with ``credit.unknown_rate``."""
    for rate in rates_on(scheme, on):
        if rate.code == code:
            return rate
    raise UNKNOWN_RATE("rate", code=code, on=on)


def refuse_impossible(
    county: str, code: str, name: str, place: str, unit: str, ticket_fen: int | None, helps: Collection[str]
) -> None:
    """What no scheme can be, whoever asks for it; with the codes of ``open_scheme``."""
    if not is_code(code):
        raise CODE_INVALID("code")
    if not name.strip():
        raise NAME_MISSING("name")
    if place_code.parse(place)[:6] != county:
        raise OUTSIDE("place", place=place, county=county)
    if unit not in UNITS:
        raise UNKNOWN_UNIT("unit", unit=unit)
    if (unit == Unit.TICKET) != (ticket_fen is not None):
        raise TICKET_WORTH("ticket_fen")
    if ticket_fen is not None:
        whole(ticket_fen, "ticket_fen", least=1)
    for each in helps:
        require_help(each, field="helps")
    if not helps:
        raise HELPS_MISSING("helps")


def _make_room(scheme: Scheme, code: str, period: Period, *, on: date) -> None:
    known = list(Rate.objects.filter(county=scheme.county, scheme=scheme, code=code).order_by("valid_from"))
    if known and period.first < on:
        raise RATE_IN_THE_PAST("valid_from", on=on)
    for before in known:
        if before.valid_to is None and before.valid_from < period.first:
            before.valid_to = period.first - timedelta(days=1)
            before.save(update_fields=["valid_to"])
        elif period.overlaps(Period(before.valid_from, before.valid_to)):
            raise RATE_OVERLAPS("valid_from", code=code, first=before.valid_from)


def _note(act: str, scheme: Scheme, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=scheme.county,
        at=at,
        actor=by,
        act=act,
        subject="credit_scheme",
        subject_id=scheme.id,
        scheme=scheme.code,
        **detail,
    )
