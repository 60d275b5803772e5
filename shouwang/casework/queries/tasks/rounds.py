"""What comes round again: screening after new data (二/四/2), and the survey of every household (二/四/3)."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import effective_posts
from shouwang.casework.models import Purpose, RunState, ScreeningRun
from shouwang.casework.queries.runs import latest_run
from shouwang.casework.queries.suspicion import never_seen
from shouwang.casework.queries.tasks.source import ListSource, Task, task_source
from shouwang.registry.models import BatchState, BatchStep, Household
from shouwang.units import periods


@task_source
class ScreeningDue(ListSource):
    """该筛查了：从未筛查、计算期递延了、上次之后又有数据入库。"""

    kind, title = "screening", "筛查"

    def listed(self, user: User, today: date) -> list[Task]:
        found = []
        for post in effective_posts(user):
            if post.unit.level == Level.REGIMENT and Permission.SCREENING_RUN in post.role_class.permissions:
                why, since = _stale(post.unit, today)
                if why:
                    found.append(self._task(post.unit, why, since))
        return found

    def _task(self, unit: Unit, why: str, since: date) -> Task:
        return Task(
            self.kind,
            str(unit.uuid),
            "筛查",
            "重新筛查",
            why,
            unit.name,
            since,
            None,
            overdue=False,
            at=("screenings",),
        )


@task_source
class SurveyDue(ListSource):
    """还没有人到过的户。"""

    kind, title = "survey", "走访摸排"

    def listed(self, user: User, today: date) -> list[Task]:
        found = []
        for post in effective_posts(user):
            if post.unit.level == Level.COMPANY and Permission.VISIT_RECORD in post.role_class.permissions:
                unseen = never_seen(user).filter(company=post.unit).count()
                if unseen:
                    found.append(self._task(post.unit, unseen, today))
        return found

    def _task(self, unit: Unit, unseen: int, today: date) -> Task:
        return Task(
            self.kind, str(unit.uuid), "走访摸排", "逐户走访并记录", f"{unseen}户还没有走访摸排记录", unit.name, today, None,
            overdue=False, at=("suspicion", "never_seen"),
        )  # fmt: skip


def _stale(regiment: Unit, today: date) -> tuple[str, date]:
    """Why the last screening of a regiment does not say how things stand any more, and since when."""
    busy = ScreeningRun.objects.filter(unit=regiment, state__in=[RunState.QUEUED, RunState.RUNNING])
    if busy.exclude(purpose=Purpose.SIMULATION).exists():
        return "", today
    run = latest_run(regiment)
    if run is None:
        return ("还没有筛查过", today) if Household.objects.filter(regiment=regiment).exists() else ("", today)
    window = periods.rolling_window(today)
    if periods.rolling_window(run.as_of) != window:
        return f"计算期已递延为{window.words()}，上次筛查截至{run.as_of}", periods.first_day(periods.quarter_of(today))
    taken = BatchStep.objects.filter(
        batch__regiment=regiment, state__in=[BatchState.CONFIRMED, BatchState.UNDONE], at__gt=run.created_at
    )
    first = taken.order_by("at").first()
    if first is None:
        return "", today
    return f"上次筛查（截至{run.as_of}）之后又有{taken.count()}批数据入库或撤销", timezone.localdate(first.at)
