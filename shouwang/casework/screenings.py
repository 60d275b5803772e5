"""The worker's side of a screening: facts out of the registry, through the same engine and rules as the command line, to clues.

Never imported by a web process: it loads the engine. A run that was killed is done again from its beginning.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models.audit import Result
from shouwang.casework import versions
from shouwang.casework.actions.screening import previous_like
from shouwang.casework.changes import changed_since
from shouwang.casework.clue_writer import ClueWriter
from shouwang.casework.models import Move, ParameterChange, Purpose, RunLine, RunState, ScreeningRun
from shouwang.casework.models.screening import FLAGGED
from shouwang.casework.run_results import found_in
from shouwang.intake.session import connect
from shouwang.intake.whole import whole_folder
from shouwang.policy import workdays
from shouwang.policy.book import RuleBook, policy_of
from shouwang.policy.procedure import procedure_on
from shouwang.registry.models import Household
from shouwang.registry.snapshot import write_facts
from shouwang.screening.engines import DuckDB
from shouwang.screening.results import Written
from shouwang.screening.run import screen
from shouwang.terms.tables import TABLES
from shouwang.units.errors import ShouwangError

#: A run without a sign of life for so long was killed.
_DEAD_AFTER = timedelta(minutes=10)


def folder_of(run: ScreeningRun) -> Path:
    """Where the files of a run lie."""
    return Path(settings.SHOUWANG_HOME) / "screenings" / str(run.uuid)


def work_off() -> int:
    """Do every queued run. Returns how many."""
    done = 0
    while (run := claim()) is not None:
        perform(run)
        done += 1
    return done


def claim() -> ScreeningRun | None:
    """Take the oldest run that waits, or one whose worker died; of two workers only one gets it."""
    now = timezone.now()
    for run in ScreeningRun.objects.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).order_by("pk"):
        if run.state == RunState.RUNNING and run.beat_at and now - run.beat_at < _DEAD_AFTER:
            continue
        mine = ScreeningRun.objects.filter(pk=run.pk, state=run.state, beat_at=run.beat_at)
        if mine.update(state=RunState.RUNNING, beat_at=now, progress="读取台账"):
            return ScreeningRun.objects.select_related("unit", "started_by").get(pk=run.pk)
    return None


def perform(run: ScreeningRun) -> ScreeningRun:
    """Do a run. What goes wrong is written on its row, in words."""
    try:
        _Job(run).do()
    except (ShouwangError, duckdb.Error) as error:
        ScreeningRun.objects.filter(pk=run.pk).update(
            state=RunState.FAILED, progress=f"没有完成：{error}"[:400], finished_at=timezone.now()
        )
    run.refresh_from_db()
    return run


class _Job:
    """One run, from facts to clues."""

    def __init__(self, run: ScreeningRun) -> None:
        self.run = run
        self.book = RuleBook.of(run.policy, run.as_of, run.parameters)
        self.basis = previous_like(run) if run.purpose == Purpose.CHANGED else None
        self.started = timezone.now()

    def do(self) -> None:
        RunLine.objects.filter(run=self.run).delete()
        with self._facts() as connection:
            numbers = self._narrow(connection)
            before = self._before(connection)
            self._say("逐户筛查")
            with whole_folder(folder_of(self.run)) as folder:
                written = screen(self.book, DuckDB(connection), folder)
            self._say("写线索")
            writer = ClueWriter(self.run, before, self._due(), clues=self.run.purpose != Purpose.SIMULATION)
            writer.write(found_in(folder_of(self.run), set(before)))
        counts = dict(written.tally.outcomes) | writer.counts.plain()
        self._finish(written, counts, writer, numbers)

    @contextmanager
    def _facts(self) -> Iterator[duckdb.DuckDBPyConnection]:
        scratch = Path(tempfile.mkdtemp(prefix="shouwang-"))
        try:
            with connect(scratch) as connection:
                write_facts(scratch / "facts", connection, self.run.as_of, self.run.unit)
                yield connection
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

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
            return self._baseline(connection)
        done = ScreeningRun.objects.filter(unit=self.run.unit, state=RunState.DONE).exclude(purpose=Purpose.SIMULATION)
        last = self.basis or done.order_by("-pk").first()
        if last is None:
            return {}
        return {line.household.number: line for line in last.lines.select_related("household")}

    def _baseline(self, connection: duckdb.DuckDBPyConnection) -> dict[str, RunLine]:
        book = versions.book_on(self.run.unit, self.run.as_of)
        scratch = Path(tempfile.mkdtemp(prefix="shouwang-"))
        try:
            screen(book, DuckDB(connection), scratch)
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
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _due(self) -> date:
        limit = self.book.series(procedure_on(policy_of(self.run.policy), self.run.as_of).triage)
        return workdays.after(timezone.localdate(), self.book.parameters[limit.name], limit.unit)

    def _say(self, words: str) -> None:
        ScreeningRun.objects.filter(pk=self.run.pk).update(progress=words, beat_at=timezone.now())

    def _finish(self, written: Written, counts: dict[str, int], writer: ClueWriter, numbers: set[str] | None) -> None:
        with transaction.atomic():
            if numbers is not None:
                counts |= self._carry_over(numbers)
            if writer.clues:
                counts["clues_gone"] = writer.no_longer_found(numbers)
            ScreeningRun.objects.filter(pk=self.run.pk).update(
                state=RunState.DONE,
                progress="已完成",
                counts=counts,
                result_sha256=written.sha256,
                finished_at=timezone.now(),
            )
            ParameterChange.objects.filter(run=self.run).update(effect=self._effect(counts))
            audit.record(
                by=self.run.started_by, verb="screening.done", target=self.run, unit=self.run.unit, counts=counts,
                result=Result.DONE, result_sha256=written.sha256,
                policy_version=f"{self.run.policy}@{self.run.policy_sha256[:16]}",
            )  # fmt: skip

    def _carry_over(self, numbers: set[str]) -> dict[str, int]:
        """The lines of households whose facts did not change, from the run before, and the counts of all together."""
        assert self.basis is not None
        lines = self.basis.lines.filter(outcome__in=FLAGGED).exclude(household__number__in=numbers)
        RunLine.objects.bulk_create(_same(self.run, line) for line in lines)
        mine = RunLine.objects.filter(run=self.run)
        totals: dict[str, int] = {outcome: mine.filter(outcome=outcome).count() for outcome in FLAGGED}
        return totals | {"recomputed": len(numbers)}

    def _effect(self, counts: dict[str, int]) -> dict[str, Any]:
        lines = RunLine.objects.filter(run=self.run)
        units = lines.filter(move__in=[Move.ENTERED, Move.LEFT]).values_list("household__unit__name", "move")
        by_unit: dict[str, dict[str, int]] = {}
        for unit, move in units:
            by_unit.setdefault(unit, {"entered": 0, "left": 0})[move] += 1
        return {move: counts.get(move, 0) for move in Move.values} | {"by_unit": by_unit}


def _same(run: ScreeningRun, line: RunLine) -> RunLine:
    line.pk, line.run, line.move, line.moved = None, run, Move.SAME, {}
    return line
