"""The addresses of the desk, under ``/staff/``."""

from django.urls import path, register_converter

from songhe.doors.staff import case, file, inbox, month, payouts, people, statements
from songhe.doors.staff.converters import MonthConverter, NumberConverter

app_name = "staff"
register_converter(MonthConverter, "month")
register_converter(NumberConverter, "no")

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("applications/<no:no>/", case.application, name="application"),
    path("applications/<no:no>/letter/", case.letter, name="letter"),
    path("applications/<no:no>/<slug:verb>/", case.act, name="application-act"),
    path("people/", people.people, name="people"),
    path("people/<uuid:person_id>/", file.person, name="person"),
    path("month/", month.months, name="month"),
    path("month/<month:which>/", month.month, name="month-of"),
    path("month/<month:which>/progress/", month.progress, name="month-progress"),
    path("month/<month:which>/figures/", month.figures, name="month-figures"),
    path("month/<month:which>/run/", month.run, name="month-run"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<no:no>/", statements.statement, name="statement"),
    path("statements/<no:no>/<slug:verb>/", statements.act, name="statement-act"),
    path("payouts/<month:which>/make/", payouts.make, name="payout-make"),
    path("payouts/<no:no>/release/", payouts.release, name="payout-release"),
]
