"""One member of a household: who, what is known with every source, what departments sent; and the whole citizen number."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from shouwang.accounts.access import step_up
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import AccessDenied, post_for, require
from shouwang.registry.actions import reveal_citizen_number
from shouwang.registry.models import PersonKind
from shouwang.registry.queries import MemberPage, household_for, member_for, member_page
from shouwang.units.errors import ShouwangError
from shouwang.web.forms import ReasonForm
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.households import papers
from shouwang.web.households.acts import ACTS, may
from shouwang.web.households.tables import address
from shouwang.web.households.words import age_words, fact_entered, fact_source, span_words, yes_no
from shouwang.web.masking import shows_numbers
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags.ui import day


class RevealForm(ReasonForm):
    """用途。"""

    reason = forms.CharField(label="用途", max_length=200, help_text="例如“与医保局核对参保”。本人有权知道谁看过。")


@needs(Permission.HOUSEHOLD_VIEW)
def household_member(request: PersonalRequest, uuid: UUID, person: UUID) -> HttpResponse:
    """成员。"""
    user = request.user
    shown = household_for(user, uuid)
    page = member_page(user, shown, person)
    here = page.membership.left_on is None
    recording = here and may(user, ACTS["fact"], shown)
    acts = [
        {"label": ACTS[name].label, "url": address(shown, name, person)}
        for name in ("relation", "leave")
        if may(user, ACTS[name], shown) and not ACTS[name].why_not(user, shown, page.membership)  # type: ignore[misc]
    ]
    if page.masked_number and post_for(user, Permission.PERSON_UNMASK, shown.unit) and _lives_here(page):
        acts.append({"label": "显示完整身份证号", "url": reverse("web:household_reveal", args=[uuid, person])})
    kinds = [
        {"label": str(PersonKind(kind).label), "url": address(shown, "fact", f"{person}:{kind}")}
        for kind in PersonKind.values
    ]
    context = {
        "shown": shown, "member": page.membership, "acts": acts, "facts": _facts(page), "history": _history(page),
        "record": kinds if recording else [], "papers": papers.tables_of(page),
        "conflicts": [
            {"header": one.header, "url": address(shown, "settle", f"{person}:{one.kind}")}
            for one in page.conflicts
            if may(user, ACTS["settle"], shown)
        ],
    }  # fmt: skip
    return render(request, "households/member.html", context)


@needs(Permission.PERSON_UNMASK)
@step_up
@shows_numbers
@sensitive_variables("number")
def household_reveal(request: PersonalRequest, uuid: UUID, person: UUID) -> HttpResponse:
    """显示完整的身份证号：写明用途，记录在案，只在这一页显示一次。"""
    user = request.user
    shown = household_for(user, uuid)
    require(user, Permission.PERSON_UNMASK, shown.unit)
    member = member_for(user, shown, person)
    form, number = RevealForm(request.POST if request.method == "POST" else None), ""
    if request.method == "POST" and form.is_valid():
        try:
            number = reveal_citizen_number(by=user, person=member.person, reason=form.cleaned_data["reason"])
        except AccessDenied:
            raise
        except ShouwangError as error:
            form.add_error(None, str(error))
    context = {"shown": shown, "member": member, "form": form, "number": number}
    return render(request, "households/reveal.html", context)


def _lives_here(page: MemberPage) -> bool:
    return page.membership.person.home_id == page.membership.household_id


def _facts(page: MemberPage) -> list[dict[str, str]]:
    member, person = page.membership, page.membership.person
    values = [
        ("人员编号", member.member_number),
        ("身份证号", page.masked_number or "没有登记"),
        ("与户主关系", member.relation or "—"),
        ("出生日期", f"{day(person.birth_date)} {age_words(member)}".strip()),
        ("性别", person.get_sex_display() or "—"),
        ("民族", person.ethnicity or "—"),
        ("户籍在本团", yes_no(member.registered_here)),
        ("常住", yes_no(member.resident_here)),
        ("共同生活", yes_no(member.shares_budget)),
        ("在户时间", span_words(member)),
    ]
    if person.died_on:
        values.append(("死亡日期", day(person.died_on)))
    return [{"label": label, "value": value} for label, value in values]


def _history(page: MemberPage) -> Table:
    """Every word of every source; the one that holds is marked."""
    rows: list[Any] = []
    seen: set[str] = set()
    for fact in page.facts:
        holds_now = fact.kind not in seen
        seen.add(fact.kind)
        rows.append(
            Row(
                [
                    Cell(fact.get_kind_display()),
                    Cell(fact.value, tag=Tag("现行", "brand") if holds_now else None),
                    Cell(day(fact.as_of)),
                    Cell(fact_source(fact)),
                    Cell(fact_entered(fact) or "—"),
                ]
            )
        )
    columns = [Column("项目"), Column("内容"), Column("截至", "short"), Column("来源"), Column("登记人和说明")]
    return Table("情况和来源", columns, rows, empty=Empty("还没有登记情况", "走访核实后登记。"), compact=True)
