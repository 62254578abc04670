"""An application carried as far as a story needs it, each step by its own verb and by another person."""

from __future__ import annotations

from datetime import date

from songhe.assessment.tests import world
from songhe.assessment.tests.world import at
from songhe.entitlement import apply, approve, assess, clarify, determine, publish, review
from songhe.entitlement.models import Application, Entitlement
from songhe.person.models import Person
from songhe.place.calendar import load_shipped_calendars

POLICY = "consumption-voucher"
ON = date(2026, 3, 10)


def draft(person: Person, *, on=ON, by="elder", **fields) -> Application:
    given = {"policy": POLICY, "channel": "online"} | fields
    return apply.open_application(person=person, at=at(on), on=on, by=by, **given)


def submitted(person: Person, *, on=ON, **fields) -> Application:
    return apply.submit(application=draft(person, on=on, **fields), pledge_signed_on=on, at=at(on), on=on, by="elder")


def clarifying(person: Person, *, on=ON) -> Application:
    return clarify.ask(application=submitted(person, on=on), question="请补照片", at=at(on), by="clerk")


def assessing(person: Person, *, on=ON) -> Application:
    return assess.await_assessment(application=submitted(person, on=on), at=at(on), by="clerk")


def determined(person: Person, *, on=ON, scores=world.MODERATE, **fields) -> Application:
    application = submitted(person, on=on, **fields)
    world.effective(person, on=on, scores=scores)
    return determine.determine(application=application, at=at(on), on=on, by="clerk")


def reviewed(person: Person, *, on=ON, **fields) -> Application:
    return review.review(application=determined(person, on=on, **fields), at=at(on), on=on, by="clerk")


def published(person: Person, *, on=ON) -> Application:
    return publish.publish(application=reviewed(person, on=on), at=at(on), on=on, by="clerk").application


def approved(person: Person, *, on=ON, **fields) -> Entitlement:
    load_shipped_calendars()
    return approve.approve(application=reviewed(person, on=on, **fields), at=at(on), on=on, by="approver")


def refused(person: Person, *, on=ON) -> Application:
    made = reviewed(person, on=on, scores=world.MILD)
    return approve.refuse(application=made, because="未达到中度失能", at=at(on), on=on, by="approver")
