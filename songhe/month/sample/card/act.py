"""Carry out the month: each event by its verb, under the login of whoever does it; meals and visits are laid by set."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial, singledispatchmethod
from itertools import groupby
from uuid import UUID

from django.db import transaction

from songhe.card import open as cards
from songhe.card import pin, topup
from songhe.card.models import Card
from songhe.card.ports import Paid
from songhe.kernel import id_number
from songhe.kernel.geo import Point
from songhe.kernel.month import beijing_date
from songhe.kernel.refusal import Refusal
from songhe.meal.models import Line as MealLine
from songhe.month import follow
from songhe.month.sample.card import beside
from songhe.month.sample.card import script as plays
from songhe.month.sample.card.bodies import Body, bodies_of
from songhe.month.sample.card.cast import APPROVER, CLERK, OTHER_CLERK, clerk_of, manager_of
from songhe.month.sample.card.people import Holder
from songhe.month.sample.card.plan import CardPlan
from songhe.month.sample.card.providers import carer_login, known
from songhe.month.sample.card.register import family_login
from songhe.month.sample.card.script import Meal, Step, Visit
from songhe.month.sample.card.serving import Kitchen
from songhe.month.sample.card.shape import COUNTIES, Which
from songhe.month.sample.card.tills import Till, admit_tills
from songhe.month.sample.people import in_chunks
from songhe.month.sample.visiting import BySet, Told
from songhe.offline.decide import decide
from songhe.offline.models import Trouble
from songhe.person import event as person_event
from songhe.person.code import printed
from songhe.person.identity import find_all, index_of
from songhe.person.models import Event, Person
from songhe.provider.catalogue import item_on
from songhe.provider.models import Evidence, Item, Provider, Worker
from songhe.redemption import ordered
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.redeem import redeem
from songhe.redemption.reverse import reverse
from songhe.service.evidence import CONFIRMED_BY_ELDER
from songhe.service.models import Visit as VisitRow

#: Events that are acted in one transaction.
CHUNK = 50

#: What the mother of the stories keys in with her printed code.
PIN = "258036"

Key = tuple[Which, int]


@dataclass
class Scene:
    """One holder with the rows that acting needs; ``medium`` is the number of the card shown now, ``paper`` what is
    printed for who pays with a PIN."""

    holder: Holder
    person_id: UUID
    card_id: UUID
    medium: str
    lost: str = ""
    paper: str = ""
    orders: list[tuple[str, str]] = field(default_factory=list)
    reported: Event | None = None
    bills: dict[int, str] = field(default_factory=dict)

    @property
    def card(self) -> Card:
        """Enough of the card for verbs that lock and read it themselves."""
        return Card(county=self.holder.county, id=self.card_id)


@dataclass
class Company:
    """Everybody who has a part in the month, read once."""

    plan: CardPlan
    scenes: dict[Key, Scene]
    bodies: dict[str, Body]
    providers: dict[str, Provider]
    workers: dict[tuple[int, str], Worker]
    kitchen: Kitchen
    by_set: BySet
    tills: dict[str, Till]
    evening: list[Callable[[], object]] = field(default_factory=list)
    meals: dict[tuple[Key, int], tuple[MealLine, ...]] = field(default_factory=dict)
    visits: dict[tuple[Key, int], VisitRow] = field(default_factory=dict)
    items: dict[tuple[str, str], Item] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: CardPlan) -> Company:
        providers = known(plan)
        rows = Worker.objects.filter(provider__in=[each.pk for each in providers.values()], job=Worker.Job.CARER)
        return cls(
            plan=plan,
            scenes=scenes_of(plan),
            bodies={body.code: body for body in bodies_of(plan)},
            providers=providers,
            workers={(row.provider_id, row.number): row for row in rows.order_by("id")},
            kitchen=Kitchen(plan),
            by_set=BySet(plan.month),
            tills=admit_tills(plan, providers),
        )

    def live(self, steps: Sequence[Step], *, watch: Callable[[int], None] | None = None) -> None:
        """The month, day by day: what was eaten and visited is laid down first, then everything happens in turn; in the
        evening the tills without a network hand in, and whoever has a printed code shops: each in transactions of its
        own."""
        with transaction.atomic():
            self.kitchen.cook(steps)
        for on, day in groupby(steps, key=lambda step: beijing_date(step.event.at)):
            told = list(day)
            with transaction.atomic():
                self._serve_all(told)
                self._visit_all(told)
            for chunk in in_chunks(told, CHUNK):
                with transaction.atomic():
                    for step in chunk:
                        self.do(step.event, self.scenes[step.which, step.number], step)
                if watch:
                    watch(len(chunk))
            self._close_day(on)

    def _close_day(self, on: date) -> None:
        for happens in self.evening:
            happens()
        for till in self.tills.values():
            till.hand_in(on)
        self.evening.clear()
        self.meals.clear()
        self.visits.clear()

    def _serve_all(self, told: Iterable[Step]) -> None:
        eating = [(step, step.event) for step in told if isinstance(step.event, Meal)]
        scenes = [self.scenes[step.which, step.number] for step, _ in eating]
        served = self.kitchen.serve(
            [(meal, scene.holder, scene.person_id) for (_, meal), scene in zip(eating, scenes, strict=True)]
        )
        for (step, _), lines in zip(eating, served, strict=True):
            self.meals[(step.which, step.number), step.nth] = lines

    def _visit_all(self, told: Iterable[Step]) -> None:
        visiting = [(step, step.event) for step in told if isinstance(step.event, Visit)]
        rows = self.by_set.record([self._told(step, visit) for step, visit in visiting])
        for (step, _), row in zip(visiting, rows, strict=True):
            self.visits[(step.which, step.number), step.nth] = row

    def _told(self, step: Step, visit: Visit) -> Told:
        scene, body = self.scenes[step.which, step.number], self.bodies[visit.body]
        item, provider = self.item(body.county, visit.item), self.providers[visit.body]
        holder = scene.holder
        return Told(
            person_id=scene.person_id,
            provider=provider,
            item=item,
            service_on=beijing_date(visit.starts),
            at=visit.at,
            by=carer_login(body, visit.carer),
            worker=self.workers[provider.pk, f"C{visit.carer:03d}"],
            started_at=visit.starts,
            ended_at=visit.at,
            quantity=visit.quantity,
            position=Point(holder.latitude + 0.0003, holder.longitude),
            accuracy=15.0,
            confirmed_by=CONFIRMED_BY_ELDER,
            mandate_id=None,
            evidence={"place": "样例山县人民医院"} if item.evidence == Evidence.ESCORT else {},
            client_id=f"{holder.key}-{self.plan.month}-{step.nth:03d}",
            county=holder.county,
        )

    def item(self, county: str, code: str) -> Item:
        if (county, code) not in self.items:
            self.items[county, code] = item_on(county, code, self.plan.month.first)
        return self.items[county, code]

    # --- what happens -----------------------------------------------------------------------------------------------

    @singledispatchmethod
    def do(self, event: plays.Event, scene: Scene, step: Step) -> None:
        raise TypeError(type(event).__name__)

    @do.register
    def _eat(self, event: Meal, scene: Scene, step: Step) -> None:
        lines = self.meals[(step.which, step.number), step.nth]
        charges = tuple(Charge(line.item.code, line.service_on, meal=line.id) for line in lines)
        self._pay(event.body, charges, scene, step)

    @do.register
    def _visit(self, event: Visit, scene: Scene, step: Step) -> None:
        visit = self.visits[(step.which, step.number), step.nth]
        charge = Charge(event.charged_as or event.item, visit.service_on, event.quantity, visit=visit.id)
        self._pay(event.body, (charge,), scene, step)

    @do.register
    def _buy(self, event: plays.Sale, scene: Scene, step: Step) -> None:
        self._pay(event.body, (self._charged(event),), scene, step)

    def _charged(self, sale: plays.Sale) -> Charge:
        return Charge(sale.item, beijing_date(sale.at), sale.quantity, sale.fee_fen)

    def _pay(self, body: str, charges: tuple[Charge, ...], scene: Scene, step: Step) -> None:
        """The card is shown at the till, at the door or to the carer, and its holder says yes."""
        event = step.event
        assert isinstance(event, Meal | Visit | plays.Sale)
        bill = self._redeem(body, charges, scene, scene.medium, event.at)
        if event.undone_at is not None:
            scene.bills[step.nth] = bill

    def _redeem(self, body: str, charges: tuple[Charge, ...], scene: Scene, medium: str, at: datetime) -> str:
        request = Request(provider_id=self.providers[body].pk, charges=charges, medium=medium, confirmed_by="elder")
        made = redeem(county=scene.holder.county, request=request, at=at, on=beijing_date(at), by=manager_of(body))
        return made.no

    @do.register
    def _undo(self, event: plays.Undo, scene: Scene, step: Step) -> None:
        reverse(
            county=scene.holder.county,
            bill_no=scene.bills[event.of],
            because=event.because,
            at=event.at,
            on=beijing_date(event.at),
            by=clerk_of(scene.holder.county),
        )

    @do.register
    def _top_up(self, event: plays.TopUp, scene: Scene, step: Step) -> None:
        """A family pays by telephone, and the payment service says so a few seconds later."""
        on = beijing_date(event.at)
        row = topup.ask(card=scene.card, amount_fen=event.amount_fen, at=event.at, on=on, by=family_login(scene.holder))
        paid = Paid(no=row.no, payment_no=f"样例支付{row.no}", amount_fen=row.amount_fen, paid_at=event.at)
        topup.take(paid=paid, at=event.at, on=on)

    @do.register
    def _lose(self, event: plays.Lose, scene: Scene, step: Step) -> None:
        cards.report_lost(card=scene.card, because="卡片丢失", at=event.at, by=clerk_of(scene.holder.county))
        scene.lost = scene.medium

    @do.register
    def _replace(self, event: plays.Replace, scene: Scene, step: Step) -> None:
        card = cards.replace(
            card=scene.card,
            because="挂失补卡",
            at=event.at,
            on=beijing_date(event.at),
            by=clerk_of(scene.holder.county),
        )
        scene.medium, scene.lost = card.medium.number, ""

    @do.register
    def _report(self, event: plays.Report, scene: Scene, step: Step) -> None:
        county = scene.holder.county
        scene.reported = person_event.report(
            person=Person.rows.get(county=county, id=scene.person_id),
            kind=Event.Kind.DEATH,
            happened_on=event.died_on,
            source="家属报告",
            on=beijing_date(event.at),
            at=event.at,
            by=family_login(scene.holder),
        )

    @do.register
    def _verify(self, event: plays.Verify, scene: Scene, step: Step) -> None:
        assert scene.reported is not None
        by = CLERK if scene.holder.which == "home" else OTHER_CLERK
        follow.verify(event=scene.reported, on=beijing_date(event.at), at=event.at, by=by)

    @do.register
    def _refused(self, event: plays.Refused, scene: Scene, step: Step) -> None:
        """What is tried must be refused as the script says; a sample in which it is not is no sample of ours."""
        medium = scene.lost or scene.medium
        try:
            with transaction.atomic():
                self._redeem(event.sale.body, (self._charged(event.sale),), scene, medium, event.at)
        except Refusal as refusal:
            if refusal.code not in event.codes:
                raise
        else:
            raise RuntimeError(f"{scene.holder.key} paid at {event.at}, which was to be refused with {event.codes}")

    # --- what a few do besides --------------------------------------------------------------------------------------

    @do.register
    def _sell_without_network(self, event: beside.Slip, scene: Scene, step: Step) -> None:
        self.tills[event.body].sell(event, scene.lost if event.lost else scene.medium)

    @do.register
    def _decide(self, event: beside.Decide, scene: Scene, step: Step) -> None:
        """The till could not know that the card was lost: what the county guaranteed, it bears."""
        rows = Trouble.objects.filter(county=scene.holder.county, slip__card_no=scene.lost, most_fen__gt=0)
        decide(
            county=scene.holder.county,
            trouble_id=rows.get().id,
            bearer=Trouble.Bearer.COUNTY,
            because="收款机没有网络，无从知道卡已挂失",
            at=event.at,
            on=beijing_date(event.at),
            by=APPROVER,
        )

    @do.register
    def _print_code(self, event: beside.PrintCode, scene: Scene, step: Step) -> None:
        by, on = clerk_of(scene.holder.county), beijing_date(event.at)
        scene.paper = printed(pin.print_code(card=scene.card, pin=PIN, at=event.at, on=on, by=by))

    @do.register
    def _pay_by_code(self, event: beside.ByCode, scene: Scene, step: Step) -> None:
        self.evening.append(partial(self._unlock_and_pay, event, scene))

    def _unlock_and_pay(self, event: beside.ByCode, scene: Scene) -> None:
        at, by, provider = event.at, manager_of(event.body), self.providers[event.body]
        county, reader = scene.holder.county, f"provider:{provider.pk}"
        shown = pin.unlock(county=county, given=scene.paper, pin=PIN, at=at, reader=reader, by=by)
        with transaction.atomic():
            self._redeem(event.body, (_charge(event),), scene, shown, at)

    @do.register
    def _order(self, event: beside.Order, scene: Scene, step: Step) -> None:
        on = beijing_date(event.at)
        made = ordered.order(
            county=scene.holder.county,
            provider=self.providers[event.body],
            charge=_charge(event),
            shown=scene.medium,
            confirmed_by="elder",
            words=event.words,
            last_day=event.last_day,
            at=event.at,
            on=on,
            by=manager_of(event.body),
        )
        scene.orders.append((event.body, made.no))

    @do.register
    def _hand_over(self, event: beside.HandOver, scene: Scene, step: Step) -> None:
        body, no = scene.orders[event.of]
        ordered.hand_over(
            county=scene.holder.county,
            no=no,
            provider_id=self.providers[body].pk,
            shown=scene.medium,
            confirmed_by="elder",
            at=event.at,
            on=beijing_date(event.at),
            by=manager_of(body),
        )

    @do.register
    def _give_up(self, event: beside.GiveUp, scene: Scene, step: Step) -> None:
        _, no = scene.orders[event.of]
        by, on = family_login(scene.holder), beijing_date(event.at)
        ordered.give_up(county=scene.holder.county, no=no, because=event.because, at=event.at, on=on, by=by)


def _charge(event: beside.ByCode | beside.Order) -> Charge:
    return Charge(event.item, beijing_date(event.at), 1, event.fee_fen)


def scenes_of(plan: CardPlan) -> dict[Key, Scene]:
    """Every holder with the file, the card and its number."""
    found: dict[Key, Scene] = {}
    for which, county in COUNTIES.items():
        held = {
            identity: (person, card, number)
            for identity, person, card, number in Card.objects.filter(county=county).values_list(
                "person__identity", "person_id", "id", "medium__number"
            )
        }
        for chunk in in_chunks(plan.people(which), 500):
            index = {holder.number: index_of(id_number.parse(holder.id_number)) for holder in chunk}
            identities = find_all([each for each in index.values() if each is not None])
            for holder in chunk:
                key = index[holder.number]
                assert key is not None
                found[which, holder.number] = Scene(holder, *held[identities[key]])
    return found
