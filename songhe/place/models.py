"""Divisions with the days on which their codes hold, and the days that differ from Monday to Friday."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    NATION = "nation", _("国家")
    PROVINCE = "province", _("省级")
    CITY = "city", _("地级")
    COUNTY = "county", _("县级")
    TOWN = "town", _("乡级")
    VILLAGE = "village", _("村级")


class Kind(models.TextChoices):
    ORDINARY = "ordinary", _("行政区划")
    FUNCTIONAL_ZONE = "functional_zone", _("功能区")
    CORPS_DIVISION = "corps_division", _("兵团")
    SYNTHETIC = "synthetic", _("虚构样例")


class Division(models.Model):
    """A division 行政区划 under one code, from ``valid_from`` to ``valid_to`` inclusive.

    ``own_code`` says that the code is not of GB/T 2260: a functional zone, a corps division or the sample. ``pays``
    marks what can be the county of a county row: every division of county level, and a city without counties.
    ``successor`` is the code that stands for the place after ``valid_to``.
    """

    code = models.CharField(max_length=12)
    name = models.CharField(max_length=60)
    parent = models.CharField(max_length=12, blank=True, default="")
    level = models.CharField(max_length=12, choices=Level.choices)
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.ORDINARY)
    own_code = models.BooleanField(default=False)
    pays = models.BooleanField(default=False)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    successor = models.CharField(max_length=12, blank=True, default="")
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="place_division_once", fields=["code", "valid_from"]),
            models.CheckConstraint(
                name="place_division_ends_after_it_begins",
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="place_division_code",
                condition=Q(level=Level.VILLAGE, code__regex=r"^[0-9]{12}$")
                | Q(level=Level.TOWN, code__regex=r"^[0-9]{9}$")
                | (~Q(level__in=[Level.VILLAGE, Level.TOWN]) & Q(code__regex=r"^[0-9]{6}$")),
            ),
            models.CheckConstraint(
                name="place_division_payer_is_a_county",
                condition=Q(pays=False) | Q(level__in=[Level.COUNTY, Level.CITY]),
            ),
            models.CheckConstraint(
                name="place_division_successor_follows_an_end",
                condition=Q(successor="") | Q(valid_to__isnull=False),
            ),
        ]
        indexes = [models.Index(name="place_division_parent", fields=["parent", "code"])]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class DayKind(models.TextChoices):
    HOLIDAY = "holiday", _("放假")
    MAKE_UP_WORKDAY = "make_up_workday", _("调休上班")


class CalendarDay(models.Model):
    """A day that the State Council's notice for ``year`` makes a holiday or a workday, whatever its weekday."""

    year = models.PositiveSmallIntegerField()
    day = models.DateField(unique=True)
    kind = models.CharField(max_length=16, choices=DayKind.choices)
    name = models.CharField(max_length=40)
    source = models.CharField(max_length=120)

    class Meta:
        constraints = [models.CheckConstraint(name="place_calendar_day_kind", condition=Q(kind__in=DayKind.values))]

    def __str__(self) -> str:
        return f"{self.day} {self.kind}"
