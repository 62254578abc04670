"""A mother in Jindong with a love card, her daughter who acts for her, and the funds behind the card."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from django.test import Client

from songhe.assessment.tests import world as people
from songhe.card.models import Card, Fund, TopUp
from songhe.card.ports import payments
from songhe.card.tests import world
from songhe.card.tests.world import JINDONG
from songhe.doors.elder.tests.money.conftest import browser, mandate
from songhe.doors.shell import clock
from songhe.person.models import Person

DAY = date(2026, 3, 10)

__all__ = ["JINDONG", "Family", "family", "practice"]


@pytest.fixture(autouse=True)
def practice(db: None, settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    clock.set_practice_day(DAY)


def citizen(username: str, person: Person) -> Client:
    from songhe.access import login

    since = date(2026, 1, 1)
    made = login.open_account(
        username=username, display_name=f"{username}的名字", password=None, at=people.at(since), practice=True
    )
    login.appoint(
        account=made,
        role="citizen",
        place=person.county,
        person_id=person.id,
        valid_from=since,
        by=None,
        at=people.at(since),
    )
    return browser(made)


@dataclass
class Family:
    """``meals`` is public money for meals, ``charity`` matches, ``own`` is the families' fund."""

    card: Card
    own: Fund
    charity: Fund
    meals: Fund
    granny: Client
    daughter: Client
    stranger: Client

    @property
    def person(self) -> Person:
        return self.card.person

    def now(self) -> Card:
        return Card.objects.get(county=self.card.county, id=self.card.id)

    def topped(self, fen: int, **more: Any) -> TopUp:
        return world.top_up(self.card, fen, **more)

    def left(self, fund: Fund) -> int:
        return world.left(self.card, fund)

    def pays(self, row: TopUp, client: Client) -> Any:
        """Pay at the page of the sandbox."""
        page = f"/practice/payment/{row.no}"
        assert client.get(page).status_code == 200
        return client.post(page, {"pay": "1"})


@pytest.fixture
def family() -> Family:
    own = world.made_fund(county=JINDONG, source="family", expiry="never")
    charity = world.made_fund(county=JINDONG, source="charity", expiry="never", matches=True)
    meals = world.made_fund(county=JINDONG, allowed=("meals", "bathing"), rates={"card_class_2_old": 2_000})
    card = world.made_card("card_class_2_old", county=JINDONG, card_class=2, name="王秀兰")
    world.run_charge(meals)
    granny = citizen("granny", card.person)
    daughter = citizen("daughter", people.elder(name="王芳", born=date(1975, 4, 3), county=JINDONG))
    mandate(card.person, "daughter")
    stranger = citizen("stranger", people.elder(name="过路人", county=JINDONG))
    return Family(card, own, charity, meals, granny, daughter, stranger)


def service() -> Any:
    return payments()
