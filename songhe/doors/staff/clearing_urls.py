"""The addresses of clearing between counties, under ``/staff/clearing/``."""

from django.urls import path

from songhe.doors.staff import clearing

urlpatterns = [
    path("", clearing.clearing, name="clearing"),
    path("new/<slug:key>/<slug:verb>/", clearing.new, name="clearing-new"),
    path("nets/<uuid:key>/<slug:verb>/", clearing.net, name="clearing-net"),
    path("agreements/<int:key>/<slug:verb>/", clearing.agreement, name="clearing-agreement"),
    path("claims/<uuid:claim_id>/", clearing.claim, name="clearing-claim"),
    path("claims/<uuid:key>/<slug:verb>/", clearing.claim_act, name="clearing-claim-act"),
    path("differences/<uuid:key>/<slug:verb>/", clearing.difference, name="clearing-difference"),
    path("received/<uuid:received_id>/", clearing.received, name="clearing-received"),
]
