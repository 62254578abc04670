import shutil
from datetime import datetime
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from songhe.kernel.month import BEIJING
from songhe.kernel.refusal import Refusal
from songhe.policy.draft import draft, export, problems, review
from songhe.policy.load import load
from songhe.policy.models import PackRelease
from songhe.policy.resolve import Library, shipped
from songhe.policy.states import RELEASE
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

APRIL = datetime(2026, 4, 8, 9, tzinfo=BEIJING)
NATION = "000000/consumption-voucher/national-2026"
PILOT = "000000/consumption-voucher/pilot-2025"
JIAXING = "330400/consumption-voucher/2026"
FILES = {
    "pack.yaml": (
        "title: {zh: 嘉兴, en: Jiaxing}\nauthority: 嘉兴市民政局\n"
        f"window: {{first: 2026-01-01, last: 2026-12-31}}\nextends: {NATION}\n"
    ),
    "values.yaml": "ratio_day_care:\n  2026-01-01: {value: 1/2, article: 示例, source: default}\n",
    "cases.yaml": (
        "- name: 日间托养\n  quote: {policy: consumption-voucher, place: '330402', on: 2026-03-01, "
        "category: day_care, fees_fen: [100]}\n  expect: {voucher_fen: 50}\n"
    ),
}


def states(pack: str) -> list[str]:
    return list(PackRelease.objects.filter(pack=pack).order_by("pk").values_list("state", flat=True))


def test_every_pack_gets_one_release_in_the_state_of_the_day():
    done = load(approver="fang", at=APRIL)
    assert len(done.recorded) == len(Library(shipped()).packs)
    assert states(NATION) == ["current"]
    assert states(PILOT) == ["superseded"]
    release = PackRelease.objects.get(pack=NATION)
    assert (release.created_by, release.reviewed_by) == ("songhe", "fang")
    assert Entry.objects.filter(county="000000", act="policy.begin", actor="fang").exists()


def test_loading_twice_changes_nothing():
    load(approver="fang", at=APRIL)
    before = list(PackRelease.objects.order_by("pk").values())
    done = load(approver="li", at=APRIL)
    assert (done.recorded, done.moved, done.superseded) == ([], [], [])
    assert list(PackRelease.objects.order_by("pk").values()) == before


def test_before_its_window_an_edition_is_scheduled_and_begins_with_it():
    load(approver="fang", at=datetime(2025, 12, 31, 23, 59, tzinfo=BEIJING))
    assert (states(NATION), states(PILOT)) == (["scheduled"], ["current"])
    load(approver="fang", at=datetime(2026, 1, 1, tzinfo=BEIJING))
    assert (states(NATION), states(PILOT)) == (["current"], ["superseded"])


def test_a_new_version_takes_the_place_of_the_old_one(tmp_path: Path):
    load(approver="fang", at=APRIL)
    copy = copied(tmp_path)
    values = copy / "310000/consumption-voucher/2026/values.yaml"
    values.write_text(values.read_text().replace("2/5", "1/2"))
    cases = copy / "310000/consumption-voucher/2026/cases.yaml"
    cases.write_text(cases.read_text().replace("voucher_fen: 60000, self_fen: 90000", "voucher_fen: 75000"))
    done = load(approver="fang", at=APRIL, packs=Library(copy))
    assert done.superseded == ["310000/consumption-voucher/2026"]
    assert sorted(states("310000/consumption-voucher/2026")) == ["current", "superseded"]
    load(approver="fang", at=APRIL)
    assert sorted(states("310000/consumption-voucher/2026")) == ["current", "superseded"]


def test_a_pack_that_is_no_longer_there_is_superseded(tmp_path: Path):
    load(approver="fang", at=APRIL)
    copy = copied(tmp_path)
    shutil.rmtree(copy / "430321")
    assert load(approver="fang", at=APRIL, packs=Library(copy)).superseded == ["430321/consumption-voucher/2026"]


@pytest.mark.parametrize(("file", "old", "new"), [("values.yaml", "2/5", "0.4"), ("cases.yaml", "60000", "60001")])
def test_nothing_is_recorded_while_a_problem_is_found_or_a_case_fails(tmp_path: Path, file: str, old: str, new: str):
    copy = copied(tmp_path)
    path = copy / "310000/consumption-voucher/2026" / file
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(Refusal) as caught:
        load(approver="fang", at=APRIL, packs=Library(copy))
    assert caught.value.code == "policy.packs_have_problems"
    assert not PackRelease.objects.exists()


@pytest.mark.parametrize("approver", ["", "songhe"])
def test_somebody_must_approve(approver: str):
    with pytest.raises(Refusal) as caught:
        load(approver=approver, at=APRIL)
    assert caught.value.code == "policy.no_approver"


def test_a_draft_is_reviewed_by_another_exported_and_loaded(tmp_path: Path):
    release = draft(pack=JIAXING, files=FILES, by="wang", at=APRIL)
    assert release.state == "draft"
    copy = copied(tmp_path)
    export(release=release, to=copy)
    with pytest.raises(Refusal) as caught:
        load(approver="fang", at=APRIL, packs=Library(copy))
    assert caught.value.code == "policy.not_reviewed"
    review(release=release, by="li", at=APRIL)
    assert JIAXING in load(approver="fang", at=APRIL, packs=Library(copy)).moved
    found = PackRelease.objects.get(pack=JIAXING)
    assert (found.state, found.created_by, found.reviewed_by) == ("current", "wang", "li")


def test_who_made_a_draft_does_not_review_it():
    release = draft(pack=JIAXING, files=FILES, by="wang", at=APRIL)
    with pytest.raises(Refusal) as caught:
        review(release=release, by="wang", at=APRIL)
    assert caught.value.code == "policy.reviewed_by_author"
    with pytest.raises(IntegrityError), transaction.atomic():
        PackRelease.objects.filter(pk=release.pk).update(reviewed_by="wang", reviewed_at=APRIL, state="reviewed")


def test_a_draft_with_a_failing_case_does_not_pass_the_review():
    wrong = FILES | {"cases.yaml": FILES["cases.yaml"].replace("voucher_fen: 50", "voucher_fen: 51")}
    release = draft(pack=JIAXING, files=wrong, by="wang", at=APRIL)
    with pytest.raises(Refusal) as caught:
        review(release=release, by="li", at=APRIL)
    assert caught.value.code == "policy.packs_have_problems"
    assert states(JIAXING) == ["draft"]


def test_a_draft_outside_the_bounds_shows_its_problem_with_the_line():
    wrong = FILES | {"values.yaml": FILES["values.yaml"].replace("1/2", "7/10")}
    assert [(each.code, each.line) for each in problems(JIAXING, wrong)] == [("policy.bounds", 2)]


def test_a_reviewed_draft_is_not_reviewed_twice():
    release = draft(pack=JIAXING, files=FILES, by="wang", at=APRIL)
    review(release=release, by="li", at=APRIL)
    with pytest.raises(Refusal) as caught:
        review(release=release, by="zhao", at=APRIL)
    assert caught.value.code == "policy.wrong_state"


@pytest.mark.parametrize(
    ("pack", "files", "code"),
    [
        ("../etc/passwd", FILES, "policy.not_a_pack"),
        (JIAXING, FILES | {"../x.yaml": ""}, "policy.not_a_pack"),
        (JIAXING, {"pack.yaml": "title"}, "policy.packs_have_problems"),
    ],
)
def test_a_draft_that_is_no_pack_is_refused(pack: str, files: dict[str, str], code: str):
    with pytest.raises(Refusal) as caught:
        draft(pack=pack, files=files, by="wang", at=APRIL)
    assert caught.value.code == code


def test_the_same_draft_twice_is_refused():
    draft(pack=JIAXING, files=FILES, by="wang", at=APRIL)
    with pytest.raises(Refusal) as caught:
        draft(pack=JIAXING, files=FILES, by="zhao", at=APRIL)
    assert caught.value.code == "policy.already_released"


def test_two_current_releases_of_one_pack_cannot_stand_in_the_table():
    load(approver="fang", at=APRIL)
    first = PackRelease.objects.get(pack=NATION)
    first.pk, first.version = None, "0" * 12
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save()


def test_the_life_of_a_release_as_a_picture():
    assert "draft --> reviewed: review" in RELEASE.diagram()


def copied(tmp_path: Path) -> Path:
    copy = tmp_path / "policies"
    shutil.copytree(shipped(), copy)
    return copy
