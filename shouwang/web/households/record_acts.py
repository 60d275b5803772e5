"""Acts that record something about a household: each calls one action and says what it did."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.registry import actions
from shouwang.registry.actions.facts import nothing_to_settle
from shouwang.registry.conflicts import AnyFact, Conflict, conflict_about
from shouwang.registry.models import (
    Event,
    FactSource,
    Household,
    HouseholdKind,
    LedgerEntry,
    Person,
    PersonKind,
    SourceBatch,
)
from shouwang.registry.queries import entry_for, event_for, member_for
from shouwang.registry.queries.facts import holding_fact
from shouwang.terms.tables import HOUSEHOLDS, MEMBERS, Column
from shouwang.web.households import record_forms as f
from shouwang.web.households.act import Act, Doing
from shouwang.web.households.ledger_form import LedgerForm
from shouwang.web.households.words import came_from, fact_source
from shouwang.web.nav import address_of
from shouwang.web.templatetags.ui import day, moment, quarter, yuan

_EDIT = (Permission.HOUSEHOLD_EDIT,)
_VISIT = (Permission.VISIT_RECORD,)


@dataclass(frozen=True)
class Thing:
    """One kind of fact about the household or somebody in it."""

    about: Person | Household
    column: Column
    now: AnyFact | None
    conflict: Conflict | None

    @property
    def whose(self) -> str:
        """The name, or 本户."""
        return self.about.name if isinstance(self.about, Person) else "本户"


def find_thing(user: User, household: Household, key: str) -> Thing:
    """`dwelling_grade`, or `<public number of a person>:health`."""
    person, _, kind = key.rpartition(":")
    about: Person | Household = member_for(user, household, person).person if person else household
    known, table = (PersonKind, MEMBERS) if person else (HouseholdKind, HOUSEHOLDS)
    gone = isinstance(about, Person) and about.home_id != household.pk
    if kind not in known.values or gone:
        raise Http404("没有这一项。")
    return Thing(about, table.column(kind), holding_fact(about, kind), conflict_about(about, kind))


def find_conflict(user: User, household: Household, key: str) -> Thing:
    """Only where sources differ."""
    thing = find_thing(user, household, key)
    if thing.conflict is None:
        raise nothing_to_settle(thing.about, thing.column.name)
    return thing


def _fact(doing: Doing) -> str:
    data, thing = doing.data, doing.subject
    fact = actions.record_fact(
        by=doing.user, about=thing.about, kind=thing.column.name, value=data["value"], as_of=data["as_of"],
        source=FactSource(data["source"]), reason=data["reason"],
    )  # fmt: skip
    return f"已登记{thing.whose}的{thing.column.header}：{fact.value}。"


def _settle(doing: Doing) -> str:
    data, thing = doing.data, doing.subject
    fact = actions.settle_conflict(
        by=doing.user, about=thing.about, kind=thing.column.name, value=data["value"], reason=data["reason"]
    )
    return f"{thing.whose}的{thing.column.header}以“{fact.value}”为准；各来源的说法仍保留。"


def _ledger(doing: Doing) -> str:
    posted = actions.post_entries(by=doing.user, household=doing.household, entries=doing.data["entries"])
    return f"已记 {len(posted)} 笔收支。"


def _reverse(doing: Doing) -> str:
    entry = doing.subject
    actions.reverse_entry(by=doing.user, entry=entry, reason=doing.data["reason"])
    return f"已冲销{quarter(entry.quarter)}{entry.get_kind_display()} {yuan(entry.amount_fen)}；原来的一笔仍保留。"


def _event(doing: Doing) -> str:
    data = doing.data
    actions.record_event(
        by=doing.user,
        household=doing.household,
        occurred_on=data["occurred_on"],
        cause=data["cause"],
        note=data["note"],
    )
    return f"已登记{day(data['occurred_on'])}的变故：{data['cause']}。"


def _withdraw(doing: Doing) -> str:
    actions.withdraw_event(by=doing.user, event=doing.subject, reason=doing.data["reason"])
    return f"已撤回{day(doing.subject.occurred_on)}的变故：{doing.subject.cause}。"


def _document(doing: Doing) -> str:
    file = doing.data["file"]
    kept = actions.record_document(
        by=doing.user, household=doing.household, title=doing.data["title"], file_name=file.name, content=file.read()
    )
    return f"附件“{kept.title}”已加密保存。"


def _taken_back(user: User, household: Household, entry: LedgerEntry) -> str:
    if entry.transfer_id is not None:
        return "这一笔是分户或并户带来的，请冲销原来的那一笔。"
    if entry.corrects_id is not None:
        return "这一笔本身就是冲销，不能再冲销；要恢复请重新记一笔。"
    later = entry.corrected_by.select_related("recorded_by").first()
    return f"这一笔已由{_who(later)}冲销（{later.source}）。" if later else ""


def _withdrawn(user: User, household: Household, event: Event) -> str:
    later = event.voided_by.select_related("recorded_by").first()
    return f"这次变故已由{_who(later)}撤回（{later.note}）。" if later else ""


def _who(row: LedgerEntry | Event) -> str:
    who = row.recorded_by.display_name if row.recorded_by else "服务器控制台"
    return f"{who}于{moment(row.recorded_at)}"


def about_thing(user: User, thing: Thing) -> list[dict[str, str]]:
    """What a fact is about, and what holds now."""
    now = thing.now
    held = f"{now.value}（{fact_source(now)}，截至 {day(now.as_of)}）" if now else "还没有登记"
    return [
        {"label": "是谁的", "value": thing.whose},
        {"label": "项目", "value": thing.column.header},
        {"label": "现在登记的", "value": held},
    ]


def about_entry(user: User, entry: LedgerEntry) -> list[dict[str, str]]:
    """The line to be taken back."""
    return [
        {"label": "季度", "value": quarter(entry.quarter)},
        {"label": "类别", "value": str(entry.get_kind_display())},
        {"label": "金额", "value": yuan(entry.amount_fen)},
        {"label": "是谁的", "value": entry.person.name if entry.person else "全户"},
        {"label": "来源", "value": entry.source or "—"},
        {"label": "登记", "value": came_from(entry), "url": file_url(user, entry), "action": "看这一批"},
    ]


def file_url(user: User, entry: LedgerEntry) -> str:
    """The batch a line came with, for somebody who may see it."""
    if entry.batch_id is None or not SourceBatch.objects.visible_to(user).filter(pk=entry.batch_id).exists():
        return ""
    return address_of("web:batch", entry.batch.uuid)


def about_event(user: User, event: Event) -> list[dict[str, str]]:
    """The event to be withdrawn."""
    return [
        {"label": "事由", "value": event.cause},
        {"label": "发生日期", "value": day(event.occurred_on)},
        {"label": "说明", "value": event.note or "—"},
    ]


ACTS = (
    Act("ledger", "记收支", _EDIT, LedgerForm, _ledger, "一次最多 6 笔，同时记入；不用的行空着。记错了不能改，只能冲销。", "记入台账",
        main=True, template="households/lines.html"),
    Act("event", "登记变故", _VISIT, f.EventForm, _event, "因病、因残、因灾、失业等。发生当天或得知当天就登记。", main=True),
    Act("document", "上传附件", _VISIT, f.DocumentForm, _document, "诊断书、残疾证、受灾照片等。", "上传", main=True,
        template="households/upload.html"),
    Act("fact", "登记情况", (*_VISIT, *_EDIT), f.FactForm, _fact, "旧的情况仍保留；以截至日期最近的为准。",
        find=find_thing, about=about_thing),
    Act("settle", "判定以哪个为准", _EDIT, f.SettleForm, _settle, "各来源说法不一。请核实后判定，所有说法都保留在档案里。", "判定",
        find=find_conflict, about=about_thing),
    Act("reverse", "冲销一笔收支", _EDIT, f.ReasonedForm, _reverse, "另记一笔负数抵消，原来的一笔不删。", "冲销",
        "冲销后不能恢复，只能重新记一笔。是否冲销？", True, why_not=_taken_back, find=entry_for, about=about_entry),
    Act("withdraw", "撤回变故", _EDIT, f.ReasonedForm, _withdraw, "登记错了才撤回；撤回的记录仍保留。", "撤回",
        "撤回后筛查不再计入这次变故。是否撤回？", True, why_not=_withdrawn, find=event_for, about=about_event),
)  # fmt: skip
