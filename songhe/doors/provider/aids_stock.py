"""The stock of a provider 辅具库存: pieces in and out of use, disinfected and mended; and what it asks for them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.aid import stock as verbs
from songhe.aid.catalogue import aids_on, offers_on, set_offer
from songhe.aid.models import Aid, Offer, Piece
from songhe.aid.queries import by_state, pieces
from songhe.aid.states import PIECE
from songhe.doors.may import check, require
from songhe.doors.provider.aids import aids_page, own_piece, tabs
from songhe.doors.provider.aids_forms import CleanForm, OfferForm, StockForm, WhyForm
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.posting import post, troubles
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, fresh, sent
from songhe.doors.staff.aids_shown import PIECES, name_of
from songhe.doors.staff.cursor import address
from songhe.kernel.refusal import Refusal

PAGE = 50


@require_safe
@require("desk.aids")
def stock(request: DoorRequest) -> HttpResponse:
    return stock_page(request, open_desk(request, "desk.aids"))


def stock_page(
    request: DoorRequest, desk: Desk, form: ActForm | None = None, refusal: Refusal | None = None, status: int = 200
) -> HttpResponse:
    """Every piece with its state, the prices, and the forms of who may change them."""
    told: dict[str, Any] = {"counties": desk.counties, "provider": desk.provider}
    wanted = request.GET.get("state", "")
    wanted = wanted if wanted in Piece.State.values else ""
    shown_page = Paginator(pieces(**told, state=wanted), PAGE).get_page(request.GET.get("page"))
    catalogue = aids_on(desk.provider.place, request.on)
    offers = offers_on(desk.provider, request.on)
    states = by_state(**told)
    said = {
        "aid_tabs": tabs("aids-stock"),
        "chips": [
            {"word": _("全部"), "address": address(request, state="", page=""), "current": not wanted},
            *(
                {
                    "word": f"{PIECES[one].said} {count}",
                    "address": address(request, state=one, page=""),
                    "current": one == wanted,
                }
                for one, count in states.items()
            ),
        ],
        "page": shown_page,
        "previous": address(request, page=shown_page.number - 1) if shown_page.has_previous() else "",
        "following": address(request, page=shown_page.number + 1) if shown_page.has_next() else "",
        "pieces": [(row, name_of(row.aid), PIECES[row.state], forms_of(row, desk)) for row in shown_page],
        "offers": [(name_of(one), offers[one.pk]) for one in catalogue if one.pk in offers],
        **forms_at_the_foot(desk, catalogue, form),
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/aids_stock.html", said, status=status)


def forms_at_the_foot(desk: Desk, catalogue: list[Aid], form: ActForm | None) -> dict[str, Any]:
    if not desk.is_manager:
        return {"stock_in": None, "offer": None}
    new: Any = lambda **more: StockForm(aids=catalogue, **more)  # noqa: E731
    priced: Any = lambda **more: OfferForm(aids=catalogue, **more)  # noqa: E731
    return {
        "stock_in": form if isinstance(form, StockForm) else fresh(new, "new"),
        "offer": form if isinstance(form, OfferForm) else fresh(priced, "offer"),
    }


def forms_of(row: Piece, desk: Desk) -> list[tuple[str, Any, ActForm]]:
    """What may be done to a piece in its state; who is no manager only disinfects."""
    found: list[tuple[str, Any, ActForm]] = []
    name = row.id.hex
    if PIECE.allows(row.state, "clean"):
        found.append(("clean", _("登记消毒"), fresh(CleanForm, f"clean_{name}", method=row.aid.clean_with)))
    if desk.is_manager:
        words = {"repair": _("送修"), "repaired": _("修好了"), "retire": _("报废")}
        found += [
            (verb, word, fresh(WhyForm, f"{verb}_{name}"))
            for verb, word in words.items()
            if PIECE.allows(row.state, verb)
        ]
    return found


def chosen(given: str, catalogue: list[Aid]) -> tuple[Aid, str]:
    key, _colon, size = given.partition(":")
    return next(one for one in catalogue if str(one.pk) == key), size


@require_POST
@require("desk.aid_stock")
def new(request: DoorRequest) -> HttpResponse:
    """A new piece comes into stock, in the provider's own county."""
    desk = open_desk(request, "desk.aid_stock")
    county = desk.provider.place
    catalogue = aids_on(county, request.on)

    def do(told: dict[str, Any]) -> Piece:
        aid, size = chosen(told["aid"], catalogue)
        return verbs.stock_in(
            provider=desk.provider,
            county=county,
            aid=aid,
            serial=told["serial"],
            size=size,
            at=request.at,
            on=request.on,
            by=by(request),
        )

    return post(
        request,
        StockForm(request.POST, aids=catalogue, auto_id="id_new_%s"),
        county=county,
        name="aid.stock_in",
        do=do,
        page=lambda form, refusal=None, status=200: stock_page(request, desk, form, refusal, status),
        done=_("入库了。"),
        on_to=reverse("provider:aids-stock"),
    )


@require_POST
@require("desk.aid_stock")
def price(request: DoorRequest) -> HttpResponse:
    """A first price holds from today, another one from tomorrow; what is lent keeps its own."""
    desk = open_desk(request, "desk.aid_stock")
    catalogue = aids_on(desk.provider.place, request.on)

    def do(told: dict[str, Any]) -> Offer:
        aid = next(one for one in catalogue if str(one.pk) == told["aid"])
        known = Offer.objects.filter(provider=desk.provider, aid=aid).exists()
        return set_offer(
            provider=desk.provider,
            aid=aid,
            day_fen=told["day"],
            deposit_fen=told["deposit"],
            valid_from=request.on + timedelta(days=1 if known else 0),
            at=request.at,
            by=by(request),
        )

    return post(
        request,
        OfferForm(request.POST, aids=catalogue, auto_id="id_offer_%s"),
        county=desk.provider.place,
        name="aid.set_offer",
        do=do,
        page=lambda form, refusal=None, status=200: stock_page(request, desk, form, refusal, status),
        done=_("价格记下了。已经租出的，价格不变。"),
        on_to=reverse("provider:aids-stock"),
    )


@require_POST
@require("desk.aids")
def act(request: DoorRequest, piece_id: UUID, verb: str) -> HttpResponse:
    """Disinfect, send to repair, take back from it, retire."""
    desk = open_desk(request, "desk.aids")
    row = own_piece(request, desk, piece_id)
    if verb not in ("clean", "repair", "repaired", "retire"):
        raise Http404
    if verb != "clean":
        check(request, "desk.aid_stock")
    when: dict[str, Any] = {"at": request.at, "by": by(request)}
    from_home = request.POST.get("from") == "home"

    def do(told: dict[str, Any]) -> Piece:
        if verb == "clean":
            return verbs.clean(piece=row, method=told["method"], on=request.on, **when)
        if verb == "repair":
            return verbs.send_to_repair(piece=row, because=told["why"], **when)
        if verb == "repaired":
            return verbs.repaired(piece=row, what=told["why"], **when)
        return verbs.retire(piece=row, because=told["why"], on=request.on, **when)

    page = aids_page if from_home else stock_page
    return post(
        request,
        sent(CleanForm if verb == "clean" else WhyForm, f"{verb}_{row.id.hex}", request),
        county=row.county,
        name=f"aid.{verb}:{row.id}",
        do=do,
        page=lambda form, refusal=None, status=200: page(request, desk, form, refusal, status),
        done=_("记下了。"),
        on_to=reverse("provider:aids" if from_home else "provider:aids-stock"),
    )
