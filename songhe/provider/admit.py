"""Take a body in, and say in which county, for which services and from when its bills count."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from songhe.kernel import credit_code as credit
from songhe.kernel import place_code
from songhe.kernel.geo import Point
from songhe.kernel.month import beijing_date
from songhe.kernel.period import Period
from songhe.kernel.refusal import reason, whole
from songhe.place.division import lookup
from songhe.provider.models import Category, Kind, Listing, Provider
from songhe.provider.worker import LEAST_YEARS, NAME_MISSING, NewWorker, engage, lacking, qualified_assessors
from songhe.trail.note import note

#: Qualified assessors that an assessment body needs; a place may ask for more (GB/T 42195-2022, 5.2.2).
LEAST_ASSESSORS = 5

#: The groups of service that a kind of body may give. An institution may also send carers out.
GROUPS_OF: dict[str, frozenset[str]] = {
    Kind.INSTITUTION: frozenset(Category.values),
    Kind.COMMUNITY: frozenset({Category.DAY_CARE, Category.HOME}),
    Kind.ASSESSMENT_BODY: frozenset(),
    Kind.MERCHANT: frozenset(),
}

UNKNOWN_KIND = reason("provider.unknown_kind", zh="没有“{kind}”这种机构类型。", en="There is no kind of body {kind}.")
PLACE_NOT_A_COUNTY = reason(
    "provider.place_not_a_county", zh="机构所在地应为六位县级代码。", en="The body's place is a county of six digits."
)
ALREADY_ADMITTED = reason(
    "provider.already_admitted",
    zh="统一社会信用代码{credit_code}已登记：{name}。",
    en="The credit code {credit_code} is already admitted as {name}.",
    status=409,
)
DOUBLE_ROLE = reason(
    "provider.double_role",
    zh="评估机构不得同时提供补贴项目内的养老服务：{credit_code}已登记为“{kind}”。",
    en="A body that assesses may not serve in the programme, nor the other way: {credit_code} stands as {kind_en}.",
    status=409,
)
TOO_FEW_ASSESSORS = reason(
    "provider.too_few_assessors",
    zh="评估机构至少要有{least}名合格评估师，现有{found}名（从业满{years}年、高中或中专以上学历、培训和考核合格）。",
    en="An assessment body needs {least} qualified assessors and has {found} ({years} years of practice, secondary "
    "school, trained and examined).",
)
UNKNOWN_CATEGORY = reason(
    "provider.unknown_category", zh="没有“{category}”这一组服务。", en="There is no group of services {category}."
)
CATEGORIES_MISSING = reason("provider.categories_missing", zh="请选择服务组别。", en="Choose the groups of service.")
CATEGORY_NOT_OF_KIND = reason(
    "provider.category_not_of_kind",
    zh="“{kind}”不提供“{category}”。",
    en="A body of kind {kind_en} does not give {category_en}.",
)
SAME_PERSON = reason(
    "provider.same_person", zh="经办人和审批人不能是同一人。", en="The one who proposes does not approve.", status=403
)
ALREADY_LISTED = reason(
    "provider.already_listed",
    zh="该机构在{county}从{first}起已有签约，时间重叠。",
    en="The body is already listed in {county} from {first}; the times overlap.",
    status=409,
)
NOT_LISTED = reason(
    "provider.not_listed",
    zh="“{name}”在{on}未在{county}签约提供这一组服务。",
    en="{name} is not listed in {county} for this group of services on {on}.",
    status=409,
)
LISTING_ENDED = reason(
    "provider.listing_ended", zh="签约已于{last}结束。", en="The listing ended on {last}.", status=409
)
REASON_MISSING = reason("provider.reason_missing", zh="请写明原因。", en="Say why.")


def admit(
    *,
    kind: str,
    name: str,
    credit_code: str,
    place: str,
    at: datetime,
    by: str,
    assessors: Sequence[NewWorker] = (),
    credit_code_override: str = "",
    filed_on: date | None = None,
    address: str = "",
    phone: str = "",
    beds: int = 0,
    longitude: float | None = None,
    latitude: float | None = None,
    least_assessors: int = LEAST_ASSESSORS,
    least_years: int = LEAST_YEARS,
) -> Provider:
    """Take in an institution, a community provider or an assessment body, once in the country by its credit code.

    A wrong check character needs a ``credit_code_override`` that says why the certificate really reads so. An
    assessment body brings at least five qualified assessors (000; GB/T 42195-2022, 5.2); who assesses does not serve.
    Refuses with the codes of ``songhe.kernel.credit_code``, ``place.division.lookup`` and ``engage``,
    ``provider.unknown_kind``, ``provider.name_missing``, ``provider.place_not_a_county``,
    ``provider.already_admitted``, ``provider.double_role``, ``provider.too_few_assessors`` or ``input.too_small``.
    """
    on = beijing_date(at)
    if kind not in Kind.values:
        raise UNKNOWN_KIND("kind", kind=kind)
    if not name.strip():
        raise NAME_MISSING("name")
    code, override = _credit_code(credit_code, credit_code_override)
    place = _county(place, on)
    whole(beds, "beds", least=0)
    if longitude is not None and latitude is not None:
        Point(latitude, longitude)
    if kind == Kind.ASSESSMENT_BODY:
        qualified = sum(not lacking(new, on, least_years=least_years) for new in assessors)
        _refuse_too_few(qualified, least_assessors, least_years)
    provider = Provider(
        kind=kind,
        name=name.strip(),
        credit_code=code,
        credit_code_override=override,
        place=place,
        address=address.strip(),
        phone=phone.strip(),
        beds=beds,
        filed_on=filed_on,
        longitude=longitude,
        latitude=latitude,
        admitted_at=at,
    )
    with transaction.atomic():
        _save_once(provider)
        for new in assessors:
            engage(provider=provider, new=new, valid_from=on, at=at, by=by)
        note(
            county=place,
            at=at,
            actor=by,
            act="provider.admit",
            subject="provider",
            subject_id=str(provider.pk),
            kind=kind,
            credit_code=code,
            override=bool(override),
        )
    return provider


def list_in_county(
    *,
    provider: Provider,
    county: str,
    categories: Collection[str],
    valid_from: date,
    listed_by: str,
    approved_by: str,
    at: datetime,
    contract_no: str = "",
    valid_to: date | None = None,
    least_assessors: int = LEAST_ASSESSORS,
    least_years: int = LEAST_YEARS,
) -> Listing:
    """From a day on a county's vouchers may be used there for these groups, or the body is entrusted to assess.

    One person lists, another approves. An assessment body has no groups, and is entrusted only while it has its five
    qualified assessors on the first day. Refuses with ``provider.same_person``, ``provider.unknown_category``,
    ``provider.categories_missing``, ``provider.category_not_of_kind``, ``provider.too_few_assessors``,
    ``provider.already_listed``, ``provider.place_not_a_county`` or ``period.ends_before_it_begins``.
    """
    if listed_by == approved_by:
        raise SAME_PERSON("approved_by")
    county = _county(county, valid_from)
    period = Period(valid_from, valid_to)
    chosen = [category for category in Category.values if category in categories]
    for category in categories:
        if category not in Category.values:
            raise UNKNOWN_CATEGORY("categories", category=category)
        refuse_group_of_other_kind(provider, category)
    if provider.kind != Kind.ASSESSMENT_BODY and not chosen:
        raise CATEGORIES_MISSING("categories")
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        if provider.kind == Kind.ASSESSMENT_BODY:
            found = len(qualified_assessors(provider, valid_from, least_years=least_years))
            _refuse_too_few(found, least_assessors, least_years)
        for held in Listing.objects.filter(provider=provider, county=county):
            if period.overlaps(Period(held.valid_from, held.valid_to)):
                raise ALREADY_LISTED("valid_from", county=county, first=held.valid_from)
        listing = Listing.objects.create(
            provider=provider,
            county=county,
            categories=chosen,
            contract_no=contract_no.strip(),
            valid_from=valid_from,
            valid_to=valid_to,
            listed_by=listed_by,
            approved_by=approved_by,
        )
        _note_listing("provider.list_in_county", listing, at=at, by=approved_by, listed_by=listed_by)
    return listing


def end_listing(*, listing: Listing, last_day: date, because: str, at: datetime, by: str) -> Listing:
    """The last day on which the listing counts; what was served until then is still billed.

    Refuses with ``provider.reason_missing``, ``provider.listing_ended`` or ``period.ends_before_it_begins``.
    """
    if not because.strip():
        raise REASON_MISSING("because")
    with transaction.atomic():
        listing = Listing.objects.select_for_update().get(pk=listing.pk)
        if listing.valid_to is not None and listing.valid_to <= last_day:
            raise LISTING_ENDED("last_day", last=listing.valid_to)
        Period(listing.valid_from, last_day)
        listing.valid_to, listing.ended_because = last_day, because.strip()[:200]
        listing.save(update_fields=["valid_to", "ended_because"])
        _note_listing("provider.end_listing", listing, at=at, by=by, last_day=str(last_day))
    return listing


def listings_on(county: str, on: date) -> QuerySet[Listing]:
    """The listings that count in the county on the day."""
    in_force = Listing.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), county=county, valid_from__lte=on)
    return in_force.select_related("provider")


def is_listed(provider: Provider, county: str, category: str | None, on: date) -> bool:
    """Whether the county's vouchers of the group may be used there on the day; ``None`` asks whether the body is
    entrusted at all. A suspension is another question: see ``songhe.provider.suspend``."""
    listings = listings_on(county, on).filter(provider=provider)
    return any(category is None or category in listing.categories for listing in listings)


def listed_providers(county: str, category: str | None, on: date) -> list[Provider]:
    """Who may serve the group in the county on the day; ``None``: the assessment bodies entrusted. By name."""
    found = []
    for listing in listings_on(county, on).order_by("provider__name", "provider_id"):
        assesses = listing.provider.kind == Kind.ASSESSMENT_BODY
        if assesses if category is None else category in listing.categories:
            found.append(listing.provider)
    return found


def refuse_group_of_other_kind(provider: Provider, category: str) -> None:
    """Refuses with ``provider.category_not_of_kind``."""
    if category not in GROUPS_OF[provider.kind]:
        raise CATEGORY_NOT_OF_KIND(
            "categories",
            kind=Kind(provider.kind).label,
            kind_en=provider.kind,
            category=Category(category).label,
            category_en=category,
        )


def _credit_code(typed: str, override: str) -> tuple[str, str]:
    code = credit.parse(typed)
    if code.warning is None:
        return code.canonical, ""
    if not override.strip():
        raise code.warning
    return code.canonical, override.strip()


def _county(place: str, on: date) -> str:
    code = lookup(place, on).code
    if len(code) != 6 or code == place_code.NATION:
        raise PLACE_NOT_A_COUNTY("place")
    return code


def _refuse_too_few(found: int, least: int, years: int) -> None:
    if found < least:
        raise TOO_FEW_ASSESSORS("assessors", least=least, found=found, years=years)


def _save_once(provider: Provider) -> None:
    _refuse_known_code(provider.credit_code, provider.kind)
    try:
        with transaction.atomic():
            provider.save(force_insert=True)
    except IntegrityError:
        _refuse_known_code(provider.credit_code, provider.kind)
        raise


def _refuse_known_code(credit_code: str, kind: str) -> None:
    known = Provider.objects.filter(credit_code=credit_code).first()
    if known is None:
        return
    if Kind.ASSESSMENT_BODY in (kind, known.kind) and kind != known.kind:
        raise DOUBLE_ROLE("credit_code", credit_code=credit_code, kind=Kind(known.kind).label, kind_en=known.kind)
    raise ALREADY_ADMITTED("credit_code", credit_code=credit_code, name=known.name)


def _note_listing(act: str, listing: Listing, *, at: datetime, by: str, **detail: Any) -> None:
    note(
        county=listing.county,
        at=at,
        actor=by,
        act=act,
        subject="listing",
        subject_id=str(listing.pk),
        reason=listing.ended_because,
        provider=listing.provider_id,
        **detail,
    )
