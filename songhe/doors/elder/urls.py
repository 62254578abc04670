"""The addresses of this door, under ``/my/``: cases and people in one list, vouchers and bills in the other."""

from songhe.doors.elder import case_urls, money_urls

app_name = "elder"

urlpatterns = case_urls.urlpatterns + money_urls.urlpatterns
