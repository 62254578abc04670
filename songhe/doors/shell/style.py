"""The invented values that the living style sheet shows the pieces with."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songhe.doors.shell.pieces import Condition, Crumb, Event, Fact, Masked, ReceiptLine, Step, Ticket
from songhe.doors.shell.signs import SIGNS
from songhe.kernel.month import BEIJING, Month


class SampleForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("姓名"), help_text=gettext_lazy("与身份证一致，少数民族姓名用“·”。"))
    number = forms.CharField(
        label=gettext_lazy("证件号码"), help_text=gettext_lazy("18 位，空格会自动去掉，末位 x 大小写均可。")
    )
    group = forms.ChoiceField(
        label=gettext_lazy("服务组别"),
        choices=[
            ("institution_long", gettext_lazy("机构长期")),
            ("institution_short", gettext_lazy("喘息服务")),
            ("day_care", gettext_lazy("日间托养")),
            ("home", gettext_lazy("居家社区")),
        ],
    )
    remark = forms.CharField(label=gettext_lazy("说明"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agreed = forms.BooleanField(label=gettext_lazy("申请人已阅读并同意告知书"))

    def clean_number(self) -> str:
        raise forms.ValidationError(_("证件号码第 18 位校验不符，请对照证件核对。"))


def values(on: date) -> dict[str, Any]:
    """Everything ``shell/style.html`` names."""
    at = datetime.combine(on, time(9, 30), BEIJING)
    month = Month.of(on)
    form = SampleForm({"name": "艾力·买买提", "number": "370799194903070021", "group": "home", "agreed": "on"})
    form.is_valid()
    people = [
        ("王秀兰", "370799194203070021", 82, 2, "ok", _("待遇发放中"), 40000),
        ("艾力·买买提", "370799193811120033", 87, 3, "warn", _("待审批"), 80000),
        ("欧阳建国", "370799195001010012", 76, 1, "bad", _("不符合条件"), 0),
        ("陈桂英", "370799194609150045", 79, 4, "info", _("评估中"), 123450),
    ]
    return {
        "crumbs": [Crumb(_("人员"), "/style/"), Crumb(_("样例县"), "/style/"), Crumb("王秀兰")],
        "signs": list(SIGNS),
        "month": month,
        "at": at,
        "people": [
            {"name": name, "number": number, "age": age, "level": level, "tone": tone, "word": word, "fen": fen}
            for name, number, age, level, tone, word, fen in people
        ],
        "total_fen": sum(person[6] for person in people),
        "steps": [
            Step(_("申请"), "done", _("4月1日，窗口")),
            Step(_("评估"), "done", _("4月3日，中度失能")),
            Step(_("审核"), "current", _("县区审批，4月15日前")),
            Step(_("发放"), "ahead", _("审批后 5 个工作日内")),
        ],
        "conditions": [
            Condition(_("年满 60 周岁"), True, _("实施方案 第二条")),
            Condition(_("经评估为中度以上失能"), True, _("实施方案 第二条")),
            Condition(_("没有享受特困人员供养"), False, _("实施方案 第四条")),
            Condition(_("没有享受集中照护服务补助"), None, _("实施方案 第四条")),
        ],
        "facts": [
            Fact(_("姓名"), "王秀兰"),
            Fact(
                _("证件号码"),
                Masked("370799********0021", "/style/", [("review", _("审核申请")), ("call", _("核对来电"))]),
            ),
            Fact(_("出生日期"), "1942-03-07", note=_("84 岁")),
            Fact(_("居住地"), _("样例县")),
            Fact(_("失能等级"), _("中度失能")),
            Fact(_("联系电话"), "138****5678"),
            Fact(_("代办人"), ""),
        ],
        "events": [
            Event(at, _("提交审批"), _("县区经办 李敏"), tone="pine"),
            Event(at - timedelta(days=2), _("评估结果：中度失能（42 分）"), _("样例评估所"), address="/style/"),
            Event(at - timedelta(days=3), _("补充材料"), _("代办人 王强"), _("户口簿复印件")),
            Event(on - timedelta(days=5), _("上一张消费券过期作废"), tone="grave"),
        ],
        **_receipt(),
        **_tickets(on, month),
        "amounts": [0, 5, 50, 105, 123450, 10000000, 1000100010, 99999999999],
        "form": form,
    }


def _receipt() -> dict[str, Any]:
    return {
        "receipt_lines": [
            ReceiptLine(_("服务费用"), 123450, _("居家护理 6 次")),
            ReceiptLine(_("长期护理保险"), -20000, _("先由保险支付")),
            ReceiptLine(_("消费券"), -41380, _("余下部分的 40%，未超过封顶 800 元")),
        ],
        "self_fen": 62070,
    }


def _tickets(on: date, month: Month) -> dict[str, Any]:
    return {
        "ticket": Ticket(
            programme=_("养老服务消费券"),
            group=_("居家社区"),
            left_fen=38620,
            face_fen=80000,
            until=month.last,
            days_left=(month.last - on).days,
            number="370799202604000128",
            qr="S1.k1.370799000128.58823529.9f3c2a71b04e",
        ),
        "ticket_over": Ticket(
            programme=_("养老服务消费券"),
            group=_("日间托养"),
            left_fen=12000,
            face_fen=50000,
            until=month.previous.last,
            days_left=0,
            number="370799202603000117",
            over=_("已过期"),
        ),
    }
