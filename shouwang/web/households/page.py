"""一户一档: what is going on first, then everything on record. And the whole ledger, a page at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.registry.models import Household, HouseholdKind
from shouwang.registry.models.household import HEAD
from shouwang.registry.queries import HouseholdPage, household_for, household_page, ledger_page
from shouwang.units.periods import read_quarter
from shouwang.web.forms import FilterForm
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.households import happenings, papers, standing, tables
from shouwang.web.households.acts import offered
from shouwang.web.households.income import income_chart
from shouwang.web.households.turning import turned
from shouwang.web.households.words import state_tag
from shouwang.web.templatetags.ui import day

#: Lines of the ledger on the household's own page; the others are one step away.
LEDGER_SHOWN = 10


class LedgerFilter(FilterForm):
    """One quarter of the ledger."""

    quarter = forms.CharField(label="季度（如 2020Q1）", max_length=20)

    def clean_quarter(self) -> int | None:
        """The quarter's index; what does not read counts as not asked."""
        text = self.cleaned_data["quarter"]
        return read_quarter(text).value if text else None


@needs(Permission.HOUSEHOLD_VIEW)
def household(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """一户一档。"""
    user = request.user
    page = household_page(user, uuid)
    shown = page.household
    acts = offered(user, shown)
    going_on = standing.going_on(user, page)
    context = {
        "page": page,
        "shown": shown,
        "head": head_of(page),
        "state": state_tag(shown),
        "facts": _facts(page),
        "going_on": going_on,
        "acts": acts,
        "main_acts": [act for act in acts if act.main],
        "record": _kinds(shown) if _may_record(request, shown) else [],
        "members": tables.members(page),
        "former": tables.former(page),
        "assurance": tables.assurance(page, may=_may_record(request, shown)),
        "conflicts": tables.conflicts(page, may=_may_edit(request, shown)),
        "chart": income_chart(page.quarters),
        "ledger": tables.ledger(shown, page.ledger.rows[:LEDGER_SHOWN], None, may=_may_edit(request, shown)),
        "ledger_count": page.ledger.count,
        "papers": papers.tables_of(page),
        "events": happenings.events(page, may=_may_edit(request, shown)),
        "documents": happenings.documents(page),
        "timeline": happenings.timeline(page),
    }
    return render(request, "households/household.html", context)


@needs(Permission.HOUSEHOLD_VIEW)
def ledger(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """一户的全部收支，一页一页看。"""
    user, query = request.user, request.GET
    shown = household_for(user, uuid)
    form = LedgerFilter(query)
    found = ledger_page(
        user,
        shown,
        quarter=form.values.get("quarter"),
        after=_key(query.get("after")),
        before=_key(query.get("before")),
    )
    table = tables.ledger(shown, found.rows, turned(found, query), may=_may_edit(request, shown))
    return render(request, "households/ledger.html", {"shown": shown, "form": form, "table": table})


def head_of(page: HouseholdPage) -> str:
    """The name of 户主, empty where nobody is registered as such."""
    heads = [line.membership.person.name for line in page.members if line.membership.relation == HEAD]
    return heads[0] if heads else ""


def _facts(page: HouseholdPage) -> list[dict[str, str]]:
    one = page.household
    values: list[dict[str, str]] = [
        {"label": "户编号", "value": one.number},
        {"label": "连队", "value": one.unit.name},
        {"label": "户主", "value": head_of(page) or "未登记"},
        {"label": "人口", "value": f"{len(page.members)} 人"},
        {"label": "立户日期", "value": day(one.opened_on)},
    ]
    if one.closed_on:
        values.append({"label": "销户日期", "value": day(one.closed_on)})
    return values


def _kinds(shown: Household) -> list[dict[str, str]]:
    """The facts of a household that may be recorded, each with its form."""
    return [
        {"label": str(HouseholdKind(kind).label), "url": tables.address(shown, "fact", kind)}
        for kind in HouseholdKind.values
    ]


def _may_edit(request: PersonalRequest, shown: Household) -> bool:
    return shown.closed_on is None and post_for(request.user, Permission.HOUSEHOLD_EDIT, shown.unit) is not None


def _may_record(request: PersonalRequest, shown: Household) -> bool:
    visits = post_for(request.user, Permission.VISIT_RECORD, shown.unit) is not None
    return _may_edit(request, shown) or (shown.closed_on is None and visits)


def _key(text: str | None) -> Any:
    """A position in the address; what is not a number is the first page."""
    return int(text) if text and text.isdecimal() and len(text) < 19 else None
