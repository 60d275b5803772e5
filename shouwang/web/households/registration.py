"""登记新户: a household with its first members, all in one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied
from shouwang.registry.actions import Newcomer, register_household
from shouwang.registry.models.household import HEAD
from shouwang.registry.queries import companies_for
from shouwang.units.errors import ShouwangError
from shouwang.web.forms import UnitField
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.households.act import CHOOSE, day_field
from shouwang.web.households.member_forms import OTHERS, PersonFields

#: People on the form; more are added to the household afterwards, one by one.
PEOPLE = 6


class HouseholdForm(forms.Form):
    """户本身。"""

    number = forms.CharField(
        label="户编号",
        max_length=100,
        help_text="全团唯一，登记后不能改。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    unit = UnitField(label="连队", empty_label="请选择")
    on = day_field("立户日期", help_text="成员自这一天起计入人口。")
    reason = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        companies = companies_for(user)
        self.fields["unit"].queryset = companies  # type: ignore[attr-defined]
        if companies.count() == 1:
            self.initial["unit"] = companies[0].uuid


class MemberForm(PersonFields):
    """一名成员；第一名是户主，其余整行空着就不登记。"""

    field_order = ("name", "relation")

    def __init__(self, *args: Any, first: bool, **kwargs: Any) -> None:
        super().__init__(*args, empty_permitted=not first, use_required_attribute=False, **kwargs)
        choices = [(HEAD, HEAD)] if first else [CHOOSE, *OTHERS]
        self.fields["relation"].choices = choices  # type: ignore[attr-defined]

    def has_changed(self) -> bool:
        """Whether anybody was written down; ticked boxes alone are nobody."""
        asked = [name for name in self.fields if name not in ("shares_budget", "registered_here", "resident_here")]
        return any(str(self.data.get(self.add_prefix(name), "")).strip() for name in asked)


@needs(Permission.HOUSEHOLD_EDIT)
def household_new(request: PersonalRequest) -> HttpResponse:
    """登记新户。"""
    sent: QueryDict | None = request.POST if request.method == "POST" else None
    form = HouseholdForm(sent, user=request.user)
    people = [MemberForm(sent, prefix=f"p{place}", first=place == 1) for place in range(1, PEOPLE + 1)]
    if sent is not None and all([form.is_valid(), *(one.is_valid() for one in people)]):
        try:
            data = form.cleaned_data
            made = register_household(
                by=request.user, unit=data["unit"], number=data["number"], on=data["on"], reason=data["reason"],
                members=[Newcomer(**one.cleaned_data, joined_on=data["on"]) for one in people if one.cleaned_data],
            )  # fmt: skip
        except AccessDenied:
            raise
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已登记 {made.number}。")
            return redirect("web:household", uuid=made.uuid)
    problems = [field for one in people for field in one if field.errors]
    context = {"form": form, "people": people, "problems": problems}
    return render(request, "households/new.html", context)
