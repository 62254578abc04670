"""What families say after the first month: ratings of their bills, and a handful of complaints. 评价和投诉

Everything goes through the verbs of ``songhe.feedback``, under the login of whoever would do it. A complaint is left
in the state that ``data/feedback.yaml`` says, one of them past its day.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from songhe.entitlement.models import Application
from songhe.feedback.answer import answer, review, transfer
from songhe.feedback.complain import About, complain, contest, withdraw
from songhe.feedback.models import Complaint
from songhe.feedback.rate import NOT_YOURS, rate
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.month.sample.behaviour import ElderMonth, script
from songhe.month.sample.cast import APPROVER, CLERK, SECOND_CLERK
from songhe.month.sample.files import files_of, mandates_of
from songhe.month.sample.people import given_name
from songhe.month.sample.plan import Plan, moment, workdays_before
from songhe.month.sample.providers import known
from songhe.month.sample.settling import booked
from songhe.month.sample.shape import COUNTY, Weights, feedback
from songhe.redemption.models import Bill

#: Who complains without signing in.
ANYBODY = "public"

#: Working days before the close on which people rate, and on which somebody may complain.
RATED_WITHIN, SAID_WITHIN = 3, 9


# --- ratings ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opinion:
    """How somebody found the services of one bill, and when they say so."""

    stars: int
    words: str
    at: datetime
    on: date


def who_rates(plan: Plan, month: Month) -> Iterator[ElderMonth]:
    """The months of those whose family has a login and says how it was; nobody rates for the dead."""
    per_hundred = feedback()["rated_per_hundred"]
    for mine in script(plan, month):
        has_login = mine.elder.own_login or (mine.elder.proxy and not mine.elder.proxy.provider)
        rates = Random(f"{plan.seed}/rates/{mine.elder.number}").randrange(100) < per_hundred
        if has_login and rates and mine.report is None:
            yield mine


def rate_bills(plan: Plan, month: Month, before: date, chunk: Sequence[ElderMonth]) -> None:
    """Rate what was booked for each elder of the chunk, on one of the last days ``before``."""
    people = files_of([mine.elder for mine in chunk])
    mandates = mandates_of(list(people.values()))
    numbers = {people[mine.elder.number].id: mine for mine in chunk}
    days = workdays_before(before, RATED_WITHIN)
    for bill, _ in booked(month, chunk):
        mine, mandate = numbers[bill.person_id], mandates.get(bill.person_id)
        by = (mandate.account if mandate else "") or mine.elder.own_login
        said = opinion(plan, mine, bill.provider.name, days)
        is_kept = bill.state in (Bill.State.BOOKED, Bill.State.PROVISIONAL)
        if is_kept and by:
            _rate(bill, said, by)


def _rate(bill: Bill, said: Opinion, by: str) -> None:
    """Whoever is tied to the provider is refused, and says nothing."""
    try:
        rate(county=COUNTY, bill_id=bill.id, stars=said.stars, words=said.words, by=by, at=said.at, on=said.on)
    except Refusal as refusal:
        if refusal.reason is not NOT_YOURS:
            raise


def opinion(plan: Plan, mine: ElderMonth, provider: str, days: Sequence[date]) -> Opinion:
    told = feedback()
    chance = Random(f"{plan.seed}/opinion/{mine.elder.number}/{provider}")
    stars = Weights.of(dict(told["stars"])).draw(chance)
    speaks = chance.randrange(100) < told["says_something_per_hundred"]
    words = chance.choice(told["words"]["institution" if mine.care == "institution" else "home"][stars])
    on = chance.choice(days)
    at = moment(on, chance.randrange(9, 21), chance.randrange(60), chance.randrange(60))
    return Opinion(stars, words if speaks else "", at, on)


# --- complaints ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Voice:
    """A complaint to be made: its place among them, what the file tells of it, and the days on which things happen."""

    number: int
    told: Mapping[str, Any]
    days: Sequence[date]

    def when(self, name: str) -> tuple[datetime, date]:
        """Instant and day of something so many working days after it was said."""
        after = 0 if name == "said" else int(self.told[name])
        day = self.days[-int(self.told["said"]) + after]
        hour = {"said": 9, "after": 10, "contests": 11, "reviews": 15}[name]
        return moment(day, hour, 7 * self.number % 60), day


def voices(before: date) -> list[Voice]:
    days = workdays_before(before, SAID_WITHIN)
    return [Voice(number, told, days) for number, told in enumerate(feedback()["complaints"])]


def complain_all(plan: Plan, month: Month, chunk: Sequence[Voice]) -> None:
    """Make each complaint and carry it on to the state that it is to be found in."""
    families = _families(plan, month, len(chunk))
    for voice in chunk:
        _carry_on(voice, _made(plan, voice, families[voice.number % len(families)]))


@dataclass(frozen=True)
class _Family:
    login: str
    bill: Bill


def _families(plan: Plan, month: Month, wanted: int) -> list[_Family]:
    """Proxies with a login, each with a bill for services at home that was booked."""
    found: list[_Family] = []
    for mine in script(plan, month):
        proxy = mine.elder.proxy
        if mine.care != "home" or mine.elder.case or mine.report or not mine.bills or not proxy or proxy.provider:
            continue
        rows = [bill for bill, told in booked(month, [mine]) if bill.state == Bill.State.BOOKED and not told.undo]
        mandate = mandates_of([bill.person for bill in rows[:1]])
        if rows and (login := mandate[rows[0].person_id].account):
            found.append(_Family(login, rows[0]))
        if len(found) == wanted:
            break
    return found


def _made(plan: Plan, voice: Voice, family: _Family) -> Complaint:
    told, (at, on) = voice.told, voice.when("said")
    chance = Random(f"{plan.seed}/voice/{voice.number}")
    is_family, is_named = told["from"] == "family", told["from"] == "name"
    return complain(
        county=COUNTY,
        about=_about(plan, told, family),
        person_id=family.bill.person_id if is_family else None,
        category=told["category"],
        confidential=False,
        words=told["words"],
        phone=f"555{chance.randint(0, 9999):04d}" if is_named else "",
        name=given_name("01", "female", date(1968, 1, 1), chance) if is_named else "",
        by=family.login if is_family else ANYBODY,
        at=at,
        on=on,
    ).complaint


def _about(plan: Plan, told: Mapping[str, Any], family: _Family) -> About:
    if told["about"] == "provider":
        return known(plan)[told["code"]] if "code" in told else family.bill.provider
    if told["about"] == "bill":
        return family.bill
    if told["about"] == "decision":
        refused = Application.rows.filter(county=COUNTY, state=Application.State.REFUSED)
        return refused.order_by("submitted_at", "no").first()
    return None


def _carry_on(voice: Voice, made: Complaint) -> None:
    told, by = voice.told, made.by
    if told["ends"] == "received":
        return
    at, on = voice.when("after")
    if told["ends"] == "withdrawn":
        withdraw(complaint=made, by=by, at=at)
        return
    if told["ends"] == "transferred":
        transfer(complaint=made, to=told["to"], because=told["because"], at=at, by=CLERK)
        return
    # Whoever decided does not answer.
    clerk = SECOND_CLERK if CLERK in made.against else CLERK
    made = answer(complaint=made, outcome=told["outcome"], text=told["answer"], at=at, on=on, by=clerk)
    if "contests" in told:
        at, on = voice.when("contests")
        made = contest(complaint=made, grounds=told["grounds"], by=by, at=at, on=on)
    if "reviews" in told:
        at, _ = voice.when("reviews")
        review(complaint=made, outcome=told["review_outcome"], text=told["review"], at=at, by=APPROVER)
