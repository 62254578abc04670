"""Meal points of this door, under ``/provider/meals/``."""

from django.urls import path

from songhe.doors.provider import meals, meals_menus, meals_safety, meals_serving

urlpatterns = [
    path("meals/", meals.first, name="meals"),
    path("meals/<int:point_id>/", meals.today, name="meals-today"),
    path("meals/<int:point_id>/week/", meals_menus.week, name="meals-week"),
    path("meals/<int:point_id>/week/copy/", meals_menus.copy, name="meals-copy"),
    path("meals/<int:point_id>/safety/", meals_safety.safety, name="meals-safety"),
    path("meals/<int:point_id>/close/", meals_safety.close, name="meals-close"),
    path("meals/samples/<uuid:sample_id>/discard/", meals_safety.discard, name="meals-discard"),
    path("meals/menus/<uuid:menu_id>/", meals_serving.menu, name="meals-menu"),
    path("meals/menus/<uuid:menu_id>/round/", meals_serving.delivery_round, name="meals-round"),
    path("meals/menus/<uuid:menu_id>/samples/", meals.samples, name="meals-samples"),
    path("meals/menus/<uuid:menu_id>/walk-in/", meals_serving.walk_in, name="meals-walk-in"),
    path("meals/menus/<uuid:menu_id>/<slug:verb>/", meals.act, name="meals-act"),
    path("meals/bookings/<uuid:booking_id>/<slug:verb>/", meals_serving.booking, name="meals-booking"),
]
