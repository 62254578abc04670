"""Carry out what the script says of a month: each event by its verb, under the login of whoever does it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import singledispatchmethod
from uuid import UUID

from django.db import transaction

from songhe.access.role import Role
from songhe.grant import choose
from songhe.grant.models import Grant
from songhe.kernel.geo import Point
from songhe.kernel.month import Month, beijing_date
from songhe.kernel.refusal import Refusal
from songhe.month import follow
from songhe.month.sample import behaviour as plays
from songhe.month.sample.behaviour import ElderMonth
from songhe.month.sample.cast import CLERK, SECOND_CLERK, manager_of, worker_of
from songhe.month.sample.files import files_of, mandates_of
from songhe.month.sample.plan import Plan
from songhe.month.sample.plan import moment as moment_of
from songhe.month.sample.providers import known
from songhe.month.sample.rights import POLICY
from songhe.month.sample.shape import COUNTY
from songhe.month.sample.visiting import BySet, Told
from songhe.person import event as person_event
from songhe.person.models import Event, Mandate, Medium, Person
from songhe.person.register import register
from songhe.provider.catalogue import item_on
from songhe.provider.models import Evidence, Item, Kind, Provider, Worker
from songhe.redemption.bill import Charge
from songhe.redemption.find import Request
from songhe.redemption.redeem import hand_in, redeem
from songhe.service import stay as stays
from songhe.service import visit as visits
from songhe.service.evidence import CONFIRMED_BY_ELDER, CONFIRMED_BY_PROXY
from songhe.service.models import Stay, Visit

#: How far, in degrees, somebody who is elsewhere stands from the elder's home.
ELSEWHERE = 0.02


@dataclass
class Scene:
    """One elder's month with the rows that it needs; ``visits`` are those recorded so far, by place."""

    mine: ElderMonth
    person: Person
    mandate: Mandate | None
    grant: Grant | None
    card: str
    visits: dict[int, Visit] = field(default_factory=dict)
    reported: Event | None = None

    @property
    def is_plain(self) -> bool:
        """Whether nothing comes between this elder and being served all month."""
        proxy_acts = self.mandate is None or self.mandate.valid_to >= self.mine.visits_until
        return self.grant is not None and not self.mine.elder.case and self.mine.report is None and proxy_acts

    @property
    def family(self) -> str:
        """The login of the family: the proxy's, else the clerk at the counter."""
        return (self.mandate.account if self.mandate else "") or SECOND_CLERK


@dataclass
class Company:
    """Everybody who serves in a month, read once."""

    plan: Plan
    month: Month
    providers: dict[str, Provider]
    workers: dict[tuple[int, str], Worker]
    by_set: BySet
    items: dict[str, Item] = field(default_factory=dict)

    @classmethod
    def of(cls, plan: Plan, month: Month) -> Company:
        providers = known(plan)
        rows = Worker.objects.filter(provider__in=[row.pk for row in providers.values()], job=Worker.Job.CARER)
        return cls(
            plan, month, providers, {(row.provider_id, row.number): row for row in rows.order_by("id")}, BySet(month)
        )

    def item(self, code: str) -> Item:
        if code not in self.items:
            self.items[code] = item_on(COUNTY, code, self.month.first)
        return self.items[code]

    # --- roll calls -------------------------------------------------------------------------------------------------

    def roll_calls(self) -> Iterator[tuple[str, date]]:
        """Twice a month in each institution (source 003)."""
        for code, provider in self.providers.items():
            if provider.kind == Kind.INSTITUTION:
                for day in (9, 24):
                    yield code, self.month.first + timedelta(days=day)

    def call_roll(self, chunk: Sequence[tuple[str, date]]) -> None:
        for code, day in chunk:
            provider = self.providers[code]
            there = Stay.objects.filter(county=COUNTY, provider=provider, admitted_on__lte=day, discharged_on=None)
            stays.call_roll(
                county=COUNTY,
                provider=provider,
                day=day,
                stay_ids=list(there.order_by("bed", "id").values_list("id", flat=True)),
                at=moment_of(day, 8),
                on=day,
                by=manager_of(code),
            )

    # --- a chunk of elders ------------------------------------------------------------------------------------------

    def live(self, chunk: Sequence[ElderMonth]) -> None:
        """The month of each elder of the chunk, event after event in time."""
        people = files_of([mine.elder for mine in chunk])
        ids = [person.id for person in people.values()]
        mandates = mandates_of(list(people.values()))
        grants = {
            grant.person_id: grant
            for grant in Grant.objects.filter(
                county=COUNTY, person__in=ids, programme=POLICY, month=str(self.month)
            ).order_by("id")
        }
        cards: dict[UUID, str] = dict(
            Medium.objects.filter(county=COUNTY, person__in=ids, ended_at=None).values_list("person_id", "number")
        )
        scenes = []
        for mine in chunk:
            person = people[mine.elder.number]
            scenes.append(Scene(mine, person, mandates.get(person.id), grants.get(person.id), cards.get(person.id, "")))
        self._visit_all([scene for scene in scenes if scene.is_plain])
        for scene in scenes:
            self._play(scene)

    def _visit_all(self, scenes: Sequence[Scene]) -> None:
        """Every visit to these elders, by set."""
        told = [
            (scene, place, self._told(event, place, scene))
            for scene in scenes
            for place, event in enumerate(scene.mine.visits)
        ]
        for (scene, place, _), visit in zip(told, self.by_set.record([each for _, _, each in told]), strict=True):
            scene.visits[place] = visit

    def _play(self, scene: Scene) -> None:
        events: list[tuple[object, plays.Event | None]] = [(event.at, event) for event in scene.mine.in_time()]
        if report := scene.mine.report:
            events.append((report.verified_at, None))
        for _, event in sorted(events, key=lambda pair: pair[0]):  # type: ignore[arg-type, return-value]
            if event is None:
                self._verify(scene, report)
            else:
                self.do(event, scene)

    @singledispatchmethod
    def do(self, event: plays.Event, scene: Scene) -> None:
        raise TypeError(type(event).__name__)

    @do.register
    def _choose(self, event: plays.Choose, scene: Scene) -> None:
        if scene.grant is not None:
            choose.choose(
                county=COUNTY,
                grant_id=scene.grant.id,
                category=event.category,
                provider_id=self.providers[scene.mine.house].pk,
                at=event.at,
                on=beijing_date(event.at),
                by=scene.family,
                standing=event.standing,
                behalf_of=scene.person.id if scene.mandate else None,
            )

    @do.register
    def _admit(self, event: plays.Admit, scene: Scene) -> None:
        stays.admit(
            county=COUNTY,
            person_id=scene.person.id,
            provider=self.providers[event.provider],
            admitted_on=beijing_date(event.at),
            agreed_until=event.agreed_until,
            contract_no=f"样例入住-{scene.mine.elder.key}-{self.month}",
            at=event.at,
            on=beijing_date(event.at),
            by=manager_of(event.provider),
        )

    @do.register
    def _discharge(self, event: plays.Discharge, scene: Scene) -> None:
        day = beijing_date(event.at)
        there = stays.stay_on(county=COUNTY, person_id=scene.person.id, day=day)
        assert there is not None
        stays.discharge(
            county=COUNTY,
            stay_id=there.id,
            discharged_on=day,
            because=event.because,
            at=event.at,
            on=day,
            by=manager_of(scene.mine.house if scene.mine.care == "institution" else "inst-1"),
        )

    @do.register
    def _visit(self, event: plays.Visit, scene: Scene) -> None:
        place = scene.mine.visits.index(event)
        if scene.grant is not None and place not in scene.visits:
            told = vars(self._told(event, place, scene))
            scene.visits[place] = visits.record(on=beijing_date(event.at), **told)

    def _told(self, event: plays.Visit, place: int, scene: Scene) -> Told:
        """What the carer, or for meals the manager, tells of it."""
        provider, item = self.providers[event.provider], self.item(event.item)
        timed = item.evidence != Evidence.MEAL
        person = scene.person
        position = None
        if timed and event.flaw != "no_position":
            assert person.latitude is not None
            assert person.longitude is not None
            away = ELSEWHERE if event.flaw == "too_far" else 0.0003
            position = Point(person.latitude + away, person.longitude)
        by_proxy = self._proxy_confirms(event, scene)
        return Told(
            person_id=person.id,
            provider=provider,
            item=item,
            service_on=beijing_date(event.starts),
            worker=self.workers[provider.pk, f"C{event.carer:03d}"] if event.carer else None,
            started_at=event.starts if timed else None,
            ended_at=event.ends if timed else None,
            quantity=event.quantity,
            position=position,
            accuracy=None if position is None else 12.0,
            confirmed_by="" if event.flaw == "unconfirmed" else CONFIRMED_BY_PROXY if by_proxy else CONFIRMED_BY_ELDER,
            mandate_id=scene.mandate.id if by_proxy and scene.mandate else None,
            evidence={"place": "样例县人民医院"} if item.evidence == Evidence.ESCORT else {},
            client_id=f"{scene.mine.elder.key}-{self.month}-{place:02d}",
            at=event.at,
            by=worker_of(event.provider, event.carer, Role.CARER) if event.carer else manager_of(event.provider),
        )

    def _proxy_confirms(self, event: plays.Visit, scene: Scene) -> bool:
        """Who cannot confirm is confirmed for by the family; staff who do it anyway are found out."""
        proxy = scene.mine.elder.proxy
        if event.flaw == "tied_proxy":
            return True
        return proxy is not None and not proxy.provider and scene.mine.elder.level == 4 and scene.mandate is not None

    @do.register
    def _bill(self, event: plays.Bill, scene: Scene) -> None:
        if scene.grant is not None:
            self._book(event, scene, scene.grant)

    def _book(self, event: plays.Bill, scene: Scene, grant: Grant) -> None:
        by_card = event.by_card and scene.card != "" and scene.mine.report is None
        request = Request(
            provider_id=self.providers[event.provider].pk,
            charges=tuple(
                Charge(
                    item=charge.item,
                    service_on=charge.day,
                    quantity=charge.quantity,
                    fee_fen=charge.fee_fen,
                    visit=None if charge.visit is None else scene.visits[charge.visit].id,
                )
                for charge in event.charges
            ),
            grant_no=None if by_card else grant.no,
            medium=scene.card if by_card else None,
            ltci_fen=None if event.provisional else event.ltci_fen,
            confirmed_by="proxy" if scene.mandate else "elder",
        )
        make = hand_in if event.in_run else redeem
        make(county=COUNTY, request=request, at=event.at, on=beijing_date(event.at), by=manager_of(event.provider))

    @do.register
    def _report(self, event: plays.Report, scene: Scene) -> None:
        detail = {"to_place": ""} if event.kind == Event.Kind.MOVE else {}
        scene.reported = person_event.report(
            person=scene.person,
            kind=event.kind,
            happened_on=event.happened_on,
            source="家属报告" if event.by == "family" else "服务机构报告",
            on=beijing_date(event.at),
            at=event.at,
            by=scene.family if event.by == "family" else manager_of(event.by),
            detail=detail,
        )

    def _verify(self, scene: Scene, report: plays.Report | None) -> None:
        """The county finds it true, and carries it on as a county does."""
        assert report is not None
        assert scene.reported is not None
        at = report.verified_at
        follow.verify(event=scene.reported, on=beijing_date(at), at=at, by=CLERK)

    # --- what is refused --------------------------------------------------------------------------------------------

    @do.register
    def _attempt(self, event: plays.Attempt, scene: Scene) -> None:
        """What is tried must be refused as the case says; a sample in which it is not is no sample of ours."""
        if scene.grant is None and event.what != "register":
            return
        try:
            with transaction.atomic():
                self._try(event, scene)
        except Refusal as refusal:
            if refusal.code not in event.codes:
                raise
        else:
            if event.codes:
                raise RuntimeError(f"{event.what} of {scene.mine.elder.key} was not refused with {event.codes}")

    def _try(self, event: plays.Attempt, scene: Scene) -> None:
        if event.what == "choose":
            self._choose(plays.Choose(event.at, event.told), scene)
        elif event.what == "bill":
            assert scene.grant is not None
            self._book(event.told, scene, scene.grant)
        elif event.what == "visit":
            scene.mine.events.append(event.told)
            self._visit(event.told, scene)
        elif event.what == "register":
            self._register_again(event, scene)

    def _register_again(self, event: plays.Attempt, scene: Scene) -> None:
        elder, numbered = scene.mine.elder, event.told == "same_number"
        register(
            county=COUNTY,
            name=elder.name,
            id_number=elder.id_number if numbered else "",
            id_kind="resident" if numbered else "none",
            birth_date=elder.birth_date,
            place=elder.village.code,
            address=elder.address,
            on=beijing_date(event.at),
            at=event.at,
            by=SECOND_CLERK,
            synthetic=True,
        )
