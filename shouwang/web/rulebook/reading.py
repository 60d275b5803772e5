"""The rule book to read: the text with what implements it, the rules, the figures, the parameters, the procedure."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.scope import holds
from shouwang.policy.book import POLICIES, Policy, RuleBook
from shouwang.policy.clauses import Clause, instrument
from shouwang.policy.procedure import procedure_on
from shouwang.web.guard import PersonalRequest
from shouwang.web.rulebook.places import READERS, book_for, in_force, policy_at, regiment_of, with_post
from shouwang.web.rulebook.saying import (
    Handbook,
    doors_said,
    excuse_words,
    handbook,
    implemented,
    limit_words,
    marks,
    steps_said,
)
from shouwang.web.tables import Cell, Column, Row, Table, Tag
from shouwang.web.templatetags.ui import clause_words, day
from shouwang.web.worklists.tabs import Tab

#: The parts, each with its template: name -> heading.
PARTS = {"text": "原文", "rules": "规则", "figures": "数字", "parameters": "参数", "procedure": "程序"}
_PARAMETERS = (Column("参数"), Column("现行值", "short"), Column("含义"), Column("依据", "short"), Column("谁定的"))


@with_post
def rulebook(request: PersonalRequest) -> HttpResponse:
    """规则手册：本团施行的办法。"""
    policy = POLICIES[in_force(request.user)]
    return render(request, "rulebook/text.html", _context(request.user, policy, "text"))


@with_post
def rulebook_part(request: PersonalRequest, package: str, part: str) -> HttpResponse:
    """一部办法的一个部分。"""
    if part not in PARTS:
        raise Http404("规则手册没有这个部分。")
    return render(request, f"rulebook/{part}.html", _context(request.user, policy_at(package), part))


def _context(user: User, policy: Policy, part: str) -> dict[str, Any]:
    book = book_for(user, policy.id)
    said, here = handbook(book), in_force(user)
    shown = {"text": _text, "rules": _rules, "figures": _figures, "parameters": _parameters, "procedure": _procedure}
    return {
        "policy": policy,
        "part": PARTS[part],
        "in_force": policy.id == here,
        "regiment": regiment_of(user),
        "others": [
            {"title": other.title, "url": address(other.package), "tag": "现在施行" if other.id == here else ""}
            for other in POLICIES.values()
            if other.id != policy.id
        ],
        "tabs": tabs(book, said, part),
        "may_see_changes": any(holds(user, permission) for permission in READERS),
        **shown[part](user, book, said),
    }


def address(package: str, part: str = "text") -> str:
    return reverse("web:rulebook_part", args=[package, part])


def tabs(book: RuleBook, said: Handbook, part: str) -> list[Tab]:
    """The parts with how much is in each."""
    package = book.policy.package
    counts = {
        "text": sum(not one.is_heading for one in instrument(package).values()),
        "rules": len(said.rules),
        "figures": len(said.figures),
        "parameters": len(said.values),
        "procedure": len(procedure_on(book.policy, book.as_of).steps),
    }
    return [Tab(label, counts[name], address(package, name), name == part) for name, label in PARTS.items()]


def _text(user: User, book: RuleBook, said: Handbook) -> dict[str, Any]:
    package = book.policy.package
    return {"clauses": [_line(package, one) for one in instrument(package).values()]}


def _line(package: str, one: Clause) -> dict[str, Any]:
    done = implemented(package).get(one.id, ())
    return {
        "id": one.id,
        "words": clause_words(one.id),
        "text": one.text,
        "heading": min(len(one.headings) + 1, 3) if one.is_heading else 0,
        "url": reverse("web:clause", args=[package, one.id]),
        "marks": marks(done) if done else "另有说明" if excuse_words(package, one.id) else "",
    }


def _rules(user: User, book: RuleBook, said: Handbook) -> dict[str, Any]:
    return {"said": said, "package": book.policy.package}


def _figures(user: User, book: RuleBook, said: Handbook) -> dict[str, Any]:
    return {"said": said, "package": book.policy.package}


def _parameters(user: User, book: RuleBook, said: Handbook) -> dict[str, Any]:
    package = book.policy.package
    standards = [value for value in said.values if not value.is_limit]
    limits = [value for value in said.values if value.is_limit]
    return {
        "standards": _parameter_table("标准", book, standards, "改了会影响筛查结果，先看试算。"),
        "limits": _parameter_table("时限", book, limits, "只影响生效以后立的个案，已立的沿用立案时的。"),
        "policy_url": reverse("web:parameter", args=["policy"]),
        "package": package,
    }


def _parameter_table(title: str, book: RuleBook, values: list[Any], note: str) -> Table:
    rows = []
    for value in values:
        dated = value.series.on(book.as_of)
        whose = "本团已调整" if value.changed else "地方读法" if dated.discretion else "原文所定"
        rows.append(
            Row(
                [
                    Cell(value.series.label), Cell(value.words), Cell(value.series.meaning), Cell(clause_words(dated.clause)),
                    Cell(tag=Tag(whose, "brand" if value.changed else "plain"), note=dated.discretion),
                ],
                reverse("web:parameter", args=[value.series.name]) + f"?policy={book.policy.package}",
            )
        )  # fmt: skip
    return Table(title, _PARAMETERS, rows, note=note)


def _procedure(user: User, book: RuleBook, said: Handbook) -> dict[str, Any]:
    procedure = procedure_on(book.policy, book.as_of)
    return {
        "procedure": procedure,
        "since": day(procedure.since),
        "steps": steps_said(book, procedure),
        "doors": doors_said(book, procedure),
        "total": limit_words(book, procedure.total),
        "triage": limit_words(book, procedure.triage),
        "revisit": limit_words(book, procedure.revisit),
        "package": book.policy.package,
    }
