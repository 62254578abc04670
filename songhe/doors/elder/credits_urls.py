"""Credits of this door, under ``/my/credits/``."""

from django.urls import path

from songhe.doors.elder import credits

urlpatterns = [path("credits/", credits.credits, name="credits")]
