"""来源不一致: what sources say differently over the whole territory, and settling it with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core import signing
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.models import Unit
from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied
from shouwang.registry.actions import settle_conflict
from shouwang.registry.actions.facts import nothing_to_settle
from shouwang.registry.conflicts import AnyFact, Conflict, conflict_about
from shouwang.registry.models import FactSource, HouseholdKind, Person, PersonKind
from shouwang.registry.queries import Page as RegistryPage
from shouwang.registry.queries.conflicts import FIRST, ConflictFilter, ConflictLine, Place, conflict_for, conflicts_for
from shouwang.terms.tables import HOUSEHOLDS, MEMBERS, Column
from shouwang.units.errors import ShouwangError
from shouwang.web.forms import FilterForm, UnitField
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.households.record_forms import value_field
from shouwang.web.paging import Page
from shouwang.web.tables import Cell, Empty, Row, Table
from shouwang.web.tables import Column as Heading
from shouwang.web.templatetags.ui import day

_SALT = "conflicts"
_OTHER = "都不对"
_HEADINGS = (Heading("项目"), Heading("是谁的", "short"), Heading("户", "short"), Heading("各来源怎么说"))


class ConflictsFilter(FilterForm):
    """单位、项目。"""

    unit = UnitField(label="单位", empty_label="全部单位")
    kind = forms.ChoiceField(label="项目", choices=[("", "全部"), *PersonKind.choices, *HouseholdKind.choices])

    def __init__(self, *args: Any, units: QuerySet[Unit], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]

    @property
    def wanted(self) -> ConflictFilter:
        return ConflictFilter(**self.values)


class SettleForm(forms.Form):
    """以哪个来源为准，或另填查实的情况；写明依据。"""

    value = forms.ChoiceField(label="以哪个为准", widget=forms.RadioSelect)

    def __init__(self, *args: Any, conflict: Conflict, column: Column, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told: dict[str, list[str]] = {}
        for fact in conflict.facts:
            told.setdefault(fact.value, []).append(_said_by(fact))
        said = [(value, f"{value}：{'；'.join(words)}") for value, words in told.items()]
        self.fields["value"].choices = [*said, (_OTHER, "都不对，另填")]  # type: ignore[attr-defined]
        typed = value_field(column)
        typed.label, typed.required, typed.help_text = "查实的情况", False, "选了“都不对，另填”才填。"
        self.fields["typed"] = typed
        self.fields["reason"] = forms.CharField(
            label="依据", max_length=200, help_text="怎样核实的，例如入户查看、查验证件。",
            widget=forms.Textarea(attrs={"rows": "3"}),
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """The value to hold, whichever way it was given."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("value") == _OTHER:
            typed = data.get("typed")
            data["value"] = "、".join(typed) if isinstance(typed, list) else str(typed or "")
            if not data["value"] and "typed" not in self.errors:
                self.add_error("typed", "请填查实的情况。")
        return data


@needs(Permission.HOUSEHOLD_EDIT)
def conflicts(request: PersonalRequest) -> HttpResponse:
    """来源不一致的清单：哪一户、谁、各来源怎么说。"""
    form = ConflictsFilter(request.GET, units=visible_places(request.user))
    found = conflicts_for(request.user, form.wanted, after=_place(request.GET.get("after", "")))
    return render(request, "matching/conflicts.html", {"form": form, "table": _table(found, request.GET, form.in_use)})


@needs(Permission.HOUSEHOLD_EDIT)
def conflict(request: PersonalRequest, about: str, uuid: UUID, kind: str) -> HttpResponse:
    """判定一项：各来源的说法都保留，从此以判定的为准。"""
    whom = conflict_for(request.user, about, str(uuid), kind)
    back = f"{reverse('web:conflicts')}?{request.GET.urlencode()}"
    found = conflict_about(whom, kind)
    if found is None:
        messages.warning(request, str(nothing_to_settle(whom, kind)))
        return redirect(back)
    column = (MEMBERS if isinstance(whom, Person) else HOUSEHOLDS).column(kind)
    form = SettleForm(request.POST if request.method == "POST" else None, conflict=found, column=column)
    whose, household = (whom.name, whom.home) if isinstance(whom, Person) else ("本户", whom)
    if request.method == "POST" and form.is_valid():
        value, reason = form.cleaned_data["value"], form.cleaned_data["reason"]
        try:
            fact = settle_conflict(by=request.user, about=whom, kind=kind, value=value, reason=reason)
        except AccessDenied:
            raise
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"{whose}的{found.header}以“{fact.value}”为准；各来源的说法仍保留。")
            return redirect(back)
    context = {"found": found, "whose": whose, "household": household, "form": form, "back": back, "said": _said(found)}
    return render(request, "matching/conflict.html", context, status=422 if form.errors else 200)


def _table(found: RegistryPage[ConflictLine], query: QueryDict, asked: bool) -> Table:
    nothing = (
        Empty()
        if asked
        else Empty("没有互相矛盾的来源", "部门数据、走访和申报说法不一时，会列在这里，由人核实后判定。")
    )
    page = Page(list(found.rows), _turn(query, found.after), _turn(query, found.before), found.count, not found.capped)  # type: ignore[type-var]
    return Table("来源不一致", _HEADINGS, [_row(line, query) for line in found.rows], page, nothing)


def _row(line: ConflictLine, query: QueryDict) -> Row:
    one = line.conflict
    person = one.about if isinstance(one.about, Person) else None
    key = ["person" if person else "household", one.about.uuid, one.kind]
    said = "；".join(f"{fact.value}（{_said_by(fact)}）" for fact in one.facts)
    cells = [
        Cell(one.header), Cell(person.name if person else "本户"),
        Cell(line.household.number, note=line.household.unit.name), Cell(said),
    ]  # fmt: skip
    return Row(cells, f"{reverse('web:conflict', args=key)}?{query.urlencode()}")


def _said(found: Conflict) -> list[dict[str, str]]:
    return [{"label": fact.value, "value": _said_by(fact), "note": fact.reason} for fact in found.facts]


def _said_by(fact: AnyFact) -> str:
    """`学校，招生.xlsx 第 8 行，截至 2020年3月1日`: who said so, where, and of what day."""
    source = str(FactSource(fact.source).label)
    batch = fact.batch
    if batch is not None:
        who = batch.unit.name if fact.department else source
        return f"{who}，{batch.file_name} 第 {fact.row} 行，截至 {day(fact.as_of)}"
    who = f"{source}，{fact.entered_by.display_name}登记" if fact.entered_by else source
    return f"{who}，截至 {day(fact.as_of)}"


def _place(text: str) -> Place | None:
    """Where a page begins; signed, so that nobody counts through our keys. One that does not read is the first page."""
    try:
        number, whose, key, kind = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return number, whose, key, kind


def _turn(query: QueryDict, place: Place | None) -> str:
    if place is None:
        return ""
    kept = query.copy()
    kept.pop("after", None)
    if place != FIRST:
        kept["after"] = signing.dumps(list(place), salt=_SALT)
    return f"?{kept.urlencode()}"
