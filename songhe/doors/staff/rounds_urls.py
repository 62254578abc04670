"""Rounds, needs, teams and volunteers, under ``/staff/rounds/`` and ``/staff/volunteers/``."""

from django.urls import path

from songhe.doors.staff import rounds, rounds_county, rounds_needs, rounds_steward, teams, volunteers

urlpatterns = [
    path("rounds/", rounds.mine, name="rounds"),
    path("rounds/county/", rounds_county.county, name="rounds-county"),
    path("rounds/county/stewards/", rounds_county.appoint, name="rounds-appoint"),
    path("rounds/county/plan/", rounds_county.plan, name="rounds-plan"),
    path("rounds/needs/<uuid:need_id>/", rounds_needs.need, name="rounds-need"),
    path("rounds/needs/<uuid:need_id>/<slug:verb>/", rounds_needs.act, name="rounds-need-act"),
    path("rounds/county/stewards/<uuid:steward_id>/", rounds_steward.steward, name="rounds-steward"),
    path(
        "rounds/county/stewards/<uuid:steward_id>/<slug:verb>/", rounds_steward.steward_act, name="rounds-steward-act"
    ),
    path("rounds/county/planned/<uuid:round_id>/", rounds_steward.one, name="rounds-one"),
    path("rounds/county/planned/<uuid:round_id>/<slug:verb>/", rounds_steward.act, name="rounds-one-act"),
    path("rounds/<uuid:round_id>/", rounds.visit, name="rounds-visit"),
    path("rounds/county/teams/", teams.teams, name="teams"),
    path("rounds/county/teams/new/<str:key>/<slug:verb>/", teams.new, name="team-new"),
    path("rounds/county/teams/<uuid:team_id>/", teams.one, name="team"),
    path("rounds/county/teams/<uuid:team_id>/<slug:verb>/", teams.act, name="team-act"),
    path("volunteers/", volunteers.volunteers, name="volunteers"),
    path("volunteers/enlist/", volunteers.enlist, name="volunteers-enlist"),
    path("volunteers/tell/", volunteers.tell, name="volunteers-tell"),
    path("volunteers/stints/<uuid:stint_id>/<slug:verb>/", volunteers.decide, name="volunteers-decide"),
]
