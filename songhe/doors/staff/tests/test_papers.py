"""Letters, statements and lists on paper: A4 as PDF, with a code by which anybody can check them."""

from datetime import date, timedelta
from io import BytesIO

import pytest
from django.urls import reverse
from python_calamine import CalamineWorkbook

from songhe.assessment.tests import world
from songhe.doors.shell.clock import set_practice_day
from songhe.doors.staff import papers
from songhe.doors.staff.tests.conftest import COUNTY, DAY, ELSEWHERE
from songhe.doors.staff.tests.reading import text
from songhe.entitlement.letter import code_of, genuine
from songhe.entitlement.models import Letter
from songhe.entitlement.tests import story
from songhe.entitlement.tests.conftest import local_rules
from songhe.settlement.models import Statement
from songhe.settlement.tests import make as made
from songhe.trail.models import Entry

__all__ = ["local_rules"]
LISTS = "/staff/publications/"


def sheet(response):
    return CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()


@pytest.mark.usefixtures("pango")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_decision_is_a_pdf_in_both_languages(clerk, language):
    right = story.approved(world.elder())
    clerk.cookies["django_language"] = language
    made_of = clerk.get(reverse("staff:letter-pdf", args=[right.application.no]))
    assert made_of.content.startswith(b"%PDF-")
    assert made_of.headers["Content-Type"] == "application/pdf"
    assert right.person.name not in made_of.headers["Content-Disposition"]
    assert Entry.objects.filter(county=COUNTY, act="letter.print").exists()


def test_the_code_of_a_letter_agrees_with_that_letter_alone(clerk):
    one, other = (story.approved(world.elder()).application for _ in range(2))
    letter, another = (Letter.objects.get(county=COUNTY, application=row) for row in (one, other))
    code = code_of(letter)
    assert len(code) == 8
    assert genuine(no=letter.no, code=f"{code[:4]} {code[4:]}") == letter
    assert genuine(no=letter.no, code=code_of(another)) is None
    assert genuine(no=another.no, code=code) is None
    assert genuine(no="123", code=code) is None
    letter.body["decision"]["zh"] = "不予批准"
    assert code_of(letter) != code


def test_there_is_no_paper_before_there_is_a_decision(clerk):
    row = story.reviewed(world.elder())
    assert clerk.get(reverse("staff:letter-pdf", args=[row.no])).status_code == 404


def test_another_countys_letter_is_not_there(enter):
    right = story.approved(world.elder())
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert far.get(reverse("staff:letter-pdf", args=[right.application.no])).status_code == 404
    assert Entry.objects.filter(county=COUNTY, act="door.out_of_reach").exists()


@pytest.mark.usefixtures("pango")
def test_a_statement_is_a_pdf_and_its_code_holds_while_its_sums_do(enter):
    set_practice_day(date(2026, 4, 8))
    who = made.payee()
    made.bill(30_000, 40_400, of=who)
    made.gathered()
    row = made.statement(who)
    finance = enter("finance", "finance")
    paper = finance.get(reverse("staff:statement-pdf", args=[row.no]))
    assert paper.content.startswith(b"%PDF-")
    code = papers.statement_code(row)
    assert papers.genuine_statement(no=row.no, code=code) == row
    Statement.objects.filter(county=row.county, id=row.id).update(lines=99)
    assert papers.genuine_statement(no=row.no, code=code) is None


def test_applicants_hang_out_masked_with_the_days_left(clerk, local_rules):
    local_rules(publication_days=7)
    row = story.published(world.elder(name="张小三"), on=DAY - timedelta(days=2))
    page = clerk.get(LISTS)
    assert "张*三" in text(page)
    assert "张小三" not in page.content.decode()
    line = page.context["list"].lines[0]
    assert line.cells[0] == row.no
    assert line.cells[3] == 5


def test_an_empty_list_says_why(clerk):
    assert "没有规定资格公示天数" in text(clerk.get(LISTS))


def test_providers_and_holders_have_lists_of_their_own(clerk):
    assert clerk.get(LISTS, {"kind": "providers"}).status_code == 200
    assert clerk.get(LISTS, {"kind": "holders", "month": "2026-03"}).status_code == 200
    assert clerk.get(LISTS, {"kind": "nonsense"}).status_code == 404


@pytest.mark.usefixtures("pango")
def test_a_list_is_printed_and_taken_as_a_workbook_with_its_mark(clerk, local_rules):
    local_rules(publication_days=7)
    story.published(world.elder(name="张小三"))
    assert clerk.get(LISTS + "list.pdf").content.startswith(b"%PDF-")
    rows = sheet(clerk.get(LISTS + "list.xlsx"))
    assert rows[1][0] == "张*三"
    assert "clerk" in rows[-1][0]
    assert Entry.objects.filter(county=COUNTY, act="staff.export").exists()


def test_another_countys_list_is_not_there(enter):
    far = enter("far", "county_clerk", place=ELSEWHERE)
    assert far.get(LISTS, {"county": COUNTY}).status_code == 404


def test_a_provider_has_no_lists(enter):
    assert enter("manager", "provider_manager", provider=1).get(LISTS).status_code == 403
