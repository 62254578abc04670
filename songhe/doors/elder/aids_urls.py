"""Aids of this door, under ``/my/aids/``."""

from django.urls import path, re_path

from songhe.doors.elder import aids

urlpatterns = [
    path("aids/", aids.aids, name="aids"),
    path("aids/ask/", aids.ask_for, name="aid-ask"),
    path("aids/loans/<uuid:loan_id>/back/", aids.fetch, name="aid-back"),
    re_path(r"^aids/(?P<fitting_id>[0-9a-f-]{36})/(?P<verb>accept|decline)/$", aids.decide, name="aid-decide"),
]
