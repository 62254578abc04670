"""Vouchers, bills and receipts of this door, under ``/my/``."""

from django.urls import path

from songhe.doors.elder import bills, choose, claim, code, leaflet, rating, vouchers

urlpatterns = [
    path("vouchers/", vouchers.vouchers, name="vouchers"),
    path("vouchers/claim/", claim.claim, name="claim"),
    path("vouchers/<slug:no>/group/", choose.group, name="group"),
    path("vouchers/<slug:no>/provider/", choose.preference, name="preference"),
    path("vouchers/<slug:no>/paper/", leaflet.leaflet, name="leaflet"),
    path("vouchers/<slug:no>/paper.pdf", leaflet.leaflet_pdf, name="leaflet-pdf"),
    path("code/", code.code, name="code"),
    path("code/now/", code.now, name="code-now"),
    path("code/open/", code.open_code, name="code-open"),
    path("code/replace/", code.replace_code, name="code-replace"),
    path("bills/", bills.bills, name="bills"),
    path("bills/year/<int:which>/", bills.year, name="year"),
    path("bills/<slug:no>/", bills.bill, name="bill"),
    path("bills/<slug:no>/receipt.pdf", bills.bill_pdf, name="bill-pdf"),
    path("bills/<slug:no>/rate/", rating.rate, name="rate"),
    path("bills/<slug:no>/wrong/", rating.wrong, name="wrong"),
]
