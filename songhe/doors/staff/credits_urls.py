"""Credits of produce and work, under ``/staff/credits/``."""

from django.urls import path

from songhe.doors.staff import credits, credits_station

urlpatterns = [
    path("credits/", credits.credits, name="credits"),
    path("credits/schemes/", credits.new_scheme, name="credits-scheme"),
    path("credits/rates/", credits.new_rate, name="credits-rate"),
    path("credits/proposals/<uuid:proposal_id>/<slug:answer>/", credits.decide, name="credits-decide"),
    path("credits/holders/<uuid:holder_id>/lapse/", credits.let_lapse, name="credits-lapse"),
    path("credits/weigh/", credits_station.station, name="credits-station"),
    path("credits/weigh/<uuid:person_id>/", credits_station.person, name="credits-person"),
    path("credits/deeds/<uuid:deed_id>/", credits_station.deed, name="credits-deed"),
    path("credits/deeds/<uuid:deed_id>/<slug:verb>/", credits_station.act, name="credits-deed-act"),
]
