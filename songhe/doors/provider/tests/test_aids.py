"""A lender's desk: from somebody who asks to the deposit that goes back, stock, cleaning and the month's rent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from songhe.aid.models import Deposit, Fitting, Inspection, Loan, Offer, Piece, Rent
from songhe.aid.tests import world
from songhe.assessment.tests.world import at, elder
from songhe.doors.provider.tests.conftest import COUNTY, DAY
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import form_for, forms, text
from songhe.person.medium import issue
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

PAGE = "/provider/aids/"
EARLIER = DAY - timedelta(days=9)


def fill(client, page, ending, **told):
    """Open the page, fill in the form, send it and go where it leads."""
    address, hidden = form_for(client.get(page), ending)
    return client.post(address, {**hidden, **told}, follow=True)


@pytest.fixture
def shop(company):
    """The company of the desk, with a price and an item, and nothing in stock."""
    return world.provider(of=company)


def page(client, address=PAGE):
    answer = client.get(address)
    assert answer.status_code == 200, text(answer)
    return text(answer)


def step(client, row, verb, **told):
    address = f"{PAGE}fittings/{row.id}/"
    return fill(client, address, f"{address}{verb}/", follow=True, **told)


def test_the_whole_way_of_a_wheelchair(manager, shop):
    person = elder(name="王秀兰")
    card = issue(person=person, kind="card", at=at(EARLIER), on=EARLIER, by="clerk")
    aid = world.aid()
    fill(manager, f"{PAGE}stock/", f"{PAGE}stock/new/", aid=f"{aid.pk}:标准", serial="W-1")
    piece = Piece.objects.get(serial="W-1")
    asked = fill(manager, PAGE, f"{PAGE}walk-in/", number=card.number, name="王秀兰", wish="腿脚不便")
    assert "请约时间上门评估" in text(asked)
    row = Fitting.objects.get(person=person)
    step(manager, row, "assess", aid=f"{aid.pk}:标准", need="走不远", home="")
    step(manager, row, "try", trial="坐得稳")
    refused = step(manager, row, "accept")
    assert "由老人或家属决定" in text(refused)
    Fitting.objects.filter(id=row.id).update(fitter="another")
    step(manager, row, "accept")
    few = step(manager, row, "hand-out", piece=str(piece.id), deposit="1", means="cash")
    assert "押金应收" in text(few)
    step(manager, row, "hand-out", piece=str(piece.id), deposit="500", means="cash")
    loan = Loan.objects.get(fitting=row)
    address = f"{PAGE}loans/{loan.id}/"
    assert Deposit.objects.get(loan=loan).receipt_no in page(manager, address)
    back = fill(manager, address, f"{address}back/", condition="worn", findings="旧了")
    assert "消毒后才能再租" in text(back)
    assert Inspection.objects.get(loan=loan).state == "decided"
    fill(manager, address, f"{address}settle/", back_to="女儿")
    assert Deposit.objects.get(loan=loan).back_fen == world.DEPOSIT_FEN
    clean = f"{PAGE}pieces/{piece.id}/clean/"
    fill(manager, PAGE, clean, method="含氯消毒液擦拭")
    assert Piece.objects.get(id=piece.id).state == "in_stock"


def test_a_damage_waits_for_the_county(manager, shop):
    loan = world.lent(shop, on=EARLIER)
    address = f"{PAGE}loans/{loan.id}/"
    missing = fill(manager, address, f"{address}back/", condition="damaged", claimed="120")
    assert "要有照片" in text(missing)
    fill(manager, address, f"{address}back/", condition="damaged", claimed="120", witness="邻居老李")
    opened = page(manager, address)
    assert "等县里认定" in opened
    assert f"{address}settle/" not in forms(manager.get(address))


def test_the_months_rent_is_drawn_up_and_listed(manager, shop):
    loan = world.lent(shop, on=DAY.replace(month=2, day=27))
    done = fill(manager, f"{PAGE}rent/", f"{PAGE}rent/draw/")
    assert "1 条有新增" in text(done)
    assert Rent.objects.get(loan_id=loan.id).days == 2
    assert "¥6.00" in text(done)


def test_prices_and_repairs_are_the_managers(manager, carer, shop):
    piece = world.piece(shop)
    assert f"{PAGE}stock/price/" not in forms(carer.get(f"{PAGE}stock/"))
    assert carer.post(f"{PAGE}stock/price/").status_code == 403
    assert carer.post(f"{PAGE}pieces/{piece.id}/repair/").status_code == 403
    fill(manager, f"{PAGE}stock/", f"{PAGE}stock/price/", aid=str(world.aid().pk), day="4", deposit="300")
    assert Offer.objects.filter(provider=shop, aid=world.aid()).order_by("-valid_from")[0].day_fen == 400
    fill(manager, f"{PAGE}stock/", f"{PAGE}pieces/{piece.id}/repair/", why="刹车松")
    assert Piece.objects.get(id=piece.id).state == "repair"
    fill(
        manager,
        f"{PAGE}stock/",
        f"{PAGE}pieces/{piece.id}/repaired/",
        why="换刹车",
        follow=True,
    )
    assert Piece.objects.get(id=piece.id).state == "cleaning"


def test_another_lenders_rows_are_not_there_and_the_asking_is_noted(manager, shop):
    other = world.provider()
    loan = world.lent(other, on=EARLIER)
    for address in (f"fittings/{loan.fitting_id}/", f"loans/{loan.id}/"):
        assert manager.get(PAGE + address).status_code == 404
    assert manager.post(f"{PAGE}pieces/{loan.piece_id}/clean/").status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach", county=COUNTY).count() == 3


def test_in_english_no_chinese_is_left_but_names(manager, shop):
    loan = world.lent(shop, on=EARLIER)
    waiting = world.asked(shop, on=EARLIER)
    manager.cookies["django_language"] = "en"
    names = (
        shop.name,
        loan.person.name,
        waiting.person.name,
        "腿脚不便",
        "走不远",
        "坐得稳",
        "门口加一块坡道板",
        "标准",
        "窄",
        "宽",
        "低",
        "高",
    )
    for address in (
        "",
        "stock/",
        "rent/",
        f"fittings/{waiting.id}/",
        f"fittings/{loan.fitting_id}/",
        f"loans/{loan.id}/",
    ):
        assert left_in_chinese(manager.get(PAGE + address), *names) == [], address


def test_queries_do_not_grow_with_what_is_lent(manager, shop):
    def queries():
        with CaptureQueriesContext(connection) as found:
            manager.get(PAGE)
            manager.get(f"{PAGE}stock/")
        return len(found)

    world.lent(shop, on=EARLIER)
    few = queries()
    for _ in range(5):
        world.lent(shop, on=EARLIER)
        world.piece(shop)
    assert queries() <= few
