"""How the registry says things: where a line or a fact comes from, yes and no, who is a member how."""

from __future__ import annotations

from django.utils import timezone

from shouwang.policy.feed import DEPARTMENT_NAMES
from shouwang.registry.conflicts import AnyFact
from shouwang.registry.models import FactSource, Household, LedgerEntry, Membership
from shouwang.units.periods import age_on
from shouwang.web.tables import Tag
from shouwang.web.templatetags.ui import NOT_KNOWN, day, moment


def came_from(entry: LedgerEntry) -> str:
    """The file and row a line came with, or who entered it when."""
    if entry.batch_id and entry.row:
        return f"{entry.batch} 第 {entry.row} 行"
    who = entry.recorded_by.display_name if entry.recorded_by else "服务器控制台"
    return f"{who} {moment(entry.recorded_at)}"


def fact_source(fact: AnyFact) -> str:
    """`干部走访`, `部门数据（学校）`, with the file where there is one."""
    label = str(FactSource(fact.source).label)
    if fact.department:
        label = f"{label}（{DEPARTMENT_NAMES.get(fact.department, fact.department)}）"
    if fact.batch_id and fact.row:
        return f"{label}：{fact.batch} 第 {fact.row} 行"
    return label


def fact_entered(fact: AnyFact) -> str:
    """Who entered a fact, and why where that is said."""
    who = fact.entered_by.display_name if fact.entered_by else ""
    return "，".join(part for part in (who, fact.reason) if part)


def yes_no(value: bool | None) -> str:
    """是、否, and a dash for what is not known."""
    return NOT_KNOWN if value is None else "是" if value else "否"


def standing_words(membership: Membership) -> str:
    """`户籍、常住`: what holds of registration and residence."""
    told = [
        word if value else f"非{word}"
        for word, value in (("户籍", membership.registered_here), ("常住", membership.resident_here))
        if value is not None
    ]
    if not membership.shares_budget:
        told.append("不共同生活")
    return "、".join(told) or NOT_KNOWN


def age_words(membership: Membership) -> str:
    """`23 岁`, and of somebody dead nothing."""
    person = membership.person
    if person.birth_date is None or person.died_on is not None:
        return ""
    return f"{age_on(person.birth_date, timezone.localdate())} 岁"


def span_words(membership: Membership) -> str:
    """From when to when somebody belonged."""
    joined = day(membership.joined_on) if membership.joined_on else "一直"
    return (
        f"{joined} 至 {day(membership.left_on)}"
        if membership.left_on
        else f"{joined}起"
        if membership.joined_on
        else "一直是"
    )


def state_tag(household: Household) -> Tag:
    """在册 or 已销户."""
    return Tag("已销户") if household.closed_on else Tag("在册", "brand")


def size_words(size: int) -> str:
    """`312 KB`, `1.4 MB`."""
    return f"{size / (1 << 20):.1f} MB" if size >= 1 << 20 else f"{max(1, round(size / 1024))} KB"


def in_the_home(called: tuple[str, ...]) -> str:
    """Who in a household, beside its head, bears the name that was looked for; empty where nobody does."""
    return f"户内有{'、'.join(called)}" if called else ""


def noted(*parts: str) -> str:
    """The parts of a note that there are."""
    return "，".join(filter(None, parts))
