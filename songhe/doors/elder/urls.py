"""The addresses of this door, under ``/my/``."""

from django.urls import URLPattern

app_name = "elder"

urlpatterns: list[URLPattern] = []
