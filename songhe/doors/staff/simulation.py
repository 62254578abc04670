"""What would it cost 政策测算: other ratios, caps or levels on the county's own people; who gains and who loses."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from songhe.doors.may import require
from songhe.doors.shell.pieces import Crumb
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import month as spoken_month
from songhe.doors.staff import naming, words
from songhe.doors.staff.acting import in_words
from songhe.doors.staff.figures import Series, chart, language, yuan
from songhe.doors.staff.pack_words import programme_name, written
from songhe.doors.staff.reach import account_of, counties, out_of_reach
from songhe.eligibility.facts import who_is_on_file
from songhe.jobs.models import Run, RunState
from songhe.jobs.outbox import put
from songhe.jobs.run import STUCK_AFTER
from songhe.kernel.month import Month
from songhe.kernel.refusal import Refusal
from songhe.policy.evaluate import categories
from songhe.policy.pack import lies_in
from songhe.policy.resolve import Policy, as_json, library
from songhe.policy.values import VALUES
from songhe.statistics.simulation import (
    AT_ONCE,
    MONTHS,
    TOPIC,
    Question,
    base_months,
    prepare,
    run,
)
from songhe.trail.note import note

YEARS_AHEAD = 3


class SimulationForm(forms.Form):
    """What is left as it stands is not changed. Ratios in per cent, caps in yuan."""

    county = forms.ChoiceField(label=gettext_lazy("在哪个县区测算"))
    year = forms.TypedChoiceField(label=gettext_lazy("哪一年"), coerce=int)
    base = forms.ChoiceField(
        label=gettext_lazy("以哪个月的用量为准"), help_text=gettext_lazy("按这个月每人实际用的服务推算全年。")
    )

    def __init__(
        self,
        *args: Any,
        counties_: list[tuple[str, str]],
        years: list[int],
        months: list[tuple[str, str]],
        policy: Policy | None,
        on: Any,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self._choose("county", counties_)
        self._choose("year", [(str(year), str(year)) for year in years])
        self._choose("base", months)
        self.standing: dict[str, Fraction | int | None] = {}
        if policy is None:
            return
        for each in categories(policy=policy, on=on):
            name = f"ratio_{each.category}"
            self.standing[name] = each.ratio
            self.fields[name] = forms.DecimalField(
                label=_("抵扣比例（%%）：%(group)s") % {"group": words.CATEGORIES[each.category].said},
                min_value=0,
                max_value=100,
                decimal_places=1,
                required=False,
                initial=per_cent(each.ratio),
            )
        for each in categories(policy=policy, on=on):
            name = f"cap_{each.category}"
            self.standing[name] = each.cap_fen
            self.fields[name] = forms.IntegerField(
                label=_("封顶额度（元）：%(group)s") % {"group": words.CATEGORIES[each.category].said},
                min_value=0,
                max_value=100_000,
                required=False,
                initial=each.cap_fen // 100 if each.cap_fen is not None else None,
            )
        for name, label, least, most in (
            ("level_least", _("最低失能等级（1 轻度 … 4 完全）"), 0, 4),
            ("age_least", _("最低年龄（岁）"), 18, 120),
        ):
            value = policy.value(name, on)
            assert value is None or isinstance(value, int)
            self.standing[name] = value
            self.fields[name] = forms.IntegerField(
                label=label, min_value=least, max_value=most, required=False, initial=value
            )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        if len(choices) == 1:
            field.initial = choices[0][0]

    def changed_values(self) -> dict[str, str]:
        """What was changed, as a question writes it."""
        found = {}
        for name, stands in self.standing.items():
            told = self.cleaned_data.get(name)
            if told is None:
                continue
            value: Fraction | int = Fraction(str(told)) / 100 if name.startswith("ratio_") else int(told)
            if name.startswith("cap_"):
                value = int(told) * 100
            if value != stands:
                found[name] = f"{value.numerator}/{value.denominator}" if isinstance(value, Fraction) else str(value)
        return found


def per_cent(value: Fraction | None) -> str | None:
    if value is None:
        return None
    hundred = value * 100
    return str(hundred.numerator) if hundred.denominator == 1 else f"{float(hundred):.1f}"


def reached(request: DoorRequest, place: str) -> list[str]:
    """The counties inside the pack's place for which the request may simulate."""
    return [county for county in counties(request, "policy.simulate") if lies_in(county, place)]


def form_of(
    request: DoorRequest, place: str, programme: str, data: Mapping[str, Any] | None = None
) -> SimulationForm | None:
    known = reached(request, place)
    if not known:
        return None
    county = (data or {}).get("county") or known[0]
    if county not in known:
        out_of_reach(request, county=str(county)[:6], subject="policy", subject_id=f"{place}/{programme}")
    names = naming.places(known, request.on)
    try:
        policy: Policy | None = library().resolve(policy=programme, place=county, on=request.on)
    except Refusal:
        policy = None
    months = base_months(county, programme, request.on)
    return SimulationForm(
        data,
        counties_=[(code, names[code]) for code in known],
        years=list(range(request.on.year, request.on.year + YEARS_AHEAD + 1)),
        months=[(str(month), spoken_month(month, language())) for month in months],
        policy=policy,
        on=request.on,
        auto_id="id_sim_%s",
        initial={"year": request.on.year + 1, "county": known[0]},
    )


def blank_form(request: DoorRequest, place: str, programme: str) -> SimulationForm | None:
    form = form_of(request, place, programme)
    return form if form is not None and form.standing else None


@require_POST
@require("policy.simulate")
def simulate(request: DoorRequest, place: str, programme: str) -> HttpResponse:
    """Ask the question; the same one leads to the same answer. Few people are counted at once, many by the worker."""
    form = form_of(request, place, programme, request.POST)
    if form is None or not form.standing:
        raise Http404
    status = 422
    if form.is_valid():
        county = form.cleaned_data["county"]
        question = Question(
            place=place,
            programme=programme,
            year=form.cleaned_data["year"],
            base=form.cleaned_data["base"],
            on=request.on.isoformat(),
            values=form.changed_values(),
        )
        try:
            row = begin(request, county, question)
            return HttpResponseRedirect(
                f"{reverse('staff:simulation', args=[place, programme, row.id])}?county={county}"
            )
        except Refusal as refusal:
            status = refusal.status
            form.add_error(refusal.field if refusal.field in form.fields else None, in_words(refusal))
    said = {
        "form": form,
        "address": reverse("staff:simulate", args=[place, programme]),
        "crumbs": crumbs_of(place, programme, _("测算")),
    }
    return render(request, "staff/pack_simulate.html", said, status=status)


def crumbs_of(place: str, programme: str, last: str) -> list[Crumb]:
    return [
        Crumb(_("政策包"), reverse("staff:packs")),
        Crumb(programme_name(programme), reverse("staff:pack", args=[place, programme])),
        Crumb(last),
    ]


def begin(request: DoorRequest, county: str, question: Question) -> Run:
    row = prepare(county=county, question=question)
    note(
        county=county,
        at=request.at,
        actor=account_of(request).username,
        act="policy.simulate",
        subject="policy",
        subject_id=f"{question.place}/{question.programme}",
        question=question.as_dict(),
        request=request.request_id,
    )
    if row.state == RunState.DONE:
        return row
    if who_is_on_file(county, request.on).count() > AT_ONCE:
        put(county=county, topic=TOPIC, about=row.id, payload=question.as_dict(), at=request.at)
        return row
    run(county=county, question=question, clock=lambda: request.at)
    row.refresh_from_db()
    return row


@require_safe
@require("policy.simulate")
def result(request: DoorRequest, place: str, programme: str, run_id: UUID) -> HttpResponse:
    """The answer, or how far the counting has come."""
    row = run_of(request, place, run_id)
    question = Question.read(row.result["question"])
    if (question.place, question.programme) != (place, programme):
        raise Http404
    answer = row.result.get("answer") if row.state == RunState.DONE else None
    said = {
        "row": row,
        "question": question,
        "changes": changes_of(row.county, question),
        "place_name": naming.places([row.county], request.on)[row.county],
        "base": spoken_month(Month.parse(question.base), language()),
        "moving": row.state in (RunState.WAITING, RunState.RUNNING),
        "stuck": row.state == RunState.RUNNING and row.beat_at is not None and row.beat_at < request.at - STUCK_AFTER,
        "failed": row.state == RunState.FAILED,
        "crumbs": crumbs_of(place, programme, _("测算 %(year)s") % {"year": question.year}),
        "again": request.get_full_path(),
        **(answer_said(request, answer) if answer else {}),
    }
    if request.headers.get("HX-Target", "").endswith("simulation-progress"):
        response = render(request, "staff/pack_progress.html", said)
        if not said["moving"]:
            response.headers["HX-Refresh"] = "true"
        return response
    return render(request, "staff/pack_simulation.html", said)


def run_of(request: DoorRequest, place: str, run_id: UUID) -> Run:
    known = counties(request, "policy.simulate")
    row = Run.objects.filter(id=run_id, job__startswith="simulate:").first()
    if row is None:
        raise Http404
    if row.county not in known:
        out_of_reach(request, county=row.county, subject="policy.simulation", subject_id=run_id)
    return row


def changes_of(county: str, question: Question) -> list[dict[str, str]]:
    """What the question changes, beside what holds now."""
    policy = library().resolve(policy=question.programme, place=county, on=date.fromisoformat(question.on))
    found = []
    for name, text in question.values.items():
        known = VALUES[name]
        stands = as_json(policy.value(name, date.fromisoformat(question.on)))
        told: Any = text if name.startswith("ratio_") else int(text)
        found.append(
            {
                "name": words.titled(known.zh, known.en),
                "before": written(known, stands),
                "after": written(known, told),
            }
        )
    return found


def answer_said(request: DoorRequest, answer: dict[str, Any]) -> dict[str, Any]:
    """The figures of a year: the month's, twelve times."""
    year_before, year_after = answer["before_fen"] * MONTHS, answer["after_fen"] * MONTHS
    new_fen = answer["new_fen"] * MONTHS
    names = naming.places([code for code in answer["by_town"] if code], request.on)
    towns = part_rows(answer["by_town"], lambda code: names.get(code) or str(_("没有居住地")))
    groups = part_rows(
        answer["by_group"],
        lambda code: str(words.CATEGORIES[code].said) if code in words.CATEGORIES else str(_("没有使用")),
    )
    return {
        "answer": answer,
        "year_before_fen": year_before,
        "year_after_fen": year_after,
        "new_fen": new_fen,
        "total_fen": year_after + new_fen,
        "more_fen": year_after + new_fen - year_before,
        "ceiling_before_fen": answer["before_ceiling_fen"] * MONTHS,
        "ceiling_after_fen": answer["after_ceiling_fen"] * MONTHS,
        "each_gain_fen": answer["gained_fen"] // answer["winners"] if answer["winners"] else None,
        "each_loss_fen": answer["lost_fen"] // answer["losers"] if answer["losers"] else None,
        "towns": towns,
        "groups": groups,
        "money_chart": comparison(groups),
        "town_chart": comparison(towns, "rows"),
        "people_chart": chart(
            "rows",
            "people",
            [str(_("得到更多")), str(_("得到更少")), str(_("不变"))],
            [Series(str(_("人数")), [answer["winners"], answer["losers"], answer["unchanged"]])],
        ),
    }


def part_rows(parts: dict[str, dict[str, int]], name: Any) -> list[dict[str, Any]]:
    rows = [
        {
            "name": name(code),
            "people": part["after"],
            "before_fen": part["before_fen"] * MONTHS,
            "after_fen": part["after_fen"] * MONTHS,
            "more_fen": (part["after_fen"] - part["before_fen"]) * MONTHS,
            "winners": part["winners"],
            "losers": part["losers"],
        }
        for code, part in parts.items()
        if part["before"] or part["after"]
    ]
    return sorted(rows, key=lambda row: (-row["after_fen"], row["name"]))


def comparison(rows: list[dict[str, Any]], kind: str = "bars") -> dict[str, Any]:
    shown = [row for row in rows if row["before_fen"] or row["after_fen"]][:20]
    return chart(
        kind,
        "yuan",
        [row["name"] for row in shown],
        [
            Series(str(_("现行")), [yuan(row["before_fen"]) for row in shown], "grey"),
            Series(str(_("测算")), [yuan(row["after_fen"]) for row in shown]),
        ],
    )
