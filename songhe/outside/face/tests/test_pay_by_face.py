"""A face pays only with the elder's consent, only when it was surely recognised, and once for each look."""

from __future__ import annotations

from datetime import timedelta

import pytest

from songhe.assessment.tests.world import at
from songhe.card import face
from songhe.card import open as cards
from songhe.card.close import close_after_death, close_by_wish
from songhe.card.models import Face
from songhe.card.tests.world import JINDONG, LISHUI, TENTH, made_card
from songhe.jobs.models import Outgoing
from songhe.kernel.refusal import Refusal
from songhe.outside.face.sandbox import SILENT, SandboxFaces
from songhe.person import code, event
from songhe.person.models import Medium
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db

DONE = {"at": at(TENTH), "by": "clerk"}


@pytest.fixture
def faces(tmp_path):
    return SandboxFaces(tmp_path)


def enrolled(faces, card=None):
    card = card or made_card()
    row = face.agree(card=card, on=TENTH, **DONE)
    faces.take(row.reference, at=at(TENTH))
    return face.make_ready(card=card, faces=faces, on=TENTH, **DONE)


def ticket(faces, row, *, permille=990, moment=None):
    return face.FORM + faces.stand(row.reference if row else None, permille=permille, at=moment or at(TENTH))


def seen(faces, given, *, moment=None, counties=(LISHUI,)):
    return face.recognise(
        given=given, counties=counties, faces=faces, at=moment or at(TENTH), reader="provider:1", by="till"
    )


def served(given):
    return code.who(county=LISHUI, given=given, confirmed_by="", at=at(TENTH), reader="provider:1")


def refused(call, *given, **named):
    with pytest.raises(Refusal) as refusal:
        call(*given, **named)
    return refusal.value.code


def test_who_agreed_and_was_recognised_pays_as_with_a_telephone(faces):
    row = enrolled(faces)
    found = served(seen(faces, ticket(faces, row)))
    assert (found.medium.person_id, found.needs_second_factor) == (row.card.person_id, False)
    noted = Entry.objects.get(county=LISHUI, act="card.recognise_face")
    assert (noted.detail["permille"], noted.detail["reader"], noted.actor) == (990, "provider:1", "till")


def test_one_look_pays_once_however_often_its_ticket_is_sent(faces):
    given = ticket(faces, enrolled(faces))
    first, second = seen(faces, given), seen(faces, given, moment=at(TENTH) + timedelta(seconds=40))
    assert first == second
    code.burn(served(first))
    assert refused(code.burn, served(second)) == "person.code_used"


def test_consent_alone_is_not_enough_the_service_must_have_the_face(faces):
    card = made_card()
    row = face.agree(card=card, on=TENTH, **DONE)
    assert face.make_ready(card=card, faces=faces, on=TENTH, **DONE).state == "agreed"
    assert not Medium.objects.filter(person=card.person_id, kind="face").exists()
    faces.take(row.reference, at=at(TENTH))
    assert refused(seen, faces, ticket(faces, row)) == "card.face_unknown"
    for _ in range(2):
        assert face.make_ready(card=card, faces=faces, on=TENTH, **DONE).state == "ready"
    assert Medium.objects.filter(person=card.person_id, kind="face").count() == 1


def test_below_the_threshold_nothing_is_paid_and_the_doubt_is_noted(faces, settings):
    settings.FACE_PERMILLE = 950
    row = enrolled(faces)
    assert refused(seen, faces, ticket(faces, row, permille=949)) == "card.face_not_sure"
    assert Entry.objects.get(county=LISHUI, act="card.doubt_face").detail["permille"] == 949
    assert seen(faces, ticket(faces, row, permille=950))


def test_nobody_known_a_forged_ticket_a_stale_one_and_silence_are_told_apart(faces):
    row = enrolled(faces)
    assert refused(seen, faces, ticket(faces, None)) == "card.face_unknown"
    assert refused(seen, faces, "F1.000000") == "card.face_not_genuine"
    assert refused(seen, faces, f"F1.{SILENT}") == "card.face_not_reached"
    old = ticket(faces, row, moment=at(TENTH) - timedelta(seconds=61))
    assert refused(seen, faces, old) == "card.face_too_old"
    assert refused(seen, faces, ticket(faces, row), counties=(JINDONG,)) == "card.face_unknown"


def test_consent_that_is_taken_back_stops_the_face_at_once_and_the_service_forgets(faces):
    row = enrolled(faces)
    shown = seen(faces, ticket(faces, row))
    assert refused(face.withdraw, card=row.card, because=" ", **DONE) == "card.say_why"
    ended = face.withdraw(card=row.card, because="不想刷了", **DONE)
    assert (ended.state, ended.withdrawn_by) == ("withdrawn", "clerk")
    assert refused(seen, faces, ticket(faces, row)) == "card.face_unknown"
    assert refused(served, shown) == "person.medium_ended"
    asked = Outgoing.objects.get(county=LISHUI, topic=face.TOPIC)
    for _ in range(2):
        face.forget(county=LISHUI, face_id=asked.about, faces=faces, at=at(TENTH))
    assert not faces.enrolled(row.reference)
    assert Face.objects.get(id=row.id).forgotten_at == at(TENTH)
    assert refused(face.withdraw, card=row.card, because="x", **DONE) == "card.face_not_agreed"
    assert enrolled(faces, row.card).reference != row.reference


def test_nobody_agrees_twice(faces):
    row = enrolled(faces)
    assert refused(face.agree, card=row.card, on=TENTH, **DONE) == "card.face_agreed"
    assert refused(face.make_ready, card=made_card(), faces=faces, on=TENTH, **DONE) == "card.face_not_agreed"


def test_a_lost_or_frozen_card_pays_nothing_by_face_and_the_consent_stays(faces):
    row = enrolled(faces)
    cards.report_lost(card=row.card, because="丢了", **DONE)
    assert refused(seen, faces, ticket(faces, row)) == "card.lost"
    cards.replace(card=row.card, because="补卡", on=TENTH, **DONE)
    assert seen(faces, ticket(faces, row))
    cards.freeze(card=row.card, because="查", **DONE)
    assert refused(seen, faces, ticket(faces, row)) == "card.frozen"
    assert refused(face.agree, card=row.card, on=TENTH, **DONE) == "card.frozen"


def test_it_ends_with_the_card_and_with_a_death(faces):
    closed, dead = enrolled(faces), enrolled(faces)
    close_by_wish(card=closed.card, because="不用了", on=TENTH, **DONE)
    told = event.report(
        person=dead.card.person, kind="death", happened_on=TENTH, source="家属", on=TENTH, at=at(TENTH), by="family"
    )
    event.verify(event=told, on=TENTH, **DONE)
    assert refused(seen, faces, ticket(faces, dead)) == "card.face_unknown"
    close_after_death(county=LISHUI, person_id=dead.card.person_id, on=TENTH, **DONE)
    assert set(Face.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert Outgoing.objects.filter(county=LISHUI, topic=face.TOPIC).count() == 2


def test_what_the_service_is_told_names_nobody(faces):
    row = enrolled(faces)
    assert row.card.person.name not in row.reference
    assert row.reference == f"{LISHUI}{row.id.hex}"
