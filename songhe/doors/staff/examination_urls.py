"""Examination of providers, warnings, exits and schemes, under ``/staff/examination/``."""

from django.urls import path

from songhe.doors.staff import (
    examination,
    examination_exits,
    examination_schemes,
    examination_sides,
    examination_warnings,
)
from songhe.doors.staff.examination_exits import LEAVING
from songhe.doors.staff.examination_schemes import SCHEMES
from songhe.doors.staff.examination_warnings import WARNINGS

urlpatterns = [
    path("", examination.examinations, name="examination"),
    path("draw/", examination.draw_up, name="examination-draw"),
    path("warnings/", examination_warnings.warnings, name="warnings"),
    path("warnings/new/<slug:key>/<slug:verb>/", examination_sides.new, {"side": WARNINGS}, name="warning-new"),
    path("warnings/<uuid:key>/<slug:verb>/", examination_sides.act, {"side": WARNINGS}, name="warning-act"),
    path("exits/", examination_exits.leaving, name="exits"),
    path("exits/new/<slug:key>/<slug:verb>/", examination_sides.new, {"side": LEAVING}, name="exit-new"),
    path("exits/<uuid:key>/", examination_exits.one, name="exit"),
    path("exits/<uuid:key>/<slug:kind>/<uuid:subject>/", examination_exits.hand_over, name="exit-place"),
    path("exits/<uuid:key>/<slug:verb>/", examination_sides.act, {"side": LEAVING}, name="exit-act"),
    path("schemes/", examination_schemes.schemes, name="schemes"),
    path("schemes/new/<slug:key>/<slug:verb>/", examination_sides.new, {"side": SCHEMES}, name="scheme-new"),
    path("schemes/<uuid:key>/", examination_schemes.scheme, name="scheme"),
    path("schemes/<uuid:key>/<slug:verb>/", examination_sides.act, {"side": SCHEMES}, name="scheme-act"),
    path("<uuid:examination_id>/", examination.one, name="examination-one"),
    path("<uuid:examination_id>/<slug:verb>/", examination.act, name="examination-act"),
    path("objections/<uuid:objection_id>/<slug:verb>/", examination.answered, name="examination-answer"),
]
