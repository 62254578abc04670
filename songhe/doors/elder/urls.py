"""The addresses of this door, under ``/my/``: cases and people, vouchers and bills, meals, aids, the love card,
orders from home, credits."""

from songhe.doors.elder import aids_urls, card_urls, case_urls, credits_urls, meals_urls, money_urls, order_urls

app_name = "elder"

urlpatterns = (
    case_urls.urlpatterns
    + money_urls.urlpatterns
    + meals_urls.urlpatterns
    + aids_urls.urlpatterns
    + card_urls.urlpatterns
    + order_urls.urlpatterns
    + credits_urls.urlpatterns
)
