"""The addresses of this door, at the root, for whoever comes in."""

from django.urls import path, register_converter

from songhe.doors.public import complaint, directory, entitled, funds, genuine, guide, meals, merchants, scores
from songhe.doors.staff.converters import NumberConverter

app_name = "public"
register_converter(NumberConverter, "paper")

urlpatterns = [
    path("entitled/", entitled.entitled, name="entitled"),
    path("guide/", guide.guides, name="guides"),
    path("guide/<str:place>/<slug:programme>/", guide.guide, name="guide"),
    path("directory/", directory.directory, name="directory"),
    path("directory/places.json", directory.places, name="places"),
    path("directory/<int:provider_id>/", directory.provider, name="provider"),
    path("merchants/", merchants.merchants, name="merchants"),
    path("merchants/places.json", merchants.places, name="merchant-places"),
    path("merchants/<int:provider_id>/", merchants.merchant, name="merchant"),
    path("meals/", meals.meals, name="meals"),
    path("meals/places.json", meals.places, name="meal-places"),
    path("meals/<int:point_id>/", meals.meal_point, name="meal-point"),
    path("funds/", funds.funds, name="funds"),
    path("funds/months.csv", funds.funds_file, name="funds-file"),
    path("funds/<str:code>/", funds.fund, name="fund"),
    path("funds/<str:code>/gifts.csv", funds.gifts_file, name="fund-gifts-file"),
    path("scores/", scores.scores, name="scores"),
    path("scores/scores.json", scores.scores_file, name="scores-file"),
    path("check/", genuine.check, name="check"),
    path("check/<paper:no>/", genuine.check_number, name="check-number"),
    path("check/<slug:kind>/<paper:no>/", genuine.check_number, name="check-of"),
    path("complaint/", complaint.start, name="complaint"),
    path("complaint/new/", complaint.new, name="complaint-new"),
    path("complaint/made/", complaint.made, name="complaint-made"),
    path("complaint/follow/", complaint.follow, name="complaint-follow"),
    path("complaint/follow/act/", complaint.act, name="complaint-act"),
]
