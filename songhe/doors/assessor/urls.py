"""The addresses of this door, under ``/assessor/``."""

from django.urls import path, register_converter

from songhe.doors.assessor import body, check, device, evidence, form, report, reviews, schedule, visit
from songhe.doors.staff.converters import NumberConverter

app_name = "assessor"
register_converter(NumberConverter, "assessment_no")

urlpatterns = [
    path("", schedule.schedule, name="schedule"),
    path("visits/<assessment_no:no>/", visit.visit, name="visit"),
    path("visits/<assessment_no:no>/begin/", visit.begin, name="begin"),
    path("visits/<assessment_no:no>/kept/", visit.kept, name="kept"),
    path("visits/<assessment_no:no>/form/<slug:step>/", form.step, name="form"),
    path("visits/<assessment_no:no>/check/", check.check, name="check"),
    path("visits/<assessment_no:no>/sign/", check.sign, name="sign"),
    path("visits/<assessment_no:no>/differ/", check.differ, name="differ"),
    path("visits/<assessment_no:no>/photo/", evidence.photo, name="photo"),
    path("visits/<assessment_no:no>/place/", evidence.place, name="place"),
    path("reports/<assessment_no:no>/", report.report, name="report"),
    path("reports/<assessment_no:no>/report.pdf", report.pdf, name="report-pdf"),
    path("reviews/", reviews.reviews, name="reviews"),
    path("reviews/<assessment_no:no>/<slug:verb>/", reviews.act, name="review-act"),
    path("body/", body.body, name="body"),
    path("body/requests/<assessment_no:no>/", body.asked, name="asked"),
    path("device/", device.device, name="device"),
    path("offline/", device.offline, name="offline"),
    path("worker.js", device.worker, name="worker"),
]
