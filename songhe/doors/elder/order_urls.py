"""Ordering from home, under ``/my/order/``."""

from django.urls import path

from songhe.doors.elder import order

urlpatterns = [
    path("order/", order.choose, name="order"),
    path("order/<slug:code>/", order.item, name="order-item"),
]
