"""Which people a request may see: plain data, made at the door, without which a model of people answers nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, ClassVar, Generic, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q

from songhe.access.models import Account, Appointment
from songhe.access.role import OF_A_PLACE, OF_A_PROVIDER, Role
from songhe.county.ready import Ready
from songhe.kernel import place_code

M = TypeVar("M", bound=models.Model)


class ScopeMissing(RuntimeError):
    """``access.no_scope``: code asked a model of people for rows without saying whose. A fault of ours, no refusal."""

    code = "access.no_scope"


@dataclass(frozen=True)
class Scope:
    """Division prefixes (``""`` the nation, ``37``, ``3707``, ``370799``, nine and twelve digits), providers, persons.

    A row is seen when any of the three reaches it. An empty scope sees nobody. ``purpose`` says what for, and goes
    into the trail of reads.
    """

    divisions: tuple[str, ...] = ()
    provider_ids: tuple[int, ...] = ()
    person_ids: tuple[UUID, ...] = ()
    purpose: str = ""

    @classmethod
    def of(cls, account: Account, on: date, *, roles: Iterable[str] | None = None, purpose: str = "") -> Self:
        """What the account's appointments in force on the day reach, or those to ``roles`` alone.

        Administrators of the system, of security and of the audit log see nobody.
        """
        divisions: set[str] = set()
        providers: set[int] = set()
        persons: set[UUID] = set()
        for held in appointments(account, on, roles=roles):
            if held.role in OF_A_PLACE:
                divisions.add(place_code.prefix(held.place))
            elif held.role in OF_A_PROVIDER and held.provider_id is not None:
                providers.add(held.provider_id)
            elif held.role == Role.CITIZEN and held.person_id is not None:
                persons.add(held.person_id)
        return cls(_widest(divisions), tuple(sorted(providers)), tuple(sorted(persons)), purpose)

    def with_persons(self, person_ids: Iterable[UUID]) -> Self:
        """The scope widened by people reached in another way, such as a proxy's mandates."""
        return replace(self, person_ids=tuple(sorted({*self.person_ids, *person_ids})))

    def covers_county(self, code: str) -> bool:
        """Whether the whole county lies inside the scope's divisions."""
        return any(code.startswith(prefix) for prefix in self.divisions)

    @property
    def sees_nobody(self) -> bool:
        return not (self.divisions or self.provider_ids or self.person_ids)


NOBODY = Scope()


def appointments(account: Account, on: date, *, roles: Iterable[str] | None = None) -> models.QuerySet[Appointment]:
    """The account's appointments in force on the day, in the order in which they were made."""
    held = Appointment.objects.filter(account=account, valid_from__lte=on)
    held = held.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    if roles is not None:
        held = held.filter(role__in=list(roles))
    return held.order_by("id")


_HELD = Ready(
    lambda account, on: Appointment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), account_id=account, valid_from__lte=on
    ).order_by("id")
)


def appointed(account: Account, on: date) -> list[Appointment]:
    """All appointments of ``appointments``, read; for the door through which every call comes."""
    return _HELD.all(account=account.pk, on=on)


def _widest(prefixes: set[str]) -> tuple[str, ...]:
    return tuple(
        sorted(one for one in prefixes if not any(one != other and one.startswith(other) for other in prefixes))
    )


def scoped(model: type[models.Model], scope: Scope) -> Q:
    """The condition by which ``scope`` reaches rows of ``model``, from the paths the model declares.

    ``scope_paths`` maps ``divisions``, ``providers`` and ``persons`` to the field path that holds the place code,
    the provider's id and the person's id; what a model does not declare does not reach it.
    """
    paths: Mapping[str, str] = getattr(model, "scope_paths", {})
    reached: Q | None = None

    def add(condition: Q) -> None:
        nonlocal reached
        reached = condition if reached is None else reached | condition

    if path := paths.get("divisions"):
        for prefix in scope.divisions:
            if not prefix:
                return Q()
            add(Q(**{path if len(prefix) == 6 and _holds_counties(model, path) else f"{path}__startswith": prefix}))
    if (path := paths.get("providers")) and scope.provider_ids:
        add(Q(**{f"{path}__in": scope.provider_ids}))
    if (path := paths.get("persons")) and scope.person_ids:
        add(Q(**{f"{path}__in": scope.person_ids}))
    return Q(pk__in=()) if reached is None else reached


def _holds_counties(model: type[models.Model], path: str) -> bool:
    """A column of six-digit counties is compared whole, so that its index serves."""
    return path == "county" or path.endswith("__county")


class ScopedManager(models.Manager[M], Generic[M]):
    """The manager of a model of people: reading needs ``within(scope)`` or ``everywhere(reason)``.

    Rows may be made without a scope. Django itself reads through the plain ``_base_manager``.
    """

    #: The reason last given is kept on the rows asked for, for whoever logs the SQL.
    reason_attribute: ClassVar[str] = "everywhere_because"

    def within(self, scope: Scope) -> models.QuerySet[M]:
        """The rows that the scope reaches; none for an empty scope."""
        return self._plain().filter(scoped(self.model, scope))

    def everywhere(self, reason: str) -> models.QuerySet[M]:
        """All rows, for a run or a rule that concerns everybody; the reason stands in the code and is required."""
        if not reason.strip():
            raise ScopeMissing(f"{ScopeMissing.code}: {self.model.__name__}.objects.everywhere() needs a reason")
        rows = self._plain()
        setattr(rows, self.reason_attribute, reason)
        return rows

    def create(self, **values: Any) -> M:
        return self._plain().create(**values)

    def bulk_create(self, *args: Any, **kwargs: Any) -> list[M]:
        return self._plain().bulk_create(*args, **kwargs)

    def get_queryset(self) -> models.QuerySet[M]:
        raise ScopeMissing(
            f"{ScopeMissing.code}: {self.model.__name__}.objects needs .within(scope) or .everywhere(reason)"
        )

    def _plain(self) -> models.QuerySet[M]:
        return super().get_queryset()
