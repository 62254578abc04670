"""Meal points of the county's desk, under ``/staff/meals/``."""

from django.urls import path

from songhe.doors.staff import meals, meals_figures, meals_tariffs

urlpatterns = [
    path("meals/", meals.meals, name="meals"),
    path("meals/propose/", meals.propose, name="meals-propose"),
    path("meals/tariffs/", meals_tariffs.tariffs, name="meals-tariffs"),
    path("meals/figures/", meals_figures.meal_figures, name="meals-figures"),
    path("meals/proposals/<uuid:proposal_id>/<slug:answer>/", meals_tariffs.decide, name="meals-decide"),
    path("meals/<int:pk>/", meals.point, name="meals-point"),
    path("meals/<int:pk>/<slug:verb>/", meals.act, name="meals-act"),
]
