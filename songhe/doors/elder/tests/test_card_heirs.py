"""After a death: the family's money is asked for with a paper, once; the county decides; public money is explained."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from songhe.assessment.tests.world import at
from songhe.card import close
from songhe.card.models import HeirPayment
from songhe.card.tests import world
from songhe.doors.elder.tests.card_world import JINDONG, family, practice
from songhe.doors.elder.tests.money.conftest import said
from songhe.doors.shell.tests.conftest import no_language_stays_behind, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.doors.staff.tests.reading import form_for, forms, text
from songhe.person import event

__all__ = ["family", "no_language_stays_behind", "practice", "unknown_variables_fail"]

compile_catalogues()

PAGE = "/my/card/heirs/"
DIED = date(2026, 3, 9)


@pytest.fixture
def mourning(family):
    """She died yesterday; fifty yuan of the family's were on her card."""
    family.topped(5_000, on=date(2026, 3, 5))
    told = event.report(
        person=family.person, kind="death", happened_on=DIED, source="家属", on=DIED, at=at(DIED), by="daughter"
    )
    event.verify(event=told, on=DIED, at=at(DIED), by="clerk")
    close.close_after_death(county=JINDONG, person_id=family.card.person_id, at=at(DIED), on=DIED, by="clerk")
    return family


def photo():
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(made, "JPEG")
    return SimpleUploadedFile("paper.jpg", made.getvalue(), "image/jpeg")


def ask(client, **more):
    where, hidden = form_for(client.get(PAGE), "/heirs/")
    told = {"name": "王芳", "relation": "子女", "evidence": "公证书2026-1", "paper": photo()}
    return client.post(where, {**hidden, **told, **more})


def test_the_daughter_asks_with_a_paper_and_the_county_decides(mourning):
    page = said(mourning.daughter, "/my/card/")
    assert "家里充的钱退给继承人；财政、集体和慈善的钱回到各自的资金里" in page
    assert "已注销" in page
    assert "等退给继承人" in page
    assert "家里人充，慈善跟着配" not in page
    assert "第 1 个用" not in page
    assert "家里充的还剩 ¥50.00" in said(mourning.daughter, PAGE)
    assert ask(mourning.daughter).status_code == 302
    row = HeirPayment.objects.get(county=JINDONG)
    assert (row.amount_fen, row.name, row.state, row.proposed_by) == (5_000, "王芳", "open", "daughter")
    assert row.paper_id is not None
    page = said(mourning.daughter, PAGE)
    assert "等县里批准" in page
    assert mourning.left(mourning.own) == 5_000


def test_on_the_day_itself_public_money_still_pays_what_was_served(family):
    died_on = date(2026, 3, 10)
    told = event.report(
        person=family.person,
        kind="death",
        happened_on=died_on,
        source="家属",
        on=died_on,
        at=at(died_on),
        by="daughter",
    )
    event.verify(event=told, on=died_on, at=at(died_on), by="clerk")
    close.close_after_death(county=JINDONG, person_id=family.card.person_id, at=at(died_on), on=died_on, by="clerk")
    assert "只付去世前做完的服务；2026年3月10日以后，剩下的回到资金里" in said(family.daughter, "/my/card/")


def test_it_is_asked_for_once_until_the_county_has_said_no(mourning):
    where, hidden = form_for(mourning.daughter.get(PAGE), "/heirs/")
    ask(mourning.daughter)
    told = {"name": "王芳", "relation": "子女", "evidence": "户口簿", "paper": photo()}
    answer = mourning.daughter.post(where, {**hidden, **told})
    assert answer.status_code == 409
    assert "已经有人申请了" in text(answer)
    row = HeirPayment.objects.get(county=JINDONG)
    close.decline_heir(county=JINDONG, payment_id=row.id, because="要公证书", at=at(DIED), by="head")
    page = said(mourning.daughter, PAGE)
    assert "没有批准" in page
    assert "要公证书" in page
    assert ask(mourning.daughter).status_code == 302


def test_what_was_paid_is_said_and_nothing_is_left(mourning):
    ask(mourning.daughter)
    row = HeirPayment.objects.get(county=JINDONG)
    close.pay_heir(county=JINDONG, payment_id=row.id, at=at(DIED), on=DIED, by="head")
    page = said(mourning.daughter, PAGE)
    assert "已退" in page
    assert "家里充的还剩 ¥0.00" in page
    moves = said(mourning.daughter, "/my/card/movements/")
    assert "退给继承人" in moves
    assert "退给王芳" in moves


def test_without_a_paper_or_a_name_nothing_is_asked(mourning):
    for more in ({"name": ""}, {"evidence": ""}, {"relation": "x"}, {"paper": ""}):
        assert ask(mourning.daughter, **more).status_code == 422
    assert not HeirPayment.objects.filter(county=JINDONG).exists()


def test_while_somebody_lives_there_is_no_heir(family):
    family.topped(5_000)
    assert "卡里没有等着退给继承人的钱" in said(family.daughter, PAGE)
    assert "/heirs/" not in forms(family.daughter.get(PAGE))
    assert family.stranger.get(PAGE).status_code == 404


def test_public_money_is_back_in_its_fund(mourning):
    world.run_expire(mourning.meals, date(2026, 3, 10))
    page = said(mourning.daughter, "/my/card/movements/")
    assert mourning.left(mourning.meals) == 0
    assert "回到" in page
