"""The addresses of this door, under ``/provider/``."""

from django.urls import path, register_converter

from songhe.doors.provider import (
    aids_urls,
    bills,
    desk,
    home,
    meals_urls,
    own,
    people,
    reconcile,
    redeem,
    sheets,
    statements,
    stays,
    till_urls,
    visits,
    workers,
)
from songhe.doors.staff.converters import NumberConverter

app_name = "provider"
# A name of its own: every door says itself how its addresses are read.
register_converter(NumberConverter, "of_provider")

urlpatterns = [
    path("", home.home, name="home"),
    path("choose/", desk.choose, name="choose"),
    path("redeem/", redeem.redeem_page, name="redeem"),
    path("redeem/<of_provider:no>/", redeem.redeemed, name="redeemed"),
    path("people/", people.people, name="people"),
    path("people/<uuid:person_id>/", people.person, name="person"),
    path("stays/", stays.stays, name="stays"),
    path("stays/admit/", stays.admit, name="admit"),
    path("stays/roll/", stays.roll, name="roll"),
    path("stays/<uuid:stay_id>/", stays.stay, name="stay"),
    path("services/", visits.services, name="services"),
    path("services/new/", visits.record, name="service-new"),
    path("services/<uuid:visit_id>/", visits.service, name="service"),
    path("services/<uuid:visit_id>/ask/", visits.ask_again, name="service-ask"),
    path("bills/", bills.bills, name="bills"),
    path("bills/sheets/", sheets.sheets, name="sheets"),
    path("bills/sheets/template.xlsx", sheets.blank, name="sheet-blank"),
    path("bills/sheets/upload/", sheets.upload, name="sheet-upload"),
    path("bills/sheets/<uuid:sheet_id>/", sheets.sheet, name="sheet"),
    path("bills/sheets/<uuid:sheet_id>/book/", sheets.book, name="sheet-book"),
    path("bills/sheets/<uuid:sheet_id>/report.xlsx", sheets.sheet_report, name="sheet-report"),
    path("bills/<of_provider:no>/", bills.bill, name="bill"),
    path("bills/<of_provider:no>/reverse/", bills.undo, name="bill-undo"),
    path("statements/", statements.statements, name="statements"),
    path("statements/<of_provider:no>/", statements.statement, name="statement"),
    path("statements/<of_provider:no>/proof.zip", statements.proof, name="statement-proof"),
    path("statements/<of_provider:no>/lines.xlsx", reconcile.lines, name="statement-lines"),
    path("statements/<of_provider:no>/reconcile/", reconcile.reconcile, name="reconcile"),
    path("statements/<of_provider:no>/reconcile/compare/", reconcile.compare, name="reconcile-compare"),
    path("statements/<of_provider:no>/reconcile/object/", reconcile.object_all, name="reconcile-object"),
    path("statements/<of_provider:no>/<slug:verb>/", statements.act, name="statement-act"),
    path("own/", own.own, name="own"),
    path("own/prices/", own.prices, name="prices"),
    path("own/people/", workers.workers, name="workers"),
    path("own/people/<int:worker_id>/", workers.worker, name="worker"),
    path("own/people/certificates/<int:paper_id>/", workers.certificate_file, name="certificate-file"),
    path("own/licences/<int:paper_id>/", workers.licence_file, name="licence-file"),
    path("own/account/", own.account, name="account"),
    *meals_urls.urlpatterns,
    *till_urls.urlpatterns,
    *aids_urls.urlpatterns,
]
