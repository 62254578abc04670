"""People with numbers of their own, browsers for them and for a clerk, and forms filled in as by hand."""

from __future__ import annotations

import html
import io
import re
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from songhe.access import login
from songhe.access.models import Account
from songhe.assessment.tests import world
from songhe.doors.shell import clock
from songhe.doors.shell.tests.conftest import no_language_stays_behind, server_clock, unknown_variables_fail
from songhe.doors.shell.translate import compile_catalogues
from songhe.notice.models import SandboxMessage
from songhe.person.models import Person
from songhe.person.register import register
from songhe.person.tests.conftest import id_number
from songhe.place.calendar import load_shipped_calendars
from songhe.place.division import load_sample_county

__all__ = ["no_language_stays_behind", "server_clock", "unknown_variables_fail"]

compile_catalogues()

DAY = date(2026, 3, 10)
AT = world.at(DAY)
COUNTY, ELSEWHERE = world.COUNTY, "370703"
VILLAGE = "370799100201"


@pytest.fixture(autouse=True)
def practice(db: None, settings: Any, tmp_path: Any) -> None:
    """Every page of these tests is asked for on the tenth of March 2026, in the sample county."""
    settings.MEDIA_ROOT = tmp_path
    clock.set_practice_day(DAY)
    load_sample_county()
    load_shipped_calendars()


def person(name: str, *, sequence: int, born: date = date(1950, 5, 5), phone: str = "", **more: Any) -> Person:
    """Somebody on the register, with a number."""
    return register(
        county=COUNTY,
        place=more.pop("place", VILLAGE),
        name=name,
        id_number=id_number(born, sequence),
        phone=phone,
        on=DAY,
        at=AT,
        by="clerk",
        **more,
    ).person


def granny(**more: Any) -> Person:
    return person("王秀兰", sequence=2, phone="13800001234", **more)


def daughter(**more: Any) -> Person:
    return person("李梅", sequence=12, born=date(1975, 3, 3), phone="13800005678", **more)


def citizen(of: Person, username: str, *, phone: str = "") -> Client:
    """A browser in which the person is signed in with a login of their own file."""
    made = _account(username, of.name, phone)
    login.appoint(
        account=made, role="citizen", place=COUNTY, person_id=of.id, valid_from=date(2026, 1, 1), by=None, at=AT
    )
    return browser(made)


def clerk(username: str = "clerk", *, place: str = COUNTY) -> Client:
    made = _account(username, f"{username}的名字", "")
    login.appoint(account=made, role="county_clerk", place=place, valid_from=date(2026, 1, 1), by=None, at=AT)
    return browser(made)


def _account(username: str, name: str, phone: str) -> Account:
    return login.open_account(username=username, display_name=name, password=None, phone=phone, at=AT, practice=True)


def browser(account: Account) -> Client:
    client = Client()
    client.force_login(account)
    return client


def text(response: Any) -> str:
    """What a reader sees."""
    page = response.content.decode()
    main = page.partition("<main")[2].partition("</main>")[0] or page
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", main)))


FORM = re.compile(r"<form\b[^>]*>.*?</form>", re.S)
HIDDEN = re.compile(r"<input type=\"hidden\" name=\"(\w+)\"(?: value=\"([^\"]*)\")?")


def fill(client: Client, page: str, *, to: str = "", **filled: Any) -> Any:
    """Open the page, fill in the form that goes ``to`` an address with this ending (the page's own), send it."""
    shown = client.get(page)
    assert shown.status_code == 200, (shown.status_code, text(shown)[:300])
    for form in FORM.findall(shown.content.decode()):
        action = re.search(r'<form[^>]*\baction="([^"]*)"', form)
        address = html.unescape(action[1]) if action else page
        names = set(re.findall(r'name="(\w+)"', form))
        if address.endswith(to or page) and set(filled) <= names:
            hidden = {name: html.unescape(value) for name, value in HIDDEN.findall(form)}
            return client.post(address, {**hidden, **filled})
    raise AssertionError(f"no form on {page} takes {sorted(filled)}")


def photo(colour: str = "white", name: str = "photo.jpg") -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (80, 60), colour).save(made, "JPEG", exif=b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0")
    return SimpleUploadedFile(name, made.getvalue(), content_type="image/jpeg")


def code_sent_to(phone: str) -> str:
    """The code in the last text that the sandbox was given for this telephone."""
    words = SandboxMessage.objects.filter(phone=phone).order_by("-at", "-pk").first()
    assert words is not None
    found = re.search(r"\d{6}", words.text)
    assert found
    return found[0]
