"""Rate what was billed: one rating a bill, by who had the service. 评价"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from songhe.access.models import Account
from songhe.access.role import Role
from songhe.access.scope import appointments
from songhe.feedback.models import Rating
from songhe.kernel.refusal import reason, whole
from songhe.person.mandate import may_act
from songhe.redemption.models import Bill, Verdict
from songhe.trail.note import note

LONGEST = 300

NO_SUCH_BILL = reason("feedback.no_such_bill", zh="没有这张账单。", en="There is no such bill.", status=404)
STARS = reason("feedback.stars_out_of_range", zh="请选择1至5颗星。", en="Choose one to five stars.")
TOO_LONG = reason("feedback.too_long", zh="最多写{most}个字。", en="Write at most {most} characters.")
NOT_BOOKED = reason(
    "feedback.bill_not_booked",
    zh="这张账单还没有入账或已经冲正，不能评价。",
    en="This bill is not booked, or was reversed; it cannot be rated.",
    status=409,
)
NOT_YOURS = reason(
    "feedback.not_yours",
    zh="只有本人或可以确认服务的代办人能评价，服务机构的工作人员不能代评。",
    en="Only the elder, or a proxy who may confirm services, can rate; never the staff of a provider.",
    status=403,
)
GATHERED = reason(
    "feedback.statement_gathered",
    zh="这张账单已归入结算单，评价不能再改。",
    en="This bill is in a statement; its rating can no longer change.",
    status=409,
)


def rate(*, county: str, bill_id: UUID, stars: int, words: str, by: str, at: datetime, on: date) -> Rating:
    """One rating a bill, changed by rating again until the bill is gathered into a statement; the first may come later.

    Only the elder's own login or a proxy whose mandate says ``confirm`` rates; a mandate of the provider's staff
    never does. Refuses with ``feedback.no_such_bill``, ``feedback.stars_out_of_range``, ``feedback.too_long``,
    ``feedback.bill_not_booked``, ``feedback.not_yours`` or ``feedback.statement_gathered``.
    """
    if whole(stars, "stars") not in range(1, 6):
        raise STARS("stars")
    said = words.strip()
    if len(said) > LONGEST:
        raise TOO_LONG("words", most=LONGEST)
    with transaction.atomic():
        bill = Bill.objects.select_for_update(of=("self",)).filter(county=county, id=bill_id).first()
        if bill is None:
            raise NO_SUCH_BILL("bill")
        if not may_rate(bill=bill, by=by, on=on):
            raise NOT_YOURS("by")
        if bill.state not in (Bill.State.BOOKED, Bill.State.PROVISIONAL):
            raise NOT_BOOKED("bill")
        found = Rating.rows.filter(county=county, bill=bill).first()
        if found is None:
            found = Rating.rows.create(
                county=county,
                bill=bill,
                provider_id=bill.provider_id,
                person_id=bill.person_id,
                stars=stars,
                words=said,
                by=by,
                at=at,
            )
        else:
            if is_gathered(bill):
                raise GATHERED("bill")
            found.stars, found.words, found.by, found.changed_at = stars, said, by, at
            found.save(update_fields=["stars", "words", "by", "changed_at"])
        note(
            county=county,
            at=at,
            actor=by,
            act="feedback.rate",
            subject="bill",
            subject_id=bill.id,
            behalf_of=bill.person_id,
            stars=stars,
        )
    return found


def may_rate(*, bill: Bill, by: str, on: date) -> bool:
    """Whether the login belongs to the elder of the bill, or to a proxy who may confirm what this provider did."""
    own = Account.objects.filter(username=by).first()
    if own is not None and appointments(own, on, roles=[Role.CITIZEN]).filter(person_id=bill.person_id).exists():
        return True
    return may_act(person=bill.person, act="confirm", on=on, account=by, served_by=bill.provider) is not None


def is_gathered(bill: Bill) -> bool:
    """Whether a line of the bill stands in a statement, and is settled with its verdict."""
    return Verdict.objects.filter(county=bill.county, line__bill=bill, settled=True).exists()
