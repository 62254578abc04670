import json

import pytest
from click.testing import CliRunner

from songhe.assessment.tests.world import COUNTY
from songhe.document.sheet import read_sheet
from songhe.doors.cli import main
from songhe.grant.tests.world import voucher
from songhe.redemption.tests.world import bath, pay, provider
from songhe.trail.models import Entry


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["persons", "vouchers", "bills", "statements", "transfers", "figures", "trail"])
def test_a_list_is_written_with_its_rows_and_the_trail_knows_who_took_it(what, tmp_path):
    grant = voucher()
    pay(grant, provider(), bath(100_000))
    out = tmp_path / "list.xlsx"
    ran = CliRunner().invoke(
        main, ["export", what, "--county", COUNTY, "--month", "2026-03", "--by", "clerk", "--out", str(out), "--json"]
    )
    assert ran.exit_code == 0, ran.output
    rows = json.loads(ran.output)["rows"]
    assert len(read_sheet(out.read_bytes()).rows) == rows + 1
    assert Entry.objects.filter(county=COUNTY, act="export.list", actor="clerk", subject_id=what).count() == 1


@pytest.mark.django_db
def test_a_list_of_a_month_needs_the_month(tmp_path):
    out = str(tmp_path / "list.csv")
    ran = CliRunner().invoke(main, ["export", "bills", "--county", COUNTY, "--by", "clerk", "--out", out])
    assert ran.exit_code == 2


@pytest.mark.django_db
def test_a_table_of_people_is_loaded_row_by_row_and_a_bad_row_stops_no_other(tmp_path):
    from songhe.place.division import load_divisions

    load_divisions(node_modules=None, sample=True)
    table = tmp_path / "people.csv"
    table.write_text(
        "name,id_number,place\n样例甲,11010519491231002X,370799001001\n样例乙,3.30783E+17,370799001001\n",
        encoding="utf-8",
    )
    report = tmp_path / "report.xlsx"
    ran = CliRunner().invoke(
        main,
        ["import", "persons", str(table), "--county", COUNTY, "--by", "clerk", "--json", "--report", str(report)],
    )
    assert ran.exit_code == 3, ran.output
    answers = json.loads(ran.output)["rows"]
    assert answers[1]["findings"][0]["code"] == "id_number.scientific_notation"
    assert len(read_sheet(report.read_bytes()).rows) == 3
