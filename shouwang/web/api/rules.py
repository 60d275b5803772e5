"""The rule book: rules and parameters as in force on a day, in the regiment one works in or as the policy was signed."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from shouwang.accounts.models import User
from shouwang.casework import versions
from shouwang.policy.book import POLICIES, RuleBook
from shouwang.policy.parameters import Unit
from shouwang.web.api.entry import Caller
from shouwang.web.api.parts import Words

router = Router(tags=["规则手册"])
PolicyId = Annotated[Words, Field(description="办法的编号；不写为本团当日施行的办法")]
Day = Annotated[date | None, Field(description="哪一天；不写为今天")]


class BookShape(Schema):
    """哪部办法、哪一天。"""

    policy: str
    title: str
    on: date
    before_signing: bool = Field(description="这一天早于办法签发，按最初文本倒推")


class RuleShape(Schema):
    """一条规则。"""

    id: str
    title: str
    clause: str = Field(description="条款编号")
    text: str = Field(description="条款原文")
    route: str = Field(description="途径")
    order: int
    since: date = Field(description="这个版本从何日起")
    parameters: list[str] = Field(description="用到的参数")


class Rules(BookShape):
    rules: list[RuleShape]


class ParameterShape(Schema):
    """一个参数。值是写法（如 8000），单位另列；金额另给分。"""

    name: str
    label: str
    meaning: str
    unit: str
    value: str
    value_fen: int | None = Field(description="金额的分；不是金额为空")
    clause: str = Field(description="出处；地方读法为空")
    changed_here: bool = Field(description="是否本团改用的值")


class Parameters(BookShape):
    parameters: list[ParameterShape]


@router.get("/rules", response=Rules, summary="规则")
def rules(request: Caller, policy: PolicyId = "", on: Day = None) -> dict[str, Any]:
    """当日施行的每条规则，附条款原文。"""
    book, _ = _book(request.user, policy, on)
    return _told(book) | {
        "rules": [
            {
                "id": rule.id, "title": rule.title, "clause": rule.clause, "text": book.clause(rule.clause).text,
                "route": rule.route, "order": rule.order, "since": rule.since,
                "parameters": list(book.parameters_used(rule)),
            }
            for rule in book.rules
        ]
    }  # fmt: skip


@router.get("/parameters", response=Parameters, summary="参数")
def parameters(request: Caller, policy: PolicyId = "", on: Day = None) -> dict[str, Any]:
    """当日的每个参数。修改参数须在网页上由两人办。"""
    book, changed = _book(request.user, policy, on)
    return _told(book) | {"parameters": [_parameter(book, name, changed) for name in book.parameters]}


def _book(user: User, policy: str, on: date | None) -> tuple[RuleBook, dict[str, str]]:
    """The book, and what the regiment of the post has changed in it. Raises UnknownPolicy."""
    day = on or timezone.localdate()
    regiment = user.acting_post.unit.regiment if user.acting_post else None
    if regiment is None:
        return RuleBook.of(policy or next(iter(POLICIES)), day), {}
    policy = policy or versions.policy_on(regiment, day)
    changed = versions.overrides_on(regiment, policy, day)
    return RuleBook.of(policy, day, changed), changed


def _told(book: RuleBook) -> dict[str, Any]:
    return {
        "policy": book.policy.id, "title": book.policy.title, "on": book.as_of, "before_signing": book.before_signing
    }  # fmt: skip


def _parameter(book: RuleBook, name: str, changed: dict[str, str]) -> dict[str, Any]:
    series, held = book.series(name), book.parameters[name]
    return {
        "name": name, "label": series.label, "meaning": series.meaning, "unit": series.unit.value,
        "value": series.write(held), "value_fen": held if series.unit is Unit.YUAN else None,
        "clause": series.on(book.as_of).clause or "", "changed_here": name in changed,
    }  # fmt: skip
