"""The tills of this door, under ``/provider/till/``."""

from django.urls import path

from songhe.doors.provider import till_canteen, till_face, till_offers, till_sale, till_takings

urlpatterns = [
    path("till/", till_sale.sale, name="sale"),
    path("till/face/", till_face.terminal, name="till-face"),
    path("till/takings/", till_takings.takings, name="takings"),
    path("till/takings/month.xlsx", till_takings.takings_book, name="takings-book"),
    path("till/offers/", till_offers.offers, name="offers"),
    path("till/offers/<int:discount_id>/end/", till_offers.end, name="offer-end"),
    path("till/offers/better/<int:upgrade_id>/end/", till_offers.end_better, name="better-end"),
    path("till/canteen/", till_canteen.first, name="canteens"),
    path("till/canteen/<uuid:menu_id>/", till_canteen.canteen, name="canteen"),
    path("till/canteen/bookings/<uuid:booking_id>/undo/", till_canteen.undo, name="canteen-undo"),
]
