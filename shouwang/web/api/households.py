"""Households: the list with its filters, and one household with members, income and why it is flagged."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from ninja import Router, Schema
from pydantic import Field

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.casework import queries as casework
from shouwang.casework.models import LIVE
from shouwang.registry.queries import HouseholdFilter, HouseholdLine, HouseholdPage, household_page, households_for
from shouwang.units.periods import quarter_name
from shouwang.web.api.entry import Caller, needed
from shouwang.web.api.parts import After, Listed, Size, UnitShape, Words, unit_asked

router = Router(tags=["户"])


class HouseholdRow(Schema):
    """一户，列表里的一行。"""

    uuid: UUID
    number: str = Field(description="户编号")
    head: str = Field(description="户主姓名；未登记为空")
    unit: UnitShape
    members: int = Field(description="人口")
    opened_on: date | None = Field(description="立户日期；空为不详")
    closed_on: date | None = Field(description="销户日期")


class Households(Listed):
    rows: list[HouseholdRow]


class Member(Schema):
    """成员。身份证号一律遮盖。"""

    person: UUID
    name: str
    number_masked: str = Field(description="遮盖的身份证号；没有登记为空")
    relation: str = Field(description="与户主关系")
    birth_date: date | None
    shares_budget: bool = Field(description="共同生活")
    registered_here: bool | None = Field(description="户籍在本团；空为不明")
    resident_here: bool | None = Field(description="常住；空为不明")
    left_on: date | None


class QuarterShape(Schema):
    """一个季度的收支，单位：分。"""

    quarter: str = Field(description="如 2020Q1")
    income_fen: int
    cost_fen: int
    net_fen: int | None = Field(description="空为没有登记，不是零")
    rigid_fen: int = Field(description="刚性支出")
    claims_fen: int = Field(description="理赔收入")


class FindingShape(Schema):
    """最近一次筛查说的一条理由。"""

    rule: str
    outcome: str
    clause: str
    sentence: str


class HouseholdShape(HouseholdRow):
    """一户一档。"""

    people: list[Member]
    former: list[Member] = Field(description="已离开的")
    quarters: list[QuarterShape]
    clue: UUID | None = Field(description="现有的线索；看不到线索的岗位为空")
    findings: list[FindingShape]
    case: str | None = Field(description="在办或已确认的个案编号")


@router.get("/households", response=Households, summary="户籍台账")
def households(
    request: Caller, unit: UUID | None = None, name: Words = "", number: Words = "", closed: bool = False,
    after: After = "", size: Size = 50,
) -> dict[str, Any]:  # fmt: skip
    """辖区内的户，按户编号排列。`name` 是户里任何人姓名的一部分，`number` 是户编号的开头。"""
    user = request.user
    needed(user, Permission.HOUSEHOLD_VIEW)
    at, possible = unit_asked(user, unit)
    if not possible:
        return {"count": 0, "capped": False, "next": None, "rows": []}
    wanted = HouseholdFilter(unit=at, name=name, number=number, closed=closed)
    page = households_for(user, wanted, after=after, size=size)
    return {
        "count": page.count, "capped": page.capped, "next": page.after, "rows": [_row(line) for line in page.rows]
    }  # fmt: skip


@router.get("/households/{uuid}", response=HouseholdShape, summary="一户一档")
def household(request: Caller, uuid: UUID) -> dict[str, Any]:
    """看一户要留痕，与网页相同。"""
    user = request.user
    needed(user, Permission.HOUSEHOLD_VIEW)
    page = household_page(user, uuid)
    head = next((one.membership.person.name for one in page.members if one.membership.relation == "户主"), "")
    return (
        _row(HouseholdLine(page.household, head, len(page.members)))
        | {"people": _members(page.members), "former": _members(page.former), "quarters": _quarters(page)}
        | _standing(user, page)
    )


def _row(line: HouseholdLine) -> dict[str, Any]:
    one = line.household
    return {
        "uuid": one.uuid, "number": one.number, "head": line.head, "unit": one.unit, "members": line.members,
        "opened_on": one.opened_on, "closed_on": one.closed_on,
    }  # fmt: skip


def _members(lines: Any) -> list[dict[str, Any]]:
    return [
        {
            "person": line.membership.person.uuid, "name": line.membership.person.name,
            "number_masked": line.masked_number, "birth_date": line.membership.person.birth_date,
            **{
                name: getattr(line.membership, name)
                for name in ("relation", "shares_budget", "registered_here", "resident_here", "left_on")
            },
        }
        for line in lines
    ]  # fmt: skip


def _quarters(page: HouseholdPage) -> list[dict[str, Any]]:
    return [
        {
            "quarter": quarter_name(one.quarter), "income_fen": one.income, "cost_fen": one.cost, "net_fen": one.net,
            "rigid_fen": one.rigid, "claims_fen": one.claims,
        }
        for one in page.quarters
    ]  # fmt: skip


def _standing(user: User, page: HouseholdPage) -> dict[str, Any]:
    """The clue, its findings and the case, as far as this person may see them."""
    clue = casework.clue_list(user, gone=True).filter(household=page.household).order_by("-pk").first()
    found = casework.clue_for(user, str(clue.uuid)) if clue else None
    lines = [line for line in found.lines.all() if line.run_id and line.run_id == found.run_id] if found else []
    case = casework.case_list(user).filter(household=page.household, status__in=LIVE).first()
    return {"clue": clue.uuid if clue else None, "findings": lines, "case": case.number if case else None}
