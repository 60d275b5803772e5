"""What one asks of the registry: filters over the list, a citizen number, an export."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from shouwang.accounts.models import Unit
from shouwang.registry.queries import HouseholdFilter
from shouwang.registry.queries.exports import EXPORTS
from shouwang.units import identity
from shouwang.web.forms import FilterForm, UnitField

#: What each export holds, for the person who chooses.
EXPORT_HELP = {
    "list": "每户一行：户编号、连队、户主、人口。给人看的，不能再上报。",
    "households": "每户一行：住房等级、饮水安全。",
    "members": "每人一行，离开的成员也在内：关系、户籍、常住、健康、劳动技能等。",
    "ledger": "每笔一行：季度、类别、金额、来源。",
    "events": "每次变故一行：日期、事由、说明。",
    "medical": "每次结算一行：总费用、各项支付、个人自付。",
    "school": "每人每次一行：学籍状态、年级。",
    "insurance": "每人每年一行：参保状态。",
}


class HouseholdsFilter(FilterForm):
    """Conditions over the list of households."""

    unit = UnitField(label="单位", empty_label="全部单位")
    name = forms.CharField(label="姓名（户内任何一人）", max_length=40)
    number = forms.CharField(label="户编号（开头几位）", max_length=100)
    closed = forms.BooleanField(label="也看已销户的")

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    @property
    def wanted(self) -> HouseholdFilter:
        """The filter as the registry takes it."""
        return HouseholdFilter(**self.values)


class NumberForm(forms.Form):
    """按身份证号查人。只用 POST 提交：号码不进地址栏，也就不进浏览记录和服务器日志。"""

    number = forms.CharField(
        label="身份证号", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"})
    )

    def clean_number(self) -> str:
        """The number as it is looked up; one that cannot be right is not."""
        number = identity.spell(self.cleaned_data["number"])
        if not identity.is_valid(number):
            raise forms.ValidationError(f"{identity.why_invalid(number)}。请核对证件后重新输入。")
        return number


class ExportForm(forms.Form):
    """导出什么、为什么。"""

    table = forms.ChoiceField(label="导出内容", widget=forms.RadioSelect)
    full_numbers = forms.BooleanField(
        label="身份证号不遮盖",
        required=False,
        help_text="遮盖的表也能改好后再上报：人员按编号对应，费用、学籍、参保按姓名和出生日期对应。",
    )
    reason = forms.CharField(label="用途", max_length=200, help_text="写进审计记录和导出的文件。")

    def __init__(self, *args: Any, may_unmask: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["table"].choices = [(name, f"{title}：{EXPORT_HELP[name]}") for name, title in EXPORTS.items()]  # type: ignore[attr-defined]
        if not may_unmask:
            del self.fields["full_numbers"]
