"""What worklists have to tell on the first page. Each figure is counted by the query of the list it leads to."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import effective_posts, holds
from shouwang.casework import queries
from shouwang.registry.queries import CAP
from shouwang.web.home import Tile, contributes
from shouwang.web.nav import address_of
from shouwang.web.tables import Table
from shouwang.web.worklists.inbox import WORKERS, task_table
from shouwang.web.worklists.suspicions import counted, held_by

P = Permission
#: Who watches over others' deadlines.
OFFICES = (P.CASE_PREPARE, P.CASE_CONFIRM, P.CASE_SUBMIT, P.INSPECT)


#: So many tasks stand on the first page; the others are in the worklist.
FIRST = 5


@contributes
def work(user: User) -> Iterator[Tile | Table]:
    """待办, the most urgent ones listed."""
    if not any(holds(user, permission) for permission in WORKERS):
        return
    inbox = queries.inbox_of(user)
    late = inbox.whole.overdue
    note = f"其中 {late:,} 件已超期" if late else "没有超期的"
    yield Tile("需要我处理", f"{inbox.whole.total:,}", "件", note, reverse("web:inbox"), order=0)
    yield task_table(inbox.tasks(limit=FIRST), "现在要办的")


@contributes
def watch(user: User) -> Iterator[Tile]:
    """超期 and 疑点, for those who watch over others."""
    if not any(holds(user, permission) for permission in OFFICES):
        return
    late = queries.overdue(user).count()
    yield Tile("辖区内超期的步骤", f"{late:,}", "步", "不论该谁办", reverse("web:overdue"), order=10)
    counted_at, lists = queries.suspicions_lately(user, held_by(user))
    some = "，".join(f"{one.title} {counted(count)}" for one, count in lists if count)
    found, unit = sum(min(count, CAP) for _, count in lists), "条"
    if any(count > CAP for _, count in lists):
        unit = "条以上"
    yield Tile("疑点", f"{found:,}", unit, some or "各张清单都是空的", reverse("web:suspicions"), counted_at, order=40)


@contributes
def last_screening(user: User) -> Iterator[Tile]:
    """When the regiment was last screened: what clues and lists rest on."""
    if not holds(user, P.SCREENING_RUN):
        return
    for post in effective_posts(user):
        if post.unit.level != Level.REGIMENT:
            continue
        run = queries.latest_run(post.unit)
        address = address_of("web:screenings")
        if run is None:
            yield Tile("最近一次筛查", "还没有", "", "筛查之后才有线索", address, order=50)
        else:
            counts = run.counts
            note = f"命中 {counts.get('met', 0):,} 户，疑似 {counts.get('suspected', 0):,} 户"
            yield Tile("最近一次筛查", f"{run.as_of:%-m月%-d日}", "", note, address, run.finished_at, order=50)


@contributes
def totals(user: User) -> Iterator[Tile]:
    """For those who see totals only: the confirmed and those under way, of all their units."""
    if not holds(user, P.AGGREGATE_VIEW) or holds(user, P.HOUSEHOLD_VIEW):
        return
    unit = queries.territories(user).first()
    if unit is None:
        return
    found = queries.statistics(user, unit)
    for name, order in (("confirmed", 20), ("active", 21), ("clues", 22)):
        cell = found.totals[name]
        hidden = any(line.cells[name].households is None for line in found.lines)
        figure = "—" if hidden and not cell.households else f"{cell.households:,}"
        note = f"{cell.people:,} 人" if not hidden else "数小的单位不写明"
        title = f"{unit.name}{queries.MEASURES[name]}"
        yield Tile(title, figure, "户", note, reverse("web:statistics"), found.counted_at, order=order)
