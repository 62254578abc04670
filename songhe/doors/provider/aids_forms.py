"""What is asked at each step of an aid's way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from songhe.aid.models import Aid, Piece
from songhe.doors.provider.fields import ScanField, YuanField, text_field
from songhe.doors.staff.acting import ActForm, because
from songhe.doors.staff.aids_shown import CONDITIONS, means_choices, name_of


class WalkInForm(ActForm):
    number = text_field(gettext_lazy("证件号码、券号或卡号"), longest=40)
    name = text_field(gettext_lazy("老人姓名"), longest=60)
    wish = text_field(gettext_lazy("需要什么，为什么"), longest=300)


class AssessForm(ActForm):
    aid = forms.ChoiceField(label=gettext_lazy("辅具和尺寸"))
    need = because(gettext_lazy("为什么需要"), rows=2, longest=300)
    home = forms.CharField(
        label=gettext_lazy("家里要改什么"),
        help_text=gettext_lazy("例如门口加坡道、卫生间加扶手；不用改就不填。"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *told: Any, aids: Iterable[Aid], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["aid"].choices = [
            (f"{one.pk}:{size}", f"{name_of(one)} · {size}" if size else name_of(one))
            for one in aids
            for size in (one.sizes or [""])
        ]


class TryForm(ActForm):
    trial = because(gettext_lazy("试用的情况"), rows=2, longest=300)


class DeclineForm(ActForm):
    because = because(gettext_lazy("为什么不要"), rows=2, longest=200)


class HandOutForm(ActForm):
    piece = forms.ChoiceField(label=gettext_lazy("哪一件（序列号）"))
    deposit = YuanField(label=gettext_lazy("收到的押金（元）"), least_fen=0)
    means = forms.ChoiceField(label=gettext_lazy("押金怎样交的"))

    def __init__(self, *told: Any, pieces: Iterable[Piece], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["piece"].choices = [(str(one.id), one.serial) for one in pieces]
        fields["means"].choices = means_choices()


class BackForm(ActForm):
    condition = forms.ChoiceField(label=gettext_lazy("归还时的状况"), choices=list(CONDITIONS.items()))
    findings = text_field(gettext_lazy("看到什么"), longest=300, required=False)
    claimed = YuanField(
        label=gettext_lazy("要求赔偿（元）"),
        required=False,
        help_text=gettext_lazy("只有损坏、丢失才填；由县里认定赔多少。"),
    )
    witness = text_field(gettext_lazy("在场见证人"), longest=200, required=False)
    picture = ScanField(label=gettext_lazy("照片"))


class SettleForm(ActForm):
    back_to = text_field(gettext_lazy("押金退给谁"), longest=80, required=False)


class CleanForm(ActForm):
    method = text_field(gettext_lazy("怎样消毒的"), longest=200)


class StockForm(ActForm):
    aid = forms.ChoiceField(label=gettext_lazy("辅具和尺寸"))
    serial = text_field(gettext_lazy("序列号"), longest=40)

    def __init__(self, *told: Any, aids: Iterable[Aid], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["aid"].choices = [
            (f"{one.pk}:{size}", f"{name_of(one)} · {size}" if size else name_of(one))
            for one in aids
            for size in (one.sizes or [""])
        ]


class OfferForm(ActForm):
    aid = forms.ChoiceField(label=gettext_lazy("辅具"))
    day = YuanField(label=gettext_lazy("每天租金（元）"))
    deposit = YuanField(label=gettext_lazy("押金（元）"), least_fen=0)

    def __init__(self, *told: Any, aids: Iterable[Aid], **more: Any) -> None:
        super().__init__(*told, **more)
        fields: dict[str, Any] = self.fields
        fields["aid"].choices = [(str(one.pk), name_of(one)) for one in aids]


class WhyForm(ActForm):
    why = text_field(gettext_lazy("原因或做了什么"), longest=200)


class MonthForm(ActForm):
    month = forms.RegexField(r"^20[0-9]{2}-(0[1-9]|1[0-2])$", widget=forms.HiddenInput)
