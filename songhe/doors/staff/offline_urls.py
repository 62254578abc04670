"""Tills without a network, of the county's desk, under ``/staff/offline/``."""

from django.urls import path

from songhe.doors.staff import offline

urlpatterns = [
    path("offline/", offline.offline, name="offline"),
    path("offline/guarantee/", offline.endow, name="offline-endow"),
    path("offline/guarantee/<uuid:endowment_id>/<slug:answer>/", offline.endowment, name="offline-endowment"),
    path("offline/devices/<uuid:device_id>/limits/", offline.limits, name="offline-limits"),
    path("offline/devices/<uuid:device_id>/admit/", offline.admit, name="offline-admit"),
    path("offline/devices/<uuid:device_id>/decline/", offline.decline, name="offline-decline"),
    path("offline/devices/<uuid:device_id>/end/", offline.end, name="offline-end"),
    path("offline/exceptions/<uuid:trouble_id>/", offline.decide, name="offline-decide"),
]
