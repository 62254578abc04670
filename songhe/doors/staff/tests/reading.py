"""What a page says, and how its forms are filled in and sent, as a browser without scripts would."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client

FORM = re.compile(r"<form\b[^>]*\bmethod=\"post\"[^>]*>.*?</form>", re.S)
HIDDEN = re.compile(r"<input type=\"hidden\" name=\"(\w+)\"(?: value=\"([^\"]*)\")?")


def text(response: Any) -> str:
    """What a reader sees."""
    main = response.content.decode().partition("<main")[2] or response.content.decode()
    plain = re.sub(r"<[^>]*>", " ", main)
    return re.sub(r"\s+", " ", html.unescape(plain))


def forms(response: Any) -> dict[str, dict[str, str]]:
    """The hidden values of every form that acts, by its address."""
    found = {}
    for form in FORM.findall(response.content.decode()):
        address = re.search(r'\baction="([^"]*)"', form)
        assert address
        found[html.unescape(address[1])] = {
            name: html.unescape(value) for name, value in HIDDEN.findall(form) if name != "csrfmiddlewaretoken"
        }
    return found


def form_for(response: Any, ending: str) -> tuple[str, dict[str, str]]:
    """The address and the hidden values of the form whose address ends so."""
    found = forms(response)
    address = next((one for one in found if one.endswith(ending)), None)
    assert address is not None, f"no form for {ending} among {sorted(found)}"
    return address, found[address]


def send(client: Client, page: str, ending: str, **filled: Any) -> Any:
    """Open the page, fill in the form, send it."""
    address, hidden = form_for(client.get(page), ending)
    return client.post(address, {**hidden, **filled})
