"""Proposing another value, or only trying it out; signing, refusing or withdrawing one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from shouwang.policy.book import POLICIES
from shouwang.policy.parameters import ParameterSeries
from shouwang.policy.parameters import Unit as Measured

_HELP = {
    Measured.YUAN: "单位：元，例如 8000。",
    Measured.RATIO: "写小数：0.6 就是 60%。",
    Measured.AGE: "单位：周岁。",
    Measured.DAYS: "单位：天。",
    Measured.WORKDAYS: "单位：工作日。",
}


def next_month(today: date) -> date:
    """The first of the next month: where a change usually begins."""
    return (today.replace(day=1) + timedelta(days=32)).replace(day=1)


class ChangeForm(forms.Form):
    """新的值、从哪天起、为什么。只试算的，后两项可以不填。"""

    value = forms.CharField(label="新的值", max_length=60, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    from_date = forms.DateField(
        label="从哪天起", required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="提出修改时必填，在今天之后。已经办过的不受影响，已立的个案沿用立案时的时限和程序。",
    )  # fmt: skip
    reason = forms.CharField(
        label="理由", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": "3"}),
        help_text="提出修改时必填：依据哪份文件、哪次会议，或什么情况。复核人和以后的人都会看到。",
    )  # fmt: skip

    def __init__(self, *args: Any, series: ParameterSeries | None, policy: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_date"].initial = next_month(timezone.localdate())
        if series is None:
            others = [(one.id, one.title) for one in POLICIES.values() if one.id != policy]
            self.fields["value"] = forms.ChoiceField(label="改用的办法", choices=others)
            self.order_fields(["value", "from_date", "reason"])
        else:
            self.fields["value"].help_text = _HELP[series.unit]

    def clean(self) -> dict[str, Any]:
        """To propose, a day and a reason are needed; to try out, the value will do."""
        data = super().clean() or self.cleaned_data
        if "propose" in self.data:
            for name, words in (("from_date", "请写明从哪天起。"), ("reason", "请写明理由。")):
                if name not in self.errors and not data.get(name):
                    self.add_error(name, words)
        return data


class SignForm(forms.Form):
    """同意。"""

    note = forms.CharField(label="复核意见", max_length=400, required=False, widget=forms.Textarea(attrs={"rows": "3"}))


class WithdrawForm(forms.Form):
    """撤回自己提出的修改，须写明理由。"""

    note = forms.CharField(
        label="撤回的理由", max_length=400, widget=forms.Textarea(attrs={"rows": "3"}), help_text="复核人会看到。"
    )


class RefuseForm(forms.Form):
    """不同意，须写明理由。"""

    note = forms.CharField(
        label="不同意的理由", max_length=400, widget=forms.Textarea(attrs={"rows": "3"}), help_text="提出人会看到。"
    )
