"""The addresses of this door, at the root, for whoever comes in."""

from django.urls import URLPattern

app_name = "public"

urlpatterns: list[URLPattern] = []
