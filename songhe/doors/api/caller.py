"""Who calls: a machine with a token or a page with a session, and what of the act's roles reaches whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from ninja.security import APIKeyCookie, HttpBearer
from ninja.utils import check_csrf

from songhe.access.models import Account, Appointment
from songhe.access.role import OF_A_PLACE, OF_A_PROVIDER, Role
from songhe.access.scope import Scope, appointed
from songhe.access.token import TOKEN_REFUSED, find
from songhe.doors.api import limit
from songhe.doors.may import ACTS, NOT_ALLOWED
from songhe.doors.shell.request import DoorRequest
from songhe.kernel import place_code
from songhe.kernel.refusal import Refusal, reason
from songhe.person.mandate import elders_of, require
from songhe.person.models import Person
from songhe.provider.agreement import homes_ever
from songhe.provider.models import Provider

NOT_IN_TOKEN = reason(
    "api.not_in_token",
    zh="这个访问令牌不能“{act}”。",
    en="This access token does not allow this: {act_en}.",
    status=403,
)
CSRF_FAILED = reason(
    "api.csrf_failed",
    zh="页面的安全标记缺失或已失效，请刷新页面。",
    en="The page's CSRF token is missing or stale; reload the page.",
    status=403,
)


class Reach(NamedTuple):
    """How far one appointment goes: counties that begin so, there all rows or those of a provider or a person."""

    counties: str
    provider_id: int | None = None
    person_id: UUID | None = None

    def sees(self, county: str, provider_id: int | None, person_id: UUID | None) -> bool:
        if not county.startswith(self.counties):
            return False
        if self.provider_id is not None:
            return provider_id == self.provider_id
        return self.person_id is None or person_id == self.person_id


class Caller:
    """The account of a call, and the reach of those of its roles that allow the act.

    ``client`` is what idempotency keys belong to; no account's name contains a colon, so that none is a token's.
    ``elders`` are those for whom it acts as a proxy; ``places`` is where its appointments are, whatever they reach.
    """

    def __init__(
        self,
        account: Account,
        client: str,
        reaches: Sequence[Reach],
        *,
        elders: frozenset[UUID] = frozenset(),
        places: Sequence[str] = (),
    ) -> None:
        self.account = account
        self.username = account.username
        self.client = client
        self.reaches = tuple(reaches)
        self.elders = elders
        self.places = tuple(places)

    @cached_property
    def away(self) -> tuple[Reach, ...]:
        """The own rows of its providers in the counties whose cards they take, or took, by an agreement; one statement,
        and one a county."""
        places = Provider.objects.filter(id__in=self.provider_ids).order_by("id").values_list("id", "place")
        at_home = [(each, place) for each, place in places if each in self.providers_in(place)]
        homes = {place: homes_ever(place) for place in sorted({place for _, place in at_home})}
        return tuple(Reach(home, provider_id=each) for each, place in at_home for home in homes[place])

    def sees(self, county: str, *, provider_id: int | None = None, person_id: UUID | None = None) -> bool:
        if any(reach.sees(county, provider_id, person_id) for reach in self.reaches):
            return True
        return provider_id in self.provider_ids and any(reach.sees(county, provider_id, None) for reach in self.away)

    def condition(self, *, provider: str | None = None, person: str | None = None) -> Q:
        """The rows that the caller sees, of a model with these paths to its provider and its person."""
        found = Q(pk__in=())
        for reach in (*self.reaches, *(self.away if provider is not None and self.provider_ids else ())):
            if reach.provider_id is not None:
                if provider is not None:
                    found |= _counties(reach.counties) & Q(**{provider: reach.provider_id})
            elif reach.person_id is not None:
                if person is not None:
                    found |= _counties(reach.counties) & Q(**{person: reach.person_id})
            elif not reach.counties:
                return Q()
            else:
                found |= _counties(reach.counties)
        return found

    @property
    def scope(self) -> Scope:
        """The same reach as models of people take it."""
        return Scope(
            divisions=tuple(
                sorted({each.counties for each in self.reaches if each.provider_id is None and each.person_id is None})
            ),
            provider_ids=self.provider_ids,
            person_ids=tuple(sorted({each.person_id for each in self.reaches if each.person_id is not None})),
        )

    @property
    def provider_ids(self) -> tuple[int, ...]:
        return tuple(sorted({each.provider_id for each in self.reaches if each.provider_id is not None}))

    def providers_in(self, county: str) -> list[int]:
        """The providers for which the caller acts in a county."""
        here = {each.provider_id for each in self.reaches if county.startswith(each.counties)}
        return sorted(each for each in here if each is not None)

    @property
    def counties(self) -> tuple[str, ...]:
        """The counties that the caller's reach names one by one."""
        return tuple(sorted({each.counties for each in self.reaches if len(each.counties) == 6}))


class ApiRequest(DoorRequest):
    """A request that an operation sees. Only a type, as ``DoorRequest`` is."""

    auth: Caller


def caller_of(account: Account, *, client: str, act: str, on: date, places: Iterable[str] | None = None) -> Caller:
    """What the account's roles of the day reach for the act, inside ``places`` if given.

    Refuses with ``door.not_allowed``. One query, and one more for citizens, whose mandates reach their elders.
    """
    allowed = ACTS[act].roles
    held = [each for each in appointed(account, on) if Role(each.role) in allowed]
    if not held:
        raise NOT_ALLOWED(act=ACTS[act].zh, act_en=ACTS[act].en)
    limits = None if places is None else [place_code.prefix(place) for place in places]
    reaches = [reach for each in held for reach in _reaches(each, limits)]
    elders: frozenset[UUID] = frozenset()
    if any(each.role == Role.CITIZEN for each in held):
        elders = frozenset(elders_of(account.username, on))
        anywhere = _narrow("", None if limits is None else [limit[:6] for limit in limits])
        reaches += [Reach(counties, person_id=elder) for counties in anywhere for elder in sorted(elders)]
    own_places = [narrowed for each in held for narrowed in _narrow(place_code.prefix(each.place), limits)]
    return Caller(account, client, reaches, elders=elders, places=own_places)


def require_mandate(caller: Caller, person: Person, act: str, on: date) -> UUID | None:
    """The person on whose behalf a proxy acts, ``None`` for who acts in their own right. Refuses with
    ``person.no_mandate``."""
    own = any(
        each.person_id in (None, person.id) and each.sees(person.county, None, person.id)
        for each in caller.reaches
        if each.person_id not in caller.elders
    )
    if own or person.id not in caller.elders:
        return None
    require(person=person, act=act, on=on, account=caller.username)
    return person.id


def _reaches(held: Appointment, limits: Sequence[str] | None) -> Iterable[Reach]:
    prefix = place_code.prefix(held.place)
    if held.role in OF_A_PLACE:
        return [Reach(narrowed) for narrowed in _narrow(prefix, limits)]
    in_counties = _narrow(prefix[:6], None if limits is None else [limit[:6] for limit in limits])
    if held.role in OF_A_PROVIDER:
        return [Reach(narrowed, provider_id=held.provider_id) for narrowed in in_counties]
    if held.role == Role.CITIZEN:
        return [Reach(narrowed, person_id=held.person_id) for narrowed in in_counties]
    # Administrators see nobody; what they may do is about the installation.
    return []


def _narrow(prefix: str, limits: Sequence[str] | None) -> list[str]:
    if limits is None:
        return [prefix]
    return [max(prefix, limit, key=len) for limit in limits if prefix.startswith(limit) or limit.startswith(prefix)]


def _counties(prefix: str) -> Q:
    return Q(county=prefix) if len(prefix) == 6 else Q(county__startswith=prefix)


class Bearer(HttpBearer):
    """``Authorization: Bearer songhe_…``. A header that is there and wrong is refused; no cookie is tried after it."""

    def __init__(self, act: str) -> None:
        super().__init__()
        self.act = act

    def __call__(self, request: HttpRequest) -> Caller | None:
        given = request.META.get("HTTP_AUTHORIZATION")
        if given is None:
            return None
        scheme, _, secret = given.partition(" ")
        if scheme.lower() != "bearer":
            raise TOKEN_REFUSED()
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: Any, token: str) -> Caller:
        try:
            found = find(token, on=request.on)
        except Refusal:
            limit.check(request)
            raise
        request._cached_user = found.account
        if self.act not in found.acts:
            raise NOT_IN_TOKEN(act=ACTS[self.act].zh, act_en=ACTS[self.act].en)
        caller = caller_of(found.account, client=f"token:{found.pk}", act=self.act, on=request.on, places=found.places)
        return _admitted(request, caller)


class Session(APIKeyCookie):
    """The cookie of who signed in on a page; what changes something also shows the page's CSRF token."""

    param_name: str = settings.SESSION_COOKIE_NAME

    def __init__(self, act: str) -> None:
        super().__init__()
        self.act = act

    def __call__(self, request: HttpRequest) -> Caller | None:
        if not request.user.is_authenticated:
            return None
        if request.method not in {"GET", "HEAD", "OPTIONS"} and check_csrf(request):
            raise CSRF_FAILED()
        return self.authenticate(request, None)

    def authenticate(self, request: Any, key: str | None) -> Caller:
        caller = caller_of(request.user, client=request.user.username, act=self.act, on=request.on)
        return _admitted(request, caller)


def _admitted(request: Any, caller: Caller) -> Caller:
    request.auth = caller
    limit.check(request)
    return caller
