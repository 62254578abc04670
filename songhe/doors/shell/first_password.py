"""The page behind a link of the administrator's: whoever holds it chooses a password, once."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from songhe.access.password import choose_password, owner_of_link
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.sessions import end_all
from songhe.kernel.refusal import Refusal


class PasswordForm(forms.Form):
    password = forms.CharField(
        label=gettext_lazy("新密码"),
        max_length=128,
        help_text=gettext_lazy("不要用生日、电话或别处用过的密码。"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )
    again = forms.CharField(
        label=gettext_lazy("再输一次"),
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
    )

    def clean(self) -> dict[str, str]:
        told = super().clean() or {}
        if told.get("password") and told.get("again") and told["password"] != told["again"]:
            self.add_error("again", _("两次输入的密码不一样。"))
        return told


@require_http_methods(["GET", "HEAD", "POST"])
def first_password(request: DoorRequest, account_id: int, secret: str) -> HttpResponse:
    """Choose a password. Refuses with ``access.link_over`` once it was used, or after three days."""
    account = owner_of_link(account_id=account_id, secret=secret, machine_at=request.server_at)
    form = PasswordForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                choose_password(
                    account_id=account_id,
                    secret=secret,
                    password=form.cleaned_data["password"],
                    at=request.at,
                    machine_at=request.server_at,
                )
            except Refusal as refusal:
                form.add_error("password", refusal.message(get_language() or "zh"))
            else:
                end_all(request, account)
                messages.success(request, _("密码已设好，请登录。"))
                return HttpResponseRedirect(reverse("sign-in"))
    return render(request, "shell/first_password.html", {"form": form, "owner": account}, status=status)
