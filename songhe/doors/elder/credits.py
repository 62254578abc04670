"""My credits 我的积分: what there is, where it came from, what it bought, and that it is never paid out."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from songhe.credit import queries
from songhe.credit.models import Holder
from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import Whom, noted_read, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff import credits_words as words
from songhe.doors.staff import naming


def has_credits(of: Whom) -> bool:
    """Whether the person ever earned credits, so that the first page leads to them; one statement."""
    return Holder.objects.filter(county=of.person.county, person_id=of.person.id).exists()


@require_safe
@require("credit.own")
def credits(request: DoorRequest) -> HttpResponse:
    """Four statements for the credits themselves, however many deeds there were."""
    elder = whom(request)
    person = elder.person
    noted_read(request, elder, "credit.own")
    deeds = queries.deeds_of(person.county, person.id)
    names = naming.accounts([name for one in deeds for name in (one.told_by, one.witness)])
    said = {
        "held": [
            {
                "scheme": one.scheme,
                "units": words.in_units(one.scheme.unit, one.account.balance or 0),
                "helps": words.helps_said(one.scheme),
                "over": one.scheme.last_day is not None and one.scheme.last_day < request.on,
            }
            for one in queries.holders_of(person.county, person.id)
        ],
        "deeds": [
            {
                "deed": one,
                "what": words.rate_name(one.rate),
                "quantity": words.quantity_said(one),
                "worth": words.worth_said(one),
                "state": words.DEEDS[one.state],
                "told_by": names[one.told_by],
                "witness": names.get(one.witness, ""),
            }
            for one in deeds
        ],
        "spent": [
            {
                "row": one,
                "units": words.in_units(one.holder.scheme.unit, one.units),
                "help": words.help_said(one.help),
            }
            for one in queries.spendings_of(person.county, person.id)
        ],
        "rates": [
            (words.rate_name(one), words.price_said(one.scheme.unit, one.units, one.measure, one.per))
            for one in queries.earning_on(
                [one for one in queries.schemes_of(person.county, request.on) if person.place.startswith(one.place)],
                request.on,
            )
        ],
    }
    return show(request, "elder/credits.html", said, whom=elder)
