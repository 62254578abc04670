"""The love card's addresses of this door, under ``/my/card/``."""

from django.urls import path

from songhe.doors.elder import card, card_face, card_heirs, card_held, card_printed, card_refund, card_topup

urlpatterns = [
    path("card/", card.card, name="card"),
    path("card/movements/", card.moves, name="card-moves"),
    path("card/open/", card.open_it, name="card-open"),
    path("card/lost/", card.lost, name="card-lost"),
    path("card/printed/", card_printed.printed, name="card-printed"),
    path("card/printed/code.pdf", card_printed.printed_pdf, name="card-printed-pdf"),
    path("card/face/", card_face.face, name="card-face"),
    path("card/face/practice/", card_face.camera, name="card-face-practice"),
    path("card/held/", card_held.held, name="card-held"),
    path("card/held/<slug:no>/give-up/", card_held.given_up, name="card-give-up"),
    path("card/heirs/", card_heirs.heirs, name="card-heirs"),
    path("card/top-up/", card_topup.choose, name="card-topup"),
    path("card/top-ups/", card_topup.every, name="card-topups"),
    path("card/top-ups/<slug:no>/", card_topup.one, name="card-topup-one"),
    path("card/top-ups/<slug:no>/check/", card_topup.check, name="card-topup-check"),
    path("card/top-ups/<slug:no>/cancel/", card_topup.cancel, name="card-topup-cancel"),
    path("card/top-ups/<slug:no>/receipt.pdf", card_topup.receipt_pdf, name="card-topup-pdf"),
    path("card/top-ups/<slug:no>/refund/", card_refund.refund_it, name="card-refund"),
]
