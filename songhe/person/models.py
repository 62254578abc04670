"""Humans, their files in a county, who acts for them, and what happened to them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import F, Q

from songhe.access.scope import ScopedManager
from songhe.county.key import CountyKey, new_id
from songhe.county.row import CountyRow
from songhe.document.models import StoredFile


class Identity(models.Model):
    """One human in the country: a national row, reached by value. ``index`` is a keyed hash of the ID number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    index = models.CharField(max_length=64, unique=True)


class ByteOrderField(models.CharField):
    """Text that both databases compare byte by byte, so that one plain index serves beginnings and their order."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        found = dict(super().db_parameters(connection))
        found["collation"] = {"postgresql": "C", "sqlite": "BINARY"}.get(connection.vendor)
        return found


class Sex(models.TextChoices):
    UNKNOWN = "0", "未知"
    MALE = "1", "男"
    FEMALE = "2", "女"
    NOT_STATED = "9", "未说明"


class Person(CountyRow):
    """A county's file on a human of any age. A move closes it and opens another for the same identity.

    ``place`` is the 12-digit village or neighbourhood of residence. The ID number stands encrypted, with its last
    four digits in clear; ``identity`` is null only while there is no number yet.
    """

    scope_paths = {"divisions": "county", "persons": "id"}

    identity = models.UUIDField(null=True)
    id_kind = models.CharField(max_length=20)
    id_cipher = models.BinaryField(null=True)
    id_last4 = models.CharField(max_length=4, blank=True)
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    birth_date = models.DateField()
    ethnic = models.CharField(max_length=2, blank=True)
    place = models.CharField(max_length=12)
    registered_place = models.CharField(max_length=12, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    resident_from = models.DateField(null=True)
    opened_on = models.DateField()
    closed_on = models.DateField(null=True)
    closed_because = models.CharField(max_length=20, blank=True)
    died_on = models.DateField(null=True)
    synthetic = models.BooleanField(default=False)
    version = models.IntegerField(default=1)

    objects = ScopedManager()
    rows = models.Manager()

    class Meta:
        base_manager_name = "rows"
        default_manager_name = "rows"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "identity"], condition=Q(closed_on=None), name="person_open_file_once"
            ),
        ]
        indexes = [
            models.Index(fields=["county", "place"], name="person_place"),
            models.Index(fields=["county", "birth_date", "name"], name="person_birth"),
            models.Index(fields=["county", "id_last4"], name="person_last4"),
            models.Index(
                fields=["county", "name"], name="person_name", opclasses=["varchar_pattern_ops", "varchar_pattern_ops"]
            ),
            models.Index(fields=["identity"], name="person_by_identity"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class SearchKey(CountyRow):
    """What the search box finds a person by: the name, its pinyin, its initials, the telephone read backwards.

    Made again by the verbs that open or change a file (``songhe.person.search.index``); nothing else is told by it.
    """

    leaf = True

    person = CountyKey(Person)
    key = ByteOrderField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "key", "person"], name="person_search_key_once")]
        indexes = [models.Index(fields=["county", "person"], name="person_search_key_of")]


class Status(CountyRow):
    """Something that is so of a person from a day to a day: an identity category, another programme, a benefit.

    ``kind`` is one of ``songhe.person.status.KINDS`` (tekun, low_income, concentrated_care, improvement_action,
    ltci, …); spans of one kind do not overlap.
    """

    leaf = True

    person = CountyKey(Person)
    kind = models.CharField(max_length=32)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    detail = models.JSONField(default=dict)
    source = models.CharField(max_length=80)
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["county", "person", "kind", "valid_from"], name="person_status_once"),
            models.CheckConstraint(
                name="person_status_ends_after", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]


class Provenance(CountyRow):
    """Where the value of one field of a person came from, valid from when, and since when we know it."""

    leaf = True

    person = CountyKey(Person)
    field = models.CharField(max_length=32)
    value = models.CharField(max_length=200, blank=True)
    valid_from = models.DateField(null=True)
    source = models.CharField(max_length=80)
    document = models.CharField(max_length=120, blank=True)
    by = models.CharField(max_length=64)
    known_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["county", "person", "field", "known_at"], name="person_provenance_field")]


class Mandate(CountyRow):
    """A proxy may do these acts for this elder until that day (001, answers 4 and 6).

    A guardian, who has a document of a court or an agreement, stands above the proxies.
    """

    class Relation(models.TextChoices):
        SPOUSE = "spouse", "配偶"
        CHILD = "child", "子女"
        RELATIVE = "relative", "其他亲属"
        VILLAGE_WORKER = "village_worker", "村(社区)工作人员"
        PROVIDER_STAFF = "provider_staff", "养老服务机构工作人员"
        OTHER = "other", "其他"
        GUARDIAN = "guardian", "监护人"

    person = CountyKey(Person)
    proxy_identity = models.UUIDField()
    proxy_name = models.CharField(max_length=60)
    proxy_phone = models.CharField(max_length=20, blank=True)
    account = models.CharField(max_length=150, blank=True)
    relation = models.CharField(max_length=16, choices=Relation.choices)
    provider = models.ForeignKey("provider.Provider", models.PROTECT, null=True, related_name="+")
    acts = models.JSONField(default=list)
    evidence = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField()
    ended_on = models.DateField(null=True)
    ended_because = models.CharField(max_length=80, blank=True)
    given_by = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["county", "person"], name="person_mandate_person"),
            models.Index(fields=["county", "proxy_identity"], name="person_mandate_proxy"),
        ]
        constraints = [
            models.CheckConstraint(name="person_mandate_ends_after", condition=Q(valid_to__gte=F("valid_from"))),
            models.CheckConstraint(
                name="person_mandate_provider_staff",
                condition=~Q(relation="provider_staff") | Q(provider__isnull=False),
            ),
        ]


class MandateAsk(CountyRow):
    """Somebody wants to act for an elder and has neither the elder's own code nor anything that binds at once: a
    clerk looks at the evidence and decides."""

    class State(models.TextChoices):
        WAITING = "waiting", "待核实"
        GRANTED = "granted", "已同意"
        REFUSED = "refused", "未同意"
        WITHDRAWN = "withdrawn", "已撤回"

    scope_paths = {"divisions": "county", "persons": "person_id"}

    person = CountyKey(Person)
    proxy_identity = models.UUIDField()
    proxy_name = models.CharField(max_length=60)
    proxy_phone = models.CharField(max_length=20, blank=True)
    account = models.CharField(max_length=150)
    relation = models.CharField(max_length=16, choices=Mandate.Relation.choices)
    provider = models.ForeignKey("provider.Provider", models.PROTECT, null=True, related_name="+")
    acts = models.JSONField(default=list)
    valid_to = models.DateField()
    paper = CountyKey(StoredFile, null=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField()
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)
    mandate = CountyKey(Mandate, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "person", "account"],
                condition=Q(state="waiting"),
                name="person_mandate_asked_once",
            ),
            models.CheckConstraint(
                name="person_mandate_ask_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("account"))
            ),
        ]
        indexes = [models.Index(fields=["county", "state", "asked_at"], name="person_mandate_asked")]


class Assistance(CountyRow):
    """A clerk at a counter, or a worker of a village, does the pages for a person and says so; what binds the person
    needs their own yes: a code on their telephone, or a photograph of the paper that they signed."""

    class Channel(models.TextChoices):
        COUNTER = "counter", "窗口代办"
        VILLAGE = "village", "村(社区)协助"

    class Confirmed(models.TextChoices):
        NOT_YET = "", "尚未确认"
        CODE = "code", "本人验证码"
        PAPER = "paper", "本人签字"

    scope_paths = {"divisions": "county", "persons": "person_id"}

    person = CountyKey(Person)
    helper = models.CharField(max_length=150)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    place = models.CharField(max_length=12)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    confirmed = models.CharField(max_length=8, choices=Confirmed.choices, blank=True, default="")
    confirmed_at = models.DateTimeField(null=True)
    paper = CountyKey(StoredFile, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "helper"], condition=Q(ended_at=None), name="person_assistance_one_at_a_time"
            ),
            models.CheckConstraint(
                name="person_assistance_paper", condition=~Q(confirmed="paper") | Q(paper__isnull=False)
            ),
        ]
        indexes = [models.Index(fields=["county", "person"], name="person_assistance_person")]


class Correction(CountyRow):
    """A person says that something on their file is wrong and what is right; a clerk decides. ``version`` is that of
    the file as it was read."""

    class State(models.TextChoices):
        WAITING = "waiting", "待核实"
        MADE = "made", "已更正"
        REFUSED = "refused", "未更正"
        WITHDRAWN = "withdrawn", "已撤回"

    scope_paths = {"divisions": "county", "persons": "person_id"}

    person = CountyKey(Person)
    field = models.CharField(max_length=32)
    stands = models.CharField(max_length=200, blank=True)
    wanted = models.CharField(max_length=200)
    because = models.CharField(max_length=300)
    paper = CountyKey(StoredFile, null=True)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "person", "field"], condition=Q(state="waiting"), name="person_correction_once"
            ),
            models.CheckConstraint(
                name="person_correction_two_people", condition=Q(decided_by="") | ~Q(decided_by=F("asked_by"))
            ),
        ]
        indexes = [models.Index(fields=["county", "state", "asked_at"], name="person_correction_waits")]


class Medium(CountyRow):
    """What a person shows to be known: a card, a code on the phone, a printed code, a face. Names the person, never a
    voucher.

    ``last_step`` is the latest half-minute whose code was shown: each code counts once. A printed code that goes with
    a PIN, and a face, have such a code only once the PIN was right, or the face was matched.
    """

    class Kind(models.TextChoices):
        CARD = "card", "卡"
        PHONE = "phone", "手机码"
        PRINTED = "printed", "打印码"
        PIN = "pin", "密码打印码"
        FACE = "face", "刷脸"

    person = CountyKey(Person)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    number = models.CharField(max_length=32)
    valid_from = models.DateField()
    ended_at = models.DateTimeField(null=True)
    ended_because = models.CharField(max_length=80, blank=True)
    last_step = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "number"], name="person_medium_number")]
        indexes = [models.Index(fields=["county", "person"], name="person_medium_person")]


class Event(CountyRow):
    """Something reported of a person: death, move, recovery, another programme, a stay in hospital. It acts once a
    person verified it; a reported death already holds services dated after it."""

    class Kind(models.TextChoices):
        DEATH = "death", "去世"
        MOVE = "move", "迁居"
        RECOVERY = "recovery", "能力恢复"
        EXCLUDED = "excluded", "享受其他待遇"
        WISH = "wish", "本人放弃"
        HOSPITAL = "hospital", "住院"
        OTHER = "other", "其他情况"

    class State(models.TextChoices):
        REPORTED = "reported", "已报告"
        VERIFIED = "verified", "已核实"
        REFUTED = "refuted", "不属实"

    person = CountyKey(Person)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    happened_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.REPORTED)
    reported_by = models.CharField(max_length=64)
    reported_at = models.DateTimeField()
    source = models.CharField(max_length=80)
    verified_by = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True)
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="person_event_two_people", condition=Q(verified_by="") | ~Q(verified_by=F("reported_by"))
            ),
            models.UniqueConstraint(
                fields=["county", "person", "kind"], condition=Q(state="reported"), name="person_event_reported_once"
            ),
            models.UniqueConstraint(
                fields=["county", "person"],
                condition=Q(kind="death", state="verified"),
                name="person_event_one_death",
            ),
        ]
        indexes = [models.Index(fields=["county", "person", "kind"], name="person_event_person")]


class Household(CountyRow):
    """People who live together at one place."""

    place = models.CharField(max_length=12)
    address = models.CharField(max_length=200, blank=True)
    formed_on = models.DateField()
    dissolved_on = models.DateField(null=True)


class Member(CountyRow):
    """A person belongs to a household in a role from a day to a day; to one household at a time."""

    leaf = True

    class Role(models.TextChoices):
        HEAD = "head", "户主"
        SPOUSE = "spouse", "配偶"
        CHILD = "child", "子女"
        CHILD_IN_LAW = "child_in_law", "儿媳或女婿"
        GRANDCHILD = "grandchild", "孙辈"
        PARENT = "parent", "父母"
        SIBLING = "sibling", "兄弟姐妹"
        LIVE_IN_CARER = "live_in_carer", "住家照护人员"
        OTHER = "other", "其他"

    household = CountyKey(Household)
    person = CountyKey(Person)
    role = models.CharField(max_length=16, choices=Role.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "person"], condition=Q(valid_to=None), name="person_one_household"
            ),
            models.CheckConstraint(
                name="person_member_ends_after", condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from"))
            ),
        ]
        indexes = [models.Index(fields=["county", "household"], name="person_member_household")]


class Kin(CountyRow):
    """A relative of a person: somebody with a file of this county, or known by identity or by name alone."""

    leaf = True

    class Relation(models.TextChoices):
        SPOUSE = "spouse", "配偶"
        CHILD = "child", "子女"
        PARENT = "parent", "父母"
        SIBLING = "sibling", "兄弟姐妹"
        GRANDCHILD = "grandchild", "孙辈"
        GRANDPARENT = "grandparent", "祖辈"
        CHILD_IN_LAW = "child_in_law", "儿媳或女婿"
        PARENT_IN_LAW = "parent_in_law", "公婆或岳父母"
        OTHER = "other", "其他亲属"

    person = CountyKey(Person)
    relative = CountyKey(Person, null=True)
    identity = models.UUIDField(null=True)
    name = models.CharField(max_length=60)
    phone = models.CharField(max_length=20, blank=True)
    relation = models.CharField(max_length=16, choices=Relation.choices)
    in_emergency = models.BooleanField(default=False)
    source = models.CharField(max_length=80)
    known_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["county", "person", "relative"],
                condition=Q(relative__isnull=False),
                name="person_kin_once",
            ),
        ]
        indexes = [models.Index(fields=["county", "person"], name="person_kin_of")]


class Duplicate(CountyRow):
    """Two files that may be one human, until somebody says ``same`` or ``different``. ``first`` is the older file."""

    leaf = True

    first = CountyKey(Person)
    second = CountyKey(Person)
    why = models.CharField(max_length=80)
    found_at = models.DateTimeField()
    outcome = models.CharField(max_length=12, blank=True)
    decided_by = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["county", "first", "second"], name="person_duplicate_pair")]


def identity_of(person: Person) -> UUID:
    """The identity of a person who has one; whoever has no number yet is known by the file's own id."""
    return person.identity or person.id
