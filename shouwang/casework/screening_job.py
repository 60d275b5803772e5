"""One screening, from the registry's facts to lines and clues: the same engine and rules as the command line.

For the worker only.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
from django.conf import settings
from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models.audit import Result
from shouwang.casework import effects, versions
from shouwang.casework.actions.screening import previous_like
from shouwang.casework.changes import changed_since
from shouwang.casework.clue_writer import ClueWriter
from shouwang.casework.errors import RunTaken
from shouwang.casework.heartbeat import beat
from shouwang.casework.models import Move, ParameterChange, Purpose, RunLine, RunState, ScreeningRun
from shouwang.casework.models.screening import KEPT
from shouwang.casework.run_results import found_in
from shouwang.intake.session import connect
from shouwang.intake.whole import whole_folder
from shouwang.policy import workdays
from shouwang.policy.book import RuleBook, policy_of
from shouwang.policy.procedure import procedure_on
from shouwang.registry.models import Household
from shouwang.registry.snapshot import write_facts
from shouwang.screening.engines import DuckDB
from shouwang.screening.results import Tally, Written
from shouwang.screening.run import screen
from shouwang.terms.tables import TABLES
from shouwang.units.scratch import scratch_folder

FIRST_STAGE = "读取台账"
Counts = dict[str, int]


def folder_of(run: ScreeningRun) -> Path:
    """Where the files of a run lie."""
    return Path(settings.SHOUWANG_HOME) / "screenings" / str(run.uuid)


class ScreeningJob:
    """A run being done."""

    def __init__(self, run: ScreeningRun) -> None:
        self.run = run
        self.book = RuleBook.of(run.policy, run.as_of, run.parameters)
        self.basis = previous_like(run) if run.purpose == Purpose.CHANGED else None
        self.tried: Counts = {}
        self.total = 0

    def do(self) -> None:
        """Everything, from the beginning. Raises RunTaken when another worker has taken the run over."""
        RunLine.objects.filter(run=self.run).delete()
        with self._facts() as connection:
            numbers = self._narrow(connection)
            before = self._before(connection)
            self._say("逐户筛查")
            with whole_folder(folder_of(self.run)) as folder:
                written = screen(self.book, DuckDB(connection), folder)
            households = _number_of(connection, "households" if numbers is None else "all_households")
        simulation = self.run.purpose == Purpose.SIMULATION
        self.total = sum(written.tally.outcomes[outcome] for outcome in KEPT)
        self._say("写试算结果" if simulation else "写结果和线索")
        writer = ClueWriter(self.run, before, self._due(), clues=not simulation)
        writer.write(found_in(folder_of(self.run), set(before)), self._written)
        self._finish(written, writer, numbers, households)

    @contextmanager
    def _facts(self) -> Iterator[duckdb.DuckDBPyConnection]:
        with scratch_folder() as scratch, connect(scratch) as connection:
            write_facts(scratch / "facts", connection, self.run.as_of, self.run.unit)
            yield connection

    def _narrow(self, connection: duckdb.DuckDBPyConnection) -> set[str] | None:
        """For a run over what changed, leave only those households, and return their numbers; None for all."""
        if self.basis is None:
            return None
        changed = Household.objects.filter(
            regiment=self.run.unit, pk__in=changed_since(self.basis.created_at).values("pk")
        )
        numbers = set(changed.values_list("number", flat=True))
        connection.execute(
            "CREATE OR REPLACE TEMP TABLE wanted AS SELECT unnest(?::VARCHAR[]) AS number", [sorted(numbers)]
        )
        for table in TABLES:
            connection.execute(f"CREATE OR REPLACE TEMP TABLE all_{table.name} AS SELECT * FROM {table.name}")
        kept = "SELECT hid FROM all_households WHERE household_id IN (SELECT number FROM wanted)"
        theirs = f"SELECT mid FROM all_members WHERE hid IN ({kept})"
        for table in TABLES:
            where = f"mid IN ({theirs})" if table.matched else f"hid IN ({kept})"
            connection.execute(
                f"CREATE OR REPLACE TEMP VIEW {table.name} AS SELECT * FROM all_{table.name} WHERE {where}"
            )
        return numbers

    def _before(self, connection: duckdb.DuckDBPyConnection) -> dict[str, RunLine]:
        """The households as the run before saw them; for a simulation, as the same facts look without the change."""
        if self.run.purpose == Purpose.SIMULATION:
            self._say("按现行的值算一遍")
            return self._baseline(connection)
        done = ScreeningRun.objects.filter(unit=self.run.unit, state=RunState.DONE).exclude(purpose=Purpose.SIMULATION)
        last = self.basis or done.order_by("-pk").first()
        if last is None:
            return {}
        return {line.household.number: line for line in last.lines.filter(outcome__in=KEPT).select_related("household")}

    def _baseline(self, connection: duckdb.DuckDBPyConnection) -> dict[str, RunLine]:
        book = versions.book_on(self.run.unit, self.run.as_of)
        with scratch_folder() as scratch:
            self.tried = _counted(screen(book, DuckDB(connection), scratch).tally)
            return {
                one.number: RunLine(
                    outcome=one.outcome,
                    tier=one.tier,
                    rules_met=one.rules_met,
                    rules_suspected=one.rules_suspected,
                    **one.figures,
                )
                for one in found_in(scratch, set())
            }

    def _due(self) -> date:
        limit = self.book.series(procedure_on(policy_of(self.run.policy), self.run.as_of).triage)
        return workdays.after(timezone.localdate(), self.book.parameters[limit.name], limit.unit)

    def _say(self, words: str) -> None:
        if not beat(self.run, progress=words, done=0, total=self.total):
            raise RunTaken()

    def _written(self, done: int) -> None:
        if not beat(self.run, done=min(done, self.total)):
            raise RunTaken()

    def _finish(self, written: Written, writer: ClueWriter, numbers: set[str] | None, households: int) -> None:
        counts = _counted(written.tally) | writer.counts.plain()
        with transaction.atomic():
            if numbers is not None:
                counts = self._carry_over(numbers, households) | writer.counts.plain()
            if writer.clues:
                counts["clues_gone"] = writer.no_longer_found(numbers)
            done = ScreeningRun.objects.filter(pk=self.run.pk, state=RunState.RUNNING, claim=self.run.claim).update(
                state=RunState.DONE, progress="已完成", counts=counts, result_sha256=written.sha256, done=self.total,
                finished_at=timezone.now(),
            )  # fmt: skip
            if not done:
                raise RunTaken()
            if self.run.purpose == Purpose.SIMULATION:
                self._keep_effect(_counted(written.tally))
            audit.record(
                by=self.run.started_by, verb="screening.done", target=self.run, unit=self.run.unit, counts=counts,
                result=Result.DONE, result_sha256=written.sha256,
                policy_version=f"{self.run.policy}@{self.run.policy_sha256[:16]}",
            )  # fmt: skip

    def _keep_effect(self, now: Counts) -> None:
        """What the second person will be shown, kept beside the proposal it belongs to."""
        effect = effects.effect_of(self.run) | {"before": self.tried, "after": now}
        ScreeningRun.objects.filter(pk=self.run.pk).update(counts=effect)
        ParameterChange.objects.filter(run=self.run).update(effect=effect)

    def _carry_over(self, numbers: set[str], households: int) -> Counts:
        """The lines of households whose facts did not change, from the run before, and the counts of all together."""
        assert self.basis is not None
        lines = self.basis.lines.filter(outcome__in=KEPT).exclude(household__number__in=numbers)
        RunLine.objects.bulk_create((_same(self.run, line) for line in lines.iterator()), batch_size=500)
        found = RunLine.objects.filter(run=self.run, outcome__in=KEPT).order_by().values_list("outcome")
        counted = {outcome: (n, people or 0) for outcome, n, people in found.annotate(n=Count("pk"), p=Sum("members"))}
        counts = {outcome: counted.get(outcome, (0, 0))[0] for outcome in KEPT}
        people = {f"people_{outcome}": counted.get(outcome, (0, 0))[1] for outcome in KEPT}
        rest = {"not_met": households - sum(counts.values()), "households": households}
        return counts | people | rest | {"recomputed": len(numbers)}


def _counted(tally: Tally) -> Counts:
    """Households by outcome, the people in them, and all of them: 户数 and 人数 together."""
    people = {f"people_{outcome}": count for outcome, count in tally.outcome_people.items()}
    return dict(tally.outcomes) | people | {"households": tally.households, "people": tally.people}


def _number_of(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(found[0]) if found else 0


def _same(run: ScreeningRun, line: RunLine) -> RunLine:
    line.pk, line.run, line.move, line.moved = None, run, Move.SAME, {}
    return line
