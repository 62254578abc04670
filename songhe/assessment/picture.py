"""Photographs and drawn signatures as they are kept: small, and without what the camera wrote into them."""

from __future__ import annotations

import io

from PIL import Image

from songhe.document.upload import PICTURE, accept
from songhe.kernel.refusal import reason

#: A photograph may come in as large as a telephone makes it; it is kept no larger than this.
MOST_BYTES_IN = 10 * 1024 * 1024
MOST_BYTES_KEPT = 2 * 1024 * 1024
LONGEST_SIDE = 1600

MOST_DRAWING_BYTES = 512 * 1024
DRAWING_SIZE = (1200, 480)
#: Fewer dark points than this are a slip of the finger.
LEAST_INK = 60

DRAWING_EMPTY = reason(
    "assessment.drawing_empty", zh="签名框里还没有签名。", en="Nothing has been signed in the box yet."
)


def photograph(content: bytes) -> bytes:
    """A JPEG of at most 1600 points a side and 2 MB, upright, without position, time or camera.

    Refuses with ``document.upload_*`` as ``songhe.document.upload.accept`` does.
    """
    taken = accept(io.BytesIO(content), PICTURE, MOST_BYTES_IN)
    picture = Image.open(io.BytesIO(taken.content))
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = _on_white(picture)
    for quality in (85, 70, 50, 30):
        made = io.BytesIO()
        plain.save(made, "JPEG", quality=quality, optimize=True)
        if made.tell() <= MOST_BYTES_KEPT:
            break
    return made.getvalue()


def drawing(content: bytes) -> bytes:
    """A signature as a PNG in greys.

    Refuses with ``document.upload_*``, or with ``assessment.drawing_empty`` where nothing was drawn.
    """
    taken = accept(io.BytesIO(content), {"png"}, MOST_DRAWING_BYTES)
    picture = Image.open(io.BytesIO(taken.content))
    picture.thumbnail(DRAWING_SIZE)
    plain = _on_white(picture).convert("L")
    if sum(plain.histogram()[:128]) < LEAST_INK:
        raise DRAWING_EMPTY("drawing")
    made = io.BytesIO()
    plain.save(made, "PNG", optimize=True)
    return made.getvalue()


def _on_white(picture: Image.Image) -> Image.Image:
    """What is transparent becomes white."""
    drawn = picture.convert("RGBA")
    plain = Image.new("RGB", drawn.size, "white")
    plain.paste(drawn, mask=drawn.getchannel("A"))
    return plain
