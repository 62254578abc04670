"""Meals of this door, under ``/my/meals/``."""

from django.urls import path

from songhe.doors.elder import meals, meals_bookings

urlpatterns = [
    path("meals/", meals.meals, name="meals"),
    path("meals/points/<int:point_id>/", meals.point, name="meal-point"),
    path("meals/points/<int:point_id>/book/", meals.book_week, name="meal-book"),
    path("meals/menus/<uuid:menu_id>/", meals.menu, name="meal-menu"),
    path("meals/bookings/", meals_bookings.bookings, name="meal-bookings"),
    path("meals/bookings/<uuid:booking_id>/", meals_bookings.booking, name="meal-booking"),
    path("meals/bookings/<uuid:booking_id>/cancel/", meals_bookings.cancel_it, name="meal-cancel"),
    path("meals/bookings/<uuid:booking_id>/change/", meals_bookings.change_it, name="meal-change"),
]
