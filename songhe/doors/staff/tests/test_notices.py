"""The outbox at the desk: what became of notices, another try, and nothing of other counties or of whose number."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.assessment.tests import world
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.month.telephone import spread
from songhe.notice.models import Channel, Notice, SandboxMessage
from songhe.notice.tell import send_code
from songhe.trail.models import Entry

PAGE = "/staff/notices/"
VALUES = {"month": "2026-03", "face_fen": 80_000, "use_until": "2026-03-31"}


def sent(person, *, state="sent", county=COUNTY, channel="sms", number=0):
    at = world.at(DAY) + timedelta(seconds=number)
    return Notice.rows.create(
        county=county,
        person=person.id,
        template="voucher.issued",
        values=VALUES,
        about=str(uuid4()),
        channel=channel,
        state=state,
        at=at,
        due_at=at,
    )


def test_what_went_out_is_listed_by_its_state_without_number_or_whole_name(clerk):
    person = world.elder(name="王秀兰", phone="13900001111")
    sent(person)
    sent(person, state="failed")
    page = clerk.get(PAGE)
    said = text(page)
    assert "2026年3月消费券已发放" in said
    assert "已发送" in said
    assert "13900001111" not in page.content.decode()
    assert "王秀兰" not in said
    assert len(clerk.get(PAGE + "?state=failed").context["rows"]) == 1


def test_a_failed_one_is_tried_again_by_a_clerk_alone(clerk, approver):
    failed = sent(world.elder(), state="failed")
    address = f"{PAGE}{failed.id}/again/"
    assert approver.post(address).status_code == 403
    assert address not in approver.get(PAGE).content.decode()
    assert address in clerk.get(PAGE).content.decode()
    assert clerk.post(address, follow=True).status_code == 200
    failed.refresh_from_db()
    assert failed.state in {"queued", "held"}
    assert "不用重发" in text(clerk.post(address, follow=True))


def test_another_county_s_is_not_there_and_the_asking_is_noted(clerk):
    elsewhere = sent(world.elder(county=ELSEWHERE), county=ELSEWHERE, state="failed")
    assert clerk.get(PAGE).context["rows"] == []
    assert clerk.post(f"{PAGE}{elsewhere.id}/again/").status_code == 404
    assert Entry.objects.filter(county=ELSEWHERE, act="door.out_of_reach").count() == 1
    assert clerk.post(f"{PAGE}{uuid4()}/again/").status_code == 404


def test_the_list_takes_as_many_statements_for_ten_as_for_a_thousand(clerk):
    def statements():
        with CaptureQueriesContext(connection) as seen:
            assert clerk.get(PAGE).status_code == 200
        return len(seen)

    for number in range(10):
        sent(world.elder(), number=number)
    few = statements()
    person = world.elder()
    Notice.rows.bulk_create(
        Notice(
            county=COUNTY,
            person=person.id,
            template="voucher.issued",
            values=VALUES,
            about=str(uuid4()),
            channel="sms",
            state="sent",
            at=world.at(DAY),
            due_at=world.at(DAY),
        )
        for _ in range(1_000)
    )
    assert statements() <= few
    assert clerk.get(clerk.get(PAGE).context["following"]).status_code == 200


def test_the_practice_outbox_shows_the_texts_and_is_gone_in_a_real_database(clerk, settings):
    send_code(phone="13900001111", code="246810", at=world.at(DAY))
    page = text(clerk.get(PAGE + "sandbox/"))
    assert "246810" in page
    assert "13900001111" not in page
    settings.MESSENGER = "somewhere.else.Messenger"
    assert clerk.get(PAGE + "sandbox/").status_code == 404


@pytest.mark.parametrize("role", ["finance", "city_overseer", "system_admin", "provider_manager"])
def test_who_has_no_business_there_is_refused(enter, role):
    more = {"provider": 1} if role == "provider_manager" else {}
    more |= {"place": "370700"} if role == "city_overseer" else {}
    assert enter(role, role, **more).get(PAGE).status_code == 403


def test_a_notice_reaches_the_outbox_from_the_inbox(clerk):
    from songhe.notice.tell import tell

    person = world.elder(phone="13900001111")
    tell(county=COUNTY, person_id=person.id, template="voucher.issued", values=VALUES, at=world.at(DAY), on=DAY)
    spread(county=COUNTY, at=world.at(DAY), on=DAY)
    assert Notice.rows.filter(channel=Channel.SMS).count() == 1
    assert len(clerk.get(PAGE).context["rows"]) == 1
    assert SandboxMessage.objects.count() == 0
