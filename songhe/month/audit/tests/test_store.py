"""Every file that was handed in still lies in the store as it was, or is a finding."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.document.file import address, keep_file
from songhe.document.models import StoredFile
from songhe.month.audit import findings, store
from songhe.month.audit.store import ALTERED, MISSING, faulty_files

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 10, tzinfo=timezone.utc)
HERE, THERE = "370799", "370703"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def kept(number: int, county: str = HERE) -> StoredFile:
    content = f"%PDF-1.4 {number}".encode()
    return keep_file(county=county, content=content, purpose="paper", uploaded_by=None, at=AT)


def test_sound_files_are_no_finding_and_missing_and_altered_ones_are():
    kept(1)
    gone, altered = kept(2), kept(3)
    address(gone.sha256).unlink()
    address(altered.sha256).write_bytes(b"%PDF-1.4 4")
    assert set(faulty_files()) == {(MISSING, HERE, gone.id), (ALTERED, HERE, altered.id)}
    assert {(each.code, each.id) for each in findings()} == {(MISSING, str(gone.id)), (ALTERED, str(altered.id))}


def test_one_file_of_two_counties_is_a_finding_of_both_and_each_county_hears_of_its_own():
    here, there = kept(1), kept(1, THERE)
    address(here.sha256).unlink()
    assert {row for _, _, row in faulty_files()} == {here.id, there.id}
    assert list(faulty_files(county=THERE)) == [(MISSING, THERE, there.id)]


def test_files_are_asked_for_part_by_part_and_none_is_left_out(monkeypatch):
    monkeypatch.setattr(store, "PART", 3)
    rows = [kept(number // 2) for number in range(10)]
    for row in rows:
        address(row.sha256).unlink(missing_ok=True)
    with CaptureQueriesContext(connection) as queries:
        assert sorted(row for _, _, row in faulty_files()) == sorted(row.id for row in rows)
    assert len(queries) == 6
