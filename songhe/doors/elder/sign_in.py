"""Signing in with a telephone 手机登录: the number, the code that came, and the first time one's real name."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from songhe.access import one_time_code
from songhe.access.login import sign_in_with_code
from songhe.access.models import Account
from songhe.access.one_time_code import SIGN_IN
from songhe.doors.elder.places import PlaceFields
from songhe.doors.elder.showing import show
from songhe.doors.shell.preferences import safe_next
from songhe.doors.shell.request import DoorRequest, address_of
from songhe.doors.shell.sessions import BY_PHONE, is_of_an_office
from songhe.doors.shell.sign_in import enter
from songhe.kernel.refusal import Refusal
from songhe.kernel.typed import fold
from songhe.notice.models import SandboxMessage
from songhe.notice.tell import send_code
from songhe.person.details import read_phone
from songhe.person.masks import mask_phone
from songhe.person.ports import identifier
from songhe.person.real_name import NOT_THE_SAME, account_of_phone, open_login, prove

#: What the session knows before anybody is signed in: the telephone a code went to, and the one that gave it back.
ASKED, PROVED, PROVED_AT = "elder_phone_asked", "elder_phone_proved", "elder_phone_proved_at"
#: Whether the telephone that gave its code back is one's own and may stay signed in.
STAYS = "elder_phone_stays"
#: Names and numbers that did not fit, since the code; after five the telephone proves itself anew.
NAMES_TRIED, NAMES_ALLOWED = "elder_names_tried", 5
#: So long a proven telephone may take to say its name.
NAME_WITHIN_SECONDS = 15 * 60


class PhoneForm(forms.Form):
    phone = forms.CharField(
        label=gettext_lazy("手机号"),
        max_length=30,
        error_messages={"required": gettext_lazy("请填写手机号。")},
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel-national", "autofocus": True}),
    )

    def clean_phone(self) -> str:
        return _told(lambda: read_phone(self.cleaned_data["phone"]))


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("短信里的 6 位数字"),
        max_length=20,
        error_messages={"required": gettext_lazy("请填写短信里的数字。")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "autofocus": True}),
    )

    def clean_code(self) -> str:
        return fold(self.cleaned_data["code"])


class EnterForm(CodeForm):
    """The code of the sign-in; a telephone of one's own may stay, which is never asked where staff sign in."""

    stays = forms.BooleanField(
        label=gettext_lazy("这是我自己的手机，30 天内不用再登录"),
        help_text=gettext_lazy("借来的、公用的手机和电脑不要选。随时可以在“我的登录设备”里取消。"),
        required=False,
    )

    def __init__(self, data: Any = None, *, office: bool, **more: Any) -> None:
        super().__init__(data, **more)
        if office:
            del self.fields["stays"]


class NameForm(PlaceFields):
    name = forms.CharField(
        label=gettext_lazy("您的姓名"),
        help_text=gettext_lazy("和身份证上的一样。"),
        max_length=60,
        error_messages={"required": gettext_lazy("请填写姓名。")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    number = forms.CharField(
        label=gettext_lazy("您的身份证号码"),
        help_text=gettext_lazy("只用来核对是不是本人，加密保存。"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填写证件号码。")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    field_order = ("name", "number", "county", "town", "village")


def _told(read: Any) -> str:
    """What a reader of the registry says of a field, as an error of the form."""
    try:
        said: str = read()
    except Refusal as refusal:
        raise forms.ValidationError(refusal.message(get_language() or "zh")) from None
    return said


def in_words(refusal: Refusal) -> str:
    return refusal.message(get_language() or "zh")


@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: DoorRequest) -> HttpResponse:
    """The telephone, to which a code goes. Whether anybody is known by it is not told."""
    if isinstance(request.user, Account):
        return HttpResponseRedirect(safe_next(request, reverse("elder:home")))
    form = PhoneForm(request.POST if request.method == "POST" else None, auto_id="id_phone_%s")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                send(request, form.cleaned_data["phone"])
            except Refusal as refusal:
                form.add_error(None, in_words(refusal))
                status = refusal.status
            else:
                return HttpResponseRedirect(_with_next(request, reverse("elder:sign-in-code")))
    return show(request, "elder/sign_in_phone.html", {"form": form, "next": safe_next(request, "")}, status=status)


def send(request: DoorRequest, number: str) -> None:
    """Send a code, and remember in the session to which telephone. Refuses as ``one_time_code.ask`` does."""
    one_time_code.ask(
        phone=number,
        purpose=SIGN_IN,
        address=address_of(request),
        at=request.server_at,
        send=lambda code: send_code(phone=number, code=code, at=request.server_at, language=get_language() or "zh"),
    )
    request.session[ASKED] = number
    request.session.pop(PROVED, None)


@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: DoorRequest) -> HttpResponse:
    """The code that came; a button asks for another one after a minute."""
    number = request.session.get(ASKED)
    if not number:
        return HttpResponseRedirect(_with_next(request, reverse("elder:sign-in")))
    told: dict[str, Any] = {"auto_id": "id_code_%s", "office": is_of_an_office(request)}
    form = EnterForm(**told)
    status = 200
    if request.method == "POST" and "again" in request.POST:
        try:
            send(request, number)
            messages.info(request, _("新的验证码已经发出。"))
            return HttpResponseRedirect(_with_next(request, request.path))
        except Refusal as refusal:
            form = EnterForm({}, **told)
            form.errors.clear()
            form.add_error(None, in_words(refusal))
            status = refusal.status
    elif request.method == "POST":
        form = EnterForm(request.POST, **told)
        status = 422
        if form.is_valid():
            try:
                one_time_code.check(
                    phone=number, given=form.cleaned_data["code"], purpose=SIGN_IN, at=request.server_at
                )
            except Refusal as refusal:
                form.add_error("code", in_words(refusal))
            else:
                request.session[STAYS] = form.cleaned_data.get("stays", False)
                return proved(request, number)
    said = {
        "form": form,
        "phone": mask_phone(number),
        "next": safe_next(request, ""),
        "practice_code": practice_code(request, number),
        "wait": one_time_code.wait_seconds(phone=number, at=request.server_at),
    }
    return show(
        request, "elder/sign_in_code.html", said, back=_with_next(request, reverse("elder:sign-in")), status=status
    )


def proved(request: DoorRequest, number: str) -> HttpResponse:
    """Somebody holds the telephone: in with whom we know, on to the name for everybody else."""
    account = account_of_phone(number, request.on)
    if account is not None:
        return go_in(request, account)
    request.session[PROVED], request.session[PROVED_AT] = number, request.server_at.timestamp()
    return HttpResponseRedirect(_with_next(request, reverse("elder:sign-in-name")))


@sensitive_post_parameters("number")
@require_http_methods(["GET", "HEAD", "POST"])
def name(request: DoorRequest) -> HttpResponse:
    """The first time: real name and ID number, and where one lives if no file knows it."""
    number = request.session.get(PROVED)
    if not number or request.server_at.timestamp() - request.session.get(PROVED_AT, 0) > NAME_WITHIN_SECONDS:
        return HttpResponseRedirect(_with_next(request, reverse("elder:sign-in")))
    form = NameForm(on=request.on, data=request.POST if request.method == "POST" else None, auto_id="id_name_%s")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                known = prove(
                    name=form.cleaned_data["name"],
                    number=form.cleaned_data["number"],
                    kind="resident",
                    identifier=identifier(),
                    on=request.on,
                    at=request.at,
                )
                if known.file is None and not form.place:
                    form.ask_for_place()
                    status = 200 if form.first_asked else 422
                else:
                    account = open_login(
                        known=known,
                        phone=number,
                        place=form.place,
                        on=request.on,
                        at=request.at,
                    )
                    return go_in(request, account)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, in_words(refusal))
                status = refusal.status
                if refusal.reason is NOT_THE_SAME and tried_too_often(request):
                    messages.error(request, _("姓名和证件号码 5 次都对不上，请重新发验证码，或带证件到窗口。"))
                    return HttpResponseRedirect(reverse("elder:sign-in"))
    said = {"form": form, "next": safe_next(request, ""), "practice": request.practice}
    return show(
        request, "elder/sign_in_name.html", said, back=_with_next(request, reverse("elder:sign-in")), status=status
    )


def tried_too_often(request: DoorRequest) -> bool:
    """One more name that did not fit; after five the proof of the telephone is spent."""
    tried = request.session.get(NAMES_TRIED, 0) + 1
    request.session[NAMES_TRIED] = tried
    if tried < NAMES_ALLOWED:
        return False
    for key in (PROVED, PROVED_AT, NAMES_TRIED):
        request.session.pop(key, None)
    return True


def go_in(request: DoorRequest, account: Account) -> HttpResponse:
    stays = bool(request.session.get(STAYS))
    for key in (ASKED, PROVED, PROVED_AT, NAMES_TRIED, STAYS):
        request.session.pop(key, None)
    request.session[BY_PHONE] = {"account": account.pk, "stays": stays}
    sign_in_with_code(account=account, at=request.at)
    return enter(request, account, means="phone")


def practice_code(request: DoorRequest, number: str) -> str:
    """The code as the sandbox was given it, for who practises; a real database has no sandbox and shows nothing."""
    if not request.practice or not settings.MESSENGER.endswith("SandboxMessenger"):
        return ""
    last = SandboxMessage.objects.filter(phone=number).order_by("-at", "-pk").first()
    digits = "".join(c if c.isdigit() else " " for c in last.text).split() if last else []
    return next((one for one in digits if len(one) == one_time_code.DIGITS), "")


def _with_next(request: DoorRequest, address: str) -> str:
    wanted = safe_next(request, "")
    return f"{address}?{urlencode({'next': wanted})}" if wanted else address
