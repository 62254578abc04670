"""Faults of tills without a network and of holds on cards: each makes a sound slip of its own and spoils one thing."""

from __future__ import annotations

from songhe.card.hold_models import HoldPart
from songhe.card.tests.test_hold import held
from songhe.kernel.month import Month
from songhe.month.audit.tests.plants import change, plant
from songhe.offline.decide import decide
from songhe.offline.guarantee import FUND
from songhe.offline.models import CardDay, Device, DeviceDay, Endowment, Slip, Trouble
from songhe.offline.tests import world
from songhe.settlement.gather import gather
from songhe.settlement.models import BorneLine


def slip(fen: int = 2_000) -> Slip:
    """A slip of 12 yuan on a card with so much."""
    _, card = world.funded(fen)
    one = world.till()
    one.send(one.slip(card))
    return Slip.objects.get(device=one.device)


@plant("card.hold_differs", "card.purse_differs", "card.level_not_conserved")
def a_part_of_a_hold_that_is_larger():
    _, card = world.funded()
    change(HoldPart.objects.get(hold=held(card)), amount_fen=1_600)


@plant("offline.promised_differs", "offline.card_promised_differs")
def a_guarantee_without_a_slip():
    change(DeviceDay.objects.get(device=slip().device_id), promised_fen=1_300)


@plant("offline.card_promised_differs", held=True)
def a_card_guaranteed_more_than_its_limit():
    slip()
    change(CardDay.objects.get(), most_fen=1_000)


@plant("offline.borne_differs")
def a_loss_that_nobody_decided():
    change(DeviceDay.objects.get(device=slip().device_id), borne_fen=100)


@plant("offline.borne_differs", "offline.borne_not_booked")
def a_loss_that_was_not_booked():
    row = slip(500)
    told = {"state": "decided", "bearer": "county", "decided_by": "clerk", "decided_at": row.received_at}
    change(Trouble.objects.get(slip=row), borne_fen=700, **told)


@plant("offline.bill_differs", held=True)
def a_slip_smaller_than_its_bill():
    change(slip(), amount_fen=1_199)


@plant("offline.number_skipped")
def a_number_skipped():
    row = slip()
    change(Device.objects.get(id=row.device_id), last_counter=3)


@plant("offline.trouble_untold", held=True)
def a_short_slip_of_which_nobody_was_told():
    row = slip(500)
    change(Trouble.objects.get(slip=row), slip_id=None)


@plant("offline.one_person", held=True)
def a_device_admitted_by_who_proposed_it():
    change(Device.objects.get(id=slip().device_id), decided_by="clerk")


def settled() -> BorneLine:
    """A slip that was short, borne by the county and on a statement."""
    world.endowed(10_000)
    row = slip(500)
    trouble = Trouble.objects.get(slip=row)
    decide(
        county=row.county,
        trouble_id=trouble.id,
        bearer="county",
        because="查",
        at=row.received_at,
        on=world.TENTH,
        by="clerk",
    )
    month = Month.of(world.TENTH)
    gather(county=row.county, programme=FUND, month=month, at=world.at(world.TENTH), by="run")
    return BorneLine.objects.get(trouble=trouble)


@plant("settlement.borne_differs", "settlement.does_not_sum", held=True)
def a_guarantee_that_pays_more_than_was_decided():
    change(settled(), amount_fen=800)


@plant("settlement.borne_differs", held=True)
def a_guarantee_settled_before_the_slip_was_made():
    change(settled(), service_month="2026-04")


@plant("offline.guarantee_differs")
def a_guarantee_of_money_that_was_never_put_in():
    settled()
    change(Endowment.objects.get(), amount_fen=20_000)


@plant("offline.borne_not_booked", "offline.guarantee_differs")
def a_loss_that_came_back_on_paper_alone():
    change(settled().trouble, back_fen=700)
