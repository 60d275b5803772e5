"""One thing that may be done to a household: who may, what is asked, what is called. Pages are made from these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.registry.models import Household, Membership

DAY_INPUT = {"type": "date"}
CHOOSE = ("", "请选择")


class ActForm(forms.Form):
    """What every act asks: the version the person looked at goes along, so that who comes second is told."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, household: Household, user: User, subject: Any = None, **kwargs: Any) -> None:
        self.household, self.user, self.subject = household, user, subject
        kwargs["initial"] = {"version": household.version, **self.prefilled(), **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.arrange()

    def prefilled(self) -> dict[str, Any]:
        """What stands in the fields at first."""
        return {}

    def arrange(self) -> None:
        """Fit the fields to the household and the person."""

    def members(self) -> list[Membership]:
        """Those who belong now."""
        rows = self.household.memberships.filter(left_on=None, superseded_at=None)
        return list(rows.select_related("person").order_by("member_number"))

    def choose(self, field: str, choices: list[tuple[str, str]]) -> None:
        """Give a field its choices, the first of them none."""
        self.fields[field].choices = [CHOOSE, *choices]  # type: ignore[attr-defined]


def day_field(label: str, **more: Any) -> forms.DateField:
    """A day, today at first."""
    return forms.DateField(
        label=label, initial=timezone.localdate, widget=forms.DateInput(attrs=DAY_INPUT, format="%Y-%m-%d"), **more
    )


def reason_field(*, required: bool = True, label: str = "事由", help_text: str = "") -> forms.CharField:
    """Why."""
    return forms.CharField(
        label=label, max_length=200, required=required, help_text=help_text, widget=forms.Textarea(attrs={"rows": "3"})
    )


@dataclass(frozen=True, slots=True)
class Doing:
    """An act with everything it needs."""

    user: User
    household: Household
    subject: Any
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Act:
    """`do` calls one action of the registry and gives the sentence that says what was done.

    `find` looks up the thing within the household that the act is about; an act without one is about the household.
    `about` says that thing on the page. `why_not`: why it cannot be done now, though the post would allow it.
    """

    name: str
    label: str
    permissions: tuple[Permission, ...]
    form: type[ActForm]
    do: Callable[[Doing], str]
    lead: str = ""
    button: str = "登记"
    confirm: str = ""
    grave: bool = False
    main: bool = False
    find: Callable[[User, Household, str], Any] | None = None
    about: Callable[[User, Any], list[dict[str, str]]] | None = None
    why_not: Callable[[User, Household, Any], str] | None = None
    template: str = "households/act.html"
