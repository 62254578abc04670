import io

import pytest
from PIL import Image

from songhe.assessment import draft, picture
from songhe.assessment.tests import paper
from songhe.assessment.tests.paper import ON
from songhe.assessment.tests.test_request import refused
from songhe.assessment.tests.world import at
from songhe.document.file import read_file
from songhe.kernel.refusal import Refusal


def test_a_photograph_is_made_small_and_forgets_where_it_was_taken():
    exif = Image.Exif()
    exif[0x010F] = "相机"
    exif.get_ifd(0x8825)[1] = "N"
    kept = picture.photograph(paper.photo((3000, 2000), exif=exif))
    redrawn = Image.open(io.BytesIO(kept))
    assert (redrawn.format, redrawn.size) == ("JPEG", (1600, 1067))
    assert not redrawn.getexif()
    assert len(kept) <= picture.MOST_BYTES_KEPT


def test_a_photograph_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    assert Image.open(io.BytesIO(picture.photograph(paper.photo((400, 300), exif=exif)))).size == (300, 400)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "upload_empty"),
        (b"%PDF-1.7", "upload_kind"),
        (b"<svg onload='alert(1)'/>", "upload_kind"),
        (b"\xff\xd8\xff\xe0 not a picture", "upload_damaged"),
        (b"\xff\xd8\xff" + b"0" * picture.MOST_BYTES_IN, "upload_too_large"),
    ],
)
def test_what_is_no_photograph_is_refused(content, code):
    with pytest.raises(Refusal) as raised:
        picture.photograph(content)
    assert raised.value.code == f"document.{code}"


def test_a_signature_is_drawn_anew_in_greys():
    kept = Image.open(io.BytesIO(picture.drawing(paper.drawn())))
    assert (kept.format, kept.mode, kept.size) == ("PNG", "L", (600, 240))


def test_an_empty_box_is_no_signature():
    with pytest.raises(Refusal) as raised:
        picture.drawing(paper.drawn(empty=True))
    assert raised.value.code == "assessment.drawing_empty"


@pytest.mark.django_db
def test_a_photograph_is_kept_with_the_form_and_a_later_one_takes_its_place():
    found, _ = paper.begun()
    by = paper.account_of(found.first_assessor)
    first = draft.attach_photo(assessment=found, content=paper.photo(), at=at(ON), by=by).photo
    second = draft.attach_photo(assessment=found, content=paper.photo(), at=at(ON), by=by).photo
    assert (first.id != second.id, second.kind, second.uploaded_by) == (True, "jpg", by)
    assert read_file(second).startswith(b"\xff\xd8\xff")
    by.username = "somebody"
    assert refused("not_named", draft.attach_photo, assessment=found, content=paper.photo(), at=at(ON), by=by)
