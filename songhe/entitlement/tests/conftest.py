"""Packs of a place that a test writes itself, beside the shipped ones."""

from __future__ import annotations

import shutil

import pytest
import yaml

from songhe.assessment.tests import world
from songhe.policy.resolve import shipped

NATION = "000000/consumption-voucher/national-2026"
CASE = """- name: 居家
  quote: {{policy: consumption-voucher, place: '370799', on: {year}-03-10, category: home, fees_fen: [10000]}}
  expect: {{voucher_fen: 5000}}
"""


@pytest.fixture
def local_rules(tmp_path, monkeypatch):
    """Writes a pack of the sample county with these settings and puts it in force: ``local_rules(appeal_days=60)``."""
    packs = tmp_path / "policies"
    shutil.copytree(shipped(), packs)

    def write(**settings):
        folder = packs / world.COUNTY / "consumption-voucher" / "2026"
        folder.mkdir(parents=True)
        head = {
            "title": {"zh": "样例县", "en": "Sample county"},
            "authority": "样例县民政局",
            "window": {"first": "2026-01-01", "last": "2026-12-31"},
            "extends": NATION,
        }
        values = {
            name: {"2026-01-01": {"value": value, "article": "本地设定", "source": "default"}}
            for name, value in settings.items()
        }
        (folder / "pack.yaml").write_text(_plain(head))
        (folder / "values.yaml").write_text(_plain(values))
        (folder / "cases.yaml").write_text(CASE.format(year=2026))
        monkeypatch.setenv("SONGHE_POLICIES", str(packs))

    return write


@pytest.fixture
def next_year(tmp_path, monkeypatch):
    """Writes the nation's edition of 2027: ``next_year(continues=True)`` extends the one before."""
    packs = tmp_path / "policies-2027"
    shutil.copytree(shipped(), packs)

    def write(*, continues):
        old, new = packs / NATION, packs / NATION.replace("2026", "2027")
        shutil.copytree(old, new)
        for path in new.iterdir():
            path.write_text(path.read_text().replace("2026-01-01", "2027-01-01").replace("2026-12-31", "2027-12-31"))
        (new / "cases.yaml").write_text(CASE.format(year=2027))
        head = new / "pack.yaml"
        if continues:
            head.write_text(head.read_text() + f"continues: {NATION}\n")
        monkeypatch.setenv("SONGHE_POLICIES", str(packs))

    return write


def _plain(value):
    text = yaml.safe_dump(value, allow_unicode=True, sort_keys=False)
    return text.replace("'2026-01-01'", "2026-01-01").replace("'2026-12-31'", "2026-12-31")
