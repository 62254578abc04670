"""A session that ends in the middle of a form: what was typed stands there again, for the same account, for an hour."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.template import engines
from django.test import Client
from django.urls import include, path

from songhe.doors.may import require
from songhe.doors.shell.kept import Typed, filled
from songhe.doors.shell.models import KeptForm
from songhe.doors.shell.tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


class Asked(forms.Form):
    key = forms.CharField(widget=forms.HiddenInput, initial="anew")
    because = forms.CharField(widget=forms.Textarea)
    amount = forms.CharField(required=False)
    group = forms.ChoiceField(choices=[("a", "甲"), ("b", "乙"), ("c", "丙")])
    kinds = forms.MultipleChoiceField(choices=[("1", "一"), ("2", "二")], widget=forms.CheckboxSelectMultiple)
    sure = forms.BooleanField(required=False)
    secret_password = forms.CharField(widget=forms.PasswordInput, required=False)


PAGE = (
    '{% extends "shell/base.html" %}{% block page %}'
    '<form method="post" action="/probe/other/"><input name="because"></form>'
    '<form method="post" action="/probe/act/"><input type="hidden" name="csrfmiddlewaretoken" value="{{ token }}">'
    "{{ form }}</form>{% endblock %}"
)


@require("application.read")
def form(request):
    said = {"form": Asked(), "token": get_token(request)}
    return HttpResponse(engines["django"].from_string(PAGE).render(said, request))


@require("application.read")
def act(request):
    return redirect("/probe/form/")


urlpatterns = [path("probe/form/", form), path("probe/act/", act), path("", include("songhe.urls"))]
handler404 = "songhe.doors.shell.errors.not_found"

TYPED = {
    "because": '材料齐全，\n同意"<b>',
    "amount": "12.50",
    "group": "b",
    "kinds": ["2"],
    "sure": "on",
    "secret_password": "hush",
    "key": "old",
}
REFERER = {"referer": "http://testserver/probe/form/?tab=2"}


@pytest.fixture(autouse=True)
def probe(settings):
    settings.ROOT_URLCONF = __name__


def sign_in(client, username="clerk", on_to=""):
    return client.post("/sign-in/", {"username": username, "password": PASSWORD, "next": on_to})


def cut_short(client, clock, **more):
    """Sign in, wait too long, and send the form; gives the address at which it stands again."""
    sign_in(client)
    clock.forward(minutes=16)
    answer = client.post("/probe/act/", {**TYPED, **more}, headers=REFERER)
    assert answer["Location"].startswith("/sign-in/?next=")
    return unquote(answer["Location"].partition("next=")[2])


def test_what_was_typed_stands_in_the_form_again(client, open_account, server_clock):
    open_account("clerk")
    address = cut_short(client, server_clock)
    assert address.startswith("/probe/form/?tab=2&kept=")
    assert "您填写的内容已经保留" in client.get("/sign-in/").content.decode()
    assert sign_in(client, on_to=address)["Location"] == address
    page = client.get(address).content.decode()
    assert "还没有提交" in page
    assert "材料齐全，\n同意&quot;&lt;b&gt;</textarea>" in page
    assert 'value="12.50"' in page
    assert '<option value="b" selected>' in page
    assert '<option value="a" selected' not in page
    assert 'value="2" id="id_kinds_1" checked>' in page or "checked" in page.partition('value="2"')[2][:60]
    assert "checked" not in page.partition('value="1"')[2].partition(">")[0]
    # Passwords are typed again, and what the page makes anew stays new.
    assert "hush" not in page
    assert 'value="anew"' in page
    assert 'action="/probe/other/"><input name="because">' in page


def test_reading_the_page_again_fills_it_again_until_it_was_sent(client, open_account, server_clock):
    open_account("clerk")
    address = cut_short(client, server_clock)
    sign_in(client, on_to=address)
    assert "12.50" in client.get(address).content.decode()
    assert "12.50" in client.get(address).content.decode()
    assert "12.50" not in client.get("/probe/form/").content.decode()
    client.post("/probe/act/", TYPED)
    assert KeptForm.objects.count() == 0
    assert "12.50" not in client.get(address).content.decode()


def test_another_account_finds_nothing(client, open_account, server_clock):
    open_account("clerk")
    open_account("other")
    address = cut_short(client, server_clock)
    sign_in(client, "other", address)
    page = client.get(address)
    assert page.status_code == 200
    assert "12.50" not in page.content.decode()


def test_after_an_hour_it_is_gone(client, open_account, server_clock):
    open_account("clerk")
    address = cut_short(client, server_clock)
    server_clock.forward(hours=1, seconds=1)
    sign_in(client, on_to=address)
    assert "12.50" not in client.get(address).content.decode()
    cut_short(Client(), server_clock, amount="13")
    assert KeptForm.objects.count() == 1


def test_it_lies_in_the_database_sealed_and_without_passwords(client, open_account, server_clock):
    open_account("clerk")
    cut_short(client, server_clock)
    kept = KeptForm.objects.get()
    for word in ("材料齐全", "hush", "12.50"):
        assert word.encode() not in bytes(kept.sealed)


def test_files_are_not_kept_and_one_is_told(client, open_account, server_clock):
    open_account("clerk")
    address = cut_short(client, server_clock, paper=SimpleUploadedFile("张三.pdf", b"%PDF-"))
    sign_in(client, on_to=address)
    assert "附件没有保留" in client.get(address).content.decode()


def test_a_part_of_a_page_comes_back_to_its_page(client, open_account, server_clock):
    open_account("clerk")
    sign_in(client)
    server_clock.forward(minutes=16)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://testserver/probe/form/"}
    sent = client.post("/probe/act/", TYPED, headers=headers)
    assert unquote(sent["HX-Redirect"]).startswith("/sign-in/?next=/probe/form/?kept=")


def test_who_signed_in_again_elsewhere_finds_the_form_filled(open_account, server_clock):
    """The token of the page is of the session before; nothing is lost, and nothing is done without a look."""
    open_account("clerk")
    client = Client(enforce_csrf_checks=True)
    token = client.get("/sign-in/").content.decode().partition('csrfmiddlewaretoken" value="')[2][:64]
    client.post("/sign-in/", {"username": "clerk", "password": PASSWORD, "csrfmiddlewaretoken": token})
    sent = client.post("/probe/act/", {**TYPED, "csrfmiddlewaretoken": "x" * 64}, headers=REFERER)
    assert sent.status_code == 302
    assert "12.50" in client.get(sent["Location"]).content.decode()
    elsewhere = {**REFERER, "origin": "https://elsewhere.example"}
    refused = client.post("/probe/act/", {**TYPED, "csrfmiddlewaretoken": "x" * 64}, headers=elsewhere)
    assert refused.status_code == 403
    assert "这一页放得太久了" in refused.content.decode()


@pytest.mark.parametrize("address", ["/probe/form/?kept=x", "/probe/form/?kept=00000000-0000-0000-0000-000000000000"])
def test_a_made_up_address_fills_nothing(client, open_account, address):
    open_account("clerk")
    sign_in(client)
    assert client.get(address).status_code == 200


def test_of_two_forms_to_one_address_the_one_that_was_sent_is_filled():
    page = (
        '<form method="post"><input type="hidden" name="act" value="approve"><input name="because"></form>'
        '<form method="post"><input type="hidden" name="act" value="return"><input name="because"></form>'
    )
    typed = Typed({"act": ["return"], "because": ["缺材料"]})
    shown = filled(page, path="/x/", action="/x/", typed=typed, notice="")
    assert shown.partition("return")[2].count("缺材料") == 1
    assert "缺材料" not in shown.partition("return")[0]


def test_lists_of_fields_of_one_name_are_filled_in_their_order():
    page = '<form method="post"><input name="fee"><input name="fee"></form>'
    shown = filled(page, path="/x/", action="/x/", typed=Typed({"fee": ["1", "2"]}), notice="")
    assert shown == '<form method="post"><input name="fee" value="1"><input name="fee" value="2"></form>'


def test_a_get_keeps_nothing(client, open_account, server_clock):
    open_account("clerk")
    sign_in(client)
    server_clock.forward(minutes=16)
    assert client.get("/probe/form/?q=1")["Location"] == "/sign-in/?next=%2Fprobe%2Fform%2F%3Fq%3D1"
    assert KeptForm.objects.count() == 0


def test_whichever_way_one_signs_in_again_one_comes_back_to_the_form(client, practice, open_account, server_clock):
    open_account("clerk", practice=True)
    address = cut_short(client, server_clock)
    assert client.post("/sign-in/practice/", {"username": "clerk"})["Location"] == address
