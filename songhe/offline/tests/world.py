"""Devices of a canteen that write slips without a network, for the stories of what becomes of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from songhe.assessment.tests.world import at
from songhe.card.models import Card
from songhe.card.tests.world import FIRST, LISHUI, TENTH
from songhe.offline import device as devices
from songhe.offline.guarantee import approve_endowment, propose_endowment
from songhe.offline.models import Device
from songhe.offline.signed import NONE_BEFORE, Said, Sent, digest
from songhe.offline.sync import Answer, take_in
from songhe.provider.models import Provider
from songhe.redemption.tests.test_card import canteen, funded

__all__ = ["FIRST", "LISHUI", "NOON", "TENTH", "Till", "at", "canteen", "endowed", "funded", "later", "till"]

#: When the network goes; slips come in an hour later unless a story says otherwise.
NOON = at(TENTH)
_numbers = count(1)


def later(**given: float) -> datetime:
    return NOON + timedelta(**given)


@dataclass
class Till:
    """A device as it stands on the counter: its key, its counter, the digest of its last slip."""

    device: Device
    key: Ed25519PrivateKey
    counter: int = 0
    previous: str = NONE_BEFORE

    def slip(self, card: Card, fen: int = 1_200, *, item: str = "lunch", made: datetime = NOON, **given) -> Sent:
        """The next slip; ``given`` says what the device writes otherwise."""
        self.counter += 1
        said = Said(
            device=self.device.id.hex,
            counter=self.counter,
            card_no=card.medium.number,
            item=item,
            quantity=1,
            amount_fen=fen,
            made_at=made,
            previous=self.previous,
        )
        one = self.sign(replace(said, **given).line())
        self.previous = digest(one.text)
        return one

    def sign(self, text: str) -> Sent:
        return Sent(text, self.key.sign(text.encode()).hex())

    def send(self, *sent: Sent, when: datetime | None = None) -> list[Answer]:
        when = when or later(hours=1)
        return take_in(county=self.device.county, device_id=self.device.id, sent=sent, at=when, by="till")


def public(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def till(who: Provider | None = None, *, card_fen=3_000, day_fen=60_000, hours=24, helps=(), admitted=True) -> Till:
    """A device of the canteen, asked for, and admitted by two people."""
    key = Ed25519PrivateKey.generate()
    row = devices.ask(
        provider=who or canteen(),
        county=LISHUI,
        name=f"收银{next(_numbers)}",
        public_key=public(key),
        at=at(FIRST),
        by="till",
    )
    if admitted:
        limits = devices.Limits(card_fen, day_fen, hours)
        told = {"county": LISHUI, "device_id": row.id, "at": at(FIRST)}
        devices.propose(**told, limits=limits, helps=helps, by="clerk")
        row = devices.admit(**told, by="head")
    return Till(row, key)


def endowed(fen: int = 1_000_000) -> None:
    row = propose_endowment(county=LISHUI, amount_fen=fen, document_no="文1", at=at(FIRST), by="clerk")
    approve_endowment(county=LISHUI, endowment_id=row.id, at=at(FIRST), on=FIRST, by="head")
