"""What an application asks, one form a page, and the words of its choices."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.assessment.models import Assessment
from songhe.doors.elder.bodies import Body
from songhe.doors.elder.hand_in import paper_field
from songhe.doors.shell.spoken import day_of_month
from songhe.doors.staff.acting import ActForm, in_words
from songhe.doors.staff.words import in_chinese
from songhe.entitlement.models import Material
from songhe.kernel.refusal import Refusal
from songhe.policy.evaluate import CategoryTerms
from songhe.provider.models import Category, Provider

#: Days that are offered for an assessment, from the day after tomorrow.
DAYS_OFFERED = 10
PROVIDERS_OFFERED = 100

GROUP_HINTS: dict[str, Any] = {
    Category.INSTITUTION_LONG: gettext_lazy("长期住在养老院"),
    Category.INSTITUTION_SHORT: gettext_lazy("短住几天，让家里人歇一歇"),
    Category.DAY_CARE: gettext_lazy("白天去照料中心，晚上回家"),
    Category.HOME: gettext_lazy("护理员上门，或到社区用餐、洗澡"),
}


class GroupForm(forms.Form):
    category = forms.ChoiceField(
        label=gettext_lazy("想用哪种服务？"),
        help_text=gettext_lazy("先选一种，以后每个月都可以换。"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一种服务。")},
    )


class ProviderForm(forms.Form):
    provider = forms.ModelChoiceField(
        label=gettext_lazy("想去哪家机构？"),
        help_text=gettext_lazy("还没想好可以不选。"),
        queryset=Provider.objects.none(),
        required=False,
        empty_label=gettext_lazy("还没想好"),
    )


class BodyForm(forms.Form):
    body = forms.TypedChoiceField(
        label=gettext_lazy("请哪家机构来评估？"),
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一家评估机构。")},
    )


class WhereForm(forms.Form):
    where = forms.ChoiceField(
        label=gettext_lazy("在哪里评估？"),
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选在哪里评估。")},
    )
    days = forms.MultipleChoiceField(
        label=gettext_lazy("哪几天方便？"),
        help_text=gettext_lazy("可以选几天，评估员会打电话约定时间。"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    words = forms.CharField(
        label=gettext_lazy("还有什么要评估员知道？"),
        help_text=gettext_lazy("比如听力不好，下午精神好一些。"),
        required=False,
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class MaterialForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("这是什么材料？"))
    file = paper_field(gettext_lazy("拍照或选文件"))


class PledgeForm(ActForm):
    pledge = forms.BooleanField(
        label=gettext_lazy("我承诺：填写的情况属实，没有同时领取不能一起领的其他补贴；情况有变化会马上报告。"),
        error_messages={"required": gettext_lazy("请先读一读承诺，同意后再提交。")},
    )


MATERIALS: dict[str, Any] = {
    Material.Kind.ID_FRONT: gettext_lazy("身份证（有照片的一面）"),
    Material.Kind.ID_BACK: gettext_lazy("身份证（有国徽的一面）"),
    Material.Kind.PHOTO: gettext_lazy("老人近照"),
    Material.Kind.RESIDENCE: gettext_lazy("居住证明"),
    Material.Kind.MEDICAL: gettext_lazy("诊断书或病历"),
    Material.Kind.PAPER_FORM: gettext_lazy("签了字的纸质申请表"),
    Material.Kind.OTHER: gettext_lazy("其他材料"),
}
WHERES: dict[str, Any] = {
    Assessment.Where.HOME: gettext_lazy("评估员到家里来"),
    Assessment.Where.ON_SITE: gettext_lazy("我们到评估机构去"),
}


def days_offered(on: date) -> list[date]:
    return [on + timedelta(days=ahead) for ahead in range(2, 2 + DAYS_OFFERED)]


def fill_where(form: forms.Form, on: date) -> None:
    language = "zh" if in_chinese() else "en"
    names = _("一 二 三 四 五 六 日").split()
    form.fields["where"].choices = list(WHERES.items())  # type: ignore[attr-defined]
    if "days" in form.fields:
        form.fields["days"].choices = [  # type: ignore[attr-defined]
            (
                str(one),
                _("%(day)s 星期%(weekday)s") % {"day": day_of_month(one, language), "weekday": names[one.weekday()]},
            )
            for one in days_offered(on)
        ]


def percent(one: CategoryTerms) -> str:
    above, _slash, below = (one.ratio_text or "").partition("/")
    if not below:
        return ""
    return f"{int(above) * 100 / int(below):g}%"


def marked(offered: list[Body], chosen: Any) -> list[tuple[Body, bool]]:
    return [(one, str(one.provider.pk) == str(chosen or "")) for one in offered]


def add_refusal(form: forms.Form, refusal: Refusal) -> int:
    form.add_error(refusal.field if refusal.field in form.fields else None, in_words(refusal))
    return refusal.status
