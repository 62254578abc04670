"""Every page of the desk in every skin: nothing in anybody's way, nothing pushed off the screen."""

from __future__ import annotations

import pytest

from tests.browser.conftest import LANGUAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "approver": ("inbox", "case", "letter", "people", "person", "months", "month"),
    "finance": ("statements",),
    "manager": ("statement",),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_of_the_desk_is_open_to_everybody_and_fits_every_screen(desk, look, language):
    found = []
    for username, pages in PAGES.items():
        desk.page.context.clear_cookies()
        desk.enter(username)
        desk.skin(language=language)
        for name in pages:
            desk.go(name)
            found += look(desk.page, name)
    assert found == []
