"""Weekly rounds, needs and volunteers, under ``/staff/rounds/`` and ``/staff/volunteers/``."""

from django.urls import path

from songhe.doors.staff import rounds, rounds_county, rounds_needs, volunteers

urlpatterns = [
    path("rounds/", rounds.mine, name="rounds"),
    path("rounds/county/", rounds_county.county, name="rounds-county"),
    path("rounds/county/stewards/", rounds_county.appoint, name="rounds-appoint"),
    path("rounds/county/plan/", rounds_county.plan, name="rounds-plan"),
    path("rounds/needs/<uuid:need_id>/", rounds_needs.need, name="rounds-need"),
    path("rounds/needs/<uuid:need_id>/<slug:verb>/", rounds_needs.act, name="rounds-need-act"),
    path("rounds/<uuid:round_id>/", rounds.visit, name="rounds-visit"),
    path("volunteers/", volunteers.volunteers, name="volunteers"),
    path("volunteers/enlist/", volunteers.enlist, name="volunteers-enlist"),
    path("volunteers/tell/", volunteers.tell, name="volunteers-tell"),
    path("volunteers/stints/<uuid:stint_id>/<slug:verb>/", volunteers.decide, name="volunteers-decide"),
]
