"""The addresses of this door, under ``/assessor/``."""

from django.urls import URLPattern

app_name = "assessor"

urlpatterns: list[URLPattern] = []
