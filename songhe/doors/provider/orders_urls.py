"""Orders of this door, under ``/provider/orders/``."""

from django.urls import path

from songhe.doors.provider import orders

urlpatterns = [
    path("orders/", orders.orders, name="orders"),
    path("orders/<slug:no>/", orders.one, name="order"),
    path("orders/<slug:no>/accept/", orders.accepted, name="order-accept"),
    path("orders/<slug:no>/charge/<uuid:visit>/", orders.charged, name="order-charge"),
    path("orders/<slug:no>/hand-over/", orders.handed_over, name="order-hand-over"),
    path("orders/<slug:no>/give-up/", orders.given_up, name="order-give-up"),
]
