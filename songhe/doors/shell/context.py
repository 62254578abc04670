"""What every template may say about the page it is on, worked out only when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language

from songhe import __version__
from songhe.access.models import Account
from songhe.access.role import Role
from songhe.access.scope import appointments
from songhe.doors.may import may, roles
from songhe.doors.shell import navigation
from songhe.doors.shell.models import SignIn, Size, Theme
from songhe.doors.shell.preferences import SIZE_COOKIE, THEME_COOKIE
from songhe.doors.shell.spoken import is_chinese
from songhe.kernel.refusal import Refusal
from songhe.place.division import name_path

LARGE_BY_DEFAULT = "/my/"


@dataclass(frozen=True)
class Choice:
    """One position of a switch."""

    value: str
    word: str
    chosen: bool
    sign: str = ""


class Shell:
    """The frame around a page: who, where, when, and how it looks."""

    version = __version__

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.request_id: str = getattr(request, "request_id", "")
        self.practice: bool = getattr(request, "practice", False)
        self.on: date | None = getattr(request, "on", None)
        self.at: datetime | None = getattr(request, "at", None)

    @cached_property
    def language(self) -> str:
        return get_language() or settings.LANGUAGE_CODE

    @property
    def html_lang(self) -> str:
        return "zh-CN" if is_chinese(self.language) else "en"

    @property
    def other_language(self) -> Choice:
        """The switch is written in the language that it leads to."""
        return Choice("en", "English", False) if is_chinese(self.language) else Choice("zh-hans", "中文", False)

    @cached_property
    def size(self) -> str:
        """As it was chosen on this device; elders' pages are large until somebody chooses otherwise."""
        kept = self.request.COOKIES.get(SIZE_COOKIE, "")
        if kept in Size.values:
            return kept
        return Size.LARGE if self.request.path.startswith(LARGE_BY_DEFAULT) else Size.STD

    @cached_property
    def theme(self) -> str:
        kept = self.request.COOKIES.get(THEME_COOKIE, "")
        return kept if kept in Theme.values else Theme.AUTO

    @property
    def sizes(self) -> list[Choice]:
        return [Choice(size.value, str(size.label), size == self.size) for size in Size]

    @property
    def themes(self) -> list[Choice]:
        signs = {Theme.AUTO: "refresh", Theme.LIGHT: "sun", Theme.DARK: "moon", Theme.CONTRAST: "half"}
        return [Choice(theme.value, str(theme.label), theme == self.theme, signs[theme]) for theme in Theme]

    @property
    def here(self) -> str:
        """Where a switch comes back to."""
        return self.request.get_full_path() if self.request.method == "GET" else "/"

    @cached_property
    def account(self) -> Account | None:
        user = getattr(self.request, "user", None)
        return user if isinstance(user, Account) else None

    @cached_property
    def role_names(self) -> list[str]:
        if self.account is None or self.on is None:
            return []
        return sorted(str(role.label) for role in roles(self.account, self.on))

    @cached_property
    def last_sign_in(self) -> SignIn | None:
        """The sign-in before the present one."""
        if self.account is None:
            return None
        return SignIn.objects.filter(account=self.account).order_by("-at", "-pk")[1:2].first()

    @cached_property
    def inbox_address(self) -> str:
        """Where a citizen reads what they were told."""
        if self.account is None or self.on is None or Role.CITIZEN not in roles(self.account, self.on):
            return ""
        return reverse("elder:notices")

    @property
    def works_without_network(self) -> bool:
        """Whether the account may have left work on this device that has not been sent."""
        return self.account is not None and self.on is not None and may(self.account, "assessment.submit", self.on)

    @cached_property
    def nav(self) -> list[navigation.Shown]:
        if self.account is None or self.on is None:
            return []
        return navigation.shown(self.account, self.on, self.request.path)

    @cached_property
    def region(self) -> list[str]:
        """Province, city, county … of the place of the first appointment, for the line beside the name."""
        if self.account is None or self.on is None:
            return []
        held = appointments(self.account, self.on).first()
        if held is None:
            return []
        try:
            return list(name_path(held.place, self.on))
        except Refusal:
            # A page about something else does not fail because a division is not loaded: its code stands for it.
            return [held.place]


def shell(request: HttpRequest) -> dict[str, Any]:
    return {"shell": Shell(request)}
