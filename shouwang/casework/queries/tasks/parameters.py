"""Parameter changes a second person may sign, once their effect is known."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.casework.models import ParameterChange
from shouwang.casework.models.parameter import ChangeState
from shouwang.casework.queries.tasks.source import ListSource, Task, task_source


@task_source
class Changes(ListSource):
    """等第二人复核的参数修改。"""

    kind, title = "parameter", "参数复核"

    def listed(self, user: User, today: date) -> list[Task]:
        waiting = ParameterChange.objects.visible_to(user, Permission.PARAMETER_SIGN).filter(
            state=ChangeState.PROPOSED, effect__isnull=False
        )
        return [
            Task(
                self.kind, str(row.uuid), "参数修改", "看过试算的影响后复核", str(row), row.unit.name,
                timezone.localdate(row.proposed_at), row.from_date, row.from_date <= today, at=("change", str(row.uuid)),
            )
            for row in waiting.exclude(proposed_by=user).select_related("unit").order_by("from_date", "pk")
        ]  # fmt: skip
