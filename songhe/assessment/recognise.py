"""Another agency's result is taken over, where and as the place has decided, and never otherwise. 评估结果互认"""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from songhe.assessment.models import Assessment, Mapping
from songhe.assessment.request import STANDARD, lock_living, next_number
from songhe.assessment.scale import RECORDED_ONLY, find
from songhe.assessment.sequence import take_place
from songhe.assessment.validity import months_after
from songhe.kernel.period import Period
from songhe.kernel.refusal import MISSING, reason, whole
from songhe.person.models import Person
from songhe.policy.pack import is_place, layers
from songhe.trail.note import note

NO_MAPPING = reason(
    "assessment.no_mapping",
    zh="本地没有批准认可“{standard}”的{level}级，需要重新评估。",
    en="The place has not approved taking over level {level} of {standard}; assess anew.",
    status=409,
)
NOT_CONVERTED = reason(
    "assessment.not_converted",
    zh="{number} 的结果只按原样登记，不折算。",
    en="Results under {number} stay as recorded and are not converted.",
)
OWN_STANDARD = reason(
    "assessment.own_standard",
    zh="{number} 是本国家标准，不需要互认。",
    en="{number} is the standard itself; there is nothing to recognise.",
)
UNKNOWN_LEVEL = reason(
    "assessment.unknown_level", zh="“{standard}”没有{level}级。", en="{standard} has no level {level}."
)
NOT_A_PLACE = reason(
    "assessment.not_a_place", zh="“{place}”不是六位行政区划代码。", en="{place} is not a six-digit place code."
)
TWO_PEOPLE = reason(
    "assessment.mapping_two_people",
    zh="提出和批准须为两人。",
    en="One person proposes and another approves.",
    status=409,
)
MAPPING_OVERLAPS = reason(
    "assessment.mapping_overlaps",
    zh="从{first}起已有同一等级的认可规定。",
    en="There is a rule for this level already from {first}.",
    status=409,
)
EXPIRED = reason(
    "assessment.expired",
    zh="该结果有效期到{last}，已经过期。",
    en="This result was valid until {last} and has run out.",
    status=409,
)
IN_THE_FUTURE = reason(
    "assessment.concluded_in_the_future",
    zh="结论日期{assessed_on}在今天之后。",
    en="The conclusion is dated {assessed_on}, after today.",
)
ALREADY_LOADED = reason(
    "assessment.already_loaded",
    zh="证书 {certificate} 已登记为 {no}。",
    en="Certificate {certificate} is registered already as {no}.",
    status=409,
)


def adopt_mapping(
    *,
    place: str,
    from_standard: str,
    from_level: int,
    to_level: int,
    valid_from: date,
    valid_months: int,
    document_no: str,
    proposed_by: str,
    approved_by: str,
    at: datetime,
    valid_to: date | None = None,
) -> Mapping:
    """A place decides to take a level of another standard for one of ours, for so many months after its conclusion.

    One person proposes, another approves, a document says so. No national table of levels is known (医保办发〔2021〕
    37号 only asks to explore it), so nothing is adopted by itself. Refuses with ``assessment.not_a_place``,
    ``.unknown_standard``, ``.own_standard``, ``.not_converted``, ``.unknown_level``, ``.mapping_two_people``,
    ``.mapping_overlaps``, ``input.missing`` or ``period.ends_before_it_begins``.
    """
    if not is_place(place):
        raise NOT_A_PLACE("place", place=place)
    check_level(from_standard, from_level)
    if whole(to_level, "to_level", least=0) > 4:
        raise UNKNOWN_LEVEL("to_level", standard=STANDARD, level=to_level)
    whole(valid_months, "valid_months", least=1)
    if not document_no.strip():
        raise MISSING("document_no", field_name="document_no")
    if proposed_by == approved_by or not approved_by:
        raise TWO_PEOPLE("approved_by")
    period = Period(valid_from, valid_to)
    with transaction.atomic():
        standing = Mapping.objects.select_for_update().filter(
            place=place, from_standard=from_standard, from_level=from_level
        )
        for other in standing.order_by("valid_from"):
            if period.overlaps(Period(other.valid_from, other.valid_to)):
                raise MAPPING_OVERLAPS("valid_from", first=other.valid_from)
        made = Mapping.objects.create(
            place=place,
            from_standard=from_standard,
            from_level=from_level,
            to_level=to_level,
            valid_from=valid_from,
            valid_to=valid_to,
            valid_months=valid_months,
            document_no=document_no,
            proposed_by=proposed_by,
            approved_by=approved_by,
        )
        note(
            county=place,
            at=at,
            actor=approved_by,
            act="assessment.adopt_mapping",
            subject="assessment.Mapping",
            subject_id=str(made.pk),
            proposed_by=proposed_by,
            standard=from_standard,
            level=from_level,
            to_level=to_level,
            document=document_no,
        )
    return made


def end_mapping(*, mapping: Mapping, last_day: date, at: datetime, by: str) -> Mapping:
    """The last day on which results are taken over by it; what was taken over stays.

    Refuses with ``period.ends_before_it_begins``.
    """
    with transaction.atomic():
        found = Mapping.objects.select_for_update().get(pk=mapping.pk)
        Period(found.valid_from, last_day)
        found.valid_to = last_day
        found.save(update_fields=["valid_to"])
        note(
            county=found.place,
            at=at,
            actor=by,
            act="assessment.end_mapping",
            subject="assessment.Mapping",
            subject_id=str(found.pk),
            last_day=str(last_day),
        )
    return found


def mapping_for(*, county: str, standard: str, level: int, on: date) -> Mapping | None:
    """The approved decision of the closest layer of place that holds on the day."""
    approved = Mapping.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        place__in=layers(county),
        from_standard=standard,
        from_level=level,
        valid_from__lte=on,
    ).exclude(approved_by="")
    by_place = {mapping.place: mapping for mapping in approved.order_by("valid_from")}
    return next((by_place[place] for place in layers(county) if place in by_place), None)


def recognise(
    *,
    person: Person,
    standard: str,
    level: int,
    body_name: str,
    certificate_no: str,
    concluded_on: date,
    expires_on: date | None,
    at: datetime,
    on: date,
    by: str,
) -> Assessment:
    """Take over another agency's level by an approved mapping; it stays marked as recognised and has no scores.

    Valid until the earlier of its own expiry and the months that the mapping gives it. Refuses with
    ``assessment.no_mapping``, ``.not_converted``, ``.own_standard``, ``.unknown_standard``, ``.unknown_level``,
    ``.expired``, ``.concluded_in_the_future``, ``.already_loaded``, ``.person_died``, ``.file_closed`` or
    ``input.missing``.
    """
    for name, text in (("body_name", body_name), ("certificate_no", certificate_no)):
        if not text.strip():
            raise MISSING(name, field_name=name)
    check_level(standard, level)
    if concluded_on > on:
        raise IN_THE_FUTURE("concluded_on", assessed_on=concluded_on)
    with transaction.atomic():
        elder = lock_living(person)
        mapping = mapping_for(county=elder.county, standard=standard, level=level, on=on)
        if mapping is None:
            raise NO_MAPPING("level", standard=standard, level=level)
        last = recognised_until(mapping, concluded_on, expires_on)
        if last < on:
            raise EXPIRED("concluded_on", last=last)
        mine = Assessment.rows.filter(county=elder.county, person=elder, standard=standard)
        if known := mine.filter(certificate_no=certificate_no).first():
            raise ALREADY_LOADED("certificate_no", certificate=certificate_no, no=known.no)
        result = recognised(elder, mapping, concluded_on, expires_on)
        result.no = next_number(elder.county, on)
        result.body_name, result.certificate_no = body_name, certificate_no
        result.requested_at = result.effective_at = at
        result.requested_by = by
        take_place(result)
        note(
            county=elder.county,
            at=at,
            actor=by,
            act="assessment.recognise",
            subject="assessment.Assessment",
            subject_id=result.id,
            standard=standard,
            level=level,
            final_level=result.final_level,
            mapping=mapping.pk,
            document=mapping.document_no,
        )
    return result


def recognised(elder: Person, mapping: Mapping, concluded_on: date, expires_on: date | None) -> Assessment:
    """A result as the mapping makes it, not yet saved."""
    return Assessment(
        county=elder.county,
        person=elder,
        origin=Assessment.Origin.RECOGNISED,
        state=Assessment.State.EFFECTIVE,
        standard=mapping.from_standard,
        recorded_level=find(mapping.from_standard).level(mapping.from_level).name.zh,
        mapping=mapping,
        assessed_on=concluded_on,
        valid_until=recognised_until(mapping, concluded_on, expires_on),
        final_level=mapping.to_level,
    )


def recognised_until(mapping: Mapping, concluded_on: date, expires_on: date | None) -> date:
    """The earlier of the certificate's own expiry and the months of the mapping."""
    local = months_after(concluded_on, mapping.valid_months)
    return local if expires_on is None else min(local, expires_on)


def check_level(standard: str, level: int) -> None:
    """Refuses a standard or level that cannot be taken over."""
    scale = find(standard)
    if standard == STANDARD:
        raise OWN_STANDARD("standard", number=scale.number)
    if scale.method == RECORDED_ONLY:
        raise NOT_CONVERTED("standard", number=scale.number)
    if whole(level, "level", least=0) >= len(scale.levels):
        raise UNKNOWN_LEVEL("level", standard=standard, level=level)
