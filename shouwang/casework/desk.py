"""One case on the desk: its row locked, its procedure of the day, what stands and what is open. Used by every action."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Max, Q
from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.casework.errors import AwaitsSignature, CaseOver, Changed, DoneBefore, NoSuchStep, NotYet
from shouwang.casework.models import Case, CaseStatus, OpenStep, StepRecord
from shouwang.casework.versions import frozen
from shouwang.policy import workdays
from shouwang.policy.procedure import Act, Procedure, State, Step
from shouwang.policy.procedure_json import Frozen, Limit
from shouwang.registry.actions.locking import lock

#: The dates of a case that the database checks, and the steps they come from.
MILESTONES = {"compared_on": "compare", "checked_on": "check", "confirmed_on": "confirm"}


@dataclass
class Desk:
    """A case and everything that is decided from."""

    case: Case
    frozen: Frozen
    state: State

    @classmethod
    def lock(cls, case: Case, seen: int | None = None) -> Desk:
        """The case, locked till the transaction ends. `seen`: the revision the person had before their eyes."""
        lock(case.household_id)
        rows = Case.objects.select_for_update(of=("self",), no_key=True)
        desk = cls.look(rows.select_related("household__unit", "household__regiment", "version").get(pk=case.pk))
        if seen is not None and seen != desk.case.revision:
            raise desk._changed()
        return desk

    @classmethod
    def look(cls, case: Case) -> Desk:
        """The case without a lock: for pages."""
        read = frozen(case.version)
        return cls(case, read, read.procedure.state(acts_of(case, read.procedure)))

    @property
    def procedure(self) -> Procedure:
        return self.frozen.procedure

    @property
    def unit(self) -> Unit:
        return self.case.household.unit

    def limit(self, name: str) -> Limit:
        return self.frozen.limits[name]

    def open_step(self, step_id: str) -> Step:
        """A step that may be done now. Raises what says why not, and who was first."""
        step = self.procedure.step(step_id)
        if step is None:
            raise NoSuchStep(case=self.case.number, step=step_id, way="")
        if step.id not in self.state.open:
            raise self._why_shut(step)
        waiting = OpenStep.objects.filter(case=self.case, step=step.id).select_related("record__by").first()
        if waiting is not None and waiting.record is not None:
            raise AwaitsSignature(**told(waiting.record), step=step.title)
        return step

    def _why_shut(self, step: Step) -> Exception:
        last = self.case.records.select_related("by").order_by("pk").last()
        if last is not None and (step.id == last.step or step.id in self.state.standing):
            return DoneBefore(**told(self.case.records.filter(step=step.id).latest("pk")), step=step.title)
        if self.state.open:
            return NotYet(step=step.title, missing=self._missing(step))
        return CaseOver(case=self.case.number, status=CaseStatus(self.state.status).label, step=step.title)

    def _missing(self, step: Step) -> str:
        absent = [name for name in self.procedure.before(step.id) if name not in self.state.standing]
        return "、".join(f"“{self.procedure.by_id[name].title}”" for name in absent) or "前面的步骤"

    def _changed(self) -> Changed:
        last = self.case.records.select_related("by").order_by("pk").last()
        if last is None:
            when = f"{self.case.opened_on:%m月%d日}"
            return Changed(who=self.case.opened_by.user.display_name, when=when, step="立案")
        return Changed(**told(last), step=self.procedure.by_id[last.step].title)

    # ---- after an act

    def settle(self) -> State:
        """Work the case's columns and open steps out of its records, and count its revision up. Raises Changed if beaten."""
        state = self.procedure.state(acts_of(self.case, self.procedure))
        dates = {
            column: state.standing[step].on if step in state.standing else None for column, step in MILESTONES.items()
        }
        columns = {"status": state.status, "step": state.open[0] if state.open else "", **dates}
        mine = Case.objects.filter(pk=self.case.pk, revision=self.case.revision)
        if not mine.update(revision=F("revision") + 1, **columns):
            raise self._changed()
        self.case.refresh_from_db()
        self.state = state
        self._open_steps()
        return state

    def _open_steps(self) -> None:
        rows = OpenStep.objects.filter(case=self.case)
        rows.exclude(step__in=self.state.open).delete()
        kept = set(rows.values_list("step", flat=True))
        OpenStep.objects.bulk_create(self.opened(step) for step in self.state.open if step not in kept)

    def opened(self, step_id: str) -> OpenStep:
        """The row of a step that has just become open, with its limit from today."""
        step = self.procedure.step(step_id)
        assert step is not None
        today = timezone.localdate()
        earliest = self.earliest(step)
        due = self.after(max(today, earliest or today), step.deadline) if step.deadline else None
        return OpenStep(case=self.case, step=step.id, since=today, earliest=earliest, due_on=due)

    def earliest(self, step: Step) -> date | None:
        """The first day a step may be done where it must wait (公示期满)."""
        if step.wait is None or step.wait[0] not in self.state.standing:
            return None
        return self.after(self.state.standing[step.wait[0]].on, step.wait[1])

    def after(self, start: date, limit_name: str) -> date:
        limit = self.limit(limit_name)
        return workdays.after(start, limit.amount, limit.unit)


def told(record: StepRecord) -> dict[str, str]:
    """Who did it and when, for an error."""
    return {"who": record.by.display_name, "when": f"{timezone.localtime(record.recorded_at):%m月%d日 %H:%M}"}


def acts_of(case: Case, procedure: Procedure) -> list[Act]:
    """What was done in a case: the records with all their signatures, in the order they were complete."""
    rows = case.records.annotate(
        agreed=Count("signatures", filter=Q(signatures__agrees=True)),
        refused=Count("signatures", filter=Q(signatures__agrees=False)),
        last=Max("signatures__pk"),
    ).values_list("step", "way", "occurred_on", "agreed", "refused", "last")
    done = [row for row in rows if not row[4] and row[3] >= needed(procedure, row[0])]
    return [Act(step, way, on) for step, way, on, *_ in sorted(done, key=lambda row: row[5])]


def needed(procedure: Procedure, step_id: str) -> int:
    """How many signatures a step needs; a door needs one."""
    step = procedure.step(step_id)
    return step.signatures if step else 1
