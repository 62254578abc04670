"""Aids of this door, under ``/provider/aids/``."""

from django.urls import path

from songhe.doors.provider import aids, aids_fitting, aids_rent, aids_stock

urlpatterns = [
    path("aids/", aids.aids, name="aids"),
    path("aids/walk-in/", aids.walk_in, name="aids-walk-in"),
    path("aids/rent/", aids_rent.rent, name="aids-rent"),
    path("aids/rent/draw/", aids_rent.draw, name="aids-draw"),
    path("aids/rent/charge/<uuid:person_id>/", aids_rent.charge, name="aids-charge"),
    path("aids/stock/", aids_stock.stock, name="aids-stock"),
    path("aids/stock/new/", aids_stock.new, name="aids-new"),
    path("aids/stock/price/", aids_stock.price, name="aids-price"),
    path("aids/pieces/<uuid:piece_id>/<slug:verb>/", aids_stock.act, name="aids-piece"),
    path("aids/fittings/<uuid:fitting_id>/", aids_fitting.fitting, name="aids-fitting"),
    path("aids/fittings/<uuid:fitting_id>/<slug:verb>/", aids_fitting.step, name="aids-step"),
    path("aids/loans/<uuid:loan_id>/", aids_fitting.loan, name="aids-loan"),
    path("aids/loans/<uuid:loan_id>/back/", aids_fitting.take_back, name="aids-back"),
    path("aids/loans/<uuid:loan_id>/settle/", aids_fitting.settle, name="aids-settle"),
]
