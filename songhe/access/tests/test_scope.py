"""Scopes: who is seen by whom, and the model of people that answers nothing without one."""

from __future__ import annotations

from datetime import date, datetime, timezone
from uuid import UUID, uuid4

import pytest
from django.db import connection, models
from django.test.utils import isolate_apps

from songhe.access.login import appoint, open_account
from songhe.access.role import Role
from songhe.access.scope import NOBODY, Scope, ScopedManager, ScopeMissing

AT = datetime(2026, 3, 1, 1, 0, tzinfo=timezone.utc)
ON = date(2026, 3, 1)
ANNA = UUID("0198a1c2-0000-7000-8000-0000000000a1")
BEN = UUID("0198a1c2-0000-7000-8000-0000000000b2")
CARL = UUID("0198a1c2-0000-7000-8000-0000000000c3")
ROWS = [
    ("370799", "370799100200", 7, ANNA),
    ("370799", "370799101200", 8, BEN),
    ("650104", "650104001001", 7, CARL),
]


@pytest.fixture
def people(db):
    """A table of people's files and one of notes about them, known to nobody but the test."""
    with isolate_apps("songhe.access"):

        class File(models.Model):
            county = models.CharField(max_length=6)
            home = models.CharField(max_length=12)
            provider_id = models.BigIntegerField()
            person_id = models.UUIDField()

            objects = ScopedManager()
            scope_paths = {"divisions": "county", "providers": "provider_id", "persons": "person_id"}

            class Meta:
                app_label = "access"
                db_table = "access_test_file"

        class Note(models.Model):
            file = models.ForeignKey(File, on_delete=models.CASCADE, related_name="+")

            objects = ScopedManager()
            scope_paths = {"divisions": "file__home"}

            class Meta:
                app_label = "access"
                db_table = "access_test_note"

        with connection.cursor() as cursor:
            kind = {"sqlite": "char(32)", "postgresql": "uuid"}[connection.vendor]
            serial = {"sqlite": "integer PRIMARY KEY AUTOINCREMENT", "postgresql": "bigserial PRIMARY KEY"}
            cursor.execute(
                f"CREATE TABLE access_test_file (id {serial[connection.vendor]}, county varchar(6), "
                f"home varchar(12), provider_id bigint, person_id {kind})"
            )
            cursor.execute(f"CREATE TABLE access_test_note (id {serial[connection.vendor]}, file_id bigint)")
        for county, home, provider_id, person_id in ROWS:
            file = File.objects.create(county=county, home=home, provider_id=provider_id, person_id=person_id)
            Note.objects.bulk_create([Note(file=file)])
        File.Note = Note
        yield File


def seen(model, scope):
    return set(model.objects.within(scope).values_list("person_id", flat=True))


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (Scope(divisions=("",)), {ANNA, BEN, CARL}),
        (Scope(divisions=("37",)), {ANNA, BEN}),
        (Scope(divisions=("3707",)), {ANNA, BEN}),
        (Scope(divisions=("370799",)), {ANNA, BEN}),
        (Scope(divisions=("3708", "65")), {CARL}),
        (Scope(divisions=("370799100",)), set()),
        (Scope(provider_ids=(7,)), {ANNA, CARL}),
        (Scope(person_ids=(BEN,)), {BEN}),
        (Scope(divisions=("65",), provider_ids=(8,)), {BEN, CARL}),
        (NOBODY, set()),
    ],
)
def test_a_row_is_seen_when_division_provider_or_person_reaches_it(people, scope, expected):
    assert seen(people, scope) == expected


def test_a_model_with_a_fuller_place_follows_a_town(people):
    scope = Scope(divisions=("370799100",))
    assert people.Note.objects.within(scope).count() == 1


def test_what_a_model_does_not_declare_does_not_reach_it(people):
    assert people.Note.objects.within(Scope(provider_ids=(7,), person_ids=(ANNA,))).count() == 0


@pytest.mark.parametrize(
    "ask",
    [
        lambda model: model.objects.all(),
        lambda model: model.objects.filter(provider_id=7),
        lambda model: model.objects.get(pk=1),
        lambda model: model.objects.count(),
        lambda model: model.objects.exists(),
        lambda model: list(model.objects.values_list("pk")),
        lambda model: model.objects.update(provider_id=9),
        lambda model: model.objects.everywhere(" "),
    ],
)
def test_without_a_scope_nothing_is_answered(people, ask):
    with pytest.raises(ScopeMissing) as missing:
        ask(people)
    assert missing.value.code == "access.no_scope"


def test_a_run_says_why_it_reads_everybody(people):
    rows = people.objects.everywhere("run: issue")
    assert rows.count() == 3
    assert rows.everywhere_because == "run: issue"


def test_django_follows_saves_and_deletes_rows_by_itself(people):
    note = people.Note.objects.everywhere("test").order_by("pk").first()
    assert note.file.person_id == ANNA
    assert people.Note.objects.everywhere("test").select_related("file").filter(file__provider_id=8).count() == 1
    fetched = list(people.Note.objects.everywhere("test").prefetch_related("file").order_by("pk"))
    assert [each.file.person_id for each in fetched] == [ANNA, BEN, CARL]
    note.file.provider_id = 9
    note.file.save()
    note.file.refresh_from_db()
    assert note.file.provider_id == 9
    note.file.delete()
    assert people.Note.objects.everywhere("test").count() == 2


@pytest.fixture
def account(db):
    return open_account(username="zhang", display_name="张经办", password=None, at=AT)


def give(account, role, place, **more):
    values = {"valid_from": date(2026, 1, 1), "by": None, "at": AT, **more}
    return appoint(account=account, role=role, place=place, **values)


@pytest.mark.parametrize(
    ("role", "place", "divisions"),
    [
        (Role.COUNTY_CLERK, "370799", ("370799",)),
        (Role.FINANCE, "441900", ("4419",)),
        (Role.CITY_OVERSEER, "370700", ("3707",)),
        (Role.PROVINCE_OVERSEER, "370000", ("37",)),
        (Role.AUDITOR, "000000", ("",)),
        (Role.COUNTY_CLERK, "370799100", ("370799100",)),
    ],
)
def test_officials_see_the_division_they_are_appointed_to(account, role, place, divisions):
    give(account, role, place)
    assert Scope.of(account, ON) == Scope(divisions=divisions)


def test_staff_of_a_provider_see_its_people_and_a_citizen_their_own(account):
    give(account, Role.CARER, "370799", provider_id=7)
    give(account, Role.CITIZEN, "370799", person_id=ANNA)
    assert Scope.of(account, ON, purpose="visit") == Scope((), (7,), (ANNA,), "visit")


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_see_nobody(account, role):
    give(account, role, "000000")
    assert Scope.of(account, ON).sees_nobody


def test_appointments_count_from_their_first_to_their_last_day(account):
    give(account, Role.COUNTY_CLERK, "370799", valid_from=date(2026, 3, 2), valid_to=date(2026, 3, 3))
    reach = [Scope.of(account, date(2026, 3, day)).divisions for day in (1, 2, 3, 4)]
    assert reach == [(), ("370799",), ("370799",), ()]


def test_a_role_alone_reaches_no_further_than_its_own_appointments(account):
    give(account, Role.COUNTY_CLERK, "370799")
    give(account, Role.FINANCE, "370702")
    assert Scope.of(account, ON, roles=[Role.FINANCE]).divisions == ("370702",)


def test_a_place_inside_another_adds_nothing(account):
    give(account, Role.COUNTY_CLERK, "370799")
    give(account, Role.COUNTY_CLERK, "370702")
    give(account, Role.COUNTY_CLERK, "370799100")
    give(account, Role.CITY_OVERSEER, "371300")
    assert Scope.of(account, ON).divisions == ("370702", "370799", "3713")


def test_a_county_is_covered_by_what_contains_it_and_not_by_its_towns():
    assert Scope(divisions=("3707",)).covers_county("370799")
    assert Scope(divisions=("",)).covers_county("650104")
    assert not Scope(divisions=("370799100",)).covers_county("370799")
    assert not Scope(divisions=("3708",)).covers_county("370799")
    assert not Scope(provider_ids=(7,)).covers_county("370799")


def test_mandates_widen_a_scope_by_persons_alone():
    other = uuid4()
    assert Scope(divisions=("37",)).with_persons([other, other]) == Scope(divisions=("37",), person_ids=(other,))
