"""Clues that wait to be visited and decided, and departments' reports of people nobody has found yet."""

from __future__ import annotations

from django.db.models import F, QuerySet
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import effective_posts
from shouwang.casework.models import Clue, ClueReport, ClueState
from shouwang.casework.queries.tasks.kin import kin_households
from shouwang.casework.queries.tasks.source import RowSource, Task, Told, Worker, task_source


@task_source
class Clues(RowSource):
    """待处理的线索，和到了再访日期的。"""

    kind, title, order = "clue", "线索", (F("due_on").asc(nulls_last=True), "-score", "pk")
    told = (
        "uuid", "state", "reasons", "raised_on", "due_on", "household", "household__number", "household__unit__name",
    )  # fmt: skip

    def rows(self, worker: Worker) -> QuerySet[Clue]:
        return clues_to_triage(worker)

    def task(self, row: Told, worker: Worker) -> Task:
        new, due_on = row["state"] == ClueState.NEW, row["due_on"]
        return Task(
            self.kind, str(row["uuid"]), "新线索" if new else "再次走访",
            "走访核实：立案、并入或写明理由不立案" if new else "再次走访",
            f"户{row['household__number']}：{'；'.join(row['reasons'])}", row["household__unit__name"], row["raised_on"],
            due_on, due_on is not None and due_on < worker.today, at=("clue", str(row["uuid"])), household=row["household"],
        )  # fmt: skip


@task_source
class Reports(RowSource):
    """部门通报里号码对不上户的。"""

    kind, title = "report", "部门通报"
    told = ("uuid", "person_name", "cause", "reported_at", "due_on", "unit__name")

    def rows(self, worker: Worker) -> QuerySet[ClueReport]:
        return reports_to_place(worker.user)

    def task(self, row: Told, worker: Worker) -> Task:
        return Task(
            self.kind, str(row["uuid"]), "部门通报待归户", "查明是哪一户并归入，或写明为什么不处理",
            f"{row['unit__name']}通报：{row['person_name']}，{row['cause']}", row["unit__name"],
            timezone.localdate(row["reported_at"]), row["due_on"], row["due_on"] < worker.today,
            at=("report", str(row["uuid"])),
        )  # fmt: skip


def clues_to_triage(worker: Worker) -> QuerySet[Clue]:
    """Clues that wait for a company, or of any company for the regiment's office, still found or reported by people."""
    user = worker.user
    if not any(Permission.CASE_DECLARE in post.role_class.permissions for post in effective_posts(user)):
        return Clue.objects.none()
    waiting = Clue.objects.visible_to(user, Permission.CASE_DECLARE).filter(
        state__in=[ClueState.NEW, ClueState.TRIAGED], still_found=True
    )
    return waiting.exclude(household__in=worker.once(kin_households))


def reports_to_place(user: User) -> QuerySet[ClueReport]:
    """Reports that wait for somebody who may look people up by number."""
    return ClueReport.objects.visible_to(user, Permission.PERSON_SEARCH).filter(clue=None, answer="")
