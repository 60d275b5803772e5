"""What is known of every household, once the files are read, checked and matched? The facts, and what became of each row.

Facts are relations of one DuckDB connection, named as their table: `households` (with `hid`, the rank of household_id),
`members` (`mid`, `hid`), `ledger`, `events` (`hid`), `medical`, `school`, `insurance` (`mid`); each with `row`, the row
number in its file. Kept in a folder they are the same as Parquet files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from shouwang.matching import numbers
from shouwang.matching.link import Link, Linker
from shouwang.sources import columns as sql
from shouwang.sources.accept import Accepted, Acceptor
from shouwang.sources.package import Package
from shouwang.terms.tables import HOUSEHOLDS, LEDGER, MEMBERS, TABLES, Table
from shouwang.units.errors import Notice
from shouwang.units.identity import why_invalid


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """One line of `questions.csv` found while reading: something a person should settle."""

    household_id: str
    question: str
    values: str


@dataclass
class Facts:
    """The facts of one package, and the account of every row that was read."""

    connection: duckdb.DuckDBPyConnection
    folder: Path
    accepted: dict[str, Accepted] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    questions: list[OpenQuestion] = field(default_factory=list)
    #: Whether the relation of fingerprints (`intake.fingerprints`) is there: stored with the facts, or worked out before.
    fingerprinted: bool = False

    def file_of(self, table: str) -> str:
        """The file a table was read from, as the user knows it; empty when it was not in the package."""
        return self.accepted[table].file if table in self.accepted else ""


class Intake:
    """Takes one package in. `lazy` leaves typed rows in the scratch folder as they are, for a single screening."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, folder: Path, *, scratch: Path | None = None, lazy: bool = False
    ) -> None:
        """Facts go to `folder`, working files to `scratch`, which may be the same when nothing is kept."""
        self.connection = connection
        self.folder = folder
        self.scratch = scratch or folder
        self.lazy = lazy

    def take_in(self, package: Package, progress: Callable[[str], None] = lambda stage: None) -> Facts:
        """Type, check and match every table. Raises nothing for bad rows: they are rejects; bad files were refused before."""
        facts = Facts(self.connection, self.folder, notices=list(package.notices))
        acceptor = Acceptor(self.connection, self.scratch)
        for table in TABLES:
            progress(table.title)
            if table.name in package.tables:
                known = None if table is HOUSEHOLDS or table.matched else "households"
                facts.accepted[table.name] = acceptor.accept(
                    *(package.tables[table.name], table, known),
                    enrich=_with_judged_number if _has_number(package, table) else _as_it_is,
                )
            self._keep(table, facts)
        for name, accepted in facts.accepted.items():
            facts.notices += [_unusual(facts.file_of(name), header, odd) for header, odd in accepted.unusual.items()]
        facts.questions = self._wrong_numbers()
        return facts

    def _keep(self, table: Table, facts: Facts) -> None:
        accepted = facts.accepted.get(table.name)
        if accepted is None:
            self._create(table.name, f"SELECT {_owner(table)}, 0::BIGINT AS row, {_columns(table, None)} LIMIT 0")
        elif table is HOUSEHOLDS:
            rank = "CAST(row_number() OVER (ORDER BY household_id) - 1 AS INTEGER)"
            self._create(table.name, f"SELECT {rank} AS hid, row, {_columns(table, accepted)} FROM ({accepted.select})")
        elif table is MEMBERS:
            self._create(table.name, _members(accepted), lazy=self.lazy)
            self._linker = Linker(self.connection, "members")
        elif table.matched:
            self._link(table, accepted, facts)
        else:
            select = f"SELECT hid, row, {_columns(table, accepted)} FROM ({accepted.select})"
            if table is LEDGER and not self.lazy:
                # Kept in the order of households, in which it is grouped at every screening and asked for at every look.
                select += " ORDER BY hid, row"
            self._create(table.name, select, lazy=self.lazy and table is LEDGER)

    def _link(self, table: Table, accepted: Accepted, facts: Facts) -> None:
        rows = f"read_{table.name}"
        self.connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {rows} AS SELECT row, {_columns(table, accepted)} FROM ({accepted.select})"
        )
        columns = [sql.named(column.name) for column in table.columns]
        link = self._linker.link(table.name, rows, columns)
        facts.links[table.name] = link
        self._create(
            *(
                table.name,
                f"SELECT l.mid, r.* FROM {rows} r JOIN {link.relation} l USING (row) WHERE l.outcome = 'matched'",
            ),
            lazy=self.lazy,
        )
        if not self.lazy:
            self.connection.execute(f"DROP TABLE {rows}")

    def _create(self, name: str, select: str, *, lazy: bool = False) -> None:
        """A relation of that name: Parquet in the folder, or the bare SELECT when lazy."""
        if not lazy:
            path = sql.quoted(str(self.folder / f"{name}.parquet"))
            self.connection.execute(f"COPY ({select}) TO {path} (FORMAT parquet)")
            select = f"SELECT * FROM read_parquet({path})"
        self.connection.execute(f"CREATE OR REPLACE TEMP VIEW {name} AS {select}")

    def _wrong_numbers(self) -> list[OpenQuestion]:
        """Identity numbers that are kept as given, treated as blank, and asked about (contract 2)."""
        rows = self.connection.execute(
            "SELECT h.household_id, m.member_id, m.name, m.given_number FROM members m JOIN households h USING (hid) "
            "WHERE m.given_number IS NOT NULL ORDER BY h.household_id, m.member_id"
        ).fetchall()
        return [
            OpenQuestion(
                household, "身份证号无效", f"{member} {name}：{number}，{why_invalid(number)}；按没有身份证号处理"
            )
            for household, member, name, number in rows
        ]


def _has_number(package: Package, table: Table) -> bool:
    return table is MEMBERS and "id_number" in package.tables[table.name].columns


def _as_it_is(select: str) -> str:
    return select


def _with_judged_number(select: str) -> str:
    """Members with a mark whether their number is right. In two steps, so that the number is taken apart once."""
    read = f"SELECT *, {numbers.digits('id_number')} AS digits FROM ({select})"
    return f"SELECT *, {numbers.valid('id_number', 'digits')} AS number_is_right FROM ({read})"


def _members(accepted: Accepted) -> str:
    """Members with an effective number and birth date: an invalid number counts as blank but is kept as given."""
    judged = "id_number" in accepted.present
    right = "number_is_right" if judged else "false"
    born = numbers.birth_date("digits") if judged else "NULL"
    given_birth = "birth_date" if "birth_date" in accepted.present else "CAST(NULL AS DATE)"
    cells = {
        **_cells(MEMBERS, accepted),
        "id_number": f"CAST(CASE WHEN {right} THEN {'id_number' if judged else 'NULL'} END AS VARCHAR) AS id_number",
        "birth_date": f"coalesce({given_birth}, CASE WHEN {right} THEN {born} END) AS birth_date",
    }
    given = (
        f"CAST({'CASE WHEN NOT number_is_right THEN id_number END' if judged else 'NULL'} AS VARCHAR) AS given_number"
    )
    return f"SELECT row AS mid, hid, row, {', '.join(cells.values())}, {given} FROM ({accepted.select})"


def _columns(table: Table, accepted: Accepted | None) -> str:
    return ", ".join(_cells(table, accepted).values())


def _cells(table: Table, accepted: Accepted | None) -> dict[str, str]:
    """Every column of a table but the key that `hid` replaces; those the file lacks as unknown or their default."""
    cells: dict[str, str] = {}
    for column in table.columns:
        if column.name == "household_id" and table is not HOUSEHOLDS:
            continue
        name, stored = sql.named(column.name), sql.STORED[column.type]
        present = accepted is not None and column.name in accepted.present
        default = "NULL" if column.default is None else str(column.default).lower()
        cells[column.name] = f"CAST({name if present else default} AS {stored}) AS {name}"
    return cells


def _owner(table: Table) -> str:
    if table.matched:
        return "0::BIGINT AS mid"
    return "0::BIGINT AS mid, 0::INTEGER AS hid" if table is MEMBERS else "0::INTEGER AS hid"


def _unusual(file: str, header: str, odd: list[str]) -> Notice:
    shown = "、".join(odd[:5]) + ("等" if len(odd) > 5 else "")
    return Notice(file, f"“{header}”有{len(odd)}种不在代码表里的写法，照原样保留：{shown}")
