"""Providers 机构准入: taken in by a clerk, listed by another person after a check list, suspended without stranding
anybody, and paid to an account that two people agreed to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songhe.doors.may import check, may, require
from songhe.doors.shell.pieces import Crumb, Fact
from songhe.doors.shell.request import DoorRequest
from songhe.doors.shell.spoken import day
from songhe.doors.staff import history, naming, words
from songhe.doors.staff.acting import ActForm, act_once, because, fresh, in_words, sent
from songhe.doors.staff.reach import account_of, counties, reach
from songhe.entitlement.models import Entitlement
from songhe.kernel.month import parse_date
from songhe.kernel.refusal import Refusal, reason
from songhe.provider import bank, suspend
from songhe.provider.admit import admit, end_listing, list_in_county, listings_on
from songhe.provider.models import BankAccount, Category, Kind, Licence, Listing, Provider, Suspension, Worker
from songhe.provider.worker import NewWorker
from songhe.service.models import Stay
from songhe.trail.models import Entry
from songhe.trail.note import note

#: Providers on a page of the list; a county has tens, a province thousands.
MOST = 200
PROPOSE, SEND_BACK, LIST = "provider.propose_listing", "provider.return_listing", "provider.list_in_county"

NO_PROPOSAL = reason(
    "staff.no_listing_proposed",
    zh="现在没有等待审批的准入申请。",
    en="No listing waits to be approved.",
    status=409,
)
ASSESSORS_UNREADABLE = reason(
    "staff.assessors_unreadable",
    zh="第{row}行看不懂，每行应为：姓名，编号，从业起始日期，学历，培训日期，考核日期。",
    en="Line {row} cannot be read; each line is: name, number, practising since, education, trained on, examined on.",
)


class AdmitForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("机构类型"))
    name = forms.CharField(label=gettext_lazy("机构名称"), max_length=120)
    credit_code = forms.CharField(
        label=gettext_lazy("统一社会信用代码"), max_length=24, help_text=gettext_lazy("18 位，末位是校验位。")
    )
    credit_code_override = forms.CharField(
        label=gettext_lazy("校验位不符的说明"),
        max_length=200,
        required=False,
        help_text=gettext_lazy("证照上确实如此时才填。"),
    )
    place = forms.ChoiceField(label=gettext_lazy("所在区县"))
    address = forms.CharField(label=gettext_lazy("地址"), max_length=200, required=False)
    phone = forms.CharField(label=gettext_lazy("联系电话"), max_length=20, required=False)
    beds = forms.IntegerField(label=gettext_lazy("床位数"), min_value=0, required=False)
    filed_on = forms.CharField(
        label=gettext_lazy("备案日期"), max_length=20, required=False, help_text=gettext_lazy("例如 2026-03-08")
    )
    assessors = forms.CharField(
        label=gettext_lazy("评估师"),
        required=False,
        help_text=gettext_lazy(
            "只有评估机构要填，至少 5 名。每行一名：姓名，编号，从业起始日期，学历，培训日期，考核日期。"
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def __init__(self, *args: Any, places: list[tuple[str, str]] | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["kind"].choices = [(kind, words.PROVIDER_KINDS[kind].said) for kind in Kind.values]
        fields["place"].choices = places or []


class ListForm(ActForm):
    """What the clerk proposes; every point of the check list is ticked."""

    categories = forms.MultipleChoiceField(
        label=gettext_lazy("服务组别"), required=False, widget=forms.CheckboxSelectMultiple
    )
    contract_no = forms.CharField(label=gettext_lazy("协议编号"), max_length=60)
    valid_from = forms.CharField(
        label=gettext_lazy("起始日期"), max_length=10, help_text=gettext_lazy("例如 2026-03-08")
    )
    valid_to = forms.CharField(
        label=gettext_lazy("截止日期"), max_length=10, required=False, help_text=gettext_lazy("不填为长期。")
    )
    checks = forms.MultipleChoiceField(
        label=gettext_lazy("准入核对清单"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("请逐项核对并勾选。")},
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        fields: dict[str, Any] = self.fields
        fields["categories"].choices = [(code, words.CATEGORIES[code].said) for code in Category.values]
        fields["checks"].choices = list(words.ADMISSION_CHECKS.items())

    def clean_checks(self) -> list[str]:
        ticked: list[str] = self.cleaned_data["checks"]
        if len(ticked) < len(words.ADMISSION_CHECKS):
            raise forms.ValidationError(_("清单要逐项核对，还有没勾选的。"))
        return ticked


class BackForm(ActForm):
    because = because(gettext_lazy("退回理由"), longest=300)


class EndForm(ActForm):
    last_day = forms.CharField(label=gettext_lazy("最后一天"), max_length=10, help_text=gettext_lazy("例如 2026-03-08"))
    because = because(gettext_lazy("理由"), longest=200)


class SuspendForm(ActForm):
    since = forms.CharField(label=gettext_lazy("从哪天起"), max_length=10, help_text=gettext_lazy("例如 2026-03-08"))
    residents_until = forms.CharField(
        label=gettext_lazy("在住老人可住到"),
        max_length=10,
        required=False,
        help_text=gettext_lazy("不填：在住老人照常服务和结算，直到另有安排。"),
    )
    because = because(gettext_lazy("暂停理由"), longest=300)


class LiftForm(ActForm):
    last_day = forms.CharField(
        label=gettext_lazy("暂停的最后一天"), max_length=10, help_text=gettext_lazy("例如 2026-03-08")
    )
    because = because(gettext_lazy("恢复理由"), longest=300)


@dataclass(frozen=True)
class Desk:
    """A provider as one county sees it on a day."""

    row: Provider
    county: str
    listing: Listing | None
    coming: Listing | None
    suspension: Suspension | None
    proposal: Entry | None
    accounts: list[BankAccount]


@dataclass(frozen=True)
class Verb:
    """``name`` stands in the address; ``open_to`` says whether it makes sense as things stand."""

    name: str
    act: str
    word: Any
    hint: Any
    done: Any
    form: type[ActForm]
    do: Callable[[Desk, Mapping[str, Any], DoorRequest], object]
    open_to: Callable[[Desk], bool]
    tone: str = ""


def _on(text: str, field: str) -> date:
    return parse_date(text.strip(), field)


def _by(request: DoorRequest) -> dict[str, Any]:
    return {"at": request.at, "by": account_of(request).username}


def _propose(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    first = _on(told["valid_from"], "valid_from")
    last = _on(told["valid_to"], "valid_to") if told["valid_to"].strip() else None
    note(
        county=desk.county,
        at=request.at,
        actor=account_of(request).username,
        act=PROPOSE,
        subject="provider",
        subject_id=str(desk.row.pk),
        categories=list(told["categories"]),
        contract_no=told["contract_no"].strip(),
        valid_from=str(first),
        valid_to=str(last) if last else "",
        checks=list(told["checks"]),
    )


def _list(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    if desk.proposal is None:
        raise NO_PROPOSAL("provider")
    wanted = desk.proposal.detail
    list_in_county(
        provider=desk.row,
        county=desk.county,
        categories=wanted["categories"],
        valid_from=parse_date(wanted["valid_from"], "valid_from"),
        valid_to=parse_date(wanted["valid_to"], "valid_to") if wanted["valid_to"] else None,
        contract_no=wanted["contract_no"],
        listed_by=desk.proposal.actor,
        approved_by=account_of(request).username,
        at=request.at,
    )


def _send_back(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    if desk.proposal is None:
        raise NO_PROPOSAL("provider")
    note(
        county=desk.county,
        at=request.at,
        actor=account_of(request).username,
        act=SEND_BACK,
        subject="provider",
        subject_id=str(desk.row.pk),
        reason=told["because"],
    )


def _end(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    assert desk.listing is not None
    end_listing(
        listing=desk.listing, last_day=_on(told["last_day"], "last_day"), because=told["because"], **_by(request)
    )


def _suspend(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    until = told["residents_until"].strip()
    suspend.suspend(
        provider=desk.row,
        county=desk.county,
        since=_on(told["since"], "since"),
        residents_until=_on(until, "residents_until") if until else None,
        because=told["because"],
        **_by(request),
    )


def _lift(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    assert desk.suspension is not None
    suspend.lift(
        suspension=desk.suspension,
        last_day=_on(told["last_day"], "last_day"),
        because=told["because"],
        **_by(request),
    )


def _confirm(desk: Desk, told: Mapping[str, Any], request: DoorRequest) -> None:
    bank.approve(account=desk.accounts[0], **_by(request))


VERBS: tuple[Verb, ...] = (
    Verb(
        "propose",
        "provider.write",
        gettext_lazy("申请准入"),
        gettext_lazy("逐项核对清单，由另一人审批。"),
        gettext_lazy("已提交准入，等另一人审批。"),
        ListForm,
        _propose,
        lambda desk: desk.listing is None and desk.coming is None and desk.proposal is None,
        tone="main",
    ),
    Verb(
        "list",
        "provider.admit",
        gettext_lazy("批准准入"),
        gettext_lazy("从协议起始日起可以使用消费券。"),
        gettext_lazy("已批准准入。"),
        ActForm,
        _list,
        lambda desk: desk.proposal is not None,
        tone="main",
    ),
    Verb(
        "return",
        "provider.admit",
        gettext_lazy("退回"),
        gettext_lazy("退给经办人员重新核对。"),
        gettext_lazy("已退回。"),
        BackForm,
        _send_back,
        lambda desk: desk.proposal is not None,
    ),
    Verb(
        "confirm",
        "provider.bank_confirm",
        gettext_lazy("核准收款账户"),
        gettext_lazy("核对户名、开户行和账号后四位。核准 72 小时后才按新账户付款。"),
        gettext_lazy("已核准，72 小时后生效。"),
        ActForm,
        _confirm,
        lambda desk: bool(desk.accounts) and not desk.accounts[0].approved_by,
        tone="main",
    ),
    Verb(
        "suspend",
        "provider.suspend",
        gettext_lazy("暂停准入"),
        gettext_lazy("不再接收新的老人；在住的老人不受影响，直到您写明的日期。"),
        gettext_lazy("已暂停。"),
        SuspendForm,
        _suspend,
        lambda desk: desk.listing is not None and desk.suspension is None,
        tone="grave",
    ),
    Verb(
        "lift",
        "provider.suspend",
        gettext_lazy("恢复准入"),
        gettext_lazy("写明暂停的最后一天。"),
        gettext_lazy("已恢复。"),
        LiftForm,
        _lift,
        lambda desk: desk.suspension is not None and desk.suspension.until is None,
    ),
    Verb(
        "end",
        "provider.suspend",
        gettext_lazy("终止协议"),
        gettext_lazy("最后一天以后，消费券不能再用在这里。"),
        gettext_lazy("已写明协议的最后一天。"),
        EndForm,
        _end,
        lambda desk: desk.listing is not None and desk.listing.valid_to is None,
        tone="grave",
    ),
)
BY_NAME = {verb.name: verb for verb in VERBS}


@dataclass(frozen=True)
class Offered:
    verb: Verb
    form: ActForm
    address: str
    open: bool = False


def county_of(request: DoorRequest, act: str) -> str:
    known = counties(request, act)
    asked = request.POST.get("county") or request.GET.get("county") or (known[0] if known else "")
    if asked not in known:
        raise Http404
    return asked


def near(county: str) -> QuerySet[Provider]:
    """Who stands in the county, or is or was listed there."""
    listed = Listing.objects.filter(county=county, provider=OuterRef("pk"))
    return Provider.objects.filter(Q(place=county) | Exists(listed))


@require_safe
@require("provider.read")
def providers(request: DoorRequest) -> HttpResponse:
    """The bodies of a county, each with its listing and what stands in the way."""
    reach(request, "provider.read")
    county = county_of(request, "provider.read")
    kind = request.GET.get("kind", "")
    rows = near(county).order_by("kind", "name", "pk")
    counts = dict(rows.order_by().values_list("kind").annotate(Count("pk")))
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    found = list(rows[:MOST])
    listed = {row.provider_id: row for row in listings_on(county, request.on)}
    held = Suspension.objects.filter(Q(until__isnull=True) | Q(until__gte=request.on), since__lte=request.on)
    suspended = set(held.filter(county=county).values_list("provider_id", flat=True))
    waiting = proposals(county, [row.pk for row in found])
    here = reverse("staff:providers")
    chips = [{"address": f"{here}?{urlencode({'county': county})}", "word": _("全部"), "count": sum(counts.values())}]
    chips += [
        {
            "address": f"{here}?{urlencode({'county': county, 'kind': each})}",
            "word": words.PROVIDER_KINDS[each].said,
            "count": counts[each],
        }
        for each in Kind.values
        if each in counts
    ]
    for chip, name in zip(chips, ["", *(each for each in Kind.values if each in counts)], strict=True):
        chip["current"] = name == (kind if kind in counts else "")
    said = {
        "county": county,
        "place": naming.whole_place(county, request.on),
        "chips": chips,
        "rows": [
            {
                "row": row,
                "address": provider_address(row.pk, county),
                "kind": words.PROVIDER_KINDS[row.kind].said,
                "state": state_of(row.pk in listed, row.pk in suspended, row.pk in waiting),
                "groups": words.listed(words.CATEGORIES[each].said for each in listed[row.pk].categories)
                if row.pk in listed
                else "",
                "until": listed[row.pk].valid_to if row.pk in listed else None,
            }
            for row in found
        ],
        "may_admit": may(request.user, "provider.write", request.on) and county in counties(request, "provider.write"),
    }
    return render(request, "staff/providers.html", said)


def provider_address(pk: int, county: str) -> str:
    return f"{reverse('staff:provider', args=[pk])}?{urlencode({'county': county})}"


def state_of(listed: bool, suspended: bool, waiting: bool) -> words.Word:
    if suspended:
        return words.Word(_("已暂停"), "bad")
    if listed:
        return words.Word(_("已准入"), "ok")
    return words.Word(_("待审批"), "warn") if waiting else words.Word(_("未准入"))


def proposals(county: str, ids: list[int]) -> dict[int, Entry]:
    """The proposals that wait: of the steps towards a listing the last one was to propose it."""
    listed = dict(Listing.objects.filter(county=county, provider_id__in=ids).values_list("pk", "provider_id"))
    steps = Entry.objects.filter(
        county=county, subject="provider", subject_id__in=[str(pk) for pk in ids], act__in=[PROPOSE, SEND_BACK]
    )
    numbers = [str(pk) for pk in listed]
    decided = Entry.objects.filter(county=county, subject="listing", subject_id__in=numbers, act=LIST)
    last: dict[int, Entry] = {}
    for entry in sorted([*steps, *decided], key=lambda one: (one.at, one.id)):
        pk = int(entry.subject_id)
        last[listed[pk] if entry.act == LIST else pk] = entry
    return {pk: entry for pk, entry in last.items() if entry.act == PROPOSE}


def desk_of(request: DoorRequest, pk: int, county: str) -> Desk:
    row = near(county).filter(pk=pk).first()
    if row is None:
        raise Http404
    on = request.on
    listings = Listing.objects.filter(provider=row, county=county).order_by("-valid_from")
    return Desk(
        row=row,
        county=county,
        listing=listings_on(county, on).filter(provider=row).first(),
        coming=listings.filter(valid_from__gt=on).first(),
        suspension=suspend.suspension_on(row, county, on),
        proposal=proposals(county, [row.pk]).get(row.pk),
        accounts=list(BankAccount.objects.filter(provider=row).order_by("-pk")[:5]),
    )


@require_safe
@require("provider.read")
def provider(request: DoorRequest, pk: int) -> HttpResponse:
    reach(request, "provider.read")
    county = county_of(request, "provider.read")
    return shown_provider(request, desk_of(request, pk, county))


def shown_provider(
    request: DoorRequest,
    desk: Desk,
    *,
    wrong: tuple[Verb, ActForm] | None = None,
    refusal: Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    row, county, on = desk.row, desk.county, request.on
    username = account_of(request).username
    left = False
    offered = []
    for verb in VERBS:
        if not verb.open_to(desk) or not may(request.user, verb.act, on) or county not in counties(request, verb.act):
            continue
        if verb.name == "list" and desk.proposal is not None and desk.proposal.actor == username:
            left = True
            continue
        if verb.name == "confirm" and desk.accounts[0].proposed_by == username:
            left = True
            continue
        mended = wrong[1] if wrong and wrong[0] is verb else None
        initial: dict[str, Any] = {"valid_from": str(on)} if verb.form is ListForm else {}
        form = mended or fresh(verb.form, verb.name, **initial)
        where = reverse("staff:provider-act", args=[row.pk, verb.name]) + f"?{urlencode({'county': county})}"
        offered.append(Offered(verb, form, where, open=mended is not None))
    names = naming.accounts(
        [*(one.proposed_by for one in desk.accounts), *(one.approved_by for one in desk.accounts)]
        + ([desk.proposal.actor] if desk.proposal else [])
        + ([desk.listing.listed_by, desk.listing.approved_by] if desk.listing else [])
    )
    residents = Stay.objects.filter(Q(discharged_on=None) | Q(discharged_on__gte=on), county=county, provider=row)
    chosen = Entitlement.objects.filter(county=county, provider=row).exclude(state=Entitlement.State.STOPPED)
    workers = Worker.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), provider=row, valid_from__lte=on)
    said = {
        "crumbs": [
            Crumb(_("机构"), f"{reverse('staff:providers')}?{urlencode({'county': county})}"),
            Crumb(row.name),
        ],
        "row": row,
        "desk": desk,
        "kind": words.PROVIDER_KINDS[row.kind].said,
        "state": state_of(desk.listing is not None, desk.suspension is not None, desk.proposal is not None),
        "facts": facts_of(desk, on),
        "proposal": proposal_said(desk.proposal, names) if desk.proposal else None,
        "listing": listing_said(desk.listing, names) if desk.listing else None,
        "coming": desk.coming,
        "accounts": [
            (one, names.get(one.proposed_by, ""), names.get(one.approved_by, "") if one.approved_by else "")
            for one in desk.accounts
        ],
        "residents": residents.count(),
        "chosen": chosen.count(),
        "workers": [
            (words.WORKERS[job], number)
            for job, number in workers.order_by("job").values_list("job").annotate(Count("pk"))
        ],
        "licences": licences_of(row, on),
        "events": history.events(
            history.entries(
                county,
                [
                    ("provider", row.pk),
                    *(("listing", pk) for pk in listings_of(row, county)),
                ],
            )
        ),
        "offered": offered,
        "left_to_another": left,
        "wrong": wrong[1] if wrong else None,
        "refused": in_words(refusal) if refusal else "",
        "refused_code": refusal.code if refusal else "",
    }
    return render(request, "staff/provider.html", said, status=status)


def listings_of(row: Provider, county: str) -> list[int]:
    return list(Listing.objects.filter(provider=row, county=county).values_list("pk", flat=True))


def facts_of(desk: Desk, on: date) -> list[Fact]:
    row = desk.row
    language = "zh" if words.in_chinese() else "en"
    return [
        Fact(_("统一社会信用代码"), row.credit_code, note=row.credit_code_override),
        Fact(_("所在区县"), naming.whole_place(row.place, on)),
        Fact(_("地址"), row.address),
        Fact(_("联系电话"), row.phone),
        Fact(_("床位数"), row.beds or ""),
        Fact(_("备案日期"), day(row.filed_on, language) if row.filed_on else ""),
    ]


def proposal_said(entry: Entry, names: Mapping[str, str]) -> dict[str, Any]:
    told = entry.detail
    return {
        "who": names.get(entry.actor, entry.actor),
        "at": entry.at,
        "groups": words.listed(words.CATEGORIES[each].said for each in told["categories"]),
        "contract_no": told["contract_no"],
        "first": parse_date(told["valid_from"], "valid_from"),
        "last": parse_date(told["valid_to"], "valid_to") if told["valid_to"] else None,
        "checks": [words.ADMISSION_CHECKS[each] for each in told["checks"] if each in words.ADMISSION_CHECKS],
    }


def listing_said(listing: Listing, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "row": listing,
        "groups": words.listed(words.CATEGORIES[each].said for each in listing.categories),
        "listed_by": names.get(listing.listed_by, ""),
        "approved_by": names.get(listing.approved_by, ""),
    }


def licences_of(row: Provider, on: date) -> list[dict[str, Any]]:
    """The licences by expiry; one that is over or ends within 60 days is said to."""
    found = []
    for one in Licence.objects.filter(provider=row).order_by("valid_to", "kind", "pk"):
        left = (one.valid_to - on).days if one.valid_to else None
        tone = "" if left is None or left > 60 else "bad" if left < 0 else "warn"
        word = _("已过期") if left is not None and left < 0 else _("快到期") if tone else _("有效")
        found.append({"row": one, "kind": words.LICENCES[one.kind], "word": word, "tone": tone or "ok"})
    return found


@require_POST
@require("provider.read")
def act(request: DoorRequest, pk: int, verb: str) -> HttpResponse:
    """Do one thing to a provider in a county, once."""
    wanted = BY_NAME.get(verb)
    if wanted is None:
        raise Http404
    check(request, wanted.act)
    reach(request, wanted.act)
    county = county_of(request, wanted.act)
    desk = desk_of(request, pk, county)
    form = sent(wanted.form, wanted.name, request)
    if not form.is_valid():
        return shown_provider(request, desk, wrong=(wanted, form), status=422)

    def do() -> dict[str, Any]:
        Provider.objects.select_for_update().get(pk=desk.row.pk)
        wanted.do(desk_of(request, pk, county), form.cleaned_data, request)
        return {"provider": desk.row.pk}

    try:
        act_once(request, county=county, name=f"staff.provider.{wanted.name}:{pk}", form=form, do=do)
    except Refusal as refusal:
        return shown_provider(request, desk_of(request, pk, county), refusal=refusal, status=refusal.status)
    messages.success(request, str(wanted.done))
    return HttpResponseRedirect(provider_address(pk, county))


@require_http_methods(["GET", "HEAD", "POST"])
@require("provider.write")
def add(request: DoorRequest) -> HttpResponse:
    """Take in a body; whether vouchers may be used there is another person's decision."""
    reach(request, "provider.write")
    known = counties(request, "provider.write")
    if not known:
        raise Http404
    places = [(code, naming.whole_place(code, request.on)) for code in known]
    crumbs = [Crumb(_("机构"), reverse("staff:providers")), Crumb(_("登记机构"))]
    if request.method != "POST":
        form: ActForm = AdmitForm(initial={"key": fresh(ActForm, "x").initial["key"]}, places=places)
        return render(request, "staff/provider_add.html", {"crumbs": crumbs, "form": form})
    form = AdmitForm(request.POST, places=places)
    if not form.is_valid():
        return render(request, "staff/provider_add.html", {"crumbs": crumbs, "form": form, "wrong": form}, status=422)
    told = form.cleaned_data

    def do() -> dict[str, Any]:
        filed = told["filed_on"].strip()
        made = admit(
            kind=told["kind"],
            name=told["name"],
            credit_code=told["credit_code"],
            credit_code_override=told["credit_code_override"],
            place=told["place"],
            address=told["address"],
            phone=told["phone"],
            beds=told["beds"] or 0,
            filed_on=_on(filed, "filed_on") if filed else None,
            assessors=read_assessors(told["assessors"]),
            **_by(request),
        )
        return {"provider": made.pk}

    try:
        answer = act_once(request, county=told["place"], name="staff.provider.admit", form=form, do=do)
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, in_words(refusal))
        said = {"crumbs": crumbs, "form": form, "wrong": form}
        return render(request, "staff/provider_add.html", said, status=refusal.status)
    messages.success(request, _("已登记。核对清单后申请准入，由另一人审批。"))
    return HttpResponseRedirect(provider_address(answer["provider"], told["place"]))


def read_assessors(text: str) -> list[NewWorker]:
    """One assessor a line. Refuses with ``staff.assessors_unreadable``."""
    found = []
    for number, line in enumerate((each for each in text.splitlines() if each.strip()), 1):
        parts = [part.strip() for part in line.replace("，", ",").replace("\t", ",").split(",")]
        if len(parts) < 4:
            raise ASSESSORS_UNREADABLE("assessors", row=number)
        parts += [""] * (6 - len(parts))
        try:
            since, trained, examined = (_on(part, "assessors") if part else None for part in (parts[2], *parts[4:6]))
        except Refusal:
            raise ASSESSORS_UNREADABLE("assessors", row=number) from None
        education = words.EDUCATION_OF.get(parts[3], parts[3])
        found.append(
            NewWorker(
                job=Worker.Job.ASSESSOR,
                name=parts[0],
                number=parts[1],
                practising_since=since,
                education=education,
                trained_on=trained,
                examined_on=examined,
            )
        )
    return found
