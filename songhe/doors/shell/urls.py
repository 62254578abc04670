"""The addresses of the shell itself."""

from django.urls import path

from songhe.doors.shell import health, pages, preferences, sign_in

urlpatterns = [
    path("", pages.start, name="start"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/practice/", sign_in.sign_in_for_practice, name="practice-sign-in"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("preferences/", preferences.choose, name="preferences"),
    path("style/", pages.style_sheet, name="style"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("version", health.version, name="version"),
]
