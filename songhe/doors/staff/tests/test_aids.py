"""A county's aids: figures, deposits that are held, damages to decide, recalls."""

from __future__ import annotations

import pytest

from songhe.aid.models import Inspection, Piece, Recall
from songhe.aid.tests import world
from songhe.aid.tests.world import FIRST, TENTH
from songhe.doors.public.tests.test_english import left_in_chinese
from songhe.doors.staff.tests.reading import form_for, forms, text
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

PAGE = "/staff/aids/"


def fill(client, page, ending, **told):
    """Open the page, fill in the form, send it and go where it leads."""
    address, hidden = form_for(client.get(page), ending)
    return client.post(address, {**hidden, **told}, follow=True)


@pytest.fixture
def shop(practice):
    return world.provider()


def claimed(shop, **found):
    told = {"condition": "damaged", "claimed_fen": 20_000, "witness": "邻居老李", "findings": "靠背断"}
    return world.back(world.lent(shop, on=FIRST), on=TENTH, **{**told, **found})


def test_the_figures_of_a_county(clerk, shop):
    world.lent(shop, on=FIRST)
    world.piece(shop)
    page = text(clerk.get(PAGE))
    for words in (shop.name, "¥500.00", "租金 ¥30.00", "手动轮椅"):
        assert words in page, words


def test_a_damage_is_decided_by_the_county(clerk, shop):
    row = claimed(shop)
    address = f"{PAGE}damages/{row.id}/"
    page = text(clerk.get(PAGE))
    assert "邻居老李" in page
    over = fill(clerk, PAGE, address, amount="300", because="按维修费")
    assert "不能超过" in text(over)
    done = fill(clerk, PAGE, address, amount="150", because="按维修费")
    assert "认定好了" in text(done)
    assert Inspection.objects.get(id=row.id).decided_fen == 15_000


def test_a_recall_takes_pieces_out_of_use(clerk, shop):
    world.lent(shop, on=FIRST)
    here = world.piece(shop)
    done = fill(
        clerk, PAGE, f"{PAGE}recall/", aid=str(world.aid().pk), notice_no="召2026-1", serials="", because="轮轴断裂"
    )
    assert "还有 1 件在老人家里" in text(done)
    assert Piece.objects.get(id=here.id).state == "repair"
    again = fill(
        clerk, PAGE, f"{PAGE}recall/", aid=str(world.aid().pk), notice_no="召2026-1", serials="", because="轮轴断裂"
    )
    assert again.status_code == 409
    assert Recall.objects.count() == 1


def test_who_only_reads_decides_nothing(enter, shop):
    row = claimed(shop)
    finance = enter("finance", "finance")
    assert "邻居老李" in text(finance.get(PAGE))
    assert f"{PAGE}damages/{row.id}/" not in forms(finance.get(PAGE))
    assert finance.post(f"{PAGE}damages/{row.id}/").status_code == 403
    assert finance.post(f"{PAGE}recall/").status_code == 403


def test_another_countys_damage_is_not_there(enter, shop):
    row = claimed(shop)
    other = enter("elsewhere", "county_clerk", place="370703")
    assert other.post(f"{PAGE}damages/{row.id}/").status_code == 404
    assert Entry.objects.filter(act="door.out_of_reach").count() == 1


def test_in_english_no_chinese_is_left_but_names(clerk, shop):
    claimed(shop)
    world.lent(shop, on=FIRST)
    clerk.cookies["django_language"] = "en"
    names = (shop.name, "邻居老李", "靠背断", "样例县", "山东省", "潍坊市")
    assert left_in_chinese(clerk.get(PAGE), *names) == []


def test_queries_do_not_grow_with_pieces(clerk, shop, django_assert_max_num_queries):
    for _ in range(3):
        world.lent(shop, on=FIRST)
    with django_assert_max_num_queries(40):
        clerk.get(PAGE)
    for _ in range(5):
        world.lent(shop, on=FIRST)
        world.piece(shop)
    with django_assert_max_num_queries(40):
        clerk.get(PAGE)
