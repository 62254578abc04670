import re
from pathlib import Path

import pytest
from django.db import OperationalError
from django.http import Http404
from django.template.loader import get_template
from django.test import Client, override_settings
from django.urls import path

import songhe.urls
from songhe.doors.may import require
from songhe.doors.shell.tests.conftest import PASSWORD
from songhe.kernel.refusal import REASONS

SHELL = Path(__file__).resolve().parent.parent
TEMPLATES = sorted((SHELL.parent).rglob("templates/**/*.html"))
CHINESE = re.compile(r"[㐀-鿿]+")
pytestmark = pytest.mark.django_db


def fail(request):
    raise RuntimeError("on purpose")


def conflict(request):
    raise REASONS["clock.real_database"]("day")


def lost(request):
    raise Http404


@require("application.approve")
def for_approvers(request):
    raise AssertionError("reached")


class Addresses:
    urlpatterns = [
        *songhe.urls.urlpatterns,
        path("fail/", fail),
        path("conflict/", conflict),
        path("lost/", lost),
        path("approve/", for_approvers),
        path("api/v1/conflict/", conflict),
        path("api/v1/approve/", for_approvers),
    ]
    handler400, handler403 = songhe.urls.handler400, songhe.urls.handler403
    handler404, handler500 = songhe.urls.handler404, songhe.urls.handler500


def text_of(html):
    """What a reader sees, without what is said to be Chinese."""
    html = re.sub(r'<(?!html)(\w+)[^>]*\blang="zh[^"]*"[^>]*>.*?</\1>', "", html, flags=re.S)
    html = re.sub(r'<input[^>]*type="(?:hidden|text)"[^>]*>', "", html)
    return re.sub(r"<[^>]*>", " ", html) + " ".join(re.findall(r'(?:aria-label|placeholder|title)="([^"]*)"', html))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_compiles(file):
    name = str(file).partition("/templates/")[2]
    assert get_template(name)


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_a_template_has_no_inline_script_or_style(file):
    text = re.sub(r"{%.*?%}", "", file.read_text(encoding="utf-8"))
    assert not re.search(r"<style\b|\sstyle=", text)
    assert not re.search(r"<script\b(?![^>]*\bsrc=)", text)
    assert not re.search(r"\son[a-z]+=|hx-on|\bjs:|javascript:", text)
    assert not re.search(r"(?:src|href|action)=[\"']?(?:https?:)?//", text)


def test_sizes_are_in_rem_and_colours_are_tokens():
    for file in (SHELL / "static" / "css").glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", file.read_text(encoding="utf-8"), flags=re.S)
        if file.name != "print.css":
            assert not re.search(r"[^\w.-](?!1px\b|0px\b)\d+px", text), file.name
        if file.name in {"base.css", "pieces.css"}:
            assert set(re.findall(r"#[0-9a-f]{3,6}\b", text)) <= {"#ffffff"}, file.name
        assert not re.search(r":has\(|@container|color-mix|@layer|@import", text), file.name


def test_every_colour_of_the_dark_scheme_is_the_same_by_choice_and_by_system():
    text = (SHELL / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    chosen, by_system = (
        dict(re.findall(r"(--[\w-]+): ([^;]+);", re.search(block + r"\s*{(.*?)}", text, re.S)[1]))
        for block in (r'\[data-theme="dark"\]', r'\[data-theme="auto"\]')
    )
    assert chosen == by_system


def luminance(colour):
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_text_stands_out_from_its_ground(theme):
    text = (SHELL / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
    root = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", re.search(r":root\s*{(.*?)\n}", text, re.S)[1]))
    if theme != "light":
        block = re.search(rf'\n:root\[data-theme="{theme}"\]\s*{{(.*?)\n}}', text, re.S)[1]
        root |= dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block))
    pairs = [(word, ground) for word in ("ink", "muted", "pine", "link", "seal") for ground in ("paper", "surface")]
    pairs += [(state, f"{state}-wash") for state in ("ok", "warn", "info", "bad", "pine")]
    pairs += [("on-pine", "pine"), ("on-seal", "seal"), ("muted", "wash"), ("ink", "wash"), ("ink", "pine-wash")]
    weak = {pair: contrast(root[f"--{pair[0]}"], root[f"--{pair[1]}"]) for pair in pairs}
    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}
    assert contrast(root["--line"], root["--surface"]) >= 3


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/nothing/", "/healthz"])
def test_every_answer_has_a_strict_policy_a_number_and_stays_out_of_caches(client, address):
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "default-src 'none'" in policy
    # The reader of QR codes is WebAssembly, which no page can make by itself; nothing else unsafe is let in.
    assert "unsafe" not in policy.replace("'wasm-unsafe-eval'", "")
    assert re.fullmatch(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", response["X-Request-ID"])
    assert response["Cache-Control"] == "no-store"
    assert "HX-Request" in response["Vary"]


def test_the_band_says_the_practice_day_and_that_people_are_invented(client, practice):
    page = client.get("/").content.decode()
    assert "2026年4月8日" in page
    assert "虚构" in page


def test_a_real_database_has_no_band_and_no_one_click_sign_ins(client, open_account):
    open_account("clerk", practice=True)
    page = client.get("/").content.decode()
    assert "练习" not in page
    assert "clerk" not in page


def test_the_start_page_leads_nobody_who_works_here_to_an_elders_own_page(client, practice, open_account):
    assert 'href="/my/"' in client.get("/").content.decode()
    client.force_login(open_account("finance", role="finance"))
    assert 'href="/my/"' not in client.get("/").content.decode()


def test_the_style_sheet_page_is_for_practice_only(client, db):
    assert client.get("/style/").status_code == 404


def test_the_style_sheet_page_shows_every_piece(client, practice):
    page = client.get("/style/").content.decode()
    for piece in ("voucher", "receipt", "why", "steps", "timeline", "facts", "progress", "errors", "masked", "badge"):
        assert f'class="{piece}' in page, piece
    assert "壹仟贰佰叁拾肆元伍角整" in page


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/style/", "/nothing/"])
def test_an_english_page_has_no_chinese_but_names(client, practice, open_account, address):
    open_account("clerk", practice=True)
    client.post("/preferences/", {"language": "en"})
    client.post("/sign-in/practice/", {"username": "clerk"})
    found = set(CHINESE.findall(text_of(client.get(address).content.decode())))
    names = {"的名字", "王秀兰", "艾力", "买买提", "欧阳建国", "陈桂英", "样例县"}
    capitals = {word for word in found if set(word) <= set("零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整")}
    assert found - names - capitals == set()


@pytest.mark.parametrize("address", ["/", "/sign-in/", "/style/", "/nothing/"])
def test_a_page_has_one_heading_of_the_first_order_and_its_landmarks(client, practice, address):
    page = client.get(address).content.decode()
    assert len(re.findall(r"<h1\b", page)) == 1
    for landmark in ('<main id="main"', "<header", "<footer", 'class="skip" href="#main"', 'lang="zh-CN"'):
        assert landmark in page
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


@override_settings(ROOT_URLCONF=Addresses)
@pytest.mark.parametrize(("address", "status"), [("/lost/", 404), ("/conflict/", 409), ("/fail/", 500)])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_fault_gets_a_human_page_with_the_request_number(server_clock, address, status, language):
    client = Client(raise_request_exception=False)
    client.cookies["django_language"] = language
    response = client.get(address)
    page = response.content.decode()
    assert response.status_code == status
    assert response["X-Request-ID"] in page
    assert "Traceback" not in page
    assert "on purpose" not in page
    assert bool(CHINESE.search(text_of(page))) == (language == "zh-hans")


def test_without_a_database_the_last_page_still_comes(monkeypatch):
    def gone():
        raise OperationalError("no database")

    monkeypatch.setattr("songhe.doors.shell.request.read_clock", gone)
    response = Client(raise_request_exception=False).get("/")
    assert response.status_code == 500
    assert "系统出了问题" in response.content.decode()
    assert re.search(r"[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}", response.content.decode())


@override_settings(ROOT_URLCONF=Addresses)
def test_a_refusal_in_a_part_of_a_page_comes_as_a_part(client):
    response = client.get("/conflict/", headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#notices"
    assert "<html" not in response.content.decode()
    assert "这是正式数据库" in response.content.decode()


@override_settings(ROOT_URLCONF=Addresses)
def test_a_machine_gets_a_problem(client):
    response = client.get("/api/v1/conflict/")
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["type"], body["status"], body["request_id"]) == (
        "clock.real_database",
        409,
        response["X-Request-ID"],
    )
    assert body["errors"][0]["loc"] == ["day"]
    assert client.get("/api/v1/approve/").status_code == 401


@override_settings(ROOT_URLCONF=Addresses)
def test_a_machine_is_told_that_its_session_is_over(client, open_account, server_clock):
    open_account("clerk")
    client.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    server_clock.forward(minutes=16)
    response = client.get("/api/v1/approve/")
    assert (response.status_code, response.json()["type"]) == (401, "door.not_signed_in")


@override_settings(ROOT_URLCONF=Addresses)
def test_what_a_role_may_not_do_is_said(client, open_account):
    assert client.get("/approve/")["Location"] == "/sign-in/?next=%2Fapprove%2F"
    open_account("clerk")
    client.post("/sign-in/", {"username": "clerk", "password": PASSWORD})
    response = client.get("/approve/")
    assert response.status_code == 403
    assert "审批申请" in response.content.decode()


def test_an_address_that_django_will_not_have_gets_our_page(client):
    response = client.get("/", headers={"Host": "elsewhere.example"})
    assert response.status_code == 400
    assert "看不懂" in response.content.decode()


def test_the_watchers_get_their_answers(client):
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").json() == {"ready": True, "database": True, "migrations": True, "disk": True}
    assert client.get("/version").json()["name"] == "songhe"


def test_the_log_has_no_address_of_a_page(client, practice, caplog):
    with caplog.at_level("INFO", logger="songhe.request"):
        client.get("/sign-in/?next=/people/370799194203070021/")
    assert "sign-in/" in caplog.text
    assert "370799" not in caplog.text
