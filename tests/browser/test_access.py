"""Every page of the desk in every skin: nothing in anybody's way, nothing pushed off the screen."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "approver": ("inbox", "case", "letter", "people", "person", "months", "month"),
    "finance": ("statements",),
    "manager": ("statement",),
}
SKINS = (
    {"size": "std", "theme": "light", "language": "zh-hans"},
    {"size": "large", "theme": "dark", "language": "en"},
    {"size": "xl", "theme": "contrast", "language": "zh-hans"},
)


@pytest.mark.parametrize("skin", SKINS, ids=lambda skin: skin["theme"])
def test_every_page_of_the_desk_is_open_to_everybody(desk, accessibility, skin):
    found = []
    for username, pages in PAGES.items():
        desk.page.context.clear_cookies()
        desk.enter(username)
        desk.skin(**skin)
        for name in pages:
            desk.go(name)
            desk.page.wait_for_load_state("networkidle")
            found += [f"{name}: {fault}" for fault in accessibility(desk.page)]
    assert found == []


@pytest.mark.parametrize(("width", "size"), [(320, "std"), (390, "xl"), (1440, "std")])
def test_no_page_is_wider_than_the_screen(desk, width, size):
    desk.page.set_viewport_size({"width": width, "height": 800})
    wide = []
    for username, pages in PAGES.items():
        desk.page.context.clear_cookies()
        desk.enter(username)
        desk.skin(size=size, theme="light")
        for name in pages:
            desk.go(name)
            over = desk.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            if over > 0:
                wide.append(f"{name}: {over} px too wide")
    assert wide == []
