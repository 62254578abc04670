"""What am I entitled to? A few plain questions, answered by the same rules as an application. Nothing is kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from songhe.assessment.scale import find as scale
from songhe.assessment.score import self_rate
from songhe.doors.public import texts, words
from songhe.doors.public.last_day import LastDay, last_day
from songhe.doors.public.place import County, named, served
from songhe.doors.shell.pieces import Condition, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.staff.words import LEVELS, said, titled
from songhe.entitlement.apply import SELF_RATING_STANDARD
from songhe.kernel.month import age_on
from songhe.kernel.refusal import Refusal
from songhe.person.details import read_date
from songhe.place.calendar import loaded_calendar
from songhe.policy.benefit import share_bill
from songhe.policy.evaluate import CategoryTerms, Determination, determine
from songhe.policy.facts import FACTS, FactValue
from songhe.policy.resolve import NOT_IN_FORCE, Library, Policy, library
from songhe.policy.terms import Terms, terms_in

OLDEST = 130
#: Facts about other programmes, in the order of the question; a place asks some of them.
OTHER_PROGRAMMES = (
    ("in_concentrated_care", gettext_lazy("经济困难失能老年人集中照护服务补助")),
    ("in_improvement_action", gettext_lazy("居家和社区基本养老服务提升行动项目")),
    ("in_home_visit_project", gettext_lazy("当地的居家上门服务项目")),
    ("in_family_bed", gettext_lazy("政府补助的家庭养老床位")),
    ("in_government_home_care", gettext_lazy("政府购买的居家养老服务")),
)
NONE_OF_THEM, NOT_SURE = "none", "not_sure"
UNKNOWN_LEVEL = "unknown"

#: What to do about a fact that is not known.
FIND_OUT: dict[str, Any] = {
    "age": gettext_lazy("填上出生日期或年龄。"),
    "resident": gettext_lazy("说明是否长期住在当地。"),
    "disability_level": gettext_lazy("申请一次能力评估，由两名评估员当面评定。"),
    "in_tekun_support": gettext_lazy("问村（社区）或民政窗口：是否在享受特困人员供养。"),
}
FIND_OUT_PROGRAMME = gettext_lazy("问村（社区）或民政窗口：是否在享受这个项目。")


class Several(forms.CheckboxSelectMultiple):
    use_fieldset = True


class QuestionForm(forms.Form):
    """The questions, on one short page."""

    where = forms.CharField(
        label=gettext_lazy("老人现在住在哪个县（市、区）？"),
        help_text=gettext_lazy("写名称或六位区划代码。看的是住在哪里，不看户口。"),
        max_length=40,
        error_messages={"required": gettext_lazy("请填写所在的县（市、区）。")},
        widget=forms.TextInput(attrs={"list": "counties", "autocomplete": "off"}),
    )
    which = forms.ChoiceField(label=gettext_lazy("有几个同名的，请选一个"), required=False, choices=())
    born = forms.CharField(
        label=gettext_lazy("老人多大年纪？"),
        help_text=gettext_lazy("写出生日期，如 1950年5月8日；也可以只写周岁，如 76。"),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
    )
    lives = forms.ChoiceField(
        label=gettext_lazy("老人现在住在家里还是机构？"),
        required=False,
        widget=forms.RadioSelect,
        choices=[("home", gettext_lazy("住在家里")), ("institution", gettext_lazy("住在养老机构"))],
    )
    level = forms.ChoiceField(
        label=gettext_lazy("做过能力评估吗？结果是哪一级？"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            (UNKNOWN_LEVEL, gettext_lazy("没做过，或者不清楚")),
            *((str(level), word) for level, word in LEVELS.items()),
        ],
    )
    dependent = forms.MultipleChoiceField(
        label=gettext_lazy("没评估过的，先看看：下面哪些事离不开别人帮忙？"),
        help_text=gettext_lazy("只作参考，不决定结果。"),
        required=False,
        widget=Several,
        choices=(),
    )
    identity = forms.ChoiceField(
        label=gettext_lazy("老人属于哪一类？"),
        required=False,
        widget=forms.RadioSelect,
        choices=[
            ("ordinary", gettext_lazy("都不是")),
            ("low_income", gettext_lazy("低保")),
            ("low_income_edge", gettext_lazy("低保边缘")),
            ("tekun", gettext_lazy("特困人员供养")),
            ("unknown", gettext_lazy("不清楚")),
        ],
    )
    programmes = forms.MultipleChoiceField(
        label=gettext_lazy("正在享受下面哪些？"),
        required=False,
        widget=Several,
        choices=[
            *OTHER_PROGRAMMES,
            (NONE_OF_THEM, gettext_lazy("以上都没有")),
            (NOT_SURE, gettext_lazy("说不清楚")),
        ],
    )

    def __init__(self, *args: Any, on: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.on = on
        self.county: County | None = None
        rating = scale(SELF_RATING_STANDARD).self_rating
        assert rating is not None
        things = [(code, titled(each.zh, each.en)) for part in (rating.a, rating.b) for code, each in part.items()]
        self.fields["dependent"].choices = things  # type: ignore[attr-defined]
        if self.data.get("where"):
            self._offer_counties(str(self.data["where"]))

    def _offer_counties(self, text: str) -> None:
        """Counties of one name are told apart by what lies above them."""
        self.found = named(text, self.on)
        if len(self.found) > 1:
            self.fields["which"].choices = [(one.code, one.path) for one in self.found]  # type: ignore[attr-defined]

    @property
    def is_ambiguous(self) -> bool:
        return len(getattr(self, "found", [])) > 1

    def clean_born(self) -> int | None:
        """The age on the day; ``None`` when nothing was said."""
        typed = self.cleaned_data["born"].strip().rstrip("岁")
        if not typed:
            return None
        if typed.isdecimal() and len(typed) <= 3:
            age = int(typed)
        else:
            try:
                born = read_date(typed, "born")
            except Refusal:
                raise forms.ValidationError(_("看不懂这个日期。请写成 1950-05-08，或者只写周岁。")) from None
            assert born is not None
            if born > self.on:
                raise forms.ValidationError(_("出生日期不能晚于今天。"))
            age = age_on(born, self.on)
        if age > OLDEST:
            raise forms.ValidationError(_("请核对出生日期或年龄。"))
        return age

    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        found = getattr(self, "found", [])
        if "where" in told and not found:
            self.add_error("where", _("没有找到这个县（市、区），请换个写法，或填六位区划代码。"))
        elif len(found) == 1:
            self.county = found[0]
        elif found and "which" not in self.errors:
            self.county = next((one for one in found if one.code == told.get("which")), None)
            if self.county is None:
                self.add_error("which", _("请选择是哪一个。"))
        return told

    def facts(self) -> dict[str, FactValue]:
        """What was answered, as the rules ask for it; what was not stays unknown."""
        told = self.cleaned_data
        known: dict[str, FactValue] = {"age": told["born"], "resident": True}
        if told["level"] not in ("", UNKNOWN_LEVEL):
            known["disability_level"] = int(told["level"])
        if told["identity"] not in ("", "unknown"):
            known["in_tekun_support"] = told["identity"] == "tekun"
        held = set(told["programmes"])
        for fact, _word in OTHER_PROGRAMMES:
            if fact in held:
                known[fact] = True
            elif held and NOT_SURE not in held:
                known[fact] = False
        return known


@dataclass(frozen=True)
class Amount:
    """A group of service: what is taken off, and from which fee on the cap is reached."""

    name: Any
    percent: str
    cap_fen: int
    full_from_fen: int
    example_fee_fen: int
    example_fen: int
    example_own_fen: int
    own: bool


@dataclass(frozen=True)
class Answer:
    """What one programme says to these facts."""

    programme: str
    sign: str
    title: str
    outcome: str
    conditions: list[Condition]
    unknown: list[tuple[str, Any]]
    amounts: list[Amount]
    closed: list[Any]
    materials: list[str]
    last_day: LastDay | None
    needs_assessment: bool
    monthly_claim: bool
    guide: str
    notes: list[str]
    version: str

    @property
    def most_fen(self) -> int:
        return max((each.cap_fen for each in self.amounts), default=0)


@require_http_methods(["GET", "HEAD", "POST"])
def entitled(request: DoorRequest) -> HttpResponse:
    """The questions, and below them the answer. It is a POST so that nothing typed stands in an address or a log."""
    here = served(request.on)
    if request.method != "POST":
        first = {"where": here[0].name} if len(here) == 1 else {}
        return render(
            request,
            "public/entitled.html",
            {"place": "entitled", "form": QuestionForm(initial=first, on=request.on), "here": here},
        )
    form = QuestionForm(request.POST, on=request.on)
    if not form.is_valid():
        return render(request, "public/entitled.html", {"place": "entitled", "form": form, "here": here}, status=422)
    assert form.county is not None
    facts = form.facts()
    answers = answers_at(form.county.code, request.on, facts, lives=form.cleaned_data["lives"])
    said_so = {
        "place": "entitled",
        "form": form,
        "here": here,
        "county": form.county,
        "answers": answers,
        "told": told(form),
        "rated": self_rating(form),
        "bodies": f"{reverse('public:directory')}?{urlencode({'county': form.county.code, 'kind': 'assessment_body'})}",
        "is_served": any(one.code == form.county.code for one in here),
    }
    return render(request, "public/entitled_answer.html", said_so)


def answers_at(place: str, on: date, facts: Mapping[str, FactValue], *, lives: str = "") -> list[Answer]:
    """Every programme in force at the place whose rules say who is entitled, the consumption voucher first."""
    packs = library()
    known = dict(facts)
    found: list[Answer] = []
    for programme in sorted(packs.programmes, key=lambda one: (one != "consumption-voucher", one)):
        policy = in_force(packs, programme, place, on)
        if policy is None or not policy.conditions:
            continue
        asked = {condition.fact for condition in policy.conditions}
        determined = determine(policy=policy, facts={name: known.get(name) for name in asked}, on=on)
        if programme == "consumption-voucher":
            known["entitled_to_consumption_voucher"] = {"entitled": True, "not_entitled": False}.get(determined.outcome)
        found.append(answer_of(packs, policy, determined, place=place, on=on, lives=lives))
    return found


def in_force(packs: Library, programme: str, place: str, on: date) -> Policy | None:
    try:
        return packs.resolve(policy=programme, place=place, on=on)
    except Refusal as refusal:
        if refusal.reason is NOT_IN_FORCE:
            return None
        raise


def answer_of(packs: Library, policy: Policy, determined: Determination, *, place: str, on: date, lives: str) -> Answer:
    rules = terms_in(policy, place=place, on=on)
    said_of = texts.of(policy.programme)
    is_monthly = policy.benefit is not None and policy.benefit.cadence == "month"
    hopeful = determined.outcome != "not_entitled"
    return Answer(
        programme=policy.programme,
        sign=said_of.sign,
        title=said(policy.title.zh, policy.title.en),
        outcome=determined.outcome,
        conditions=[
            Condition(words.sentence(each.sentence), each.met, article(packs, each.cited.source, each.cited.article))
            for each in determined.conditions
        ],
        unknown=[
            (fact_words(name), FIND_OUT.get(name, FIND_OUT_PROGRAMME))
            for name in determined.missing
            if name != "entitled_to_consumption_voucher"
        ],
        amounts=[amount_of(each, lives) for each in ordered(rules, lives)] if hopeful else [],
        closed=[words.group(each) for each in rules.categories if not each.is_open] if hopeful else [],
        materials=materials_of(policy.programme, rules) if hopeful else [],
        last_day=last_day(on=on, rules=rules, calendar=loaded_calendar()) if hopeful and is_monthly else None,
        needs_assessment="disability_level" in determined.missing,
        monthly_claim=is_monthly and rules.issue_mode == "claim",
        guide=reverse("public:guide", args=[place, policy.programme]),
        notes=[words.sentence(note.sentence) for note in policy.notes],
        version=policy.version,
    )


def article(packs: Library, source: str, text: str) -> str:
    known = str(words.document(packs, source)) if source in packs.sources else ""
    return " · ".join(part for part in (known, text) if part)


def fact_words(name: str) -> str:
    """What a fact is called; the table of levels after the colon is left out."""
    fact = FACTS[name]
    return titled(fact.zh, fact.en).replace("：", ":").partition(":")[0]


def ordered(rules: Terms, lives: str) -> list[CategoryTerms]:
    """The groups that can be chosen, what fits where the elder lives first."""

    def far(each: CategoryTerms) -> bool:
        return bool(lives) and each.category.startswith("institution") != (lives == "institution")

    return sorted(rules.open_categories, key=far)


def amount_of(each: CategoryTerms, lives: str) -> Amount:
    """Ratio and cap of a group, with an example that the same arithmetic as a bill's works out."""
    assert each.ratio is not None
    assert each.cap_fen is not None
    full_from = -(-Fraction(each.cap_fen) / each.ratio // 1) if each.ratio else 0
    example = int(full_from) // 2 // 10_000 * 10_000 or int(full_from)
    bill = share_bill(fees_fen=[example], ratio=each.ratio, cap_fen=each.cap_fen)
    return Amount(
        name=words.group(each),
        percent=words.percent(each.ratio),
        cap_fen=each.cap_fen,
        full_from_fen=int(full_from),
        example_fee_fen=example,
        example_fen=bill.voucher_fen,
        example_own_fen=bill.self_fen,
        own=bool(lives) and each.category.startswith("institution") == (lives == "institution"),
    )


def materials_of(programme: str, rules: Terms) -> list[str]:
    """What to bring: as the guide says, and the proof of residence where the place asks for one."""
    found = [words.sentence(each.words) for each in texts.of(programme).materials]
    if rules.residence_evidence:
        found.append(
            _("居住证明：%(what)s") % {"what": words.CHOICES.get(rules.residence_evidence, rules.residence_evidence)}
        )
    return found


def told(form: QuestionForm) -> list[Fact]:
    """What was answered, so that a printed page says what it rests on."""
    assert form.county is not None
    given = form.cleaned_data
    age = given["born"]
    programmes = dict(OTHER_PROGRAMMES) | {NONE_OF_THEM: _("以上都没有"), NOT_SURE: _("说不清楚")}
    choices = {name: dict(form.fields[name].choices) for name in ("lives", "level", "identity")}  # type: ignore[attr-defined]
    separator = said("、", ", ")
    return [
        Fact(_("住在"), form.county.path),
        Fact(_("年龄"), _("%(age)s 周岁") % {"age": age} if age is not None else _("没有填")),
        Fact(_("居住"), choices["lives"].get(given["lives"], _("没有填"))),
        Fact(_("评估结果"), choices["level"].get(given["level"], _("没有填"))),
        Fact(_("身份类别"), choices["identity"].get(given["identity"], _("没有填"))),
        Fact(_("正在享受"), separator.join(str(programmes[one]) for one in given["programmes"]) or _("没有填")),
    ]


def self_rating(form: QuestionForm) -> dict[str, Any] | None:
    """The family's own look, where there is no result yet; it decides nothing."""
    given = form.cleaned_data
    if given["level"] not in ("", UNKNOWN_LEVEL):
        return None
    if not given["dependent"]:
        return None
    rated = self_rate(scale(SELF_RATING_STANDARD), given["dependent"])
    return {"may_apply": rated.may_apply, "count": len(given["dependent"])}
