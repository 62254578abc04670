"""Bills with their lines, verdicts and bookings, as rows, and everything that happens to them up to the bank."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction
from itertools import count

from songhe.assessment.tests.world import COUNTY, at, elder
from songhe.county.key import new_id
from songhe.document.number import of_id
from songhe.grant.fund import accounts, payable
from songhe.grant.models import Grant
from songhe.kernel.month import Month
from songhe.ledger.fund import open_account
from songhe.ledger.models import Transfer
from songhe.ledger.post import Move, post
from songhe.person.models import Person
from songhe.provider.bank import approve as approve_account
from songhe.provider.bank import propose
from songhe.provider.models import Provider
from songhe.redemption.models import Bill, Line, Reversal, Verdict
from songhe.service.tests.world import died, item, provider, reported_death
from songhe.settlement.approve import approve
from songhe.settlement.confirm import confirm
from songhe.settlement.gather import gather
from songhe.settlement.models import Payment, Statement, StatementLine
from songhe.settlement.payout import make, release
from songhe.settlement.ports import BankRow, Outcome
from songhe.settlement.reconcile import reconcile

__all__ = ["COUNTY", "at", "died", "elder", "item", "provider", "reported_death"]

PROGRAMME = "consumption-voucher"
MARCH, APRIL, MAY = Month(2026, 3), Month(2026, 4), Month(2026, 5)
EAST = Fraction(17, 20)
#: Far above those that issuing gives, for a world may hold vouchers of both kinds.
_numbers = count(900_000_001)
_catalogue = {}


def east(month):
    """The centre pays 85 % in the east."""
    return EAST


def day_after(month, days=2):
    return month.next.first + timedelta(days=days - 1)


def payee(*, ending="6789", since=date(2026, 1, 5)) -> Provider:
    """A provider with a bank account in force."""
    made = provider()
    with_account(made, ending=ending, since=since)
    return made


def with_account(of: Provider, *, ending="6789", since=date(2026, 1, 5)) -> None:
    """Give a provider a bank account in force."""
    account = propose(
        provider=of, holder=of.name, bank="样例银行", number=f"622200001111{ending}", at=at(since), by="clerk"
    )
    approve_account(account=account, at=at(since), by="head")


def grant(person: Person | None = None, month=MARCH, *, county=COUNTY, programme=PROGRAMME) -> Grant:
    number = next(_numbers)
    stands = accounts(county=county, programme=programme, month=month)
    return Grant.objects.create(
        county=county,
        no=f"{county}{month.compact}{number:09d}",
        person=person or elder(county=county),
        identity=new_id(),
        programme=programme,
        month=str(month),
        face_fen=80000,
        terms={"home": ["1/2", 80000]},
        pack="test",
        version="0" * 12,
        category="home",
        purse=open_account(fund=stands.fund, code=None, kind="purse", floor=0),
        valid_from=month.first,
        valid_to=month.last,
        book_until=month.last,
        issued_at=at(month.first),
    )


def bill(
    *vouchers_fen,
    of: Provider,
    month=MARCH,
    day=10,
    on=None,
    voucher=None,
    person=None,
    outcome="pass",
    state="booked",
    replaces=None,
    county=COUNTY,
    programme=PROGRAMME,
) -> Bill:
    """A booked bill with one line for each amount; the voucher pays half of the fee, or nothing for 0."""
    voucher = voucher or grant(person, month, county=county, programme=programme)
    on = on or month.last
    fees = [2 * fen or 1000 for fen in vouchers_fen]
    row = Bill(
        county=county,
        id=new_id(),
        person_id=voucher.person_id,
        provider=of,
        month=str(month),
        category="home",
        grant=voucher,
        state=state,
        fee_fen=sum(fees),
        voucher_fen=sum(vouchers_fen),
        self_fen=sum(fees) - sum(vouchers_fen),
        identified_by="grant_no",
        replaces=replaces,
        made_by="manager",
        handed_in_at=at(on),
        booked_at=at(on),
        booked_on=on,
    )
    row.no = of_id(county, month, row.id)
    row.save(force_insert=True)
    what = item()
    lines = [
        Line(
            county=county,
            id=new_id(),
            bill=row,
            number=number,
            item=what,
            service_on=date(month.year, month.number, day),
            quantity=1,
            price_fen=fee,
            in_scope=True,
            fee_fen=fee,
            ltci_fen=0,
            other_fen=0,
            base_fen=fee,
            voucher_fen=fen,
            self_fen=fee - fen,
            grant_id=voucher.id,
            category="home",
            ratio="1/2",
            cap_fen=80000,
        )
        for number, (fee, fen) in enumerate(zip(fees, vouchers_fen, strict=True), 1)
    ]
    Line.objects.bulk_create(lines)
    Verdict.objects.bulk_create(
        [Verdict(county=county, line=line, outcome=outcome, by="run:judge", at=at(on)) for line in lines]
    )
    stands = accounts(county=county, programme=programme, month=month)
    owed = payable(county=county, programme=programme, year=month.year, provider_id=of.id)
    post(
        county=county,
        moves=[
            Move(stands.source, owed, line.voucher_fen, "redeem", about=line.id) for line in lines if line.voucher_fen
        ],
        at=at(on),
        on=on,
    )
    return row


def reverse(of: Bill, *numbers, on) -> list[Reversal]:
    """Reverse lines of a bill, all unless named, as redemption does: the money goes from payable to lapsed."""
    lines = Line.objects.filter(county=of.county, bill=of).order_by("number")
    if numbers:
        lines = lines.filter(number__in=numbers)
    stands = accounts(county=of.county, programme=of.grant.programme, month=Month.parse(of.month))
    owed = payable(
        county=of.county,
        programme=of.grant.programme,
        year=Month.parse(of.month).year,
        provider_id=of.provider_id,
    )
    made = []
    for line in lines:
        made.append(
            Reversal.objects.create(
                county=of.county,
                line=line,
                month=str(Month.of(on)),
                restored=False,
                reason="记错了",
                by="clerk",
                at=at(on),
                on=on,
            )
        )
        booked = Transfer.objects.get(county=of.county, about=line.id, kind="redeem")
        post(
            county=of.county,
            moves=[Move(owed, stands.lapsed, line.voucher_fen, "reverse", about=line.id, reverses=booked.id)],
            at=at(on),
            on=on,
        )
    if not Line.objects.filter(county=of.county, bill=of).exclude(
        id__in=Reversal.objects.filter(county=of.county).values("line_id")
    ):
        of.state = "reversed"
        of.save()
    return made


def gathered(month=MARCH, *, county=COUNTY, shares=east, programme=PROGRAMME, by="run:gather", on=None):
    return gather(county=county, programme=programme, month=month, at=at(on or day_after(month)), by=by, shares=shares)


def statement(of: Provider, month=MARCH, *, county=COUNTY) -> Statement:
    return Statement.objects.get(county=county, provider=of, month=str(month))


def lines(of: Provider, month=MARCH) -> list[tuple[str, int]]:
    rows = StatementLine.objects.filter(statement=statement(of, month)).order_by("number")
    return list(rows.values_list("kind", "amount_fen"))


def confirmed(of: Provider, month=MARCH, *, by="manager") -> Statement:
    row = statement(of, month)
    return confirm(
        county=row.county,
        statement_id=row.id,
        invoice_no=f"FP{row.no}",
        budget_line="2081005",
        fund_year=month.year,
        at=at(day_after(month, 3)),
        by=by,
    )


def approved(of: Provider, month=MARCH, *, by="approver") -> Statement:
    row = confirmed(of, month)
    return approve(county=row.county, statement_id=row.id, at=at(day_after(month, 4)), by=by)


def batch(month=MARCH, *, by="finance", on=None):
    return make(county=COUNTY, programme=PROGRAMME, month=month, at=at(on or day_after(month, 5)), by=by)


def released(month=MARCH, *, by="cashier", on=None):
    made = batch(month, on=on).batch
    day = on or day_after(month, 5)
    return release(county=COUNTY, batch_id=made.id, at=at(day), on=day, by=by)


def answer(of, outcome=Outcome.PAID, *, on=None, because="") -> list[BankRow]:
    """What the bank says to every payment of a batch."""
    rows = Payment.objects.filter(batch=of).exclude(bank_reference="").order_by("bank_reference")
    day = on or day_after(Month.parse(of.month), 6)
    return [BankRow(row.bank_reference, row.amount_fen, outcome, day, because) for row in rows]


def read_back(rows, *, on=date(2026, 4, 7)):
    return reconcile(county=COUNTY, rows=rows, at=at(on), on=on, by="finance")


def paid(of: Provider, month=MARCH) -> Statement:
    """The provider's statement, all the way to the bank and back."""
    approved(of, month)
    sent = released(month)
    read_back(answer(sent), on=day_after(month, 6))
    return statement(of, month)


def owed(of: Provider, *, year=2026) -> int:
    from songhe.ledger.balance import balance

    return balance(payable(county=COUNTY, programme=PROGRAMME, year=year, provider_id=of.id))


def paid_out(part, *, year=2026) -> int:
    from songhe.grant.fund import fund_of
    from songhe.ledger.balance import balance

    fund = fund_of(county=COUNTY, programme=PROGRAMME, year=year)
    return balance(open_account(fund=fund, code=f"paid:{part}", kind="paid"))
