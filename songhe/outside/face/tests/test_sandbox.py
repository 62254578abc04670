"""The sandbox keeps to the contract of docs/ports/face.md."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest

from songhe.card.ports import NotGenuine, NotReached
from songhe.outside.face.sandbox import SILENT, SandboxFaces

AT = datetime(2026, 3, 10, 4, tzinfo=timezone.utc)
ONE = "330703" + "0" * 32


@pytest.fixture
def faces(tmp_path):
    return SandboxFaces(tmp_path)


def test_a_face_is_there_once_its_picture_was_taken_and_gone_once_forgotten(faces):
    assert faces.enrol(reference=ONE, back="/") == faces.enrol(reference=ONE, back="/")
    assert not faces.enrolled(ONE)
    faces.take(ONE, at=AT)
    assert faces.enrolled(ONE)
    for _ in range(2):
        faces.forget(ONE)
    assert not faces.enrolled(ONE)


def test_a_ticket_is_answered_in_one_way_however_often(faces):
    faces.take(ONE, at=AT)
    ticket = faces.stand(ONE, permille=970, at=AT)
    first, second = faces.match(ticket), faces.match(ticket)
    assert first == second
    assert (first.reference, first.permille, first.taken_at) == (ONE, 970, AT)


def test_whoever_it_does_not_know_or_has_forgotten_is_nobody(faces):
    assert faces.match(faces.stand(None, permille=990, at=AT)).reference is None
    faces.take(ONE, at=AT)
    ticket = faces.stand(ONE, permille=990, at=AT)
    faces.forget(ONE)
    assert faces.match(ticket).reference is None


@pytest.mark.parametrize("ticket", ["", "0" * 24, "../330703/x", "刷"])
def test_what_no_terminal_gave_is_not_genuine(faces, ticket):
    with pytest.raises(NotGenuine):
        faces.match(ticket)


def test_it_can_be_asked_not_to_answer(faces):
    with pytest.raises(NotReached):
        faces.match(SILENT)


def test_a_reference_is_no_path(faces):
    with pytest.raises(NotGenuine):
        faces.enrolled("../../x")
