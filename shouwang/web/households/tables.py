"""What a household's page shows, as tables of the shell."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from shouwang.registry.conflicts import Conflict
from shouwang.registry.models import Household, HouseholdKind, LedgerEntry, Person, PersonKind
from shouwang.registry.queries import HouseholdPage
from shouwang.registry.queries.household import MemberLine
from shouwang.web.households.words import (
    age_words,
    came_from,
    fact_entered,
    fact_source,
    span_words,
    standing_words,
)
from shouwang.web.nav import address_of
from shouwang.web.paging import Page
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags.ui import amount, day, quarter

_MEMBERS = [
    Column("姓名"),
    Column("与户主关系", "short"),
    Column("出生日期", "short"),
    Column("户籍和常住"),
    Column("情况"),
]
_LEDGER = [
    Column("类别"), Column("季度", "short"), Column("金额（元）", "number"), Column("成员", "short"), Column("来源"), Column("登记"),
]  # fmt: skip
_ASSURANCE = [
    Column("项目"),
    Column("是谁的", "short"),
    Column("内容"),
    Column("截至", "short"),
    Column("来源"),
    Column("登记人和说明"),
]


def address(household: Household, act: str, key: object = "") -> str:
    """Where something is done to a household, or to one thing of it."""
    return address_of("web:household_act", household.uuid, act, *([key] if key != "" else []))


def members(page: HouseholdPage) -> Table:
    """Those who belong now; each name leads to the member."""
    return Table("现有成员", _MEMBERS, [_member(page, line) for line in page.members], empty=Empty("没有现有成员", ""))


def former(page: HouseholdPage) -> Table:
    """Those who have left, with the time they belonged."""
    rows = [
        Row(
            [
                Cell(line.membership.person.name, note=line.masked_number),
                Cell(line.membership.relation or "—"),
                Cell(span_words(line.membership)),
                Cell(
                    tag=Tag("已去世") if line.membership.person.died_on else None,
                    text="" if line.membership.person.died_on else "已离开",
                ),
            ],
            url=_person_url(page.household, line.membership.person),
        )
        for line in page.former
    ]
    return Table(
        "已离开的成员",
        [Column("姓名"), Column("与户主关系", "short"), Column("在户时间"), Column("去向", "short")],
        rows,
        compact=True,
    )


def assurance(page: HouseholdPage, *, may: bool) -> Table:
    """What holds of the household and of each member, each with its source and day."""
    rows = []
    for kind, fact in sorted(page.facts.items()):
        url = address(page.household, "fact", kind) if may else ""
        rows.append(_fact_row(str(HouseholdKind(kind).label), "本户", fact, url))
    for line in page.members:
        person = line.membership.person
        for kind, fact in sorted(line.facts.items()):
            url = address(page.household, "fact", f"{person.uuid}:{kind}") if may else ""
            rows.append(_fact_row(str(PersonKind(kind).label), person.name, fact, url))
    note = "点项目可登记新的情况，旧的仍保留。" if may and rows else ""
    return Table(
        "保障和身体、就业情况",
        _ASSURANCE,
        rows,
        empty=Empty("还没有登记情况", "走访核实后，在“办理”里登记。"),
        layout="wide",
        compact=True,
        note=note,
    )


def conflicts(page: HouseholdPage, *, may: bool) -> Table:
    """What sources say differently, each with its day."""
    rows = [
        Row(
            [
                Cell(conflict.header),
                Cell("本户" if isinstance(conflict.about, Household) else conflict.about.name),
                Cell(
                    "；".join(f"{fact.value}（{fact_source(fact)}，截至 {day(fact.as_of)}）" for fact in conflict.facts)
                ),
            ],
            url=address(page.household, "settle", conflict_key(conflict)) if may else "",
        )
        for conflict in page.conflicts
    ]
    note = "点项目判定以哪个为准。" if may else "由连队两委或团办判定。"
    return Table("各来源说法不一", [Column("项目"), Column("是谁的", "short"), Column("各来源怎么说")], rows, note=note)


def conflict_key(conflict: Conflict) -> str:
    """How the address of a settlement names the thing."""
    return f"{conflict.about.uuid}:{conflict.kind}" if isinstance(conflict.about, Person) else conflict.kind


def ledger(household: Household, lines: Sequence[LedgerEntry], page: Page[Any] | None, *, may: bool) -> Table:
    """Lines of the ledger; where somebody may, a line that can be taken back leads there."""
    rows = [
        Row(
            [
                Cell(one.get_kind_display()),
                Cell(quarter(one.quarter)),
                Cell(amount(one.amount_fen), note="一次性" if one.one_off else ""),
                Cell(one.person.name if one.person else "全户"),
                Cell(one.source or "—", tag=_entry_tag(one)),
                Cell(came_from(one)),
            ],
            url=address(household, "reverse", one.pk) if may and reversible(one) else "",
        )
        for one in lines
    ]
    note = "只增不改；点类别可冲销记错的一笔。" if may and rows else "只增不改。"
    nothing = Empty("还没有登记收支", "在“办理”里记收支，或由团办上报收支台账。")
    return Table("收支", _LEDGER, rows, page, nothing, layout="wide", compact=True, note=note)


def reversible(entry: LedgerEntry) -> bool:
    """Whether a line may be taken back: not a reversal, not moved by a split or merger, not taken back before."""
    taken_back = getattr(entry, "reversed", False)
    return entry.corrects_id is None and entry.transfer_id is None and not taken_back


def _member(page: HouseholdPage, line: MemberLine) -> Row:
    member = line.membership
    known = "、".join(
        fact.value for kind, fact in line.facts.items() if kind not in ("willing_to_work", "can_leave_home")
    )
    return Row(
        [
            Cell(member.person.name, note=line.masked_number or "没有身份证号"),
            Cell(member.relation or "—"),
            Cell(day(member.person.birth_date), note=age_words(member)),
            Cell(standing_words(member)),
            Cell(known or "—"),
        ],
        url=_person_url(page.household, member.person),
    )


def _person_url(household: Household, person: Person) -> str:
    return address_of("web:household_member", household.uuid, person.uuid)


def _fact_row(label: str, whose: str, fact: Any, url: str) -> Row:
    return Row(
        [
            Cell(label),
            Cell(whose),
            Cell(fact.value),
            Cell(day(fact.as_of)),
            Cell(fact_source(fact)),
            Cell(fact_entered(fact) or "—"),
        ],
        url=url,
    )


def _entry_tag(entry: LedgerEntry) -> Tag | None:
    if entry.corrects_id:
        return Tag("冲销")
    if getattr(entry, "reversed", False):
        return Tag("已被冲销")
    return Tag("分户并户") if entry.transfer_id else None
