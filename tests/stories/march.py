"""March 2026 with seven people, and the April that repeats their choices; every figure by hand.

- 王秀兰 rates herself, applies online, is assessed by two. Three baths at home, 333.33, 480.01 and 999.99: the voucher
  pays 166.67 + 240.01 + 393.32 = 800.00.
- 艾力·买买提 by his daughter, who holds a mandate. Six times 65.00; LTCI tells late that it pays 90 %: 195.00
  provisionally, 19.50 in the end.
- 欧阳建国 at the counter, an earlier result accepted. A month in the house, 3,560.00 less 1,800.00 of LTCI, a haircut
  that is out of scope: 704.00.
- 陈桂英, whose old result under MZ/T 039 counts for nothing. 200.00 reversed at once, 120.00 reversed in April: 60.00,
  and then nothing.
- 赵德福: 150.00, and 90.02 whose evidence fails at first: 75.00, and 45.01 after the provider's dispute.
- 孙桂珍 at the counter. Nine days in the house, then she dies: 432.00 of 1,080.00.
- 李守义 is mildly disabled and refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from songhe.assessment import loading
from songhe.assessment.models import Assessment
from songhe.entitlement import apply, approve, review
from songhe.entitlement.models import Application, Entitlement
from songhe.grant.choose import choose
from songhe.grant.models import Grant, Waiting
from songhe.kernel.id_number import parse
from songhe.kernel.month import Month
from songhe.ledger.balance import balance
from songhe.ledger.models import Account
from songhe.month.follow import verify
from songhe.month.steps import run_month
from songhe.person.event import report
from songhe.person.mandate import give
from songhe.person.medium import issue as give_card
from songhe.person.models import Person
from songhe.policy.resolve import library
from songhe.provider.models import Provider
from songhe.redemption.assessment_fee import pay_assessment
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.models import Bill, Line
from songhe.redemption.redeem import hand_in, redeem
from songhe.redemption.reverse import reverse, true_up
from songhe.redemption.verdict import judge
from songhe.service.models import Stay, Visit
from songhe.service.stay import admit
from songhe.service.visit import ask_override, decide_override
from songhe.settlement import approve as approving
from songhe.settlement import confirm as confirming
from songhe.settlement import payout
from songhe.settlement.models import Batch, Payment, Statement, StatementLine
from songhe.settlement.ports import BankRow, Outcome
from songhe.settlement.reconcile import reconcile
from tests.stories import cast
from tests.stories.cast import APPROVER, CASHIER, CLERK, CONSUMPTION, COUNTY, DESK, FINANCE, at

MARCH, APRIL = Month(2026, 3), Month(2026, 4)
SECOND, THIRD, FOURTH, FIFTH = (date(2026, 3, day) for day in (2, 3, 4, 5))


@dataclass
class Told:
    """The people of the story by family name, their county's bodies, and the bills that are spoken of again."""

    bodies: cast.Bodies
    people: dict[str, Person]
    bills: dict[str, str]

    def voucher(self, name: str, month: Month = MARCH) -> Grant:
        return Grant.objects.get(county=COUNTY, person_id=self.people[name].id, programme=CONSUMPTION, month=str(month))

    def left(self, name: str, month: Month = MARCH) -> int:
        return balance(Account.objects.get(county=COUNTY, id=self.voucher(name, month).purse_id))


def run(month: Month, until: str):
    return run_month(county=COUNTY, month=month, calendar=cast.calendar(not_before=FIFTH), until=until)


# --- 2 to 4 March: they come, are assessed and approved --------------------------------------------------------------


def come() -> Told:
    bodies = cast.bodies()
    born = {
        "王秀兰": (date(1942, 3, 7), 2),
        "艾力·买买提": (date(1938, 11, 12), 3),
        "欧阳建国": (date(1950, 1, 1), 1),
        "陈桂英": (date(1946, 9, 15), 4),
        "赵德福": (date(1951, 6, 30), 5),
        "孙桂珍": (date(1935, 2, 28), 6),
        "李守义": (date(1960, 8, 8), 7),
    }
    people = {name: cast.enrol(name, day, sequence, on=SECOND) for name, (day, sequence) in born.items()}
    return Told(bodies, people, {})


def apply_all(told: Told) -> dict[str, Application]:
    who, made = told.people, {}
    drafted = apply.open_application(
        person=who["王秀兰"], policy=CONSUMPTION, channel="online", at=at(SECOND), on=SECOND, by="elder"
    )
    rated = apply.rate_self(application=drafted, dependent=["bathing", "eating", "transfer"], at=at(SECOND), by="elder")
    made["王秀兰"] = apply.submit(application=rated, pledge_signed_on=SECOND, at=at(SECOND), on=SECOND, by="elder")
    mandate = give(
        person=who["艾力·买买提"],
        proxy=parse(cast.number(date(1968, 4, 4), 8)),
        proxy_name="古丽·艾力",
        relation="child",
        acts=["apply", "choose"],
        evidence="户口簿",
        valid_from=SECOND,
        account="daughter",
        at=at(SECOND),
        by=DESK,
    )
    made["艾力·买买提"] = cast.applied(
        who["艾力·买买提"],
        on=SECOND,
        channel="proxy",
        by="daughter",
        mandate=mandate,
        category="home",
        provider=told.bodies.near,
    )
    for name in ("欧阳建国", "孙桂珍"):
        made[name] = cast.applied(who[name], on=SECOND, channel="counter", by=DESK)
    for name in ("陈桂英", "赵德福", "李守义"):
        made[name] = cast.applied(who[name], on=SECOND)
    return made


def load_earlier_results(told: Told) -> None:
    """欧阳建国 was assessed last May under today's standard; 陈桂英 under the one before it."""
    shared = {"body": "样例评估中心", "assessed_on": "2025-05-06"}
    rows = [
        {"person": str(told.people["欧阳建国"].id), "standard": "gbt-42195-2022", "level": 3, "certificate_no": "P-1"},
        {
            "person": str(told.people["陈桂英"].id),
            "standard": "mzt-039-2013",
            "level": "中度失能",
            "certificate_no": "P-2",
        },
    ]
    rules = library().resolve(policy=CONSUMPTION, place=COUNTY, on=SECOND)
    answers = loading.load(
        county=COUNTY, rows=[{**row, **shared} for row in rows], policy=rules, at=at(SECOND), on=SECOND, by=CLERK
    )
    assert [(answer.state, answer.code) for answer in answers] == [
        ("effective", ""),
        ("kept", "assessment.kept_as_recorded"),
    ]


def assess_and_approve(told: Told, applications: dict[str, Application]) -> None:
    who, of = told.people, told.bodies.assessors
    waits = cast.determined(applications["陈桂英"], on=THIRD)
    assert waits.state == "assessing", "an old result under MZ/T 039 counts for nothing"
    for name in ("王秀兰", "艾力·买买提", "陈桂英", "赵德福", "孙桂珍"):
        cast.assessed(who[name], of, on=THIRD, scores=cast.SEVERE if name == "陈桂英" else cast.MODERATE)
    cast.assessed(who["李守义"], of, on=THIRD, scores=cast.MILD)
    for name, application in applications.items():
        if name != "李守义":
            right = cast.granted(application, on=FOURTH)
            assert (right.state, right.first_month, right.first_due_on) == ("active", "2026-03", date(2026, 3, 11))
    mild = cast.determined(applications["李守义"], on=FOURTH)
    assert mild.determination.outcome == "not_entitled"
    review.review(application=mild, at=at(FOURTH), on=FOURTH, by=CLERK)
    approve.refuse(application=mild, because="未达到中度失能", at=at(FOURTH), on=FOURTH, by=APPROVER)
    levels = Entitlement.objects.order_by("no").values_list("person__name", "level")
    assert dict(levels) == {
        "王秀兰": 2,
        "艾力·买买提": 2,
        "欧阳建国": 3,
        "陈桂英": 3,
        "赵德福": 2,
        "孙桂珍": 2,
    }


# --- 5 March: the first vouchers, within five working days -----------------------------------------------------------


def issue_first(told: Told) -> None:
    cast.budget(MARCH, 1_000_000)
    cast.budget(MARCH, 50_000, programme=cast.ASSESSMENT)
    done = run(MARCH, "issue")
    assert done.figures["issue"] == {"issued": 6, "issued_fen": 480_000, "waiting": 0}
    assert set(Grant.objects.values_list("face_fen", "valid_from", "valid_to", "book_until")) == {
        (80_000, MARCH.first, MARCH.last, MARCH.last)
    }
    assert told.voucher("艾力·买买提").category == "home"
    assert told.voucher("王秀兰").category is None
    pick(told, "王秀兰", "home", told.bodies.near)
    pick(told, "欧阳建国", "institution_long", told.bodies.house)


def pick(told: Told, name: str, category: str, of: Provider) -> None:
    choose(
        county=COUNTY,
        grant_id=told.voucher(name).id,
        category=category,
        provider_id=of.pk,
        at=at(FIFTH),
        on=FIFTH,
        by="elder",
    )


def pay_assessments() -> None:
    """The assessment voucher pays up to 100 of what a qualifying assessment cost; a mild one the elder pays."""
    paid = {}
    for found in Assessment.rows.filter(county=COUNTY, person__name__in=["王秀兰", "李守义"]).order_by("no"):
        bill = pay_assessment(
            county=COUNTY, assessment_id=found.id, fee_fen=12_000, at=at(FIFTH), on=FIFTH, by=f"body{found.body_id}"
        )
        paid[found.person.name] = (bill.voucher_fen, bill.self_fen)
    assert paid == {"王秀兰": (10_000, 2_000), "李守义": (0, 12_000)}


# --- 9 to 31 March: services with evidence, and bills ----------------------------------------------------------------


def charge(visit: Visit, fee_fen: int | None = None) -> Charge:
    return Charge(item=visit.item.code, service_on=visit.service_on, fee_fen=fee_fen, visit=visit.id)


def pay(told: Told, name: str, of: Provider, *charges: Charge, on: date, **more) -> Bill:
    grant = told.voucher(name, Month.of(on))
    who = {} if "medium" in more else {"grant_no": grant.no}
    request = Request(provider_id=of.pk, charges=charges, confirmed_by="elder", **who, **more)
    return redeem(county=COUNTY, request=request, at=at(on, 15), on=on, by=cast.manager(of))


def wang_fills_her_voucher(told: Told) -> None:
    """Half of each, half up to the fen; the third meets the cap."""
    near, wang = told.bodies.near, told.people["王秀兰"]
    card = give_card(person=wang, kind="card", on=FIFTH, at=at(FIFTH), by=DESK)
    paid = []
    for day, fee_fen in ((9, 33_333), (10, 48_001), (11, 99_999)):
        on = date(2026, 3, day)
        visit = cast.visited(wang, near, "home-bath", on=on)
        more = {"medium": card.number} if day == 10 else {}
        paid.append(pay(told, "王秀兰", near, charge(visit, fee_fen), on=on, **more))
    assert [(bill.voucher_fen, bill.self_fen) for bill in paid] == [
        (16_667, 16_666),
        (24_001, 24_000),
        (39_332, 60_667),
    ]
    assert told.left("王秀兰") == 0


def aili_waits_for_ltci(told: Told) -> None:
    """Provisional until LTCI has said what it pays of six visits: 351.00 of 390.00, first of all."""
    near, aili = told.bodies.near, told.people["艾力·买买提"]
    days = [date(2026, 3, day) for day in range(9, 15)]
    visits = [cast.visited(aili, near, "home-personal-care", on=on, hour=14) for on in days]
    bill = pay(told, "艾力·买买提", near, *map(charge, visits), on=days[-1], ltci_fen=None)
    assert (bill.state, bill.voucher_fen, told.left("艾力·买买提")) == ("provisional", 19_500, 60_500)
    on = date(2026, 3, 25)
    final = true_up(county=COUNTY, bill_no=bill.no, ltci_fen=35_100, at=at(on), on=on, by=FINANCE)
    assert (final.state, final.fee_fen) == ("booked", 39_000)
    assert (final.ltci_fen, final.voucher_fen, final.self_fen) == (35_100, 1_950, 1_950)
    assert told.left("艾力·买买提") == 78_050


def ouyang_lives_in_the_house(told: Told) -> None:
    """Bed, nursing and meals are in scope, LTCI goes off in their order; the haircut stands beside them as own pay."""
    house, since, on = told.bodies.house, date(2026, 1, 10), date(2026, 3, 30)
    admit(
        county=COUNTY,
        person_id=told.people["欧阳建国"].id,
        provider=house,
        admitted_on=since,
        at=at(SECOND),
        on=SECOND,
        by=cast.manager(house),
    )
    charges = [Charge(code, on) for code in ("long-bed", "long-nursing", "long-meals", "long-haircut")]
    bill = pay(told, "欧阳建国", house, *charges, on=on, ltci_fen=180_000)
    lines = Line.objects.filter(county=COUNTY, bill=bill).order_by("number")
    assert list(lines.values_list("fee_fen", "ltci_fen", "voucher_fen", "self_fen", "in_scope")) == [
        (120_000, 120_000, 0, 0, True),
        (176_000, 60_000, 46_400, 69_600, True),
        (60_000, 0, 24_000, 36_000, True),
        (3_000, 0, 0, 3_000, False),
    ]
    assert (bill.voucher_fen, bill.category) == (70_400, "institution_long")


def chen_was_billed_by_mistake(told: Told) -> None:
    """Reversed in its month, the money is on the voucher again; the second bill stands for now."""
    far, chen = told.bodies.far, told.people["陈桂英"]
    first, second = (cast.visited(chen, far, "home-bath", on=date(2026, 3, day), hour=9) for day in (12, 16))
    wrong = pay(told, "陈桂英", far, charge(first, 20_000), on=first.service_on)
    assert (wrong.voucher_fen, told.left("陈桂英")) == (10_000, 70_000)
    on = date(2026, 3, 13)
    (undone,) = reverse(county=COUNTY, bill_no=wrong.no, because="记错了人", at=at(on), on=on, by=CLERK)
    assert (undone.restored, told.left("陈桂英")) == (True, 80_000)
    bill = pay(told, "陈桂英", far, charge(second, 12_000), on=second.service_on)
    assert (bill.voucher_fen, told.voucher("陈桂英").category) == (6_000, "home")
    told.bills["陈桂英"] = bill.no


def zhao_s_bill_is_handed_in(told: Told) -> None:
    far, zhao, on = told.bodies.far, told.people["赵德福"], date(2026, 3, 20)
    good = cast.visited(zhao, far, "home-cleaning", on=on)
    bad = cast.visited(zhao, far, "home-bath", on=on, hour=14, good=False)
    request = Request(
        provider_id=far.pk,
        charges=(charge(good), charge(bad, 9_002)),
        grant_no=told.voucher("赵德福").no,
        confirmed_by="elder",
    )
    bill = hand_in(county=COUNTY, request=request, at=at(on, 17), on=on, by=cast.manager(far))
    assert (bill.state, bill.voucher_fen) == ("handed_in", 0)
    told.bills["赵德福"] = bill.no


def sun_dies(told: Told) -> None:
    """Known two days later: the days before are paid, the stay ends, the right ends with the month."""
    house, sun, died = told.bodies.house, told.people["孙桂珍"], date(2026, 3, 10)
    admit(
        county=COUNTY,
        person_id=sun.id,
        provider=house,
        admitted_on=date(2026, 3, 1),
        agreed_until=date(2026, 8, 31),
        at=at(SECOND),
        on=SECOND,
        by=cast.manager(house),
    )
    event = report(
        person=sun,
        kind="death",
        happened_on=died,
        source="养老院",
        on=date(2026, 3, 11),
        at=at(date(2026, 3, 11)),
        by=cast.manager(house),
    )
    (ending,) = verify(event=event, on=date(2026, 3, 12), at=at(date(2026, 3, 12)), by=CLERK)
    assert (ending.last_month, Stay.objects.get(person_id=sun.id).discharged_on) == ("2026-03", died)
    bill = pay(told, "孙桂珍", house, Charge("short-bed", date(2026, 3, 9), quantity=9), on=date(2026, 3, 13))
    assert (bill.fee_fen, bill.voucher_fen, bill.self_fen) == (108_000, 43_200, 64_800)


def live_through_march(told: Told) -> None:
    pay_assessments()
    wang_fills_her_voucher(told)
    aili_waits_for_ltci(told)
    ouyang_lives_in_the_house(told)
    chen_was_billed_by_mistake(told)
    zhao_s_bill_is_handed_in(told)
    sun_dies(told)


# --- 31 March to 8 April: the month ends -----------------------------------------------------------------------------


def end_march(told: Told) -> None:
    done = run(MARCH, "gather")
    assert done.figures["issue"] == {"issued": 0, "issued_fen": 0, "waiting": 0}
    assert done.figures["redeem"] == {"booked": 1, "refused": 0}
    assert done.figures["judge"] == {"passed": 12, "failed": 1, "held": 0, "lines": 3 + 6 + 6 + 2 + 2}
    assert done.figures["expire"] == {"expired": 7, "expired_fen": 78_050 + 9_600 + 74_000 + 67_999 + 36_800}
    assert done.figures["gather"] == {"statements": 4, "lines": 10}
    assert figures(MARCH) == {
        ("安康居家服务中心", "gathered"): (81_950, 69_657, 12_293),
        ("福寿养老院", "gathered"): (113_600, 96_560, 17_040),
        ("怡养居家服务中心", "gathered"): (13_500, 11_475, 2_025),
        ("公正评估中心", "gathered"): (10_000, None, None),
    }


def figures(month: Month) -> dict[tuple[str, str], tuple[int, int | None, int | None]]:
    """What each statement of a month comes to, and how it is split between centre and county."""
    rows = Statement.objects.filter(county=COUNTY, month=str(month)).order_by("no")
    return {(row.provider.name, row.state): (row.net_fen, row.central_fen, row.local_fen) for row in rows}


def of(body: Provider, month: Month = MARCH) -> Statement:
    return Statement.objects.get(county=COUNTY, provider=body, month=str(month))


def far_disputes_and_is_right(told: Told) -> None:
    """The telephone had no signal; two people set the verdict aside, a third judges the line; it is gathered after."""
    far, on = told.bodies.far, date(2026, 4, 3)
    confirming.dispute(county=COUNTY, statement_id=of(far).id, because="少了一行", at=at(on, 14), by=cast.manager(far))
    visit = Visit.objects.get(county=COUNTY, verdict="fail")
    assert visit.verdict_reasons == ["position_absent"]
    asked = ask_override(
        county=COUNTY, visit_id=visit.id, verdict="pass", because="村里没有信号", at=at(on, 15), by=cast.manager(far)
    )
    decide_override(county=COUNTY, override_id=asked.id, granted=True, at=at(on, 16), by=CLERK)
    line = Line.objects.get(county=COUNTY, visit=visit)
    judge(county=COUNTY, line_id=line.id, outcome="pass", because="凭据已由两人认可", at=at(on, 16), by=APPROVER)
    confirming.resolve(county=COUNTY, statement_id=of(far).id, because="补记一行", at=at(on, 17), by=CLERK)
    again = run(MARCH, "gather")
    assert again.figures["gather"] == {"statements": 0, "lines": 1}
    assert figures(MARCH)["怡养居家服务中心", "gathered"] == (18_001, 15_301, 2_700)


def agree(month: Month, on: date, bodies: tuple[Provider, ...]) -> None:
    for body in bodies:
        confirming.confirm(
            county=COUNTY,
            statement_id=of(body, month).id,
            invoice_no=f"FP{month.compact}{body.credit_code[-4:]}",
            budget_line="2081006",
            fund_year=2026,
            at=at(on),
            by=cast.manager(body),
        )
        approving.approve(county=COUNTY, statement_id=of(body, month).id, at=at(on, 11), by=APPROVER)


def send(month: Month, on: date, programme: str = CONSUMPTION, hour: int = 12) -> Batch:
    made = payout.make(county=COUNTY, programme=programme, month=month, at=at(on, hour), by=FINANCE)
    assert made.left_out == []
    return payout.release(county=COUNTY, batch_id=made.batch.id, at=at(on, hour + 1), on=on, by=CASHIER)


def bank_says(batch: Batch, on: date, *, returned: str = ""):
    """Read the bank's statement back; the payment to one holder comes back."""
    payments = Payment.objects.filter(county=COUNTY, batch=batch).select_related("account").order_by("bank_reference")
    rows = [
        BankRow(payment.bank_reference, payment.amount_fen, Outcome.RETURNED, on, "户名不符")
        if payment.account.holder == returned
        else BankRow(payment.bank_reference, payment.amount_fen, Outcome.PAID, on)
        for payment in payments
    ]
    return reconcile(county=COUNTY, rows=rows, at=at(on, 16), on=on, by=FINANCE)


def pay_march(told: Told) -> None:
    sixth, seventh, eighth = (date(2026, 4, day) for day in (6, 7, 8))
    agree(MARCH, sixth, told.bodies.all)
    waits = run(MARCH, "close").waits
    assert [each["state"] for each in waits[:-1]] == ["approved"] * 4
    assert waits[-1]["code"] == "settlement.not_all_paid"
    sent, fee = send(MARCH, sixth), send(MARCH, sixth, cast.ASSESSMENT, hour=14)
    assert (sent.total_fen, fee.total_fen) == (213_551, 10_000)
    first = bank_says(sent, seventh, returned=told.bodies.far.name)
    assert (first.paid_fen, first.returned_fen, first.unknown) == (195_550, 18_001, [])
    assert bank_says(fee, seventh).paid_fen == 10_000
    assert of(told.bodies.far).state == "approved"
    again = send(MARCH, eighth, hour=9)
    assert (again.total_fen, bank_says(again, eighth).paid_fen) == (18_001, 18_001)
    done = run(MARCH, "close")
    assert done.waits == []
    assert set(figures(MARCH)) == {(body.name, "paid") for body in told.bodies.all}


# --- April: the choices repeat, a bill of March is taken back --------------------------------------------------------


def issue_april(told: Told) -> None:
    cast.budget(APRIL, 1_000_000)
    done = run(APRIL, "issue")
    assert done.figures["issue"] == {"issued": 5, "issued_fen": 400_000, "waiting": 0}
    held = Grant.objects.filter(month="2026-04").order_by("no")
    near, house = told.bodies.near.pk, told.bodies.house.pk
    assert {row.person.name: (row.category, row.provider_id) for row in held} == {
        "王秀兰": ("home", near),
        "艾力·买买提": ("home", near),
        "欧阳建国": ("institution_long", house),
        "陈桂英": (None, None),
        "赵德福": (None, None),
    }
    assert not Waiting.objects.exists()


def live_through_april(told: Told) -> None:
    far, on = told.bodies.far, date(2026, 4, 15)
    (undone,) = reverse(county=COUNTY, bill_no=told.bills["陈桂英"], because="没有上门", at=at(on), on=on, by=CLERK)
    assert (undone.restored, undone.month, told.left("陈桂英")) == (False, "2026-04", 0)
    visit = cast.visited(told.people["陈桂英"], far, "home-bath", on=on)
    assert pay(told, "陈桂英", far, charge(visit, 30_000), on=on).voucher_fen == 15_000
    done = run(APRIL, "gather")
    assert done.figures["expire"] == {"expired": 5, "expired_fen": 385_000}
    lines = StatementLine.objects.filter(statement=of(far, APRIL)).order_by("number")
    assert list(lines.values_list("kind", "service_month", "amount_fen", "central_fen", "local_fen")) == [
        ("REFUND", "2026-03", -6_000, -5_100, -900),
        ("CHARGE", "2026-04", 15_000, 12_750, 2_250),
    ]
    sixth = date(2026, 5, 6)
    agree(APRIL, sixth, (far,))
    sent = send(APRIL, sixth)
    assert (sent.total_fen, bank_says(sent, date(2026, 5, 7)).paid_fen) == (9_000, 9_000)
    assert run(APRIL, "close").waits == []


def tell(until: str = "end") -> Told:
    told = come()
    applications = apply_all(told)
    load_earlier_results(told)
    assess_and_approve(told, applications)
    issue_first(told)
    live_through_march(told)
    if until == "bills":
        return told
    end_march(told)
    far_disputes_and_is_right(told)
    issue_april(told)
    pay_march(told)
    live_through_april(told)
    return told
