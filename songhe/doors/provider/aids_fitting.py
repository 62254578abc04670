"""One fitting and one loan at the desk: the next step of each, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from songhe.aid import fit, lend
from songhe.aid.catalogue import aids_on, offers_on
from songhe.aid.models import Deposit, Fitting, Loan, Piece
from songhe.aid.queries import lent, pieces
from songhe.doors.may import check, require
from songhe.doors.provider.aids import own_fitting, own_loan
from songhe.doors.provider.aids_forms import AssessForm, BackForm, DeclineForm, HandOutForm, SettleForm, TryForm
from songhe.doors.provider.desk import Desk, by, open_desk, shown
from songhe.doors.provider.posting import post, troubles
from songhe.doors.provider.statements import kept_file
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.acting import ActForm, fresh, sent
from songhe.doors.staff.aids_shown import CONDITIONS, DEPOSITS, FITTINGS, means_said, name_of
from songhe.kernel.refusal import Refusal

State = Fitting.State


@require_safe
@require("desk.aids")
def fitting(request: DoorRequest, fitting_id: UUID) -> HttpResponse:
    desk = open_desk(request, "desk.aids")
    return fitting_page(request, desk, own_fitting(request, desk, fitting_id))


def fitting_page(
    request: DoorRequest,
    desk: Desk,
    row: Fitting,
    form: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """What is known, and the form of the next step."""
    verb, fields = next_step(request, desk, row)
    offer = offers_on(row.provider, request.on).get(row.aid_id) if row.aid_id else None
    said = {
        "crumbs": [Crumb(_("辅具"), reverse("provider:aids")), Crumb(row.person.name)],
        "row": row,
        "aid": name_of(row.aid) if row.aid else "",
        "state": FITTINGS[row.state],
        "offer": offer,
        "verb": verb,
        "form": form if form is not None and not isinstance(form, DeclineForm) else fields,
        "decline": form
        if isinstance(form, DeclineForm)
        else (fresh(DeclineForm, "decline") if row.state not in (State.DECLINED, State.FITTED) else None),
        "loan": Loan.objects.filter(county=row.county, fitting=row).first(),
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/aids_fitting.html", said, status=status)


def next_step(request: DoorRequest, desk: Desk, row: Fitting, data: Any = None) -> tuple[str, ActForm | None]:
    """The verb that comes next, with its form; nothing for what is over."""
    kind: Callable[..., ActForm]
    told: dict[str, Any] = {}
    if row.state == State.ASKED:
        verb, kind, told = "assess", AssessForm, {"aids": lendable(desk, row.county, request)}
    elif row.state == State.ASSESSED:
        verb, kind = "try", TryForm
    elif row.state == State.TRIED:
        verb, kind = "accept", ActForm
    elif row.state == State.ACCEPTED:
        verb, kind, told = "hand-out", HandOutForm, {"pieces": fitting_pieces(desk, row)}
    else:
        return "", None
    if data is not None:
        return verb, kind(data, auto_id="id_next_%s", **told)
    made: Any = lambda **more: kind(**told, **more)  # noqa: E731
    return verb, fresh(made, "next")


def lendable(desk: Desk, county: str, request: DoorRequest) -> list[Any]:
    """The aids for which the provider has a price."""
    offers = offers_on(desk.provider, request.on)
    return [one for one in aids_on(county, request.on) if one.pk in offers]


def fitting_pieces(desk: Desk, row: Fitting) -> list[Piece]:
    rows = pieces(counties=[row.county], provider=desk.provider, state=Piece.State.IN_STOCK)
    return list(rows.filter(aid=row.aid, size=row.size)[:200])


@require_POST
@require("desk.aids")
def step(request: DoorRequest, fitting_id: UUID, verb: str) -> HttpResponse:
    """The next step, or that it is not wanted any more."""
    desk = open_desk(request, "desk.aids")
    row = own_fitting(request, desk, fitting_id)
    if verb == "decline":
        form: ActForm | None = sent(DeclineForm, "decline", request)
    else:
        wanted, form = next_step(request, desk, row, request.POST)
        if form is None or wanted != verb:
            form = sent(ActForm, "next", request)
            raise_unless_known(verb)
    assert form is not None
    on_to = reverse("provider:aids-fitting", args=[row.id])
    return post(
        request,
        form,
        county=row.county,
        name=f"aid.{verb}:{row.id}",
        do=lambda told: do_step(request, row, verb, told),
        page=lambda sent_form, refusal=None, status=200: fitting_page(request, desk, row, sent_form, refusal, status),
        done=_("记下了。"),
        on_to=on_to,
    )


def raise_unless_known(verb: str) -> None:
    if verb not in ("assess", "try", "accept", "hand-out"):
        raise Http404


def do_step(request: DoorRequest, row: Fitting, verb: str, told: dict[str, Any]) -> Any:
    when: dict[str, Any] = {"at": request.at, "on": request.on, "by": by(request)}
    if verb == "assess" and "aid" in told:
        key, _colon, size = told["aid"].partition(":")
        aid = next(one for one in aids_on(row.county, request.on) if str(one.pk) == key)
        advice = fit.Advice(aid, told["need"], size=size, home=told["home"])
        return fit.assess(fitting=row, advice=advice, **when)
    if verb == "try" and "trial" in told:
        return fit.try_out(fitting=row, trial=told["trial"], **when)
    if verb == "accept":
        return fit.accept(fitting=row, **when)
    if verb == "decline":
        return fit.decline(fitting=row, because=told["because"], **when)
    if verb == "hand-out" and "piece" in told:
        piece = Piece.objects.get(county=row.county, id=told["piece"])
        return lend.hand_out(fitting=row, piece=piece, deposit_fen=told["deposit"], means=told["means"], **when)
    # The row has gone on since the page was opened: the verb itself says so.
    return fit.try_out(fitting=row, trial="—", **when)


@require_safe
@require("desk.aids")
def loan(request: DoorRequest, loan_id: UUID) -> HttpResponse:
    desk = open_desk(request, "desk.aids")
    return loan_page(request, desk, own_loan(request, desk, loan_id))


def loan_page(
    request: DoorRequest,
    desk: Desk,
    row: Loan,
    form: ActForm | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    """A loan with its days and its deposit; how it comes back, and the deposit after it. It prints as a receipt."""
    one = lent(row.county, [row], request.on)[0]
    check_of = one.inspection
    said = {
        "crumbs": [Crumb(_("辅具"), reverse("provider:aids")), Crumb(row.person.name)],
        "one": one,
        "row": row,
        "aid": name_of(row.piece.aid),
        "deposit_state": DEPOSITS[one.deposit.state] if one.deposit else None,
        "means": means_said(one.deposit.means) if one.deposit else "",
        "condition": CONDITIONS[check_of.condition] if check_of else "",
        "back": (form if isinstance(form, BackForm) else fresh(BackForm, "back")) if one.is_out else None,
        "settle": (form if isinstance(form, SettleForm) else fresh(SettleForm, "settle"))
        if one.can_settle and desk.is_manager
        else None,
        "waits_for_county": check_of is not None and check_of.state == "claimed",
        **troubles(form, refusal),
    }
    return shown(request, desk, "provider/aids_loan.html", said, status=status)


@require_POST
@require("desk.aids")
def take_back(request: DoorRequest, loan_id: UUID) -> HttpResponse:
    desk = open_desk(request, "desk.aids")
    row = own_loan(request, desk, loan_id)
    form = BackForm(request.POST, request.FILES, auto_id="id_back_%s")

    def do(told: dict[str, Any]) -> Any:
        kept = kept_file(request, row.county, told["picture"], "aid")
        found = lend.Found(
            told["condition"],
            findings=told["findings"],
            claimed_fen=told["claimed"] or 0,
            witness=told["witness"],
            evidence=kept,
        )
        return lend.take_back(loan=row, found=found, at=request.at, on=request.on, by=by(request))

    return post(
        request,
        form,
        county=row.county,
        name=f"aid.back:{row.id}",
        do=do,
        page=lambda sent_form, refusal=None, status=200: loan_page(request, desk, row, sent_form, refusal, status),
        done=_("收回了，租金算到今天为止；消毒后才能再租。"),
        on_to=reverse("provider:aids-loan", args=[row.id]),
        not_kept=("picture",),
    )


@require_POST
@require("desk.aids")
def settle(request: DoorRequest, loan_id: UUID) -> HttpResponse:
    check(request, "desk.aid_stock")
    desk = open_desk(request, "desk.aid_stock")
    row = own_loan(request, desk, loan_id)

    def do(told: dict[str, Any]) -> Any:
        deposit = Deposit.objects.get(county=row.county, loan=row)
        return lend.settle_deposit(
            deposit=deposit, back_to=told["back_to"], at=request.at, on=request.on, by=by(request)
        )

    return post(
        request,
        sent(SettleForm, "settle", request),
        county=row.county,
        name=f"aid.settle:{row.id}",
        do=do,
        page=lambda sent_form, refusal=None, status=200: loan_page(request, desk, row, sent_form, refusal, status),
        done=_("押金退结了。"),
        on_to=reverse("provider:aids-loan", args=[row.id]),
    )
