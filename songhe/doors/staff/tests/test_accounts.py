"""Three administrators and the logins: one opens, another appoints, and nobody does it for themselves."""

import html
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from songhe.access.models import Account, Appointment, Factor
from songhe.doors.staff.tests.conftest import AT, COUNTY, ELSEWHERE, account
from songhe.doors.staff.tests.reading import forms, send, text
from songhe.service.tests.world import provider
from songhe.trail.models import Entry

PAGE = "/staff/accounts/"
LINK = re.compile(r"https?://[^/]+(/sign-in/first/[^<\s]+)")


@pytest.fixture
def system(enter):
    return enter("system", "system_admin")


@pytest.fixture
def security(enter):
    return enter("security", "security_admin")


def address(row):
    return f"{PAGE}{row.pk}/"


def opened(client, username="wangfang", **more):
    told = {"username": username, "display_name": "王芳", "phone": "13900001111", **more}
    return client.post(*with_key(client, f"{PAGE}new/", told))


def with_key(client, where, told):
    page = client.get(where).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)[1]
    return where, {"key": key, **told}


def link_in(page):
    return html.unescape(LINK.search(page.content.decode())[1])


def test_a_login_goes_from_opening_by_its_owner_s_password_to_an_office(system, security):
    page = system.get(opened(system).headers["Location"])
    where = link_in(page)
    row = Account.objects.get(username="wangfang")
    assert not row.has_usable_password()
    assert link_missing(system.get(address(row)))
    owner = Client()
    assert "王芳" in text(owner.get(where))
    chosen = {"password": "liuquan-9-chuntian", "again": "liuquan-9-chuntian"}
    assert owner.post(where, chosen).headers["Location"] == "/sign-in/"
    row.refresh_from_db()
    assert row.check_password("liuquan-9-chuntian")
    send(security, address(row), "/appoint/", role="county_clerk", place=COUNTY, valid_from="2026-03-10", valid_to="")
    held = Appointment.objects.get(account=row)
    assert (held.role, held.place, held.appointed_by.username) == ("county_clerk", COUNTY, "security")
    assert "县区经办" in text(security.get(PAGE))
    acts = list(Entry.objects.filter(subject_id=str(row.pk)).order_by("id").values_list("act", "actor"))
    wanted = [("account.opened", "system"), ("account.password_link", "system")]
    wanted += [("account.password_chosen", "wangfang"), ("account.appointed", "security")]
    assert [one for one in acts if one[0] != "account.read"] == wanted


def link_missing(page):
    return LINK.search(page.content.decode()) is None


def test_a_link_works_once_and_for_three_days(system):
    where = link_in(system.get(opened(system).headers["Location"]))
    good = {"password": "liuquan-9-chuntian", "again": "liuquan-9-chuntian"}
    assert Client().post(where, {**good, "again": "x"}).status_code == 422
    assert Client().post(where, {"password": "123", "again": "123"}).status_code == 422
    assert Client().post(where, good).status_code == 302
    assert Client().get(where).status_code == 403
    assert Client().post(where, good).status_code == 403
    assert Client().get("/sign-in/first/987654/x-y/").status_code == 403


def test_a_user_name_that_is_taken_is_said_beside_the_field(system):
    opened(system)
    answer = opened(system)
    assert answer.status_code == 409
    assert "已被使用" in text(answer)
    assert opened(system, username="a b").status_code == 422


def test_the_three_administrators_do_not_do_each_other_s_work(system, security, enter):
    row = account("someone", "county_clerk")
    audit = enter("audit", "audit_admin")
    offered = {
        name: {one.split("/")[-2] for one in forms(c.get(address(row))) if "/accounts/" in one}
        for name, c in (("system", system), ("security", security), ("audit", audit))
    }
    assert offered == {"system": {"link", "lock"}, "security": {"appoint", "end"}, "audit": set()}
    for client, verb in (
        (system, "appoint"),
        (system, "reset"),
        (security, "lock"),
        (security, "link"),
        (audit, "end"),
    ):
        assert client.post(f"{address(row)}{verb}/", {}).status_code == 403
    assert security.get(f"{PAGE}new/").status_code == 403


def test_nobody_deals_with_their_own_login(system, security):
    own = Account.objects.get(username="security")
    page = security.get(address(own))
    assert "由另一位管理员办理" in text(page)
    assert not any("/accounts/" in one for one in forms(page))
    key = with_key(system, f"{PAGE}new/", {})[1]["key"]
    told = {"key": key, "role": "auditor", "place": COUNTY, "valid_from": "2026-03-10", "valid_to": "2026-04-10"}
    assert security.post(f"{address(own)}appoint/", told).status_code == 403
    mine = Account.objects.get(username="system")
    assert system.post(f"{address(mine)}lock/", {"key": key, "because": "x"}).status_code == 403
    assert system.post(f"{address(mine)}link/", {"key": key}).status_code == 403


def test_roles_that_watch_each_other_are_not_held_together(security):
    row = account("someone", "county_clerk")
    told = {"role": "system_admin", "place": COUNTY, "valid_from": "2026-03-10"}
    answer = send(security, address(row), "/appoint/", **told)
    assert answer.status_code == 409
    assert "不得由同一账号兼任" in text(answer)


def test_a_manager_is_appointed_for_a_provider_and_not_without(security):
    row = account("someone", "finance")
    Appointment.objects.filter(account=row).update(valid_to=date(2026, 3, 1))
    of = provider()
    told = {"role": "provider_manager", "place": COUNTY, "valid_from": "2026-03-10"}
    assert send(security, address(row), "/appoint/", **told).status_code == 422
    send(security, address(row), "/appoint/", **told, provider=of.pk)
    assert Appointment.objects.get(account=row, role="provider_manager").provider_id == of.pk
    assert of.name in text(security.get(PAGE))


def test_nobody_is_appointed_outside_one_s_own_area(security):
    row = account("someone", "county_clerk")
    for place in ("370000", ELSEWHERE, "000000"):
        told = {"role": "county_approver", "place": place, "valid_from": "2026-03-10"}
        assert send(security, address(row), "/appoint/", **told).status_code == 403
    assert Appointment.objects.filter(account=row).count() == 1


def test_an_auditor_comes_for_a_time(security):
    row = account("someone", "finance")
    Appointment.objects.filter(account=row).update(valid_to=date(2026, 3, 1))
    told = {"role": "auditor", "place": COUNTY, "valid_from": "2026-03-10"}
    answer = send(security, address(row), "/appoint/", **told)
    assert answer.status_code == 422
    assert "请填写到哪天止" in text(answer)
    send(security, address(row), "/appoint/", **told, valid_to="2026-06-30")
    assert Appointment.objects.get(account=row, role="auditor").valid_to == date(2026, 6, 30)


def test_an_office_ends_on_its_last_day(security):
    row = account("someone", "county_clerk")
    send(security, address(row), "/end/", last_day="2026-03-31")
    assert Appointment.objects.get(account=row).valid_to == date(2026, 3, 31)
    assert "到 2026年3月31日" in text(security.get(PAGE))
    answer = send(security, address(row), "/end/", last_day="2025-12-31")
    assert answer.status_code == 422


def test_a_lock_takes_a_reason_and_throws_out_and_is_undone(system, enter):
    someone = enter("someone", "county_clerk")
    row = Account.objects.get(username="someone")
    assert send(system, address(row), "/lock/", because="").status_code == 422
    send(system, address(row), "/lock/", because="离岗")
    assert someone.get("/staff/").status_code == 302
    page = text(system.get(PAGE, {"only": "locked"}))
    assert "someone" in page
    assert "离岗" in text(system.get(address(row)))
    send(system, address(row), "/unlock/")
    row.refresh_from_db()
    assert row.is_active


def test_who_lost_telephone_and_paper_gets_the_second_factor_reset(security):
    row = account("someone", "county_clerk")
    assert not any(one.endswith("/reset/") for one in forms(security.get(address(row))))
    Factor.objects.create(account=row, kind="app", name="x", secret=b"x", made_at=AT, confirmed_at=AT)
    send(security, address(row), "/reset/", because="手机丢失")
    assert not Factor.objects.filter(account=row).exists()
    assert "手机丢失" in text(security.get(address(row)))


def test_logins_are_found_by_name_and_citizens_are_not_listed(system):
    account("zhangsan", "county_clerk")
    account("lisi", "finance")
    page = text(system.get(PAGE, {"q": "zhang"}))
    assert "zhangsan" in page
    assert "lisi" not in page
    assert "没有这样的账号" in text(system.get(PAGE, {"q": "nobody"}))
    opened(system)
    assert "wangfang" in text(system.get(PAGE, {"only": "bare"}))


def test_logins_of_another_county_and_of_above_are_not_there_and_the_asking_is_noted(security):
    far, above = account("far", "county_clerk", place=ELSEWHERE), account("above", "province_overseer", place="370000")
    assert "far" not in text(security.get(PAGE))
    assert "above" not in text(security.get(PAGE))
    for row in (far, above):
        assert security.get(address(row)).status_code == 404
        assert security.post(f"{address(row)}appoint/", {}).status_code == 404
    places = set(Entry.objects.filter(act="door.out_of_reach").values_list("county", flat=True))
    assert places == {ELSEWHERE, "370000"}


def test_county_staff_read_no_logins(clerk, approver):
    row = account("someone", "finance")
    for client in (clerk, approver):
        assert client.get(PAGE).status_code == 403
        assert client.get(address(row)).status_code == 403


def test_a_double_click_opens_one_login(system):
    where, told = with_key(system, f"{PAGE}new/", {"username": "twice", "display_name": "双"})
    for _ in range(2):
        assert system.post(where, told).status_code == 302
    assert Account.objects.filter(username="twice").count() == 1


def test_the_list_asks_as_much_for_a_thousand_logins_as_for_one(system):
    account("someone", "county_clerk")
    system.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        system.get(PAGE)
    made = Account.objects.bulk_create(
        Account(username=f"clerk{number:04}", display_name="某", password="!", opened_at=AT) for number in range(1_000)
    )
    Appointment.objects.bulk_create(
        Appointment(account=row, role="finance", place=COUNTY, valid_from=date(2026, 1, 1), appointed_at=AT)
        for row in made
    )
    with CaptureQueriesContext(connection) as many:
        page = system.get(PAGE)
    assert len(many) <= len(few)
    assert text(page).count("clerk0") >= 40


def test_the_machine_opens_the_first_administrators():
    from click.testing import CliRunner

    from songhe.doors.cli import main

    ran = CliRunner().invoke(main, ["account", "open", "guard", "--name", "安全", "--role", "security_admin"])
    assert ran.exit_code == 0, ran.output
    assert Client().get(ran.output.strip()).status_code == 200
    row = Account.objects.get(username="guard")
    assert Appointment.objects.get(account=row).role == "security_admin"
    assert '"username": "guard"' in CliRunner().invoke(main, ["account", "list"]).output
    assert CliRunner().invoke(main, ["account", "link", "nobody"]).exit_code == 2
