import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.access.models import Appointment
from songhe.assessment.tests import world as assessments
from songhe.document.file import address, keep_file
from songhe.document.sheet import read_sheet
from songhe.doors.audit.words import act_word
from songhe.doors.shell.clock import read_clock
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import forms, send, text
from songhe.entitlement.tests import story
from songhe.grant.models import Grant
from songhe.grant.tests import world as vouchers
from songhe.ledger.models import Account
from songhe.redemption.tests import world as bills
from songhe.trail.models import Entry, Seal
from songhe.trail.note import note
from songhe.trail.seal import seal

AUDIT = "/audit/"


@pytest.fixture
def auditor(enter):
    return enter("auditor", "auditor")


def paid_line(name="王秀兰"):
    """A bill of somebody who applied, was assessed, approved, given a voucher and served."""
    right = story.approved(assessments.elder(name=name), category="home")
    vouchers.budget()
    vouchers.run_issue(on=vouchers.TENTH)
    grant = Grant.objects.get(county=COUNTY, entitlement=right)
    server = bills.provider()
    visit = bills.visit_of(grant, server)
    return bills.pay(grant, server, bills.bath(visit=visit.id))


def noted(act, actor="auditor", county=COUNTY):
    return Entry.objects.filter(county=county, act=act, actor=actor)


# The first page


def test_a_limited_account_is_told_how_long_it_still_stands(enter):
    vouchers.budget()
    client = enter("auditor", "auditor")
    Appointment.objects.filter(account__username="auditor").update(valid_to=DAY + timedelta(days=9))
    assert "还有 9 天" in text(client.get(AUDIT))


def test_an_account_whose_days_are_over_is_shown_nothing(enter):
    vouchers.budget()
    client = enter("auditor", "auditor")
    Appointment.objects.filter(account__username="auditor").update(valid_to=DAY - timedelta(days=1))
    assert client.get(AUDIT).status_code == 403


def test_every_page_that_is_looked_at_leaves_a_note(auditor):
    bill = paid_line()
    pages = {
        AUDIT: "audit.read",
        f"{AUDIT}samples/?stratum=bills&month=2026-03&size=5&seed=1": "audit.sample",
        f"{AUDIT}trace/{bill.no}/1/": "audit.trace",
        f"{AUDIT}trail/": "audit.read",
        f"{AUDIT}reads/": "audit.read",
        f"{AUDIT}chain/": "audit.read",
        f"{AUDIT}findings/": "audit.read",
    }
    for page, act in pages.items():
        before = noted(act).count()
        assert auditor.get(page).status_code == 200, page
        assert noted(act).count() == before + 1, page


def test_no_page_has_a_form_that_changes_anything(auditor):
    bill = paid_line()
    allowed = {"/audit/samples/export/", "/audit/chain/verify/", "/audit/findings/run/", "/sign-out/", "/preferences/"}
    for page in ("", "samples/?stratum=bills&month=2026-03&size=5&seed=1", f"trace/{bill.no}/1/", "trail/", "chain/"):
        assert {one for one in forms(auditor.get(AUDIT + page)) if not one.startswith("/staff/")} <= allowed


# Samples


def test_one_seed_draws_the_same_and_another_draws_others(auditor):
    for number in range(8):
        paid_line(name=f"老人{number}")
    page = f"{AUDIT}samples/?stratum=bills&month=2026-03&size=3"
    first, again, other = (drawn(auditor, f"{page}&seed={seed}") for seed in ("a", "a", "b"))
    assert first == again
    assert len(first) == 3
    assert first != other


def drawn(client, page):

    return re.findall(r"/audit/trace/\?no=(\d+)", client.get(page).content.decode())


def test_the_draw_stands_in_the_trail_with_seed_size_and_population(auditor):
    paid_line()
    auditor.get(f"{AUDIT}samples/?stratum=bills&month=2026-03&size=3&seed=2026-1")
    detail = noted("audit.sample").get().detail
    assert (detail["seed"], detail["size"], detail["population"], detail["month"]) == ("2026-1", 3, 1, "2026-03")
    assert len(detail["digest"]) == 64


def test_every_stratum_can_be_drawn_from_and_names_are_masked(auditor):
    paid_line()
    for stratum in ("bills", "vouchers", "applications", "statements"):
        page = auditor.get(f"{AUDIT}samples/?stratum={stratum}&month=2026-03&size=5&seed=x")
        assert page.status_code == 200
        assert "王秀兰" not in text(page)
    assert "王*兰" in text(auditor.get(f"{AUDIT}samples/?stratum=vouchers&month=2026-03&size=5&seed=x"))


def test_a_sample_is_taken_out_as_a_workbook(auditor):
    bill = paid_line()
    given = {"stratum": "bills", "month": "2026-03", "size": "5", "seed": "2026-1"}
    rows = read_sheet(auditor.post(f"{AUDIT}samples/export/", given).content).rows
    assert rows[1][0] == bill.no
    assert "种子 2026-1" in rows[2][0]


@pytest.mark.parametrize("wrong", ["size=0", "size=501", "size=", "stratum=people"])
def test_a_sample_that_cannot_be_drawn_says_so(auditor, wrong):
    vouchers.budget()
    page = auditor.get(f"{AUDIT}samples/?stratum=bills&month=2026-03&size=5&seed=1&{wrong}")
    assert page.status_code == 422


# One yuan


def test_a_yuan_is_traced_to_its_evidence_rule_and_people(auditor):
    bill = paid_line()
    page = text(auditor.get(f"{AUDIT}trace/{bill.no}/1/"))
    for said in (
        "还没有付款",
        "还没有归集到结算单",
        bill.no,
        "凭据结论",
        "服务凭据",
        "消费券",
        "预算",
        "待遇",
        "资格认定",
        "年满60周岁",
        "问2",
        "申请编号",
        "能力评估",
        "中度失能",
        "就是这一行",
        "抵扣基数",
        "没有人确认",
        "核销",
        "下达预算",
        "已批准",
    ):
        assert said in page, said
    assert "王秀兰" not in page


def test_a_number_of_any_kind_leads_to_the_line(auditor):
    bill = paid_line()
    line = f"{AUDIT}trace/{bill.no}/1/"
    right = bill.grant.entitlement
    for no in (bill.no, bill.grant.no, right.no, right.application.no):
        assert auditor.get(f"{AUDIT}trace/?no={no}").headers["Location"] == line


def test_a_number_that_is_none_says_so(auditor):
    vouchers.budget()
    page = auditor.get(f"{AUDIT}trace/?no=370799202603000000001")
    assert page.status_code == 404
    assert auditor.get(f"{AUDIT}trace/370799202603000000001/1/").status_code == 404


def test_a_paid_line_shows_pay_out_and_statement(auditor):
    from songhe.redemption.models import Line
    from songhe.settlement.tests import make

    provider = make.payee()
    make.bill(30_000, of=provider, person=make.elder(name="李桂英"))
    make.gathered()
    make.paid(provider)
    line = Line.objects.select_related("bill").get(county=COUNTY)
    page = text(auditor.get(f"{AUDIT}trace/{line.bill.no}/{line.number}/"))
    for said in ("拨付批次", "已到账", "结算单明细", "已付款", "付款", "应付机构"):
        assert said in page, said


def test_another_countys_line_is_not_there_and_it_is_noted(auditor):
    vouchers.budget()
    assert auditor.get(f"{AUDIT}trace/{ELSEWHERE}202603000000001/1/").status_code == 404
    assert auditor.get(f"{AUDIT}trail/?county={ELSEWHERE}").status_code == 404
    assert noted("door.out_of_reach", county=ELSEWHERE).count() == 2


def test_as_many_questions_are_asked_for_a_line_whatever_the_county_holds(auditor):
    bill = paid_line()

    def asked():
        with CaptureQueriesContext(connection) as kept:
            assert auditor.get(f"{AUDIT}trace/{bill.no}/1/").status_code == 200
        return len(kept)

    few = asked()
    for _ in range(2):
        paid_line()
    assert asked() == few <= 70


# The trail and who looked


def look_at(person_id, actor="clerk", act="person.read", days=0):
    note(
        county=COUNTY,
        at=read_clock().at - timedelta(days=days),
        actor=actor,
        act=act,
        subject="person",
        subject_id=person_id,
    )


def test_the_trail_is_searched_by_account_act_and_time(auditor):
    person = assessments.elder(name="王秀兰")
    look_at(person.id)
    look_at(person.id, actor="approver", act="person.reveal")
    look_at(person.id, actor="old", days=60)
    page = text(auditor.get(f"{AUDIT}trail/"))
    assert "查看档案" in page
    assert "王*兰" in page
    assert "old" not in page
    assert "approver" not in text(auditor.get(f"{AUDIT}trail/?actor=clerk"))
    assert "person.read" not in text(auditor.get(f"{AUDIT}trail/?act=person.reveal"))
    assert "old" in text(auditor.get(f"{AUDIT}trail/?first=2025-12-01"))


def test_the_trail_of_one_person_holds_their_case_and_money(auditor):
    bill = paid_line()
    paid_line(name="别人")
    page = text(auditor.get(f"{AUDIT}trail/?person={bill.person_id}"))
    assert "只看这个人：王*兰" in page.replace(" ：", "：")
    assert "已批准" in page
    assert page.count("entitlement.approve") == 1
    assert noted("audit.read").filter(subject="person", subject_id=str(bill.person_id)).exists()


def test_a_day_that_is_none_says_so(auditor):
    vouchers.budget()
    assert "2026-02-30" in text(auditor.get(f"{AUDIT}trail/?first=2026-02-30"))


def test_a_person_of_another_county_has_no_trail_here(auditor):
    vouchers.budget()
    stranger = assessments.elder(county=ELSEWHERE)
    assert auditor.get(f"{AUDIT}trail/?person={stranger.id}").status_code == 404
    assert noted("door.out_of_reach", county=ELSEWHERE).exists()


def test_reads_are_listed_by_themselves(auditor):
    person = assessments.elder()
    look_at(person.id)
    vouchers.budget()
    page = text(auditor.get(f"{AUDIT}reads/"))
    assert "查看档案" in page
    assert "grant.set_budget" not in page


@pytest.mark.parametrize("page", ["trail/", "reads/"])
def test_as_many_questions_are_asked_of_ten_entries_as_of_a_thousand(auditor, page):
    person = assessments.elder()
    entries(person.id, 10)

    def asked():
        with CaptureQueriesContext(connection) as kept:
            assert auditor.get(AUDIT + page).status_code == 200
        return len(kept)

    asked()
    few = asked()
    entries(person.id, 990)
    assert asked() <= few <= 30


def entries(person_id, count):
    Entry.objects.bulk_create(
        [
            Entry(
                county=COUNTY,
                at=read_clock().at,
                actor=f"clerk{number % 7}",
                act="person.read",
                subject="person",
                subject_id=str(person_id),
                detail={},
            )
            for number in range(count)
        ]
    )


def test_every_act_of_a_page_has_a_word(auditor):
    paid_line()
    for act in Entry.objects.filter(county=COUNTY).values_list("act", flat=True).distinct():
        assert str(act_word(act)) != act or act.startswith(("provider.", "service.", "person.issue")), act


# The chain


def test_a_whole_chain_is_said_to_be_whole(auditor):
    paid_line()
    seal(county=COUNTY)
    assert send(auditor, f"{AUDIT}chain/", "/verify/").status_code == 302
    page = text(auditor.get(f"{AUDIT}chain/"))
    assert "链是完整的" in page
    assert Seal.objects.filter(county=COUNTY).order_by("-number").first().digest in page
    assert noted("audit.verify").count() == 1


def test_a_chain_that_was_computed_anew_is_found_with_what_was_kept_outside(auditor):
    paid_line()
    seal(county=COUNTY)
    given = {"number": "3", "digest": "f" * 64}
    assert send(auditor, f"{AUDIT}chain/", "/verify/", **given).status_code == 302
    assert "链断了" in text(auditor.get(f"{AUDIT}chain/"))
    assert "seal 3 differs" in text(auditor.get(f"{AUDIT}chain/"))


def test_a_digest_that_is_none_is_refused(auditor):
    vouchers.budget()
    assert send(auditor, f"{AUDIT}chain/", "/verify/", number="3", digest="abc").status_code == 422


# Findings


def test_sound_books_have_no_findings(auditor):
    paid_line()
    assert "还没有运行过" in text(auditor.get(f"{AUDIT}findings/"))
    assert send(auditor, f"{AUDIT}findings/", "/run/").status_code == 302
    assert "没有查出问题" in text(auditor.get(f"{AUDIT}findings/"))


def test_a_finding_leads_to_the_row_and_its_way_back(auditor):
    bill = paid_line()
    Account.objects.filter(county=COUNTY, id=bill.grant.purse_id).update(balance=79_999)
    send(auditor, f"{AUDIT}findings/", "/run/")
    page = auditor.get(f"{AUDIT}findings/")
    assert "查出" in text(page)
    assert "grant.purse_differs" in text(page)
    rows = auditor.get(f"{AUDIT}findings/?code=grant.purse_differs")
    assert f"/audit/trace/?no={bill.grant.no}" in rows.content.decode()
    assert "SELECT" in text(rows)


# Who may


@pytest.mark.parametrize("role", ["county_clerk", "county_approver", "finance"])
def test_others_do_not_audit(enter, role):
    vouchers.budget()
    client = enter(role, role)
    for page in ("", "samples/", "trace/", "trail/", "reads/", "chain/", "findings/"):
        assert client.get(AUDIT + page).status_code == 403
    assert client.post(f"{AUDIT}chain/verify/", {}).status_code == 403
    assert client.post(f"{AUDIT}findings/run/", {}).status_code == 403


def test_the_audit_administrator_sees_the_trail_and_no_names(enter):
    person = assessments.elder(name="王秀兰")
    look_at(person.id)
    vouchers.budget()
    client = enter("audit-admin", "audit_admin")
    page = text(client.get(f"{AUDIT}trail/"))
    assert "查看档案" in page
    assert "王*兰" not in page
    assert client.get(f"{AUDIT}trail/?person={person.id}").status_code == 404
    assert client.get(f"{AUDIT}trace/").status_code == 403
    assert client.get(f"{AUDIT}chain/").status_code == 200


def test_a_line_without_evidence_of_its_own_says_so(auditor):
    grant = vouchers.voucher(category="home")
    server = bills.provider()
    bills.visit_of(grant, server)
    bill = bills.pay(grant, server, bills.bath())
    page = auditor.get(f"{AUDIT}trace/?no={grant.no}", follow=True)
    assert page.status_code == 200
    assert bill.no in text(page)
    assert "账上的每一笔" in text(page)


def test_a_file_that_is_no_longer_what_was_handed_in_is_named(auditor, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    kept = keep_file(county=COUNTY, content=b"%PDF-1.4 x", purpose="paper", uploaded_by=None, at=assessments.at(DAY))
    address(kept.sha256).write_bytes(b"%PDF-1.4 y")
    auditor.post("/audit/findings/run/", {})
    page = text(auditor.get("/audit/findings/"))
    assert "存储中的文件与登记的校验值不符" in page
    assert kept.name in text(auditor.get("/audit/findings/", {"code": "document.file_altered"}))
