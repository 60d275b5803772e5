"""A made-up regiment, written as a data package: the entrance of this folder.

Chunks of 1 000 households are made, written and forgotten one after the other, so that memory does not grow with the
number of households.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from shouwang.demo import expected, faults, living, papers, register, shocks, situations, spelling, truth
from shouwang.demo import world as worlds
from shouwang.demo.files import TOTALLED, WRITERS, Writer
from shouwang.demo.people import MOST_HOUSEHOLDS
from shouwang.demo.profile import CHUNK
from shouwang.demo.register import Roll
from shouwang.demo.sheet import REJECTED, Sheet
from shouwang.demo.world import World
from shouwang.terms.tables import TABLES
from shouwang.units.errors import ShouwangError

Progress = Callable[[str, int, int | None], None]
#: The truth is worked out for these days: the school file of April 2020 and the insurance roll of 2020 apply.
EARLIEST, LATEST = date(2020, 5, 1), date(2020, 9, 30)


class OutOfRange(ShouwangError):
    """A number of households, or a day, that the generator cannot serve."""

    code = "DM-02"
    what = "{name}应在 {low} 与 {high} 之间，现为 {value}。"


@dataclass
class Summary:
    """What was written."""

    folder: Path
    format: str
    households: int = 0
    members: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    routes: Counter[str] = field(default_factory=Counter)
    tiers: Counter[str] = field(default_factory=Counter)
    situations: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    unrecoverable: int = 0


def generate(
    folder: Path,
    households: int,
    seed: int,
    format: str = "csv",
    faults: bool = True,
    as_of: date = date(2020, 5, 20),
    progress: Progress | None = None,
) -> Summary:
    """Write a package of `households` households into `folder`, with `truth.csv` and `truth_matching.csv` beside it.

    The same arguments give the same bytes. `as_of` changes the truth only, never the tables.
    """
    _check("户数", households, 1, MOST_HOUSEHOLDS)
    _check("截至日期", as_of, EARLIEST, LATEST)
    folder.mkdir(parents=True, exist_ok=True)
    summary = Summary(folder, format)
    with ExitStack() as stack:
        package = _Package(stack, folder, format, faults, summary)
        for chunk in range(-(-households // CHUNK)):
            limit = min(households - chunk * CHUNK, CHUNK)
            package.write(make_world(seed, chunk), limit, as_of)
            if progress:
                progress("生成演示数据", chunk * CHUNK + limit, households)
        package.finish()
    return summary


def _check(name: str, value: int | date, low: int | date, high: int | date) -> None:
    if not low <= value <= high:  # type: ignore[operator]
        raise OutOfRange(name=name, value=value, low=low, high=high)


def make_world(seed: int, chunk: int) -> World:
    """One chunk with everything that happened in it."""
    world = worlds.found(seed, chunk)
    situations.deal(world)
    shocks.strike(world)
    living.go_on(world)
    return world


def make_sheets(world: World, limit: int, faulty: bool, typed: bool) -> tuple[Roll, dict[str, Sheet]]:
    """The tables of a chunk, spoiled if so wished, cut to its first `limit` households."""
    roll = register.call(world)
    tables = (register.households, register.members, register.ledger, register.events)
    made = [make(world, roll) for make in (*tables, papers.medical, papers.school, papers.insurance)]
    sheets = {sheet.name: sheet for sheet in made}
    if faulty:
        faults.spoil(world, roll, sheets, limit)
        if not typed:
            spelling.vary(world, sheets)
            spelling.add_rejects(world, sheets)
    return roll, sheets


class _Package:
    """The open files of a package."""

    def __init__(self, stack: ExitStack, folder: Path, format: str, faulty: bool, summary: Summary) -> None:
        self.faulty, self.typed, self.summary = faulty, format == "parquet", summary
        self._writers: dict[str, Writer] = {t.name: WRITERS[format](folder, t.name, faulty) for t in TABLES}
        for writer in self._writers.values():
            stack.callback(writer.close)
        self._truth = _Lines(stack, folder / "truth.csv", truth.HOUSEHOLD_COLUMNS)
        self._matching = _Lines(stack, folder / "truth_matching.csv", truth.ROW_COLUMNS)

    def write(self, world: World, limit: int, as_of: date) -> None:
        """Write the first `limit` households of a chunk, and the truth of them."""
        roll, sheets = make_sheets(world, limit, self.faulty, self.typed)
        found = expected.expect(world, as_of)
        missing = truth.lost(world, sheets)
        for name, sheet in sheets.items():
            sheet.cut(limit)
            writer = self._writers[name]
            self._matching.write(truth.matching_lines(roll, sheet, writer.file, writer.next_row))
            writer.write(sheet)
            self.summary.rows[name] += sheet.size
            self.summary.faults.update(code for codes in sheet.faults.values() for code in codes)
        rows = truth.household_rows(world, found, missing, limit)
        self._truth.write([",".join(row) for row in rows])
        self._count(rows, sheets["members"].size)

    def _count(self, rows: list[tuple[str, ...]], members: int) -> None:
        summary, at = self.summary, truth.HOUSEHOLD_COLUMNS.index
        summary.households += len(rows)
        summary.members += members
        summary.outcomes.update(row[at("expected_outcome")] for row in rows)
        summary.routes.update(row[at("expected_route")] for row in rows)
        summary.tiers.update(row[at("expected_tier")] for row in rows)
        summary.situations.update(code for row in rows for code in row[at("situation_codes")].split(";"))
        summary.unrecoverable += sum(row[at("recoverable")] == "否" for row in rows)

    def finish(self) -> None:
        """The truth of the 合计 rows that closing the files adds."""
        for name in TOTALLED if self.faulty and not self.typed else ():
            writer = self._writers[name]
            fault = truth.FAULT_NAMES["total_row"]
            self._matching.write([f"{writer.file},{writer.next_row},,{REJECTED},,total_row,{fault},是"])
            self.summary.faults["total_row"] += 1


class _Lines:
    """A CSV file whose cells never need quotes; UTF-8 with BOM."""

    def __init__(self, stack: ExitStack, path: Path, header: tuple[str, ...]) -> None:
        self._out = stack.enter_context(path.open("wb"))
        self._out.write(b"\xef\xbb\xbf")
        self.write([",".join(header)])

    def write(self, lines: list[str]) -> None:
        self._out.write("".join(f"{line}\r\n" for line in lines).encode())
