"""Applications that are under way when the first month's books close: what the desk has to do. 在办申请

Handed in on the last working days before the close by people who have no part in the month itself, and left where
they are. No run takes them further: only people do.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle

from songhe.assessment.models import Assessment
from songhe.eligibility.models import Determination
from songhe.entitlement import assess, clarify, determine, review
from songhe.entitlement.models import Application
from songhe.kernel.refusal import Refusal
from songhe.month.sample import assessing, rights
from songhe.month.sample.cast import APPROVER, CLERK
from songhe.month.sample.people import Elder
from songhe.month.sample.plan import Body, Plan, moment, workdays_before
from songhe.month.sample.providers import known
from songhe.month.sample.rights import POLICY, Applicant
from songhe.month.sample.shape import COUNTY
from songhe.policy.resolve import NOT_IN_FORCE, library
from songhe.provider.models import Kind, Provider

#: How far those who have an earlier result have come, dealt out in turn, and those who have none.
WITH_RESULT = ("reviewed", "clarifying", "determined", "submitted", "reviewed", "clarifying", "sent_back", "answered")
WITHOUT_RESULT = (
    "assigned",
    "submitted",
    "determined",
    "assessed",
    "clarifying",
    "requested",
    "reviewed",
    "assigned",
    "answered",
    "determined",
)

STATES = {
    "submitted": Application.State.SUBMITTED,
    "answered": Application.State.SUBMITTED,
    "clarifying": Application.State.CLARIFYING,
    "requested": Application.State.ASSESSING,
    "assigned": Application.State.ASSESSING,
    "assessed": Application.State.ASSESSING,
    "determined": Application.State.DETERMINED,
    "sent_back": Application.State.DETERMINED,
    "reviewed": Application.State.REVIEWED,
}

_TO_BE_ASSESSED = frozenset(far for far, state in STATES.items() if state == Application.State.ASSESSING)
_DETERMINED = frozenset(far for far in STATES if far in ("determined", "sent_back", "reviewed"))

#: Working days from the first application to the close, and how many one takes to come so far.
DAYS = 8
UNDER_WAY = {
    "submitted": 0,
    "answered": 2,
    "clarifying": 1,
    "requested": 0,
    "assigned": 1,
    "assessed": 2,
    "determined": 1,
    "sent_back": 3,
    "reviewed": 2,
}
#: How many more where an assessment had to be made first.
TO_ASSESS = 2

QUESTIONS = (
    ("身份证照片不清晰，请重新上传正反两面。", "已重新拍照上传，正反两面都能看清。"),
    ("登记的住址与户籍地址不一致，请上传居住证明。", "现住女儿家，已上传居委会开具的居住证明。"),
    ("请说明是否正在领取长期护理保险待遇。", "没有领取长期护理保险待遇。"),
    ("申请人登记的联系电话无人接听，请核对。", "电话已更换，请按代办人的号码联系。"),
)
SENT_BACK = "请核对老年人是否已享受其他养老服务补贴，再送审批。"

#: What the family ticks at its first look, by the level found in the end.
DEPENDENT = {
    1: ("bathing", "dressing", "transfer"),
    2: ("bathing", "eating", "dressing"),
    3: ("bathing", "eating", "continence", "dressing"),
    4: ("bathing", "eating", "continence", "dressing", "toilet", "transfer"),
}


@dataclass(frozen=True)
class Under:
    """An application to come: whose it is, how far it gets, and the working days on which something is done to it."""

    elder: Elder
    far: str
    days: tuple[date, ...]

    @property
    def at_counter(self) -> bool:
        """Some go to the counter although they could act online, or send their proxy there."""
        return self.elder.number % 4 == 0


def under_way(plan: Plan, on: date) -> Iterator[Under]:
    """Who applies after the month, and how far each has come on the evening before ``on``. Nobody, once the
    programme is over."""
    try:
        library().resolve(policy=POLICY, place=COUNTY, on=on)
    except Refusal as refusal:
        if refusal.reason is not NOT_IN_FORCE:
            raise
        return
    days = workdays_before(on, DAYS)
    seen, unseen = cycle(WITH_RESULT), cycle(WITHOUT_RESULT)
    for elder in plan.acting():
        if elder.applies == "after":
            has_result = elder.assessed_on is not None
            far = next(seen if has_result else unseen)
            needed = UNDER_WAY[far] + (TO_ASSESS if far in _DETERMINED and not has_result else 0)
            first = DAYS - 1 - needed - elder.number % 2
            yield Under(elder, far, tuple(days[first : first + needed + 1]))


def leave(plan: Plan, chunk: Sequence[Under]) -> None:
    """Carry each application of the chunk as far as it gets."""
    providers = known(plan)
    bodies = [body for body in plan.bodies() if body.kind == Kind.ASSESSMENT_BODY]
    applicants = rights.applicants([each.elder for each in chunk], providers)
    for each, applicant in zip(chunk, applicants, strict=True):
        applicant = replace(applicant, at_counter=each.at_counter)
        left = _Desk(each, applicant, bodies, providers).carry()
        left.refresh_from_db()
        if left.state != STATES[each.far]:
            raise RuntimeError(f"the application of {each.elder.key} is {left.state}, not {each.far}")


class _Desk:
    """One application; a step takes the next of its days unless it needs none of its own."""

    def __init__(
        self, under: Under, applicant: Applicant, bodies: Sequence[Body], providers: dict[str, Provider]
    ) -> None:
        self.under, self.applicant = under, applicant
        self.number = under.elder.number
        self.days = iter(under.days)
        # Most of what is still to do is the first body's, whose manager and assessor are of the cast.
        self.is_cast = under.far in ("requested", "assigned") and self.number % 4 != 3
        self.body = bodies[0 if self.is_cast else self.number % len(bodies)]
        self.provider = providers[self.body.code]

    def carry(self) -> Application:
        far, on = self.under.far, self._next_day()
        application = self._hand_in(on)
        if far in ("clarifying", "answered"):
            return self._clarify(application)
        if far in _TO_BE_ASSESSED:
            self._assess(application, far, on)
        elif far in _DETERMINED:
            application = self._determine(application, on)
            if far != "determined":
                self._review(application, far)
        return application

    def _next_day(self) -> date:
        return next(self.days)

    def _hand_in(self, on: date) -> Application:
        early = self.applicant.assessment is None
        at = moment(on, 9 if early else 9 + self.number % 8, self.number % 60)
        dependent = () if self.under.at_counter else DEPENDENT[self._level]
        return rights.hand_in(self.applicant, at=at, on=on, dependent=dependent)

    @property
    def _level(self) -> int:
        level = self.under.elder.level
        assert level is not None
        return level

    def _clarify(self, application: Application) -> Application:
        question, answer = QUESTIONS[self.number % len(QUESTIONS)]
        at = moment(self._next_day(), 9, self.number % 60)
        application = clarify.ask(application=application, question=question, at=at, by=CLERK)
        if self.under.far == "answered":
            at = moment(self._next_day(), 20, self.number % 60)
            clarify.answer(application=application, text=answer, at=at, by=self.applicant.by)
        return application

    def _assess(self, application: Application, far: str, on: date) -> Assessment:
        """The assessment is asked for on the day of the application, and comes as far as ``far`` says."""
        assess.await_assessment(application=application, at=moment(on, 10), by=CLERK)
        found = assessing.ask(self.applicant, self.provider, on=on)
        if far == "requested":
            return found
        place = 0 if self.is_cast else None
        assigned_on = self._next_day()
        seen_on = None if far == "assigned" else self._next_day()
        found = assessing.assign(
            found, self.applicant, self.body, self.provider, on=assigned_on, visit_on=seen_on, place=place
        )
        if seen_on is None:
            return found
        return assessing.hand_in(found, self.applicant, self.body, self._level, on=seen_on)

    def _determine(self, application: Application, on: date) -> Application:
        if self.applicant.assessment is None:
            handed_in = self._assess(application, "assessed", on)
            on = self._next_day()
            assessing.accept(handed_in, on=on)
        else:
            at = moment(on, 17, self.number % 60)
            application = assess.attach(
                application=application, assessment=self.applicant.assessment, at=at, on=on, by=CLERK
            )
            on = self._next_day()
        return determine.determine(application=application, at=moment(on, 14, self.number % 60), on=on, by=CLERK)

    def _review(self, application: Application, far: str) -> Application:
        entitled = (
            application.determination is not None
            and application.determination.outcome == Determination.Outcome.ENTITLED
        )
        on = self._next_day()
        reviewed = review.review(
            application=application,
            at=moment(on, 15, self.number % 60),
            on=on,
            by=CLERK,
            note="材料齐全，拟同意。" if entitled else "不符合条件，拟不予批准。",
        )
        if far == "sent_back":
            at = moment(self._next_day(), 11, self.number % 60)
            return review.send_back(application=reviewed, because=SENT_BACK, at=at, by=APPROVER)
        return reviewed
