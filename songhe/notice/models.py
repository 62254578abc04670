"""What people are told, by which channel, and what became of it; how they want to be told; the sandbox's outbox."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songhe.access.scope import ScopedManager
from songhe.county.row import CountyRow


class Channel(models.TextChoices):
    INBOX = "inbox", _("站内")
    SMS = "sms", _("短信")
    VOICE = "voice", _("语音")


class Notice(CountyRow):
    """One thing told to one addressee by one channel. It holds no telephone number, no name and no ID number.

    ``person`` is whom it concerns; ``addressee`` is null for the person, else the id of the mandate by which a
    proxy is told. A login is told by ``account`` instead. ``about`` names what happened, so that it is told once.
    ``spread_at`` is when a row of the inbox was carried on to telephones.
    """

    leaf: ClassVar[bool] = True
    scope_paths: ClassVar[dict[str, str]] = {"divisions": "county", "persons": "person"}

    class State(models.TextChoices):
        QUEUED = "queued", _("待发送")
        HELD = "held", _("夜间暂缓")
        SENT = "sent", _("已发送")
        FAILED = "failed", _("发送失败")
        DROPPED = "dropped", _("不再发送")

    person = models.UUIDField(null=True)
    account = models.CharField(max_length=64, blank=True, default="")
    addressee = models.UUIDField(null=True)
    template = models.CharField(max_length=40)
    values = models.JSONField(default=dict)
    about = models.CharField(max_length=80)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    language = models.CharField(max_length=2, default="zh")
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    tries = models.PositiveSmallIntegerField(default=0)
    problem = models.CharField(max_length=120, blank=True, default="")
    receipt = models.CharField(max_length=64, blank=True, default="")
    spread_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)

    objects = ScopedManager["Notice"]()
    rows = models.Manager["Notice"]()

    class Meta:
        base_manager_name = "rows"
        default_manager_name = "rows"
        constraints = [
            models.UniqueConstraint(
                name="notice_once_to_the_person",
                fields=["county", "about", "template", "person", "channel"],
                condition=Q(addressee=None, person__isnull=False),
            ),
            models.UniqueConstraint(
                name="notice_once_to_a_proxy",
                fields=["county", "about", "template", "addressee", "channel"],
                condition=Q(addressee__isnull=False),
            ),
            models.UniqueConstraint(
                name="notice_once_to_a_login",
                fields=["county", "about", "template", "account", "channel"],
                condition=Q(person=None),
            ),
            models.CheckConstraint(name="notice_to_somebody", condition=Q(person__isnull=False) | ~Q(account="")),
        ]
        indexes = [
            models.Index(name="notice_of_a_person", fields=["county", "person", "at"]),
            models.Index(name="notice_of_a_login", fields=["account", "at"], condition=Q(person=None)),
            models.Index(name="notice_due", fields=["county", "due_at"], condition=Q(state__in=["queued", "held"])),
            models.Index(name="notice_by_state", fields=["county", "state", "at"]),
            models.Index(
                name="notice_to_spread", fields=["county", "id"], condition=Q(spread_at=None, channel="inbox")
            ),
        ]


class Wish(CountyRow):
    """How somebody wants to be told about a person: by text, by a call that reads it out, or in the inbox alone.

    ``account`` is blank for the person, else the proxy's login.
    """

    leaf: ClassVar[bool] = True
    scope_paths: ClassVar[dict[str, str]] = {"divisions": "county", "persons": "person"}

    class Way(models.TextChoices):
        SMS = "sms", _("发短信")
        VOICE = "voice", _("打电话读给我听")
        NONE = "none", _("只在这里看")

    person = models.UUIDField()
    account = models.CharField(max_length=64, blank=True, default="")
    way = models.CharField(max_length=8, choices=Way.choices, default=Way.SMS)
    language = models.CharField(max_length=2, choices=[("zh", "中文"), ("en", "English")], default="zh")

    objects = ScopedManager["Wish"]()
    rows = models.Manager["Wish"]()

    class Meta:
        base_manager_name = "rows"
        default_manager_name = "rows"
        constraints = [models.UniqueConstraint(name="notice_wish_once", fields=["county", "person", "account"])]


class Reached(CountyRow):
    """How far a county's trail has been turned into notices: the last entry read."""

    leaf: ClassVar[bool] = True

    entry = models.UUIDField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="notice_reached_once", fields=["county"])]


class SandboxMessage(models.Model):
    """What the sandbox was given to send: a small table for practice and for tests, never of real people."""

    reference = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField()
    channel = models.CharField(max_length=8, choices=Channel.choices)
    phone = models.CharField(max_length=20)
    text = models.CharField(max_length=1000)

    class Meta:
        indexes = [models.Index(name="notice_sandbox_latest", fields=["-at"])]
