"""Aids of this door, under ``/my/aids/``."""

from django.urls import path

from songhe.doors.elder import aids

urlpatterns = [
    path("aids/", aids.aids, name="aids"),
    path("aids/ask/", aids.ask_for, name="aid-ask"),
    path("aids/loans/<uuid:loan_id>/back/", aids.fetch, name="aid-back"),
    path("aids/<uuid:fitting_id>/<slug:verb>/", aids.decide, name="aid-decide"),
]
