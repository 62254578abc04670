"""The telephone proves itself anew 再验证一次: before somebody else is given power, or a code that pays."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from songhe.access import one_time_code
from songhe.access.models import Account
from songhe.access.one_time_code import AGAIN
from songhe.access.staying import PROVED_FOR
from songhe.doors.elder.showing import show
from songhe.doors.elder.sign_in import CodeForm, practice_code
from songhe.doors.elder.whom import account_of
from songhe.doors.may import PHONE_AT, STEP_UP_NEEDED, require
from songhe.doors.shell.preferences import safe_next
from songhe.doors.shell.request import DoorRequest, address_of
from songhe.kernel.refusal import Refusal
from songhe.notice.tell import send_code
from songhe.person.masks import mask_phone

#: In the session: that a code is under way.
SENT = "elder_again_sent"


def require_proved(request: DoorRequest) -> None:
    """Refuses with ``door.step_up_needed`` who signed in with a code longer ago than four hours.

    Whoever signed in by a password and a second factor, or at one click for practice, proved nothing by telephone and
    is not asked here.
    """
    given_at = request.session.get(PHONE_AT)
    if given_at is None or not account_of(request).phone:
        return
    if not 0 <= request.server_at.timestamp() - given_at <= PROVED_FOR.total_seconds():
        raise STEP_UP_NEEDED()


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
@require("device.own")
def again(request: DoorRequest) -> HttpResponse:
    """A code to the telephone one signs in with, and on with what one was at."""
    account = account_of(request)
    on_to = safe_next(request, reverse("elder:home"))
    if PHONE_AT not in request.session or not account.phone:
        return HttpResponseRedirect(on_to)
    form = CodeForm(auto_id="id_code_%s")
    status = 200
    if request.method == "POST":
        try:
            if "send" in request.POST:
                _send(request, account)
                return HttpResponseRedirect(f"{request.path}?{urlencode({'next': on_to})}")
            form, status = CodeForm(request.POST, auto_id="id_code_%s"), 422
            if form.is_valid():
                _check(request, account, form.cleaned_data["code"])
                return HttpResponseRedirect(on_to)
        except Refusal as refusal:
            if not form.is_bound:
                form = CodeForm({"code": " "}, auto_id="id_code_%s")
                form.errors.clear()
            form.add_error("code" if refusal.field == "code" else None, refusal.message(get_language() or "zh"))
            status = refusal.status
    sent = bool(request.session.get(SENT))
    said = {
        "form": form,
        "next": on_to,
        "phone": mask_phone(account.phone),
        "sent": sent,
        "practice_code": practice_code(request, account.phone) if sent else "",
    }
    return show(request, "elder/again.html", said, status=status)


def _send(request: DoorRequest, account: Account) -> None:
    one_time_code.ask(
        phone=account.phone,
        purpose=AGAIN,
        about=str(account.pk),
        address=address_of(request),
        at=request.server_at,
        send=lambda code: send_code(
            phone=account.phone, code=code, at=request.server_at, language=get_language() or "zh"
        ),
    )
    request.session[SENT] = True
    messages.info(request, _("新的验证码已经发出。"))


def _check(request: DoorRequest, account: Account, given: str) -> None:
    one_time_code.check(phone=account.phone, given=given, purpose=AGAIN, about=str(account.pk), at=request.server_at)
    request.session.pop(SENT, None)
    request.session[PHONE_AT] = request.server_at.timestamp()
