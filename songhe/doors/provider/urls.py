"""The addresses of this door, under ``/provider/``."""

from django.urls import URLPattern

app_name = "provider"

urlpatterns: list[URLPattern] = []
