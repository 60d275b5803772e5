"""What administrators filter by and fill in."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.accounts.models.audit import Result
from shouwang.accounts.roles import ROLES, Level, role_choices
from shouwang.web.forms import FilterForm, UnitField

_DAY = {"type": "date"}


class PeopleFilter(FilterForm):
    STATES = (("", "全部"), ("active", "在用"), ("new", "尚未首次登录"), ("idle", "没有现任岗位"), ("closed", "已停用"))
    name = forms.CharField(label="姓名或用户名", max_length=40)
    unit = UnitField(label="单位", empty_label="全部单位")
    role = forms.ChoiceField(label="岗位")
    state = forms.ChoiceField(label="账号状态", choices=STATES)

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "全部"), *role_choices()]  # type: ignore[attr-defined]


class TrailFilter(FilterForm):
    person = forms.CharField(label="人员（姓名或用户名）", max_length=40)
    verb = forms.ChoiceField(label="行为")
    since = forms.DateField(label="从", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    until = forms.DateField(label="到", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    unit = UnitField(label="单位", empty_label="全部单位")
    result = forms.ChoiceField(label="结果", choices=[("", "全部"), *Result.choices])
    target = forms.CharField(label="对象编号", max_length=100)

    def __init__(self, *args: Any, units: QuerySet[Unit], verbs: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["verb"].choices = [("", "全部"), *verbs]  # type: ignore[attr-defined]


class AccountForm(forms.Form):
    """开设账号。"""

    display_name = forms.CharField(label="姓名", max_length=40)
    username = forms.CharField(
        label="用户名",
        max_length=40,
        help_text="小写字母和数字，登录时用。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    unit = UnitField(label="所属单位", empty_label="请选择")
    citizen_number = forms.CharField(
        label="身份证号", max_length=40, required=False, help_text="用来防止一人多号，并在办理亲属的事时提醒回避。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    phone = forms.CharField(
        label="手机号",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class PostForm(forms.Form):
    """授予岗位。"""

    role = forms.ChoiceField(label="岗位")
    unit = UnitField(label="任职单位", empty_label="请选择")
    starts_on = forms.DateField(label="任期自", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    ends_on = forms.DateField(
        label="任期至", help_text="到期自动失效，最长三年。", widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        today = timezone.localdate()
        kwargs["initial"] = {"starts_on": today, "ends_on": today + timedelta(days=365), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]
        self.fields["role"].choices = [("", "请选择"), *((r.code, self._words(r)) for r in ROLES.values())]  # type: ignore[attr-defined]

    @staticmethod
    def _words(role: Any) -> str:
        return f"{role.title}（{'、'.join(str(level.label) for level in Level if level in role.levels)}）"
