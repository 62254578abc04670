"""The addresses of the doors. Every door has its own list; the shell has the ones that all share."""

from django.urls import URLPattern, URLResolver, include, path

from songhe.doors.api.interface import api
from songhe.doors.elder import card_pay

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("songhe.doors.shell.urls")),
    path("", include("songhe.doors.public.urls")),
    path("my/", include("songhe.doors.elder.urls")),
    path("assessor/", include("songhe.doors.assessor.urls")),
    path("provider/", include("songhe.doors.provider.urls")),
    path("staff/", include("songhe.doors.staff.urls")),
    path("audit/", include("songhe.doors.audit.urls")),
    path("api/v1/", api.urls),
    path("payments/told/", card_pay.told, name="payment-told"),
    path("practice/payment/<slug:no>", card_pay.practice, name="practice-payment"),
]

handler400 = "songhe.doors.shell.errors.bad_request"
handler403 = "songhe.doors.shell.errors.forbidden"
handler404 = "songhe.doors.shell.errors.not_found"
handler500 = "songhe.doors.shell.errors.broken"
