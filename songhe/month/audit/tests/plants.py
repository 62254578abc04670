"""Faults to plant in the county of ``world.py``, one for each question of the auditor at least.

``finds`` are the codes that the fault must give, and no other. ``held`` says that the database itself refuses the
fault while its constraints and triggers stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Model

from songhe.assessment.models import Assessment
from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.card.models import Allotment, Card, Charge, Draw, MatchCount, Purse, TopUp
from songhe.card.models import Fund as CardFund
from songhe.county.key import new_id
from songhe.eligibility.models import Determination
from songhe.entitlement.models import Application, Ending, Entitlement
from songhe.grant.models import Budget, Claim, Grant, Hold
from songhe.jobs.models import Once
from songhe.ledger.models import Account, Period, Transfer
from songhe.person.models import Event, Person, Status
from songhe.policy.models import PackRelease
from songhe.provider.models import BankAccount, Listing, Price, Provider, Suspension
from songhe.redemption.models import Bill, Line, Reversal, Verdict
from songhe.service.models import Override, Stay, Visit
from songhe.settlement.models import Batch, Payment, Statement, StatementLine
from songhe.trail.models import Entry, Seal

TENTH = date(2026, 3, 10)


@dataclass(frozen=True)
class Plant:
    name: str
    finds: frozenset[str]
    act: Callable[[], Any]
    held: bool


PLANTS: list[Plant] = []


def plant(*finds: str, held: bool = False) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    def keep(act: Callable[[], Any]) -> Callable[[], Any]:
        PLANTS.append(Plant(act.__name__, frozenset(finds), act, held))
        return act

    return keep


def one(model: type[Model], **where: Any) -> Any:
    row = model._base_manager.filter(**where).order_by("pk").first()
    assert row is not None, f"the county has no {model.__name__} with {where}"
    return row


def change(row: Any, **fields: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk).update(**fields)


def again(row: Any, **fields: Any) -> Any:
    """The same row once more, under another id."""
    kept = {field.attname: getattr(row, field.attname) for field in row._meta.local_fields if not field.primary_key}
    if isinstance(row, Transfer):
        kept["reverses"] = None
    new = type(row)(**{**kept, **fields})
    new.save(force_insert=True)
    return new


def drop(row: Any) -> None:
    type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")


def account(code: str | None = None, **where: Any) -> Account:
    given = {"fund__code": "consumption-voucher-2026", **where} | ({"code": code} if code else {})
    return one(Account, **given)


def active() -> Grant:
    """A voucher of April that was not used."""
    return one(Grant, month="2026-04", used_on=None, category="home")


def used() -> Grant:
    """The voucher of April with a bill and a hold."""
    return one(Grant, month="2026-04", used_on__isnull=False)


def line(**where: Any) -> Line:
    """A line of March that was paid, settled and not reversed."""
    settled = StatementLine.objects.filter(kind="CHARGE", statement__month="2026-03").exclude(
        line_id__in=Reversal.objects.values("line_id")
    )
    return one(Line, **{"id__in": settled.values("line_id"), "category": "home", "service_on__month": 3, **where})


def april_line() -> Line:
    return one(Line, service_on__month=4)


def unpaid_line() -> Line:
    """A line out of scope: nobody but the person pays."""
    return one(Line, in_scope=False)


def transfer(kind: str, **where: Any) -> Transfer:
    return one(Transfer, kind=kind, fund_id=account("source").fund_id, **where)


def move_both(first: Any, second: Any, units: int) -> None:
    """Let two limited accounts follow a transfer that was put in by hand."""
    Account.objects.filter(id=first).exclude(balance=None).update(balance=F("balance") - units)
    Account.objects.filter(id=second).exclude(balance=None).update(balance=F("balance") + units)


# --- the books -------------------------------------------------------------------------------------------------------


@plant("ledger.balance_differs")
def a_balance_is_changed_by_hand():
    change(account(kind="budget", code="budget:2026-04"), balance=F("balance") + 1)


@plant("ledger.balance_differs", "grant.purse_differs")
def money_is_put_on_a_voucher_by_hand():
    change(one(Account, id=active().purse_id), balance=F("balance") + 100)


@plant("ledger.below_floor", held=True)
def an_account_falls_below_its_floor():
    budget = account("budget:2026-04")
    units = budget.balance + 1
    again(transfer("budget"), debit_id=budget.id, credit_id=account("source").id, amount=units, about=None)
    change(budget, balance=-1)


@plant("ledger.floor_without_balance", held=True)
def an_open_account_gets_a_floor():
    change(account("lapsed"), floor=0)


@plant("ledger.crosses_funds", "ledger.debits_differ_from_credits", held=True)
def a_transfer_crosses_funds():
    other = one(Account, fund__code="assessment-voucher-2026", code="source")
    again(transfer("budget"), credit_id=other.id, debit_id=account("source").id, about=None)


@plant("ledger.no_such_account", "ledger.debits_differ_from_credits", held=True)
def a_transfer_names_no_account():
    again(transfer("budget"), credit_id=new_id(), debit_id=account("source").id, about=None)


@plant("ledger.amount_not_positive", held=True)
def a_transfer_is_over_nothing():
    again(transfer("budget"), amount=0, about=None)


@plant("ledger.to_itself", held=True)
def a_transfer_goes_to_itself():
    again(transfer("budget"), credit_id=account("source").id, debit_id=account("source").id, about=None)


@plant("ledger.moved_twice", "redemption.not_in_books")
def a_payment_is_booked_twice():
    booked = one(Transfer, kind="redeem", about=april_line().id)
    again(booked)
    move_both(booked.debit_id, booked.credit_id, booked.amount)


@plant("ledger.reversed_twice", held=True)
def a_transfer_is_reversed_twice():
    booked = transfer("reverse", month="2026-04")
    new = again(booked, kind="other", about=None)
    change(new, reverses=booked.reverses)


@plant("ledger.reversal_differs")
def a_transfer_says_it_reverses_another_account_s():
    moved = transfer("budget", month="2026-04")
    again(moved, about=None, reverses=one(Transfer, kind="redeem", about=april_line().id).id)
    move_both(moved.debit_id, moved.credit_id, moved.amount)


@plant("ledger.posted_after_close", held=True)
def something_enters_a_closed_period():
    again(transfer("budget", month="2026-04"), month="2026-03", on=TENTH, at=at(date(2026, 4, 20)), about=None)
    move_both(account("source").id, account("budget:2026-04").id, transfer("budget", month="2026-04").amount)


@plant("ledger.booked_into_an_earlier_month")
def something_is_booked_into_the_month_before():
    moved = transfer("budget", month="2026-04")
    again(moved, month="2026-02", about=None)
    move_both(moved.debit_id, moved.credit_id, moved.amount)


@plant("ledger.earlier_period_open")
def a_period_is_left_open_behind():
    Period.objects.create(county=COUNTY, month="2026-02")


@plant("ledger.two_periods_of_a_month", held=True)
def a_month_has_two_periods():
    again(one(Period, month="2026-04"))


@plant("ledger.report_missing", held=True)
def the_report_of_a_closed_period_is_emptied():
    change(one(Period, month="2026-03"), digest="")


# --- vouchers --------------------------------------------------------------------------------------------------------


def another_voucher(of: Grant, **fields: Any) -> Grant:
    """A voucher issued past the guards: its purse is filled from the budget, and its claim is laid if asked for."""
    purse = again(one(Account, id=of.purse_id), balance=of.face_fen)
    new = again(of, no=f"X{of.no[1:]}", purse_id=purse.id, **fields)
    booked = one(Transfer, kind="issue", credit_id=of.purse_id)
    again(booked, credit_id=purse.id, about=new.id, amount=of.face_fen)
    change(one(Account, id=booked.debit_id), balance=F("balance") - of.face_fen)
    return new


@plant("grant.two_in_a_month", "grant.claimed_twice", held=True)
def a_second_voucher_for_the_same_month():
    new = another_voucher(active())
    Claim.objects.create(
        identity=new.identity, programme=new.programme, month=new.month, county=COUNTY, grant_id=new.id
    )


@plant("grant.two_in_a_month", "grant.without_claim")
def a_second_voucher_for_another_file_of_the_same_human():
    other = elder(identity=None)
    another_voucher(active(), person_id=other.id, entitlement_id=None)


@plant("grant.number_twice", held=True)
def two_vouchers_with_one_number():
    change(active(), no=used().no)


@plant("grant.without_claim")
def a_voucher_without_a_claim():
    drop(one(Claim, grant_id=active().id))


@plant("grant.claim_without_voucher")
def a_claim_without_a_voucher():
    Claim.objects.create(
        identity=new_id(), programme="consumption-voucher", month="2026-04", county=COUNTY, grant_id=new_id()
    )


@plant("grant.not_of_the_right")
def a_voucher_before_the_right_begins():
    change(one(Entitlement, id=active().entitlement_id), first_month="2026-05")


@plant("grant.issued_after_known_death")
def a_voucher_for_the_dead():
    event = one(Event, kind="death")
    person = active().person_id
    change(event, person_id=person, happened_on=date(2026, 3, 20))
    Person.rows.filter(county=event.county, died_on__isnull=False).update(died_on=None)
    Person.rows.filter(id=person).update(died_on=date(2026, 3, 20))


@plant("grant.beside_excluded_programme")
def a_voucher_beside_destitute_support():
    Status.objects.create(
        county=COUNTY,
        person_id=active().person_id,
        kind="tekun",
        valid_from=date(2026, 1, 1),
        source="民政",
        known_at=at(date(2026, 1, 2)),
    )


@plant("grant.state_contradicts_time")
def a_voucher_that_ended_and_is_active():
    change(active(), ended_at=at(date(2026, 4, 20)))


@plant("grant.state_contradicts_time")
def a_voucher_that_runs_into_the_next_month():
    change(active(), valid_to=date(2026, 5, 1), book_until=date(2026, 5, 1))


@plant("grant.state_contradicts_time")
def a_voucher_that_expired_before_its_last_day():
    change(one(Grant, state="expired", used_on=None), ended_at=at(date(2026, 3, 30)))


@plant("grant.face_differs", "redemption.terms_differ", "grant.purse_differs")
def a_face_that_was_never_filled():
    change(used(), face_fen=F("face_fen") + 100)


@plant("grant.over_face", "ledger.below_floor", held=True)
def more_is_paid_than_the_face():
    grant = used()
    purse = one(Account, id=grant.purse_id)
    kept = april_line()
    more = grant.face_fen - kept.voucher_fen - 4_000
    change(kept, fee_fen=2 * (kept.voucher_fen + more), base_fen=2 * (kept.voucher_fen + more),
           voucher_fen=F("voucher_fen") + more, self_fen=kept.voucher_fen + more)  # fmt: skip
    kept.refresh_from_db()
    change(kept.bill, fee_fen=kept.fee_fen, voucher_fen=kept.voucher_fen, self_fen=kept.self_fen)
    change(one(Transfer, kind="redeem", about=kept.id), amount=kept.voucher_fen)
    stated = one(StatementLine, line_id=kept.id)
    central = kept.voucher_fen * 17 // 20
    batch = StatementLine.objects.filter(statement_id=stated.statement_id).exclude(id=stated.id)
    before = sum(each.amount_fen for each in batch), sum(each.central_fen for each in batch)
    central = (kept.voucher_fen + before[0]) * 17 // 20 - before[1]
    change(stated, amount_fen=kept.voucher_fen, central_fen=central, local_fen=kept.voucher_fen - central)
    statement = one(Statement, id=stated.statement_id)
    refund = statement.refund_fen
    change(statement, charge_fen=kept.voucher_fen, net_fen=kept.voucher_fen - refund + statement.carried_fen,
           central_fen=central + before[1], local_fen=kept.voucher_fen + before[0] - central - before[1])  # fmt: skip
    change(one(Price, provider_id=kept.bill.provider_id, item_id=kept.item_id), price_fen=kept.fee_fen)
    Line.objects.filter(bill__provider_id=kept.bill.provider_id, item_id=kept.item_id).update(price_fen=kept.fee_fen)
    change(purse, balance=grant.face_fen - kept.voucher_fen - 5_000)


@plant("grant.ended_with_money", "ledger.balance_differs")
def money_left_on_an_expired_voucher():
    change(one(Account, id=one(Grant, state="expired").purse_id), balance=5)


@plant("grant.no_purse")
def a_voucher_whose_account_is_no_purse():
    change(one(Account, id=active().purse_id), kind="other")


@plant("grant.purse_of_two", "grant.purse_differs", held=True)
def two_vouchers_with_one_purse():
    change(active(), purse_id=used().purse_id)


@plant("grant.hold_differs", "grant.purse_differs")
def a_hold_is_made_larger_by_hand():
    change(one(Hold, state="held"), amount_fen=F("amount_fen") + 1)


@plant("grant.hold_contradicts")
def a_hold_that_ended_and_is_held():
    change(one(Hold, state="held"), ended_at=at(date(2026, 4, 20)))


@plant("grant.hold_outlives_voucher", "grant.hold_differs")
def a_hold_on_an_expired_voucher():
    change(one(Hold, state="released"), state="held", ended_at=None)


@plant("grant.two_groups", "redemption.another_person", "redemption.provider_not_listed", held=True)
def a_line_in_another_group_than_its_voucher():
    change(april_line(), category="unheard_of")


@plant("grant.two_groups", held=True)
def a_used_voucher_changes_its_group():
    change(used(), category="institution_long")


@plant("grant.outside_its_month", "redemption.visit_differs", held=True)
def a_service_of_another_month():
    change(april_line(), service_on=date(2026, 3, 31))


@plant("grant.paid_after_its_end", held=True)
def an_expired_voucher_pays():
    change(one(Transfer, kind="redeem", about=line().id), at=at(date(2026, 4, 5)))


@plant("grant.paid_outside_its_days", held=True)
def a_voucher_pays_before_its_first_day():
    change(one(Transfer, kind="hold", debit_id=used().purse_id), on=date(2026, 3, 31))


@plant("grant.used_without_day")
def a_used_voucher_has_no_first_use():
    change(used(), used_on=None)


@plant("grant.budget_one_person", held=True)
def a_budget_by_one_person():
    change(one(Budget, programme="consumption-voucher"), approved_by="finance")


@plant("grant.budget_not_in_books")
def a_budget_larger_than_what_was_booked():
    change(one(Budget, programme="consumption-voucher"), amount_fen=F("amount_fen") + 1)


# --- bills -----------------------------------------------------------------------------------------------------------


@plant("redemption.line_does_not_sum", "redemption.bill_does_not_sum", held=True)
def a_line_that_does_not_sum():
    change(unpaid_line(), self_fen=F("self_fen") - 1)


@plant("redemption.purse_differs", "redemption.bill_does_not_sum", held=True)
def a_line_paid_by_a_card_that_gave_nothing():
    change(unpaid_line(), self_fen=F("self_fen") - 1, purse_fen=1)


@plant("redemption.base_differs", held=True)
def a_base_out_of_scope():
    change(unpaid_line(), base_fen=1)


@plant("redemption.above_ratio", held=True)
def a_line_paid_above_its_ratio():
    change(april_line(), ratio="1/3")


@plant("redemption.above_ratio", held=True)
def a_line_paid_at_a_ratio_that_is_none():
    change(april_line(), ratio="half")


@plant("redemption.terms_differ", held=True)
def a_line_on_another_version():
    change(april_line(), version="f" * 12)


@plant("redemption.bill_does_not_sum", held=True)
def a_bill_that_does_not_sum():
    change(april_line().bill, fee_fen=F("fee_fen") + 1)


@plant("redemption.bill_does_not_sum", held=True)
def a_bill_that_lost_a_line():
    """Even past the guard of the line: who deletes a line leaves the bill behind."""
    kept = unpaid_line()
    drop(one(Verdict, line_id=kept.id))
    drop(kept)


@plant("redemption.state_contradicts")
def a_booked_bill_without_a_day():
    change(april_line().bill, booked_at=None)


@plant("redemption.state_contradicts")
def a_reversed_bill_that_is_booked():
    change(one(Bill, state="reversed", month="2026-03"), state="booked")


@plant("redemption.another_person")
def a_bill_of_somebody_else():
    seen = Line.objects.filter(visit__isnull=False).values("bill_id")
    bill = Bill.objects.filter(month="2026-03", state="booked", category="home").exclude(id__in=seen).get()
    change(bill, person_id=elder().id)


@plant("redemption.not_in_books", held=True)
def a_line_that_is_not_booked():
    kept = line()
    booked = one(Transfer, kind="redeem", about=kept.id)
    change(booked, kind="other")


@plant("redemption.not_in_books", held=True)
def a_payment_booked_to_another_provider():
    booked = one(Transfer, kind="redeem", about=line().id)
    other = Account.objects.filter(kind="payable", fund_id=booked.fund_id).exclude(id=booked.credit_id).first()
    change(booked, credit_id=other.id)


@plant("redemption.booked_without_line", "ledger.balance_differs", held=False)
def a_payment_for_no_line():
    again(one(Transfer, kind="redeem", about=april_line().id), about=new_id())


@plant("redemption.reversal_not_in_books", held=True)
def a_reversal_that_is_not_booked():
    change(one(Transfer, kind="reverse", month="2026-04"), kind="other")


@plant("redemption.reversed_beyond", "redemption.reversal_not_in_books", "ledger.reversal_differs", held=True)
def a_reversal_of_more_than_was_paid():
    change(transfer("reverse", month="2026-04"), amount=F("amount") + 7)


@plant("redemption.reversed_twice", held=True)
def a_line_reversed_twice():
    again(one(Reversal, month="2026-04"))


@plant("redemption.after_death")
def a_service_after_death():
    person = line().bill.person_id
    Person.rows.filter(id=person).update(died_on=date(2026, 3, 1))


@plant("redemption.ahead_of_service", "redemption.visit_differs", held=True)
def a_service_booked_ahead():
    change(april_line(), service_on=date(2026, 4, 28))


@plant("redemption.provider_not_listed")
def a_provider_taken_off_the_list_before():
    Listing.objects.filter(provider_id=april_line().bill.provider_id).update(valid_from=date(2026, 4, 9))


@plant("redemption.provider_suspended")
def a_provider_that_was_suspended():
    Suspension.objects.update(provider_id=april_line().bill.provider_id, since=date(2026, 4, 1))


@plant("redemption.assessment_paid_twice")
def an_assessment_paid_twice():
    kept = one(Line, assessment_id__isnull=False, voucher_fen=0)
    bill = again(kept.bill, no="2" * 24)
    new = again(kept, bill_id=bill.id)
    again(one(Verdict, line_id=kept.id), line_id=new.id)
    again(one(Entry, act="redemption.redeem", subject_id=str(kept.bill_id)), subject_id=str(bill.id))


@plant("redemption.above_price")
def a_fee_above_the_price():
    change(one(Price, provider_id=april_line().bill.provider_id, item__code="haircut"), price_fen=2_999)


@plant("redemption.visit_billed_twice", "redemption.visit_differs", "redemption.visit_points_elsewhere", held=True)
def a_visit_billed_twice():
    kept, other = line(), april_line()
    change(other, visit_id=kept.visit_id)


@plant("redemption.visit_differs", held=True)
def a_visit_of_another_day():
    change(one(Visit, id=april_line().visit_id), service_on=date(2026, 4, 7))


@plant("redemption.visit_points_elsewhere")
def a_visit_that_points_at_no_line():
    change(one(Visit, id=april_line().visit_id), billed_line=new_id())


@plant("redemption.stay_differs", held=True)
def a_stay_that_had_ended():
    change(one(Stay), admitted_on=date(2026, 3, 10))


@plant("redemption.without_verdict")
def a_line_without_a_verdict():
    drop(one(Verdict, line_id=unpaid_line().id))


@plant("redemption.settled_flag_differs")
def a_verdict_that_says_settled():
    change(one(Verdict, line_id=unpaid_line().id), settled=True)


# --- statements and payments -----------------------------------------------------------------------------------------


@plant("settlement.without_pass", held=True)
def a_settled_line_whose_evidence_failed():
    change(one(Verdict, line_id=line().id), outcome="fail")


@plant("settlement.without_pass", held=True)
def a_settled_line_that_says_it_failed():
    change(one(StatementLine, line_id=line().id), verdict="fail")


def charge_again(kept: StatementLine, **fields: Any) -> StatementLine:
    """One more line in the open statement, with its sums and its split brought along."""
    statement = one(Statement, month="2026-04", provider_id=kept.statement.provider_id)
    given = {"statement_id": statement.id, "number": 90, "reversal_id": None, **fields}
    amount = given.get("amount_fen", kept.amount_fen)
    batch = StatementLine.objects.filter(statement__month="2026-04", statement__programme=statement.programme)
    sums = [sum(getattr(each, name) for each in batch) for name in ("amount_fen", "central_fen")]
    central = (sums[0] + amount) * 17 // 20 - sums[1]
    new = again(kept, central_fen=central, local_fen=amount - central, **given)
    column = "charge_fen" if amount > 0 else "refund_fen"
    change(
        statement,
        lines=F("lines") + 1,
        net_fen=F("net_fen") + amount,
        central_fen=F("central_fen") + central,
        local_fen=F("local_fen") + amount - central,
        **{column: F(column) + abs(amount)},
    )
    return new


@plant("settlement.charged_twice", "settlement.more_than_redeemed", held=True)
def a_line_charged_twice():
    charge_again(one(StatementLine, line_id=line().id))


@plant("settlement.amount_differs", "settlement.more_than_redeemed", held=True)
def a_line_settled_for_more_than_it_was_paid():
    kept = april_line()
    settled = one(StatementLine, line_id=kept.id)
    drop(settled)
    statement = one(Statement, id=settled.statement_id)
    change(statement, lines=F("lines") - 1, charge_fen=F("charge_fen") - settled.amount_fen,
           net_fen=F("net_fen") - settled.amount_fen, central_fen=F("central_fen") - settled.central_fen,
           local_fen=F("local_fen") - settled.local_fen)  # fmt: skip
    settled.pk = None
    charge_again(settled, amount_fen=settled.amount_fen + 1)


@plant("settlement.refund_without_reversal", held=True)
def a_refund_without_a_reversal():
    kept = one(StatementLine, line_id=line().id)
    charge_again(kept, kind="REFUND", amount_fen=-kept.amount_fen)


@plant("settlement.refunded_twice", "settlement.more_than_redeemed", held=True)
def a_refund_made_twice():
    kept = one(StatementLine, kind="REFUND")
    charge_again(kept, reversal_id=kept.reversal_id)


@plant("settlement.reversed_before", held=True)
def a_line_that_was_reversed_before_it_was_charged():
    change(one(Reversal, month="2026-04"), at=at(date(2026, 4, 1)))


@plant("settlement.provisional")
def a_provisional_bill_is_settled():
    change(line().bill, state="provisional")


@plant("settlement.another_provider", held=True)
def a_line_of_another_month():
    change(one(StatementLine, line_id=line().id), service_month="2026-02")


@plant("settlement.does_not_sum", held=True)
def a_statement_that_does_not_sum():
    change(one(Statement, month="2026-04"), charge_fen=F("charge_fen") + 1, net_fen=F("net_fen") + 1)


@plant("settlement.carried_differs")
def a_statement_that_carries_in_what_nobody_carries_out():
    change(one(Statement, month="2026-04"), carried_fen=F("carried_fen") - 1, net_fen=F("net_fen") - 1)


@plant("settlement.line_shares_differ", "settlement.statement_shares_differ", held=True)
def a_line_whose_shares_do_not_sum():
    change(one(StatementLine, line_id=april_line().id), local_fen=F("local_fen") - 1)


@plant("settlement.statement_shares_differ", held=True)
def a_statement_whose_shares_differ():
    statement = one(Statement, month="2026-04")
    change(statement, central_fen=F("central_fen") + 1)


@plant("settlement.batch_split_differs", held=False)
def a_fen_moved_from_the_county_to_the_centre():
    kept = one(StatementLine, line_id=april_line().id)
    change(kept, central_fen=F("central_fen") + 1, local_fen=F("local_fen") - 1)
    change(one(Statement, id=kept.statement_id), central_fen=F("central_fen") + 1, local_fen=F("local_fen") - 1)


@plant("settlement.number_twice", held=True)
def two_lines_of_a_batch_with_one_number():
    first, second = StatementLine.objects.filter(
        statement__month="2026-03", statement__programme="consumption-voucher"
    ).order_by("number")[:2]
    change(second, number=first.number)


@plant("settlement.two_statements", held=True)
def two_statements_of_a_provider():
    again(one(Statement, month="2026-04"), no="9" * 21, lines=0, charge_fen=0, refund_fen=0, net_fen=0,
          central_fen=None, local_fen=None)  # fmt: skip


@plant("settlement.one_person", held=True)
def a_statement_confirmed_and_approved_by_one_person():
    change(one(Statement, month="2026-03"), confirmed_by=F("approved_by"))


@plant("settlement.approved_by_nobody")
def a_statement_paid_without_approval():
    change(one(Statement, month="2026-03"), approved_by="")


@plant("settlement.batch_by_one_person", held=True)
def a_pay_out_made_and_released_by_one_person():
    change(one(Batch), released_by=F("made_by"))


@plant("settlement.batch_by_one_person")
def a_pay_out_released_by_who_approved():
    change(one(Batch), released_by="approver")


@plant("settlement.payment_differs", held=True)
def a_payment_of_another_provider():
    payment = one(Payment)
    other = Provider.objects.exclude(id=payment.provider_id).order_by("id").first()
    change(payment, provider_id=other.id)
    change(one(BankAccount, id=payment.account_id), provider_id=other.id)


@plant("settlement.paid_twice", "settlement.payment_not_in_books", "settlement.batch_does_not_sum", held=True)
def a_statement_paid_twice():
    again(one(Payment), bank_reference="again")


@plant("settlement.paid_without_payment")
def a_statement_paid_without_a_payment():
    change(one(Payment, state="paid"), state="sent")


@plant("settlement.batch_does_not_sum")
def a_pay_out_that_does_not_sum():
    change(one(Batch), total_fen=F("total_fen") + 1)


@plant("settlement.released_without_file")
def a_pay_out_without_its_file():
    change(one(Batch), file_sha256="")


@plant("settlement.payment_not_in_books", held=True)
def a_payment_that_is_not_booked():
    change(one(Transfer, kind="payout"), kind="other")


@plant("settlement.paid_to_an_account_not_in_force")
def a_payment_to_an_account_not_in_force():
    change(one(BankAccount, id=one(Payment).account_id), effective_at=at(date(2026, 12, 1)))


# --- people ----------------------------------------------------------------------------------------------------------


@plant("person.two_open_files", held=True)
def two_open_files_of_one_human_in_a_county():
    identity = new_id()
    for _ in range(2):
        elder(identity=identity)


@plant("person.two_open_files")
def two_open_files_of_one_human_in_two_counties():
    identity = new_id()
    elder(identity=identity)
    elder(identity=identity, county="370798")


@plant("person.death_differs")
def a_verified_death_that_the_file_does_not_know():
    change(one(Person, died_on__isnull=False), died_on=date(2026, 3, 21))


@plant("person.statuses_overlap")
def two_spans_of_a_status_that_overlap():
    change(one(Status, valid_to=None), valid_from=date(2025, 6, 30))


@plant("person.event_one_person", held=True)
def a_death_reported_and_verified_by_one_person():
    change(one(Event, kind="death"), verified_by="family")


@plant("assessment.two_stand", held=True)
def two_results_that_stand():
    kept = one(Assessment, state="effective")
    again(kept, no="A2")


@plant("assessment.one_assessor", held=True)
def one_assessor_for_two():
    kept = one(Assessment, state="effective")
    change(kept, second_assessor_id=kept.first_assessor_id)


@plant("eligibility.two_current", held=True)
def two_current_determinations():
    again(one(Determination, current=True))


@plant("entitlement.two_in_force", held=True)
def two_rights_of_one_person():
    again(one(Entitlement, state="active"), no="E2")


@plant("entitlement.without_decision")
def a_right_on_an_application_that_was_not_approved():
    change(one(Application, id=one(Entitlement, state="active").application_id), state="refused")


@plant("entitlement.without_decision", held=True)
def a_right_without_a_determination():
    Determination.objects.filter(person_id=active().person_id).update(outcome="not_entitled")


@plant("entitlement.one_person", held=True)
def an_application_reviewed_and_approved_by_one_person():
    change(one(Application, state="approved"), reviewed_by="approver")


@plant("entitlement.one_person", held=True)
def an_ending_reported_and_verified_by_one_person():
    change(one(Ending), verified_by="family")


@plant("service.two_open_stays", held=True)
def a_person_in_two_places():
    again(one(Stay), admitted_on=date(2026, 3, 20))


@plant("service.override_one_person", held=True)
def an_override_by_one_person():
    change(one(Override), decided_by="manager")


@plant("provider.listing_one_person", held=True)
def a_listing_by_one_person():
    change(one(Listing), approved_by="clerk")


@plant("provider.account_one_person", held=True)
def a_bank_account_by_one_person():
    change(one(BankAccount), approved_by="clerk")


@plant("policy.release_one_person", held=True)
def a_pack_drafted_and_reviewed_by_one_person():
    change(one(PackRelease), reviewed_by="clerk")


# --- love cards ------------------------------------------------------------------------------------------------------


def card_purse(source: str, **where: Any) -> Purse:
    """A purse in use of a card in use, with money in it."""
    return one(Purse, fund__source=source, state="active", account__balance__gt=0, **where)


@plant("card.two_cards", held=True)
def two_cards_of_one_person():
    again(one(Card, state="active"), no="370799202603000000000000")


@plant("card.no_account")
def a_purse_whose_account_is_something_else():
    change(one(Account, id=card_purse("charity").account_id), kind="other")


@plant("card.purse_differs", "card.level_not_conserved", "ledger.balance_differs")
def money_is_put_into_a_purse_by_hand():
    change(one(Account, id=card_purse("collective").account_id), balance=F("balance") + 100)


@plant("card.ended_with_money", "card.level_not_conserved", "ledger.balance_differs")
def money_is_left_in_a_purse_that_has_expired():
    change(one(Account, id=one(Purse, state="expired", fund__level="province").account_id), balance=700)


@plant("card.spent_outside_purpose", held=True)
def a_villages_meal_money_buys_goods():
    change(one(Draw, fund_id=one(CardFund, source="collective").id), category="goods")


@plant("card.spent_after_death", held=True)
def a_meal_after_the_death():
    dead = one(Purse, card__state="closed", fund__source="family")
    change(one(Draw, purse_id=dead.id), service_on=date(2026, 3, 13))


@plant("card.collective_undecided", held=True)
def a_villages_money_without_a_vote():
    change(one(Allotment, source="collective"), decision=None)


@plant("card.collective_undecided")
def a_village_gives_more_than_it_decided():
    change(one(Allotment, source="collective").decision, amount_fen=1)


@plant("card.charity_without_gift", held=True)
def charity_money_from_nobody():
    change(one(Allotment, source="charity"), donation_id=None)


@plant("card.match_count_differs")
def a_match_that_is_not_counted():
    change(one(MatchCount, matched_fen=1_000), matched_fen=0)


@plant("card.match_over_topup", "card.refund_differs", "card.purse_differs", "card.level_not_conserved")
def a_refund_that_left_the_match():
    change(one(TopUp, amount_fen=2_500), refunded_fen=1)


@plant("card.refund_differs", "card.purse_differs", "card.level_not_conserved")
def a_refund_that_is_on_no_paper():
    change(one(TopUp, amount_fen=5_000), refunded_fen=2_499)


@plant("card.not_booked", "card.purse_differs", held=True)
def a_charge_that_was_never_booked():
    change(one(Charge, purse__state="active"), amount_fen=1_001)


@plant("card.one_person", held=True)
def a_fund_by_one_person():
    change(one(CardFund), approved_by="clerk")


@plant("card.one_person", held=True)
def money_into_a_fund_by_one_person():
    change(one(Allotment), decided_by="finance")


# --- keys and the trail ----------------------------------------------------------------------------------------------


@plant("jobs.key_with_two_effects", held=True)
def a_key_with_two_effects():
    again(one(Once))


@plant("jobs.key_without_answer")
def a_key_without_an_answer():
    change(one(Once), answer=None)


@plant("trail.booking_not_noted", "trail.broken", held=True)
def a_booking_that_nobody_noted():
    change(one(Entry, act="redemption.redeem", subject_id=str(april_line().bill_id)), act="other")


@plant("trail.reversal_not_noted", "trail.broken", held=True)
def a_reversal_that_nobody_noted():
    bill = one(Reversal, month="2026-04").line.bill_id
    change(one(Entry, act="redemption.reverse", subject_id=str(bill)), act="other")


@plant("trail.payout_not_noted", "trail.broken", held=True)
def a_release_that_nobody_noted():
    change(one(Entry, act="settlement.release"), act="other")


@plant("trail.reason_missing", held=True)
def a_reversal_without_a_reason():
    change(one(Reversal), reason="")


@plant("trail.broken", held=True)
def an_entry_that_was_changed():
    change(one(Entry, act="grant.hold"), reason="另一个理由")


@plant("trail.broken", held=True)
def a_seal_that_is_gone():
    drop(Seal.objects.order_by("number")[3])
