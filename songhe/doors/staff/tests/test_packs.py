import io
import zipfile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.doors.staff.tests.conftest import account
from songhe.doors.staff.tests.reading import form_for, forms, send, text
from songhe.policy.models import PackRelease
from songhe.policy.queries import files_of
from songhe.policy.resolve import library
from songhe.trail.models import Entry

REGION = "/staff/packs/650000/consumption-voucher/"
NATION = "/staff/packs/000000/consumption-voucher/"


@pytest.fixture
def author(enter):
    return enter("author", "province_overseer", place="650000")


@pytest.fixture
def reviewer(enter):
    return enter("reviewer", "province_overseer", place="650000")


LATE = "late_days:\n  2026-01-01: {value: 5, article: 测试, source: default}\n"


def drafted(author, **other):
    """A draft of the region's pack with five late days, in an edition of its own name."""
    where, hidden = form_for(author.get(f"{REGION}draft/"), "edition=2026")
    files = dict(files_of(library(), "650000/consumption-voucher/2026"))
    given = {f"{name.partition('.')[0]}_text": body for name, body in files.items()}
    given["values_text"] = LATE
    return author.post(where, {**hidden, "edition": "2026", **given, **other})


def test_every_place_is_listed_with_the_edition_in_force(approver):
    page = text(approver.get("/staff/packs/"))
    assert "全国" in page
    assert "新疆维吾尔自治区" in page or "650000" in page
    assert "有效，未登记" in page


def test_values_stand_with_document_article_and_confidence(approver):
    page = text(approver.get(REGION))
    assert "40%" in page
    assert "¥800.00" in page
    assert "问11" in page
    assert "正式文本" in page
    assert "年满60周岁" in page


def test_what_is_not_set_says_what_is_done_without_it(approver):
    page = text(approver.get(REGION))
    assert "审核时限" in page
    assert "不提示超期" in page


def test_differences_from_the_pack_above_and_from_the_edition_before(approver):
    page = text(approver.get(REGION))
    assert "与上级 000000/consumption-voucher/national-2026" in page
    assert "国家项目和自治区项目" in page
    national = text(approver.get(f"{NATION}?edition=national-2026"))
    assert "与前一版本 pilot-2025" in national


def test_the_cases_are_run_before_ones_eyes(approver):
    page = text(approver.get(REGION))
    assert "4 / 4 通过" in page
    assert "日间托养未设比例" in page


def test_an_edition_or_a_place_without_a_pack_is_not_there(approver):
    assert approver.get(f"{REGION}?edition=1999").status_code == 404
    assert approver.get("/staff/packs/370799/consumption-voucher/").status_code == 404


def test_the_folder_is_recorded_and_the_states_are_those_of_the_day(author):
    answer = send(author, "/staff/packs/", "/load/")
    assert answer.status_code == 302
    assert PackRelease.objects.get(pack="650000/consumption-voucher/2026").state == "current"
    page = text(author.get(REGION))
    assert "现行" in page
    assert "复核：author的名字" in page


def test_a_draft_is_written_by_one_and_reviewed_by_another(author, reviewer):
    answer = drafted(author)
    row = PackRelease.objects.get(state="draft")
    assert answer.headers["Location"] == f"/staff/packs/releases/{row.pk}/"
    assert row.created_by == "author"
    mine = author.get(f"/staff/packs/releases/{row.pk}/")
    assert "编制人不能复核自己的草稿" in text(mine)
    assert not any(one.endswith("/review/") for one in forms(mine))
    assert send(reviewer, f"/staff/packs/releases/{row.pk}/", "/review/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.reviewed_by) == ("reviewed", "reviewer")
    assert set(Entry.objects.filter(county="650000").values_list("act", flat=True)) >= {"policy.draft", "policy.review"}


def test_an_author_who_reviews_all_the_same_is_refused(author):
    drafted(author)
    row = PackRelease.objects.get(state="draft")
    answer = author.post(f"/staff/packs/releases/{row.pk}/review/", {"key": "0197a1b2-0000-7000-8000-000000000000"})
    assert answer.status_code == 403
    assert PackRelease.objects.get(pk=row.pk).state == "draft"


def test_a_draft_with_a_failing_case_cannot_be_reviewed(author, reviewer):
    cases = files_of(library(), "650000/consumption-voucher/2026")["cases.yaml"].replace("80000", "70000")
    drafted(author, cases_text=cases)
    row = PackRelease.objects.get(state="draft")
    page = reviewer.get(f"/staff/packs/releases/{row.pk}/")
    assert "还不能复核" in text(page)
    answer = send(reviewer, f"/staff/packs/releases/{row.pk}/", "/review/")
    assert answer.status_code == 409


def test_a_draft_that_cannot_be_read_says_where(author):
    answer = drafted(author, pack_text="title: 1: 2")
    assert answer.status_code == 422
    assert "pack.yaml" in text(answer)
    assert not PackRelease.objects.filter(state="draft").exists()


def test_a_double_click_keeps_one_draft(author):
    where, hidden = form_for(author.get(f"{REGION}draft/"), "edition=2026")
    files = dict(files_of(library(), "650000/consumption-voucher/2026"))
    given = {f"{name.partition('.')[0]}_text": body for name, body in files.items()}
    given["values_text"] = LATE
    assert [author.post(where, {**hidden, "edition": "2026", **given}).status_code for _ in range(2)] == [302, 302]
    assert PackRelease.objects.filter(state="draft").count() == 1


def test_a_draft_is_taken_out_as_a_folder(author, approver):
    drafted(author)
    row = PackRelease.objects.get(state="draft")
    answer = approver.get(f"/staff/packs/releases/{row.pk}/folder.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "650000/consumption-voucher/2026/pack.yaml" in archive.namelist()


def test_a_province_writes_only_its_own_packs(author):
    assert author.get(f"{NATION}draft/").status_code == 404
    assert Entry.objects.get(county="000000", act="door.out_of_reach").actor == "author"


@pytest.mark.parametrize("role", ["county_clerk", "county_approver", "finance", "auditor"])
def test_others_read_and_do_not_write(enter, role):
    client = enter(role, role)
    assert client.get(REGION).status_code == 200
    assert client.get(f"{REGION}draft/").status_code == 403
    assert client.post("/staff/packs/load/", {}).status_code == 403


def test_who_has_no_business_with_packs_gets_none(enter):
    assert enter("nobody", "security_admin").get("/staff/packs/").status_code == 403
    assert account


def test_as_many_questions_are_asked_whatever_is_on_record(approver, author):
    send(author, "/staff/packs/", "/load/")
    for page in ("/staff/packs/", REGION):
        approver.get(page)
        with CaptureQueriesContext(connection) as kept:
            approver.get(page)
        assert len(kept) <= 40
