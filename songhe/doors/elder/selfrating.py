"""Self-rating 自评: six everyday questions, one a page. It decides nothing and promises nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from songhe.assessment.scale import find
from songhe.assessment.score import self_rate
from songhe.doors.elder.showing import show
from songhe.doors.elder.whom import Whom, whom
from songhe.doors.may import require
from songhe.doors.shell.request import DoorRequest
from songhe.entitlement.apply import SELF_RATING_STANDARD
from songhe.kernel.month import age_on

#: The answers, kept in the session by person until an application takes them over.
KEPT = "elder_rating"
LEAST_AGE = 60


@dataclass(frozen=True)
class Question:
    """``item`` is the code of the scale; the words are ours."""

    item: str
    asks: Any
    hint: Any


QUESTIONS: tuple[Question, ...] = (
    Question("eating", _("吃饭，要人喂或帮忙吗？"), _("饭菜端到面前以后，自己能不能吃下去。")),
    Question("bathing", _("洗澡，要人帮忙吗？"), _("包括进出浴室、擦洗身子。")),
    Question("dressing", _("穿衣服、脱衣服，要人帮忙吗？"), _("包括扣扣子、穿鞋袜。")),
    Question("toilet", _("上厕所，要人帮忙吗？"), _("包括走到厕所、解裤子、擦干净。")),
    Question("continence", _("大小便，会管不住吗？"), _("常常来不及，或者要用尿垫、导尿管。")),
    Question("transfer", _("从床上起来、坐到椅子上，要人扶吗？"), _("只要扶一把也算。")),
)


def answers(request: DoorRequest, found: Whom) -> dict[str, bool]:
    kept = request.session.get(KEPT) or {}
    told: dict[str, bool] = kept.get(str(found.person.id), {})
    return {item: bool(value) for item, value in told.items()}


def dependent(request: DoorRequest, found: Whom) -> list[str] | None:
    """What depends on others, once all six are answered."""
    told = answers(request, found)
    if any(question.item not in told for question in QUESTIONS):
        return None
    return [question.item for question in QUESTIONS if told[question.item]]


@require_safe
@require("assessment.read")
def start(request: DoorRequest) -> HttpResponse:
    return show(request, "elder/rating_start.html", {"count": len(QUESTIONS)}, whom=whom(request))


@require_http_methods(["GET", "HEAD", "POST"])
@require("assessment.read")
def question(request: DoorRequest, number: int) -> HttpResponse:
    """One question. An answer leads to the next, the last one to what it means."""
    if not 1 <= number <= len(QUESTIONS):
        raise Http404
    found = whom(request)
    asked = QUESTIONS[number - 1]
    told = answers(request, found)
    wrong = False
    if request.method == "POST":
        given = request.POST.get("answer", "")
        if given in ("yes", "no"):
            kept = dict(request.session.get(KEPT) or {})
            kept[str(found.person.id)] = told | {asked.item: given == "yes"}
            request.session[KEPT] = kept
            last = number == len(QUESTIONS)
            address = reverse("elder:self-rated") if last else reverse("elder:self-question", args=[number + 1])
            return HttpResponseRedirect(address)
        wrong = True
    said = {
        "question": asked,
        "number": number,
        "all": len(QUESTIONS),
        "before": told.get(asked.item),
        "wrong": wrong,
    }
    back = reverse("elder:self-question", args=[number - 1]) if number > 1 else reverse("elder:rating")
    return show(request, "elder/rating_question.html", said, whom=found, back=back, status=422 if wrong else 200)


@require_safe
@require("assessment.read")
def result(request: DoorRequest) -> HttpResponse:
    """What the answers may mean: likely, perhaps, or not now. Only an assessment decides."""
    found = whom(request)
    hard = dependent(request, found)
    if hard is None:
        return HttpResponseRedirect(reverse("elder:rating"))
    rated = self_rate(find(SELF_RATING_STANDARD), hard)
    said = {
        "likely": rated.may_apply,
        "some": bool(hard),
        "count": len(hard),
        "too_young": age_on(found.person.birth_date, request.on) < LEAST_AGE,
        "age": age_on(found.person.birth_date, request.on),
        "hard": [question.asks for question in QUESTIONS if question.item in hard],
    }
    back = reverse("elder:self-question", args=[len(QUESTIONS)])
    return show(request, "elder/rating_result.html", said, whom=found, back=back)
