"""The lists of every day by name: what each means, the clause behind it, what to do, its rows (item 7).

A list is one more `Suspicion` here; the pages, counts and exports follow.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, DateField, Max, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import effective_posts
from shouwang.casework.models import Case, CaseStatus, Relief
from shouwang.casework.queries import suspicion
from shouwang.casework.queries.cases import case_list
from shouwang.casework.queries.kept import kept
from shouwang.casework.queries.units import at
from shouwang.registry.models import Household
from shouwang.registry.queries import CAP

P = Permission
#: Who watches over the work: the office, the leading group, the secretary, the division (四/一).
WATCHERS = frozenset({P.CASE_PREPARE, P.CASE_CONFIRM, P.CASE_SUBMIT, P.INSPECT})


@dataclass(frozen=True, slots=True)
class Suspicion:
    """One list. `via` leads from a row to the scope columns; `order` is what its pages go by, then the primary key."""

    kind: str
    title: str
    definition: str
    clause: str
    advice: str
    rows: Callable[[User], QuerySet[Any]]
    via: str = "household__"
    order: str = "household__number"
    watchers: frozenset[Permission] = WATCHERS

    def found(self, user: User, unit: Unit | None = None) -> QuerySet[Any]:
        """The rows a person may see, of one unit and those below it if asked."""
        rows = self.rows(user)
        return rows if unit is None else rows.filter(at(unit, self.via))


def helped_without_case(user: User) -> QuerySet[Household]:
    """Households that were given relief and have no case: how often, how much, when last."""
    off = suspicion.off_book(user)
    mine = Relief.objects.filter(household=OuterRef("pk")).order_by().values("household")
    rows = Household.objects.visible_to(user).filter(pk__in=off.values("household")).select_related("unit")
    return rows.annotate(
        times=Subquery(mine.annotate(n=Count("pk")).values("n")),
        given=Subquery(mine.annotate(n=Sum("amount")).values("n")),
        last_on=Subquery(mine.annotate(n=Max("given_on")).values("n"), output_field=DateField()),
    )


def disordered_cases(user: User) -> QuerySet[Case]:
    """The cases of `suspicion.disordered`."""
    found = [one.case.pk for one in suspicion.disordered(user)]
    return case_list(user).filter(pk__in=found).prefetch_related("version")


def overdue_cases(user: User) -> QuerySet[Case]:
    """Cases past their whole limit and neither confirmed nor ended."""
    late = case_list(user, CaseStatus.ACTIVE).filter(due_on__lt=timezone.localdate())
    return late.prefetch_related("version")


SUSPICIONS = {
    one.kind: one
    for one in (
        Suspicion(
            "should_be_covered", "应纳未纳", "最近一次筛查命中或疑似，而没有在办或已确认的个案。", "三/p1",
            "逐户走访：该纳入的立案，不该纳入的在线索里写明理由。", suspicion.should_be_covered,
        ),
        Suspicion(
            "off_book", "体外循环", "给过救助，而没有在办或已确认的个案。", "二/五/1",
            "当日补立个案，或核实救助不属于防止返贫帮扶。", helped_without_case, via="", order="number",
        ),
        Suspicion(
            "disordered", "步骤缺失或颠倒", "办理记录里缺了程序要求的步骤，或者后一步的日期早于前一步。", "二/五",
            "打开个案核对记录；缺步骤的退回补办，日期录错的写明更正。", disordered_cases, via="", order="pk",
        ),
        Suspicion(
            "never_seen", "常住未摸排", "有常住或户籍人口，而从没有走访、摸排或入户核查记录的户。", "二/四/3",
            "安排走访；不在家的用电话或视频核实，并记录。", suspicion.never_seen, via="", order="number",
            watchers=WATCHERS | {P.VISIT_RECORD},
        ),
        Suspicion(
            "recorded_late", "补记的步骤", "办理多日以后才录入，写了补记原因的步骤。", "二/四/1",
            "看补记原因是否成立；同一人经常补记的，提醒当日录入。", suspicion.recorded_late, via="case__",
            order="pk",
        ),
        Suspicion(
            "stalled", "全程超期", "立案后超过全程时限，还没有确认也没有办结的个案。", "一/p2",
            "催办卡住的那一步；确有原因的记在个案里。", overdue_cases, via="", order="due_on",
        ),
    )
}  # fmt: skip


def suspicions_for(user: User, held: frozenset[Permission]) -> list[tuple[Suspicion, int]]:
    """The lists somebody with these permissions may open, each with its number of rows; `CAP + 1` means more than CAP.

    A list that long is gone through unit by unit, whatever its number, and counting it to the end takes as long as reading it.
    """
    lists = [one for one in SUSPICIONS.values() if one.watchers & held]
    return [(one, one.found(user).order_by().values("pk")[: CAP + 1].count()) for one in lists]


def suspicions_lately(
    user: User, held: frozenset[Permission], fresh: bool = False
) -> tuple[datetime, list[tuple[Suspicion, int]]]:
    """As `suspicions_for`, counted up to ten minutes ago, and when. `fresh`: counted now all the same."""
    kinds = ",".join(one.kind for one in SUSPICIONS.values() if one.watchers & held)
    posts = ",".join(f"{post.role}@{post.unit_id}" for post in effective_posts(user))
    counted_at, found = kept(
        f"suspicions:{posts}:{kinds}", lambda: [(one.kind, count) for one, count in suspicions_for(user, held)], fresh
    )
    return counted_at, [(SUSPICIONS[kind], count) for kind, count in found]
