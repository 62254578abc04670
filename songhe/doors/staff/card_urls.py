"""The addresses of the love card at the desk, under ``/staff/card/``."""

from django.urls import path

from songhe.doors.staff import card_cards, card_classes, card_funds, card_gifts, card_merchants

urlpatterns = [
    path("", card_funds.funds, name="card"),
    path("funds/", card_funds.funds, name="card-funds"),
    path("funds/new/<slug:key>/<slug:verb>/", card_funds.new, name="card-new-act"),
    path("funds/<uuid:fund_id>/", card_funds.fund, name="card-fund"),
    path("funds/<uuid:fund_id>/gifts/", card_gifts.stories, name="card-gifts"),
    path("funds/<uuid:key>/<slug:verb>/", card_funds.act, name="card-fund-act"),
    path("money/<uuid:key>/<slug:verb>/", card_funds.money, name="card-money"),
    path("changes/<uuid:proposal_id>/<slug:answer>/", card_funds.decide, name="card-change"),
    path("gifts/<uuid:gift_id>/certificate.pdf", card_gifts.certificate, name="card-certificate"),
    path("votes/<uuid:decision_id>/paper/", card_gifts.vote_paper, name="card-vote-paper"),
    path("classes/", card_classes.classes, name="card-classes"),
    path("classes/run/", card_classes.classify, name="card-classify"),
    path("holders/", card_classes.holders, name="card-holders"),
    path("cards/", card_cards.cards, name="card-cards"),
    path("cards/open/<uuid:person_id>/", card_cards.opening, name="card-opening"),
    path("cards/open/<uuid:key>/<slug:verb>/", card_cards.opened, name="card-open-act"),
    path("cards/<uuid:card_id>/", card_cards.card, name="card-card"),
    path("cards/<uuid:key>/<slug:verb>/", card_cards.act, name="card-act"),
    path("heirs/<uuid:key>/<slug:verb>/", card_cards.heir, name="card-heir"),
    path("merchants/", card_merchants.merchants, name="card-merchants"),
    path("merchants/new/<slug:key>/<slug:verb>/", card_merchants.new, name="card-merchant-new"),
    path("merchants/<int:partner_id>/", card_merchants.merchant, name="card-merchant"),
    path("merchants/<int:key>/<slug:verb>/", card_merchants.act, name="card-merchant-act"),
]
