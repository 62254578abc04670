"""A voucher that waits to be claimed, a programme that ends, a stay, somebody who acts in one's name: all are told."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at, elder
from songhe.entitlement.appeal import appeal
from songhe.entitlement.models import Ending, Entitlement
from songhe.entitlement.tests import story
from songhe.grant.choose import claim
from songhe.grant.models import Grant
from songhe.grant.tests.world import COUNTY, PROGRAMME, TENTH, budget, entitled, run_issue, voucher
from songhe.month import notify
from songhe.notice.models import Channel, Notice, SandboxMessage
from songhe.notice.template import say
from songhe.person import assistance, event
from songhe.person.models import Event
from songhe.redemption.reverse import amend
from songhe.redemption.tests.world import bath, pay, provider, visit_of
from songhe.trail.note import note
from tests.stories.test_notices import DAUGHTER, PHONE, inbox, proxy, texts, turn

pytestmark = pytest.mark.django_db


def unclaimed(**more):
    grant = voucher(category="home", person=elder(name="张桂兰", phone=PHONE), **more)
    Grant.objects.filter(county=COUNTY).update(claimed=False)
    return grant


def remind(day):
    return notify.remind(county=COUNTY, at=at(day), on=day)


def test_a_voucher_that_waits_to_be_claimed_is_reminded_of_once_and_the_family_too():
    grant = unclaimed()
    proxy(grant.person)
    counts = [remind(date(2026, 3, day)) for day in (20, 21, 24, 28, 31)]
    assert counts == [0, 1, 0, 0, 0]
    turn(on=date(2026, 3, 21))
    assert [one for one in inbox(grant.person) if one != "voucher.issued"] == ["voucher.to_claim", "voucher.claim_ends"]
    for phone in (PHONE, DAUGHTER):
        assert sum("还没有领" in text and "3月31日以后作废" in text for text in texts(phone)) == 1


def test_a_day_without_the_worker_is_made_up_for_and_the_days_are_right():
    unclaimed()
    assert remind(date(2026, 3, 27)) == 1
    kept = Notice.rows.get(template="voucher.claim_ends")
    assert say(kept.template, kept.values, language="zh").title == "还有4天，本月的券还没领"
    assert say(kept.template, kept.values, language="en").title == "4 days left to claim this month's voucher"


def test_who_has_claimed_is_reminded_of_the_money_and_not_of_claiming():
    grant = unclaimed()
    claim(county=COUNTY, grant_id=grant.id, at=at(TENTH), on=TENTH, by="granny")
    assert remind(date(2026, 3, 24)) == 1
    assert not Notice.rows.filter(template="voucher.claim_ends").exists()


def test_reminding_takes_the_same_statements_for_three_and_for_sixty():
    def statements(count):
        for number in range(count):
            entitled(person=elder(phone=f"1370000{number + 1000:04d}"))
        budget(100_000_000)
        run_issue(on=TENTH)
        Grant.objects.filter(county=COUNTY).update(claimed=False)
        with CaptureQueriesContext(connection) as seen:
            assert remind(date(2026, 3, 24)) >= count
        return len(seen)

    few = statements(3)
    Notice.rows.all().delete()
    assert statements(60) == few


def test_what_is_not_claimed_yet_is_said_to_wait_and_not_to_be_there():
    grant = unclaimed()
    turn()
    assert inbox(grant.person) == ["voucher.to_claim"]
    kept = Notice.rows.get(template="voucher.to_claim")
    assert "可以领了" in say(kept.template, kept.values, language="zh").title


def test_the_end_of_a_programme_is_told_to_everybody_whose_right_ended():
    right = entitled(person=elder(phone=PHONE))
    Entitlement.objects.filter(county=COUNTY, id=right.id).update(
        state="stopped", last_month="2026-12", stopped_because=Ending.Because.PROGRAMME
    )
    for _ in range(2):
        note(
            county=COUNTY,
            at=at(TENTH),
            actor="run:month",
            act="entitlement.end_what_is_not_continued",
            subject="policy.Pack",
            subject_id=PROGRAMME,
            approved_on=str(right.approved_on),
            stopped=1,
            last_month="2026-12",
        )
    turn()
    assert inbox(right.person) == ["entitlement.ended"]
    assert any("项目期满" in text for text in texts(PHONE))


def test_an_appeal_is_confirmed():
    application = story.refused(elder(name="张桂兰", phone=PHONE))
    appeal(application=application, grounds="评估时身体不舒服", at=at(story.ON), on=story.ON, by="granny")
    turn(on=story.ON)
    assert "appeal.received" in inbox(application.person)


def test_who_is_helped_at_a_counter_is_told_so():
    person = elder(name="张桂兰", phone=PHONE)
    assistance.begin(person=person, channel="counter", place=COUNTY, own=[], at=at(TENTH), by="clerk")
    turn()
    assert inbox(person) == ["assist.began"]
    assert any("非本人要求" in text for text in texts(PHONE))


def test_a_telephone_registered_in_ones_name_rings_at_home_and_not_with_the_family():
    person = elder(name="张桂兰", phone=PHONE)
    proxy(person)
    note(
        county=COUNTY,
        at=at(TENTH),
        actor="citizen-1",
        act="person.open_login",
        subject="person",
        subject_id=person.id,
        account="citizen-1",
    )
    turn()
    assert (len(texts(PHONE)), texts(DAUGHTER)) == (1, [])


def test_a_stay_that_begins_and_ends_is_told_with_its_home():
    from songhe.service.stay import admit, discharge

    who = provider(kind="institution")
    person = elder(name="张桂兰", phone=PHONE)
    stay = admit(
        county=COUNTY, person_id=person.id, provider=who, admitted_on=date(2026, 3, 9), at=at(TENTH), on=TENTH, by="m"
    )
    discharge(
        county=COUNTY,
        stay_id=stay.id,
        discharged_on=TENTH,
        because="回家",
        at=at(TENTH),
        on=TENTH,
        by="m",
    )
    turn()
    assert inbox(person) == ["stay.begun", "stay.ended"]
    kept = Notice.rows.filter(person=person.id, channel=Channel.INBOX).order_by("at", "id").first()
    assert say(kept.template, kept.values, language="zh").text.startswith(f"{who.name}登记您于3月9日入住")


def test_a_bill_booked_anew_is_told_with_what_is_paid_now():
    grant = voucher(category="home", person=elder(phone=PHONE))
    server = provider()
    visit_of(grant, server)
    bill = pay(grant, server, bath(20_000))
    amend(county=COUNTY, bill_no=bill.no, number=1, fee_fen=10_000, because="少做了", at=at(TENTH), on=TENTH, by="m")
    turn()
    assert inbox(grant.person)[-2:] == ["bill.reversed", "bill.rebooked"]
    assert any("合计100.00元" in text for text in texts(PHONE))


def test_a_death_recorded_by_mistake_is_told_to_be_set_right():
    person = elder(name="张桂兰", phone=PHONE)
    found = event.report(
        person=person, kind=Event.Kind.DEATH, happened_on=date(2026, 3, 8), source="village", at=at(TENTH), on=TENTH,
        by="village",
    )  # fmt: skip
    event.verify(event=found, on=TENTH, at=at(TENTH), by="clerk")
    event.ask_to_undo_death(event=found, because="同名", at=at(TENTH), by="clerk")
    event.undo_death(event=found, at=at(TENTH), by="approver")
    turn()
    assert "change.undone" in inbox(person)
    assert SandboxMessage.objects.filter(phone=PHONE, text__contains="现已更正").exists()
