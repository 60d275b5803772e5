"""One parameter: its value now, through time and by whom; what rests on it. The policy in force is looked at the same way."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.casework import queries, versions
from shouwang.casework.models import ParameterChange
from shouwang.policy.book import POLICIES, RuleBook
from shouwang.policy.procedure import procedure_on
from shouwang.web.guard import PersonalRequest
from shouwang.web.rulebook.places import book_for, in_force, policy_at, regiment_of, with_post
from shouwang.web.rulebook.reading import address
from shouwang.web.rulebook.saying import handbook
from shouwang.web.tables import Cell, Column, Row, Table, Tag
from shouwang.web.templatetags.ui import day

_HISTORY = (Column("自何日起"), Column("值", "short"), Column("谁定的"), Column("理由或说明"))


@with_post
def parameter(request: PersonalRequest, name: str) -> HttpResponse:
    """一项参数。"""
    user = request.user
    if name == versions.POLICY:
        return render(request, "rulebook/policies.html", _policies(user))
    shown = policy_at(request.GET["policy"]) if request.GET.get("policy") else POLICIES[in_force(user)]
    book = book_for(user, shown.id)
    value = handbook(book).value(name)
    if value is None:
        raise Http404("没有这项参数。")
    regiment = regiment_of(user)
    dated = value.series.on(timezone.localdate())
    context = {
        "policy": shown, "value": value, "dated": dated, "package": shown.package,
        "history": _history(book, name, regiment), "rules": handbook(book).rules_using(name),
        "rules_url": address(shown.package, "rules"), "steps": _steps(book, name),
        "steps_url": address(shown.package, "procedure"), "back": address(shown.package, "parameters"),
        "change_url": change_url(user, regiment, name) if shown.id == in_force(user) else "",
    }  # fmt: skip
    return render(request, "rulebook/parameter.html", context)


def change_url(user: User, regiment: Unit | None, name: str) -> str:
    """Where a person may propose another value; empty for others."""
    if regiment is None or post_for(user, Permission.PARAMETER_PROPOSE, regiment) is None:
        return ""
    return reverse("web:parameter_new", args=[name])


def _history(book: RuleBook, name: str, regiment: Unit | None) -> Table:
    """The values of the policy and those signed in the regiment, by the day they hold from."""
    series = book.series(name)
    written = [
        (dated.since, series.unit.words(dated.held), "地方读法" if dated.discretion else "原文所定", dated.discretion)
        for dated in series.values
    ]
    signed = [
        (change.from_date, change.value_words, _hands(change), change.reason)
        for change in queries.signed_in(regiment, name)
        if change.policy == book.policy.id
    ]
    today = timezone.localdate()
    rows = [
        Row(
            [
                Cell(day(since)),
                Cell(words),
                Cell(tag=Tag("待生效") if since > today else None, text=whose),
                Cell(why or "—"),
            ]
        )
        for since, words, whose, why in sorted(written + signed, key=lambda one: one[0], reverse=True)
    ]
    return Table("历次的值", _HISTORY, rows, note="旧值不改，按日期取用。")


def _hands(change: ParameterChange) -> str:
    decided = change.decided_by.display_name if change.decided_by else ""
    return f"{change.proposed_by.display_name}提出，{decided}复核"


def _steps(book: RuleBook, name: str) -> list[str]:
    """The steps whose limit this parameter is."""
    procedure = procedure_on(book.policy, book.as_of)
    return [step.title for step in procedure.steps if name in (step.deadline, step.wait[1] if step.wait else "")]


def _policies(user: User) -> dict[str, Any]:
    """The policies there are, which one is in force, and since when."""
    regiment, here, today = regiment_of(user), in_force(user), timezone.localdate()
    rows = [
        Row(
            [
                Cell(policy.title), Cell(tag=Tag("现在施行", "brand") if policy.id == here else None),
                Cell(day(policy.since)), Cell("、".join(step.title for step in procedure_on(policy, today).steps)),
            ],
            address(policy.package),
        )
        for policy in POLICIES.values()
    ]  # fmt: skip
    columns = [Column("办法"), Column("施行", "short"), Column("办法日期", "short"), Column("程序的步骤")]
    signed = [
        Row([Cell(day(change.from_date)), Cell(change.value_words), Cell(_hands(change)), Cell(change.reason)])
        for change in reversed(queries.signed_in(regiment, versions.POLICY))
    ]
    return {
        "table": Table("可以施行的办法", columns, rows),
        "history": Table("历次改用", _HISTORY, signed) if signed else None,
        "change_url": change_url(user, regiment, versions.POLICY),
        "back": address(POLICIES[here].package, "parameters"),
    }
