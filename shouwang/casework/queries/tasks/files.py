"""What departments send (四/一 数据共享与比对): files due for the last quarter, batches to confirm, rows nobody could match."""

from __future__ import annotations

from datetime import date

from django.db.models import Count, Exists, OuterRef
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import effective_posts
from shouwang.casework.queries.tasks.source import ListSource, Task, task_source
from shouwang.registry.models import BatchState, BatchStep, SourceBatch, SourceRow
from shouwang.registry.models.batch import GONE, OPEN
from shouwang.units import periods

#: State of a batch -> what is to be done, and how.
_TODO = {
    BatchState.STAGED: ("确认入库", "核对预览后确认入库，或撤销这一批"),
    BatchState.MAPPING: ("对应列", "指明文件里哪一列是哪一列"),
}


@task_source
class Batches(ListSource):
    """读好了、等人确认入库的批次；列名对不上、等人对应的批次。"""

    kind, title = "batch", "待入库文件"

    def listed(self, user: User, today: date) -> list[Task]:
        rows = SourceBatch.objects.visible_to(user, Permission.SOURCE_UPLOAD).filter(
            state__in=[BatchState.STAGED, BatchState.MAPPING]
        )
        staged = list(rows.order_by("pk").values_list("pk", "uuid", "state", "file_name", "unit__name"))
        begun = _first_step_days([pk for pk, *_ in staged])
        return [
            Task(
                self.kind, str(uuid), *_TODO[BatchState(state)], name, unit, begun.get(pk, today), None, overdue=False,
                at=("batch", str(uuid)),
            )
            for pk, uuid, state, name, unit in staged
        ]  # fmt: skip


@task_source
class Matches(ListSource):
    """对不上人的行，一批一件。"""

    kind, title = "match", "疑难比对"

    def listed(self, user: User, today: date) -> list[Task]:
        rows = SourceRow.objects.visible_to(user, Permission.MATCH_DECIDE).filter(
            outcome__in=OPEN, batch__state__in=[BatchState.STAGED, BatchState.CONFIRMED]
        )
        counted = rows.values_list("batch", "batch__uuid", "batch__file_name", "batch__unit__name").annotate(
            n=Count("pk")
        )
        found = list(counted.order_by("batch"))
        begun = _first_step_days([pk for pk, *_ in found])
        return [
            Task(
                self.kind, str(uuid), "疑难比对", f"{n}行对不上人，逐行判定", name, unit, begun.get(pk, today), None,
                overdue=False, at=("matching", str(uuid)),
            )
            for pk, uuid, name, unit, n in found
        ]  # fmt: skip


@task_source
class FilesDue(ListSource):
    """上一季度的部门数据还没有报送：部门自己的一件，团办汇总的一件（二/四/3 依季递延）。"""

    kind, title = "files_due", "部门报送"

    def listed(self, user: User, today: date) -> list[Task]:
        found = []
        for post in effective_posts(user):
            held = post.role_class.permissions
            if post.unit.level == Level.DEPARTMENT and Permission.SOURCE_UPLOAD in held:
                found += self._own(post.unit, today)
            elif post.unit.level == Level.REGIMENT and Permission.COMPARISON_RUN in held:
                found += self._of_departments(post.unit, today)
        return found

    def _own(self, unit: Unit, today: date) -> list[Task]:
        if not _lacking(Unit.objects.filter(pk=unit.pk), today).exists():
            return []
        return [self._task(unit, f"报送{_quarter(today)}的数据", "上一季度还没有报送", today)]

    def _of_departments(self, regiment: Unit, today: date) -> list[Task]:
        departments = Unit.objects.filter(level=Level.DEPARTMENT, regiment=regiment, closed_on=None)
        names = list(_lacking(departments, today).order_by("path").values_list("name", flat=True))
        if not names:
            return []
        return [self._task(regiment, f"请{len(names)}个部门报送{_quarter(today)}的数据", "、".join(names), today)]

    def _task(self, unit: Unit, todo: str, about: str, today: date) -> Task:
        now = periods.quarter_of(today)
        return Task(
            self.kind, str(unit.uuid), "部门数据", todo, about, unit.name, periods.first_day(now), periods.last_day(now),
            overdue=False, at=("sources",),
        )  # fmt: skip


def _lacking(departments, today: date):  # type: ignore[no-untyped-def]
    """Departments without a file as of the end of the last full quarter or later."""
    end = periods.last_day(periods.quarter_of(today) - 1)
    sent = SourceBatch.objects.filter(unit=OuterRef("pk"), as_of__gte=end).exclude(state__in=GONE)
    return departments.filter(~Exists(sent))


def _quarter(today: date) -> str:
    return periods.quarter_words(periods.quarter_of(today) - 1)


def _first_step_days(batches: list[int]) -> dict[int, date]:
    """The day each batch came in, by its key."""
    if not batches:
        return {}
    steps = BatchStep.objects.filter(batch__in=batches).order_by("-pk").values_list("batch", "at")
    return {batch: timezone.localdate(at) for batch, at in steps}
