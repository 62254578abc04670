"""Tills without a network: admitted with their limits, and what they kept is handed in at night. 离线收款"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from songhe.month.sample.card.beside import Slip
from songhe.month.sample.card.cast import APPROVER, CLERK, FINANCE, manager_of
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.shape import HOME, bodies, figures
from songhe.month.sample.plan import moment
from songhe.offline import device as devices
from songhe.offline.guarantee import approve_endowment, propose_endowment
from songhe.offline.models import Device
from songhe.offline.signed import NONE_BEFORE, Said, Sent, digest
from songhe.offline.sync import take_in
from songhe.provider.models import Provider

#: When what the tills kept is handed in.
HANDED_IN = (20, 30)


@dataclass
class Till:
    """A device as it stands on the counter: its key, its number, the digest of its last slip, and what it keeps."""

    body: str
    device: Device
    key: Ed25519PrivateKey
    counter: int = 0
    previous: str = NONE_BEFORE
    kept: list[Sent] = field(default_factory=list)

    def sell(self, slip: Slip, card_no: str) -> None:
        self.counter += 1
        said = Said(self.device.id.hex, self.counter, card_no, slip.item, 1, slip.fee_fen, slip.at, self.previous)
        text = said.line()
        self.kept.append(Sent(text, self.key.sign(text.encode()).hex()))
        self.previous = digest(text)

    def hand_in(self, day: date) -> None:
        """In time: on the evening of the day."""
        if self.kept:
            at = moment(day, *HANDED_IN)
            take_in(county=HOME, device_id=self.device.id, sent=self.kept, at=at, by=manager_of(self.body))
            self.kept = []


def admit_tills(plan: CardPlan, providers: dict[str, Provider]) -> dict[str, Till]:
    """The county puts money into the guarantee, and admits a till of each of a few merchants, each by two people."""
    on = plan.money_on
    at = moment(on, 10)
    row = propose_endowment(
        county=HOME,
        amount_fen=figures()["no_network"]["guarantee_fen"],
        document_no=f"样例〔{on.year}〕离线收款担保-01号",
        at=at,
        by=FINANCE,
    )
    approve_endowment(county=HOME, endowment_id=row.id, at=moment(on, 15), on=on, by=APPROVER)
    return {code: _admitted(plan, code, providers[code]) for code in bodies()["tills"] if code in providers}


def _admitted(plan: CardPlan, body: str, provider: Provider) -> Till:
    told = figures()["no_network"]
    key = Ed25519PrivateKey.from_private_bytes(sha256(f"{plan.seed}/till/{body}".encode()).digest())
    at = moment(plan.money_on, 11)
    asked = devices.ask(
        provider=provider,
        county=HOME,
        name="收银台平板",
        public_key=key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex(),
        at=at,
        by=manager_of(body),
    )
    limits = devices.Limits(told["card_fen"], told["day_fen"], told["hours"])
    devices.propose(county=HOME, device_id=asked.id, limits=limits, at=at + timedelta(hours=1), by=CLERK)
    row = devices.admit(county=HOME, device_id=asked.id, at=at + timedelta(hours=4), by=APPROVER)
    return Till(body, row, key)
