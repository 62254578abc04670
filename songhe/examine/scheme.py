"""How providers are examined: the scheme that is shipped, and a county's own, as data with a version. 考核办法"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import yaml
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from songhe.examine.models import Edition, Examination, Step
from songhe.examine.score import FULL, INDICATORS, Rule
from songhe.examine.states import EDITION
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal, reason
from songhe.trail.note import note

DATA = Path(__file__).resolve().parent / "data" / "scheme.yaml"
SHIPPED_BY = "songhe"
FIELDS = ("title", "source", "confidence", "least_weight", "objection_days", "line", "mend_days", "indicators")
LONGEST = 24

NOT_A_SCHEME = reason("examine.not_a_scheme", zh="考核办法第“{where}”处不成立：{why}。", en="At {where}: {why_en}.")
SAME_PERSON = reason(
    "examine.same_person",
    zh="提出的人和决定的人不能是同一人。",
    en="Who proposes or draws up does not decide.",
    status=403,
)
REASON_MISSING = reason("examine.reason_missing", zh="请写明原因。", en="Say why.")
DOCUMENT_MISSING = reason("examine.document_missing", zh="请写明文号。", en="Name the document.")
MONTH_PUBLISHED = reason(
    "examine.month_published",
    zh="{month}的考核已经公布，新办法最早从{next}起。",
    en="The scores of {month} are published; a scheme begins in {next} at the earliest.",
    status=409,
)
SCHEME_TAKEN = reason(
    "examine.scheme_taken",
    zh="从{month}起已有一份考核办法。",
    en="There is a scheme from {month} already.",
    status=409,
)


@dataclass(frozen=True)
class Scheme:
    """A scheme that was read and found sound. ``told`` is what it was read from."""

    title_zh: str
    title_en: str
    source: str
    confidence: str
    least_weight: int
    objection_days: int
    line: int
    mend_days: int
    rules: dict[str, Rule]
    told: dict[str, Any]

    @property
    def version(self) -> str:
        """The same words, the same version; twelve hexadecimal digits."""
        return sha256(json.dumps(self.told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:12]


def parse(text: str) -> Scheme:
    """A scheme as a county writes it. Refuses with ``examine.not_a_scheme``, naming the place."""
    try:
        told = yaml.safe_load(text)
    except yaml.YAMLError:
        raise _wrong("YAML", "读不出来", "it cannot be read") from None
    return read(told)


def read(told: Any) -> Scheme:
    """Refuses with ``examine.not_a_scheme`` whatever is missing, unknown, out of bounds or runs the wrong way."""
    if not isinstance(told, dict):
        raise _wrong("YAML", "应为一组字段", "a mapping is wanted")
    if set(told) != set(FIELDS):
        odd = "、".join(sorted(str(one) for one in set(told) ^ set(FIELDS)))
        raise _wrong(odd, "字段缺少或多余", "a field is missing or unknown")
    title, indicators = told["title"], told["indicators"]
    if not isinstance(title, dict) or not all(isinstance(title.get(one), str) and title[one] for one in ("zh", "en")):
        raise _wrong("title", "应有中英文名称", "a title in both languages is wanted")
    if not isinstance(told["source"], str) or told["confidence"] not in ("A", "B", "C", "D", "L"):
        raise _wrong("source", "应有来源和可信度", "a source and a confidence are wanted")
    if not isinstance(indicators, dict) or not indicators:
        raise _wrong("indicators", "至少要有一项指标", "at least one indicator is wanted")
    return Scheme(
        title["zh"],
        title["en"],
        told["source"],
        told["confidence"],
        _whole(told["least_weight"], "least_weight", 1, 100),
        _whole(told["objection_days"], "objection_days", 1, 90),
        _whole(told["line"], "line", 0, FULL),
        _whole(told["mend_days"], "mend_days", 1, 180),
        {str(code): _rule(str(code), rule) for code, rule in indicators.items()},
        told,
    )


@lru_cache(maxsize=1)
def shipped() -> Scheme:
    return parse(DATA.read_text(encoding="utf-8"))


def written(scheme: Scheme) -> str:
    """As a county would write it; ``parse`` reads the same from it."""
    rules = scheme.told["indicators"]
    told = {name: scheme.told[name] for name in FIELDS[:-1]}
    told["indicators"] = {
        code: {name: rules[code][name] for name in ("weight", "least", "months", "bands")} for code in rules
    }
    return yaml.safe_dump(told, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100)


def scheme_of(edition: Edition) -> Scheme:
    return read(edition.told)


def edition_for(*, county: str, month: Month) -> Edition | None:
    """The county's own scheme of the month; none where the shipped one holds."""
    own = Edition.objects.filter(county=county, shipped=False, state=Edition.State.IN_FORCE, valid_from__lte=str(month))
    return own.order_by("-valid_from").first()


def scheme_for(*, county: str, month: Month) -> Scheme:
    """By which the month of the county is examined: its own, or the one that is shipped."""
    own = edition_for(county=county, month=month)
    return shipped() if own is None else scheme_of(own)


def editions(county: str) -> QuerySet[Edition]:
    """The county's own, the newest first."""
    return Edition.objects.filter(county=county, shipped=False).order_by("-valid_from", "-proposed_at", "-id")


def edition_to_use(*, county: str, month: Month, at: datetime) -> Edition:
    """The same, or the shipped scheme, written down when it is first used."""
    own = edition_for(county=county, month=month)
    if own is not None:
        return own
    scheme = shipped()
    known = Edition.objects.filter(county=county, shipped=True, version=scheme.version).first()
    return known or _write(scheme, county=county, shipped=True, state=Edition.State.IN_FORCE, by=SHIPPED_BY, at=at)


def propose(*, county: str, text: str, valid_from: Month, document_no: str, at: datetime, by: str) -> Edition:
    """Propose a county's own scheme from a month on that is not published yet.

    Refuses with ``examine.not_a_scheme``, ``examine.document_missing``, ``examine.month_published`` or
    ``examine.scheme_taken``.
    """
    scheme = parse(text)
    if not document_no.strip():
        raise DOCUMENT_MISSING("document_no")
    with transaction.atomic():
        _refuse_published(county, valid_from)
        try:
            with transaction.atomic():
                made = _write(
                    scheme,
                    county=county,
                    shipped=False,
                    state=Edition.State.PROPOSED,
                    by=by,
                    at=at,
                    valid_from=str(valid_from),
                    document_no=document_no.strip()[:80],
                )
        except IntegrityError:
            raise SCHEME_TAKEN("valid_from", month=valid_from) from None
        _note("examine.propose_scheme", made, at=at, by=by)
    return made


def approve(*, edition: Edition, at: datetime, by: str) -> Edition:
    """Another person puts it in force. Refuses with ``examine.same_person``, ``examine.wrong_state`` or
    ``examine.month_published``."""
    return _decide(edition, "approve", "", at, by)


def decline(*, edition: Edition, because: str, at: datetime, by: str) -> Edition:
    """Refuses with ``examine.reason_missing``, ``examine.same_person`` or ``examine.wrong_state``."""
    if not because.strip():
        raise REASON_MISSING("because")
    return _decide(edition, "decline", because, at, by)


def _decide(edition: Edition, verb: str, because: str, at: datetime, by: str) -> Edition:
    with transaction.atomic():
        row = Edition.objects.select_for_update().get(county=edition.county, id=edition.id)
        EDITION.move(row, verb)
        if row.proposed_by == by:
            raise SAME_PERSON("by")
        if verb == "approve":
            _refuse_published(row.county, Month.parse(row.valid_from))
        row.decided_by, row.decided_at, row.because = by, at, because.strip()[:300]
        row.save(update_fields=["state", "decided_by", "decided_at", "because"])
        _note(f"examine.{verb}_scheme", row, at=at, by=by)
    return row


def _refuse_published(county: str, first: Month) -> None:
    rows = Examination.objects.filter(county=county, month__gte=str(first), state=Examination.State.PUBLISHED)
    last = rows.order_by("-month").values_list("month", flat=True).first()
    if last is not None:
        raise MONTH_PUBLISHED("valid_from", month=last, next=Month.parse(last).next)


def _write(scheme: Scheme, *, county: str, shipped: bool, state: str, by: str, at: datetime, **more: str) -> Edition:
    with transaction.atomic():
        made = Edition.objects.create(
            county=county,
            version=scheme.version,
            told=scheme.told,
            least_weight=scheme.least_weight,
            line=scheme.line,
            shipped=shipped,
            state=state,
            proposed_by=by,
            proposed_at=at,
            **more,
        )
        Step.objects.bulk_create(
            Step(
                county=county,
                edition=made,
                indicator=code,
                weight=rule.weight,
                least=rule.least,
                months=rule.months,
                start=start,
                points=points,
            )
            for code, rule in scheme.rules.items()
            for start, points in rule.bands
        )
    return made


def _rule(code: str, told: Any) -> Rule:
    if code not in INDICATORS:
        raise _wrong(code, "没有这项指标", "there is no such indicator")
    if not isinstance(told, dict) or set(told) != {"weight", "least", "months", "bands"}:
        raise _wrong(code, "应有权重、最少数量、月数和分档", "weight, least, months and bands are wanted")
    bands = told["bands"]
    if not isinstance(bands, list) or not bands or not all(isinstance(one, list) and len(one) == 2 for one in bands):
        raise _wrong(f"{code}.bands", "每一档写成[起点, 得分]", "a band is written [from, points]")
    read_bands = tuple(
        (_whole(start, f"{code}.bands", 0, 10**9), _whole(points, f"{code}.bands", 0, FULL)) for start, points in bands
    )
    starts, points = [start for start, _ in read_bands], [points for _, points in read_bands]
    if starts[0] != 0 or sorted(set(starts)) != starts:
        raise _wrong(f"{code}.bands", "起点应从0开始递增", "bands begin at 0 and rise")
    if points != sorted(points, reverse=INDICATORS[code].lower):
        raise _wrong(f"{code}.bands", "做得更好，得分不能更低", "doing better must never give fewer points")
    return Rule(
        _whole(told["weight"], f"{code}.weight", 1, 100),
        _whole(told["least"], f"{code}.least", 1, 10**6),
        _whole(told["months"], f"{code}.months", 1, LONGEST),
        read_bands,
    )


def _whole(given: Any, where: str, least: int, most: int) -> int:
    if isinstance(given, bool) or not isinstance(given, int) or not least <= given <= most:
        raise _wrong(where, f"应为{least}至{most}的整数", f"a whole number from {least} to {most} is wanted")
    return given


def _wrong(where: str, why: str, why_en: str) -> Refusal:
    return NOT_A_SCHEME("scheme", where=where, why=why, why_en=why_en)


def _note(act: str, row: Edition, *, at: datetime, by: str) -> None:
    note(
        county=row.county,
        at=at,
        actor=by,
        act=act,
        subject="examine_edition",
        subject_id=row.id,
        reason=row.because,
        version=row.version,
        valid_from=row.valid_from,
    )
