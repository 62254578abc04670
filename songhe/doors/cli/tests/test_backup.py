import json
import sqlite3

import pytest
from click.testing import CliRunner
from django.db import connection

from songhe.doors.cli import main
from songhe.grant.tests.world import voucher


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL is copied by its own tools")
def test_a_copy_is_whole_is_not_overwritten_and_is_refused_when_it_was_touched(own_database, tmp_path):
    voucher()
    copy = tmp_path / "copy.sqlite3"
    made = CliRunner().invoke(main, ["backup", str(copy), "--json"])
    assert made.exit_code == 0, made.output
    assert json.loads(made.output)["vendor"] == "sqlite"
    with sqlite3.connect(copy) as kept:
        assert kept.execute('SELECT COUNT(*) FROM "grant_grant"').fetchone() == (1,)
    assert CliRunner().invoke(main, ["backup", str(copy)]).exit_code != 0
    restored = CliRunner().invoke(main, ["restore", str(copy), "--yes", "--json"])
    assert restored.exit_code == 0, restored.output
    assert json.loads(restored.output) == {"findings": []}
    with copy.open("ab") as file:
        file.write(b"x")
    touched = CliRunner().invoke(main, ["restore", str(copy), "--yes"])
    assert touched.exit_code != 0
    assert "not whole" in touched.output
