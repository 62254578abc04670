"""What happens is told: once, to the person and the family, never at night, and to the dead not at all."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests.world import at, elder
from songhe.county.key import new_id
from songhe.entitlement import suspend
from songhe.entitlement.tests import story
from songhe.grant.choose import choose
from songhe.grant.tests.world import COUNTY, MARCH, TENTH, budget, entitled, run_issue, voucher
from songhe.month import notify, telephone
from songhe.month.schedule import tick
from songhe.notice.models import Channel, Notice, SandboxMessage, Wish
from songhe.notice.tell import tell
from songhe.notice.template import say
from songhe.outside.sms.sandbox import SandboxMessenger
from songhe.person.models import Mandate
from songhe.redemption.reverse import reverse
from songhe.redemption.tests.world import bath, pay, provider, visit_of
from songhe.trail.models import Entry
from songhe.trail.note import note

pytestmark = pytest.mark.django_db
PHONE, DAUGHTER = "13900001111", "13900002222"


def proxy(person, *, phone=DAUGHTER, valid_to=date(2026, 12, 31), **fields):
    given = {
        "county": person.county,
        "person": person,
        "proxy_identity": new_id(),
        "proxy_name": "女儿",
        "proxy_phone": phone,
        "account": "daughter",
        "relation": "child",
        "acts": ["apply"],
        "evidence": "户口簿",
        "valid_from": date(2026, 1, 1),
        "valid_to": valid_to,
        "given_by": "clerk",
        "at": at(date(2026, 1, 1)),
    }
    return Mandate.objects.create(**{**given, **fields})


def turn(on=TENTH, hour=9):
    return notify.turn(county=COUNTY, at=at(on, hour), on=on)


def inbox(person):
    return list(
        Notice.rows.filter(county=COUNTY, person=person.id, channel=Channel.INBOX)
        .order_by("at", "id")
        .values_list("template", flat=True)
    )


def texts(phone):
    return list(SandboxMessage.objects.filter(phone=phone).order_by("pk").values_list("text", flat=True))


def told(person, template="voucher.issued", on=TENTH, hour=9, **more):
    values = {"month": "2026-03", "face_fen": 80_000, "use_until": "2026-03-31"}
    return tell(county=COUNTY, person_id=person.id, template=template, values=values, at=at(on, hour), on=on, **more)


# --- the trail -------------------------------------------------------------------------------------------------------


def test_an_application_is_told_step_by_step_to_the_elder_and_the_family():
    person = elder(name="张桂兰", phone=PHONE)
    proxy(person)
    story.approved(person)
    turn(on=story.ON)
    steps = inbox(person)
    for step in ("application.received", "assessment.result", "application.reviewed", "application.approved"):
        assert step in steps
    assert any("您的申请" in text for text in texts(PHONE))
    assert any("张桂兰老人的申请" in text for text in texts(DAUGHTER))
    assert turn(on=story.ON) == 0


def test_a_voucher_used_gives_a_receipt_and_a_reversal_is_told():
    grant = voucher(category="home", person=elder(name="张桂兰", phone=PHONE))
    proxy(grant.person)
    server = provider()
    visit_of(grant, server)
    bill = pay(grant, server, bath(20_000))
    turn()
    assert "bill.redeemed" in inbox(grant.person)
    receipt = next(text for text in texts(PHONE) if "使用" in text)
    assert server.name in receipt
    assert "合计200.00元" in receipt
    assert any("张桂兰老人的消费券" in text for text in texts(DAUGHTER))
    reverse(county=COUNTY, bill_no=bill.no, because="录错", at=at(TENTH, 10), on=TENTH, by="manager")
    turn(hour=11)
    assert any("已冲正" in text for text in texts(PHONE))


def test_a_choice_stands_in_the_inbox_and_rings_nobody():
    grant = voucher(category="", person=elder(phone=PHONE))
    choose(county=COUNTY, grant_id=grant.id, category="home", at=at(TENTH), on=TENTH, by="daughter")
    turn()
    assert "voucher.chosen" in inbox(grant.person)
    assert not any("选定" in text for text in texts(PHONE))


def test_a_right_suspended_resumed_and_ended_is_told():
    right = entitled(person=elder(phone=PHONE))
    suspend.suspend(entitlement=right, because="住院", at=at(TENTH), by="clerk")
    suspend.resume(entitlement=right, because="出院", at=at(TENTH, 10), by="clerk")
    turn(hour=11)
    assert inbox(right.person) == ["entitlement.suspended", "entitlement.resumed"]
    assert len(texts(PHONE)) == 2


def test_an_act_is_told_once_however_often_the_trail_is_read():
    right = entitled(person=elder(phone=PHONE))
    suspend.suspend(entitlement=right, because="住院", at=at(TENTH), by="clerk")
    for _ in range(3):
        turn()
    assert (len(inbox(right.person)), len(texts(PHONE))) == (1, 1)


def test_what_happened_long_ago_rings_nobody_and_longer_ago_is_not_told():
    for days, expected in ((3, 1), (50, 0)):
        right = entitled(person=elder(phone=PHONE))
        suspend.suspend(entitlement=right, because="住院", at=at(TENTH - timedelta(days=days)), by="clerk")
        turn()
        assert len(inbox(right.person)) == expected
    assert texts(PHONE) == []


def test_an_entry_committed_late_is_still_told():
    early, late = new_id(), entitled(person=elder(phone=DAUGHTER))
    right = entitled(person=elder(phone=PHONE))
    suspend.suspend(entitlement=late, because="住院", at=at(TENTH), by="clerk")
    turn()
    Entry.objects.create(
        county=COUNTY,
        id=early,
        at=at(TENTH),
        actor="clerk",
        act="entitlement.suspend",
        subject="entitlement.Entitlement",
        subject_id=str(right.id),
    )
    turn()
    assert inbox(right.person) == ["entitlement.suspended"]


def test_acts_that_concern_nobody_are_passed_over():
    note(county=COUNTY, at=at(TENTH), actor="clerk", act="policy.load", subject="pack", subject_id="x")
    assert turn() == 0


# --- a whole month ---------------------------------------------------------------------------------------------------


def issued(count):
    for number in range(count):
        entitled(person=elder(phone=f"1370000{number + 1000:04d}"))
    budget(100_000_000)
    run_issue(on=TENTH)


def test_a_month_s_issue_is_told_to_everybody_once():
    issued(3)
    turn()
    kept = Notice.rows.filter(county=COUNTY, template="voucher.issued", channel=Channel.INBOX)
    assert kept.count() == 3
    said = say("voucher.issued", kept.first().values, language="zh")
    assert "2026年3月" in said.title
    assert "3月31日" in said.text
    assert SandboxMessage.objects.count() == 3
    assert turn() == 0


def test_telling_a_month_takes_the_same_statements_for_three_and_for_sixty():
    def statements(count):
        issued(count)
        with CaptureQueriesContext(connection) as seen:
            notify.follow_trail(county=COUNTY, at=at(TENTH))
            telephone.spread(county=COUNTY, at=at(TENTH), on=TENTH)
        return len(seen)

    few = statements(3)
    Notice.rows.all().delete()
    assert statements(60) <= few + 4


def test_who_has_money_left_is_reminded_seven_and_three_days_before():
    grant = voucher(category="home", person=elder(phone=PHONE))
    counts = [
        notify.remind(county=COUNTY, at=at(day), on=day)
        for day in (date(2026, 3, 20), date(2026, 3, 24), date(2026, 3, 25), date(2026, 3, 28), date(2026, 3, 29))
    ]
    assert counts == [0, 1, 0, 1, 0]
    assert inbox(grant.person) == ["voucher.lapses_soon", "voucher.lapses_soon"]
    shown = [
        say(one.template, one.values, language="zh").title
        for one in Notice.rows.filter(county=COUNTY, template="voucher.lapses_soon").order_by("at")
    ]
    assert shown == ["消费券还有7天到期", "消费券还有3天到期"]


def test_a_day_on_which_the_worker_did_not_run_is_made_up_for():
    grant = voucher(category="home")
    day = date(2026, 3, 26)
    assert notify.remind(county=COUNTY, at=at(day), on=day) == 1
    kept = Notice.rows.get(county=COUNTY, person=grant.person_id, template="voucher.lapses_soon")
    assert kept.values["days"] == 5


def test_the_month_that_lapsed_stands_in_the_inbox():
    from songhe.grant.expire import expire
    from songhe.grant.tests.world import PROGRAMME

    grant = voucher(category="home", person=elder(phone=PHONE))
    first = date(2026, 4, 6)
    expire(county=COUNTY, programme=PROGRAMME, month=MARCH, on=first, clock=lambda: at(first))
    turn(on=first)
    assert "voucher.expired" in inbox(grant.person)


# --- telephones ------------------------------------------------------------------------------------------------------


def test_nobody_s_telephone_rings_at_night():
    person = elder(phone=PHONE)
    told(person, hour=22)
    notify.turn(county=COUNTY, at=at(TENTH, 22), on=TENTH)
    assert texts(PHONE) == []
    held = Notice.rows.get(county=COUNTY, channel=Channel.SMS)
    assert held.state == Notice.State.HELD
    morning = TENTH + timedelta(days=1)
    turn(on=morning, hour=7)
    assert texts(PHONE) == []
    turn(on=morning, hour=8)
    assert len(texts(PHONE)) == 1


def test_one_telephone_is_told_once():
    person = elder(phone=PHONE)
    proxy(person, phone=PHONE)
    told(person)
    turn()
    assert len(texts(PHONE)) == 1


def test_of_the_dead_only_the_family_is_told():
    died = date(2026, 3, 5)
    person = elder(name="张桂兰", phone=PHONE, died_on=died)
    proxy(person, ended_on=died, ended_because="death")
    proxy(person, phone="13900003333", ended_on=date(2026, 2, 1), ended_because="改由女儿")
    told(person, template="voucher.issued")
    turn()
    assert texts(PHONE) == []
    assert texts("13900003333") == []
    assert ["张桂兰老人的" in text for text in texts(DAUGHTER)] == [True]


def test_who_died_before_the_morning_is_not_called():
    person = elder(phone=PHONE)
    told(person, hour=22)
    notify.turn(county=COUNTY, at=at(TENTH, 22), on=TENTH)
    person.died_on = TENTH
    person.save(update_fields=["died_on"])
    turn(on=TENTH + timedelta(days=1))
    assert texts(PHONE) == []
    assert Notice.rows.get(county=COUNTY, channel=Channel.SMS).state == Notice.State.DROPPED


def test_a_proxy_whose_time_is_over_is_not_told():
    person = elder(phone=PHONE)
    proxy(person, valid_to=date(2026, 3, 9))
    told(person)
    turn()
    assert (len(texts(PHONE)), len(texts(DAUGHTER))) == (1, 0)


def test_people_are_told_in_the_way_and_language_that_they_wish():
    person = elder(phone=PHONE)
    proxy(person)
    Wish.rows.create(county=COUNTY, person=person.id, way="voice")
    Wish.rows.create(county=COUNTY, person=person.id, account="daughter", way="sms", language="en")
    told(person)
    turn()
    assert SandboxMessage.objects.get(phone=PHONE).channel == "voice"
    assert texts(DAUGHTER)[0].startswith("[Songhe]")
    Wish.rows.update(way="none")
    told(person)
    turn(hour=10)
    assert len(texts(PHONE)) == 1


def test_a_number_that_does_not_exist_fails_for_good_and_a_person_may_try_again():
    person = elder(phone="13900000000")
    told(person)
    turn()
    failed = Notice.rows.get(county=COUNTY, channel=Channel.SMS)
    assert (failed.state, failed.tries) == (Notice.State.FAILED, 1)
    person.phone = PHONE
    person.save(update_fields=["phone"])
    assert telephone.try_again(county=COUNTY, notice_ids=[failed.id], at=at(TENTH, 10)) == 1
    turn(hour=11)
    assert len(texts(PHONE)) == 1


def test_a_number_not_reached_is_tried_again_after_a_pause_and_given_up_after_five():
    person = elder(phone="13900000001")
    told(person)
    turn()
    waiting = Notice.rows.get(county=COUNTY, channel=Channel.SMS)
    assert waiting.state == Notice.State.QUEUED
    assert waiting.due_at > at(TENTH)
    assert turn() == 0
    turn(hour=10)
    assert len([text for text in texts("13900000001") if text]) == 1

    class Never:
        def send(self, message):
            from songhe.notice.ports import NotDelivered

            raise NotDelivered("not reached")

    told(elder(phone=DAUGHTER))
    telephone.spread(county=COUNTY, at=at(TENTH, 10), on=TENTH)
    for hours in range(6):
        telephone.send_due(county=COUNTY, at=at(TENTH, 10) + timedelta(hours=hours), carrier=Never())
    last = Notice.rows.filter(county=COUNTY, channel=Channel.SMS).order_by("-id").first()
    assert (last.state, last.tries) == (Notice.State.FAILED, 5)


def test_the_worker_s_turn_tells(monkeypatch):
    right = entitled(person=elder(phone=PHONE))
    suspend.suspend(entitlement=right, because="住院", at=at(TENTH), by="clerk")

    def calendar(_natural):
        return TENTH, lambda: at(TENTH)

    tick(on=TENTH, clock=lambda: at(TENTH), calendar=calendar, daily=False)
    assert len(texts(PHONE)) == 1


def test_the_rows_hold_no_telephone_no_name_and_no_number():
    person = elder(name="张桂兰", phone=PHONE)
    proxy(person)
    told(person)
    turn()
    for one in Notice.rows.filter(county=COUNTY).values():
        kept = repr(one)
        for secret in ("张桂兰", PHONE, DAUGHTER):
            assert secret not in kept


def test_the_sandbox_takes_a_message_once():
    from songhe.notice.ports import Message

    message = Message(reference="a", channel="sms", phone=PHONE, text="好", at=at(TENTH))
    assert SandboxMessenger().send(message) == SandboxMessenger().send(message)
    assert len(texts(PHONE)) == 1
