import uuid
from datetime import date, datetime, timedelta, timezone

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from songhe.county.key import new_id
from songhe.trail.models import Entry, Seal
from songhe.trail.note import note
from songhe.trail.seal import BEGINNING, digest, seal
from songhe.trail.verify import breaks, head

pytestmark = pytest.mark.django_db

COUNTY = "370799"
AT = datetime(2026, 3, 10, 2, tzinfo=timezone.utc)


def write(number=1, *, county=COUNTY, **more):
    return note(
        county=county,
        at=AT + timedelta(minutes=number),
        actor="clerk",
        act="grant.choose",
        subject="grant",
        subject_id=new_id(),
        reason="本人来电",
        behalf_of=new_id(),
        amount_fen=number,
        **more,
    )


def chain(entries=6):
    for number in range(entries):
        write(number)
    assert seal(county=COUNTY) == entries


@pytest.fixture
def unguarded():
    """Whoever owns the database can drop its triggers; the chain is there for that case."""
    with connection.cursor() as cursor:
        for table in ("trail_entry", "trail_seal"):
            for what in ("update", "delete"):
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER "{table}_append_only_{what}"{on}')


def found(**more):
    return list(breaks(county=COUNTY, **more))


def test_a_chain_that_nobody_touched_holds():
    chain()
    write(7)
    assert seal(county=COUNTY) == 1
    assert found(anchor=head(county=COUNTY)) == []


def test_each_entry_is_sealed_once_however_often_the_sealer_runs():
    chain()
    assert seal(county=COUNTY) == 0
    assert list(Seal.objects.filter(county=COUNTY).order_by("number").values_list("number", flat=True)) == [
        1, 2, 3, 4, 5, 6,
    ]  # fmt: skip


def test_a_long_backlog_is_sealed_in_pieces_that_make_one_chain():
    for number in range(7):
        write(number)
    assert [seal(county=COUNTY, most=3) for _ in range(4)] == [3, 3, 1, 0]
    assert found() == []
    assert list(breaks(county=COUNTY, chunk=2)) == []


def test_counties_have_chains_of_their_own():
    chain(2)
    write(county="370798")
    assert seal(county="370798") == 1
    assert Seal.objects.get(county="370798").before == BEGINNING
    assert list(breaks(county="370798")) == []


def test_an_entry_that_comes_late_with_an_early_id_is_sealed_after_the_others():
    chain()
    late = Entry(county=COUNTY, id=uuid.UUID(int=7 << 76), at=AT, actor="a", act="b", subject="c", subject_id="d")
    late.save(force_insert=True)
    assert seal(county=COUNTY) == 1
    assert Seal.objects.get(county=COUNTY, entry=late).number == 7
    assert found() == []


def test_a_place_in_the_chain_is_taken_once():
    chain(2)
    first = Seal.objects.get(county=COUNTY, number=1)
    for fields in ({"number": 1}, {"before": first.before}, {"entry": first.entry}):
        given_ = {"number": 9, "before": "9" * 64, "digest": "8" * 64, "entry": write(), **fields}
        with pytest.raises(IntegrityError), transaction.atomic():
            Seal.objects.create(county=COUNTY, **given_)


def test_the_second_of_two_sealers_writes_nothing(monkeypatch):
    chain(2)
    write(3)
    stale = Seal.objects.filter(county=COUNTY).order_by("-number")[1]
    monkeypatch.setattr(type(Seal.objects.filter()), "first", lambda self: stale)
    assert seal(county=COUNTY) == 0
    monkeypatch.undo()
    assert seal(county=COUNTY) == 1
    assert found() == []


CHANGED = {
    "id": new_id(),
    "county": "370798",
    "at": AT,
    "actor": "somebody",
    "behalf_of": new_id(),
    "act": "grant.revoke",
    "subject": "bill",
    "subject_id": "0",
    "reason": "",
    "detail": {"amount_fen": 999},
}


def test_the_attacks_below_change_every_column():
    assert set(CHANGED) == {field.attname for field in Entry._meta.local_fields}


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("column", sorted(CHANGED))
def test_a_change_of_any_column_of_an_entry_is_found(column):
    chain()
    middle = Seal.objects.get(county=COUNTY, number=3).entry_id
    Entry.objects.filter(county=COUNTY, id=middle).update(**{column: CHANGED[column]})
    faults = found()
    Entry.objects.filter(id__in=[middle, CHANGED["id"]]).update(county=COUNTY, id=middle)
    assert faults != []
    assert all("seal 3" in sentence for sentence in faults)


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("moved", [{"behalf_of": None}, {"detail": {}}, {"detail": {"amount_fen": "2"}}])
def test_an_emptied_or_retyped_value_is_found(moved):
    chain()
    Entry.objects.filter(county=COUNTY, id=Seal.objects.get(county=COUNTY, number=3).entry_id).update(**moved)
    assert found() == ["seal 3: its entry was changed"]


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("column", ["number", "before", "digest", "entry"])
def test_a_change_of_any_column_of_a_seal_is_found(column):
    chain()
    value = {"number": 60, "before": "a" * 64, "digest": "b" * 64, "entry": write()}[column]
    Seal.objects.filter(county=COUNTY, number=3).update(**{column: value})
    assert found() != []


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("number", range(1, 6))
def test_a_deleted_entry_and_its_seal_are_missed_wherever_they_stood(number):
    chain()
    link = Seal.objects.get(county=COUNTY, number=number)
    Seal.objects.filter(county=COUNTY, id=link.id).delete()
    assert found()[0] == f"seal {number} is missing"
    Entry.objects.filter(county=COUNTY, id=link.entry_id).delete()
    assert found()[0] == f"seal {number} is missing"


@pytest.mark.usefixtures("unguarded")
def test_a_deleted_entry_is_missed_when_only_its_seal_is_left():
    chain()
    link = Seal.objects.get(county=COUNTY, number=2)
    Entry.objects.filter(county=COUNTY, id=link.entry_id)._raw_delete("default")
    try:
        assert found() == ["seal 2: its entry is gone"]
    finally:
        link.delete()


@pytest.mark.usefixtures("unguarded")
@pytest.mark.parametrize("kept", range(6))
def test_a_tail_cut_off_is_missed_by_who_kept_the_head_elsewhere(kept):
    chain()
    anchor = head(county=COUNTY)
    gone = list(Seal.objects.filter(county=COUNTY, number__gt=kept).values_list("entry_id", flat=True))
    Seal.objects.filter(county=COUNTY, number__gt=kept).delete()
    Entry.objects.filter(county=COUNTY, id__in=gone).delete()
    assert found() == [], "from inside the database nothing is to be seen"
    assert found(anchor=anchor) == ["the chain ends before seal 6, whose digest was kept outside"]


@pytest.mark.usefixtures("unguarded")
def test_a_chain_computed_anew_is_found_by_who_kept_the_head_elsewhere():
    chain()
    anchor = head(county=COUNTY)
    first = Seal.objects.select_related("entry").get(county=COUNTY, number=1)
    Entry.objects.filter(county=COUNTY, id=first.entry_id).update(reason="另一个理由")
    Seal.objects.filter(county=COUNTY).delete()
    seal(county=COUNTY)
    assert found() == []
    assert found(anchor=anchor) == ["seal 6 differs from the digest kept outside"]


def test_the_head_of_an_empty_chain_is_its_beginning():
    assert (head(county=COUNTY).number, head(county=COUNTY).digest) == (0, BEGINNING)
    assert found(anchor=head(county=COUNTY)) == []


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=8),
        st.integers(-(2**53), 2**53)
        | st.booleans()
        | st.none()
        | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
        max_size=5,
    ),
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)),
)
def test_what_the_database_gives_back_has_the_digest_of_what_was_written(detail, moment):
    entry = Entry.objects.create(
        county=COUNTY,
        at=moment.replace(tzinfo=timezone.utc),
        actor="松",
        act="a.b",
        subject="s",
        subject_id=str(date(2026, 3, 1)),
        detail=detail,
    )
    kept = Entry.objects.get(county=COUNTY, id=entry.id)
    assert digest(kept, BEGINNING) == digest(entry, BEGINNING)
