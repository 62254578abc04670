"""Forms in every stage of being filled in, photographs and signatures, for the stories of this package and its door."""

from __future__ import annotations

import io
from datetime import date, datetime

from PIL import Image, ImageDraw

from songhe.access.models import Account
from songhe.assessment import draft, sign
from songhe.assessment.models import Assessment, Draft
from songhe.assessment.scale import find
from songhe.assessment.tests import world
from songhe.assessment.tests.test_submit import information

ON = date(2026, 2, 9)


def scores(digits: str = world.MODERATE) -> dict[str, int]:
    values = [int(each) for each in digits.replace(" ", "")]
    return {item.code: value for item, value in zip(find("gbt-42195-2022").items, values, strict=True)}


def photo(size=(800, 600), kind="JPEG", **more) -> bytes:
    made = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(made, kind, **more)
    return made.getvalue()


def drawn(*, empty=False) -> bytes:
    picture = Image.new("RGBA", (600, 240), (0, 0, 0, 0))
    if not empty:
        ImageDraw.Draw(picture).line([(40, 200), (200, 40), (380, 180), (560, 60)], fill=(20, 30, 25, 255), width=6)
    made = io.BytesIO()
    picture.save(made, "PNG")
    return made.getvalue()


def account_of(worker) -> Account:
    found = Account.objects.filter(username=worker.account).first()
    return found or Account.objects.create(
        username=worker.account, display_name=worker.name, opened_at=world.at(date(2025, 1, 1))
    )


def begun(found: Assessment | None = None, *, on=ON) -> tuple[Assessment, Draft]:
    found = found or world.assigned(world.elder(), on=on)
    return found, draft.begin(assessment=found, at=world.at(on), on=on, by=found.first_assessor.account)


def filled(found: Assessment | None = None, *, on=ON, digits=world.MODERATE, **fields) -> tuple[Assessment, Draft]:
    found, held = begun(found, on=on)
    changes = {**scores(digits), **information(), **fields}
    held, _ = draft.save(
        assessment=found, changes=changes, base=held.version, at=world.at(on), by=found.first_assessor.account
    )
    return found, held


def signs(found: Assessment, held: Draft, worker, *, on=ON, at: datetime | None = None, **way) -> sign.Signed:
    return sign.sign(
        assessment=found,
        seen=way.pop("seen", None) or draft.content(found, held),
        at=at or world.at(on, 11),
        on=on,
        by=account_of(worker),
        **(way or {"typed": worker.name}),
    )
