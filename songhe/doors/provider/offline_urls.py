"""Work without a network, of this door, under ``/provider/offline/``."""

from django.urls import path

from songhe.doors.provider import offline

urlpatterns = [
    path("offline/", offline.offline, name="offline"),
    path("offline/register/", offline.register, name="offline-register"),
    path("offline/till/", offline.till, name="offline-till"),
    path("offline/hello/", offline.hello, name="offline-hello"),
    path("offline/worker.js", offline.worker, name="offline-worker"),
    path("offline/devices/<uuid:device_id>/stop/", offline.stop, name="offline-stop"),
    path("offline/devices/<uuid:device_id>/upload/", offline.upload, name="offline-upload"),
    path("offline/devices/<uuid:device_id>/hand-in/", offline.hand_in, name="offline-hand-in"),
]
