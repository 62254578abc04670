from datetime import datetime, timezone

import pytest
from django.db import DatabaseError, transaction

from songhe.county.key import new_id
from songhe.ledger.fund import open_fund
from songhe.ledger.models import Fund
from songhe.trail.models import Entry
from songhe.trail.note import note

pytestmark = pytest.mark.django_db

COUNTY = "370799"
AT = datetime(2026, 3, 10, 2, tzinfo=timezone.utc)


def write(**more):
    given = {"county": COUNTY, "at": AT, "actor": "clerk", "act": "a.b", "subject": "s", "subject_id": new_id()}
    return note(**{**given, **more})


def test_an_act_is_noted_with_what_it_was_about():
    subject = new_id()
    write(subject_id=subject, reason="本人来电", amount_fen=5)
    kept = Entry.objects.get(county=COUNTY)
    assert (kept.subject_id, kept.reason, kept.detail, kept.at) == (str(subject), "本人来电", {"amount_fen": 5}, AT)


def test_an_act_that_cannot_be_noted_is_not_done():
    with pytest.raises(DatabaseError), transaction.atomic():
        open_fund(county=COUNTY, code="f", name="f")
        write(actor=None)
    assert not Fund.objects.filter(county=COUNTY).exists()


@pytest.mark.parametrize("attack", ["update", "save", "delete"])
def test_what_was_noted_stays(attack):
    entry = write()
    rows = Entry.objects.filter(county=COUNTY)
    acts = {"update": lambda: rows.update(reason="x"), "save": entry.save, "delete": rows.delete}
    entry.reason = "x"
    with pytest.raises(DatabaseError), transaction.atomic():
        acts[attack]()
    assert Entry.objects.get(county=COUNTY).reason == ""
