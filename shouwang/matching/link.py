"""Which member is each row of a departmental table about? Contract 2, Matching: to the letter, never guessed."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from shouwang.matching import numbers

#: How many candidates a reason names.
_CANDIDATES = 5


@dataclass(frozen=True, slots=True)
class Link:
    """What linking one table left behind: a relation of `row, outcome, mid, how, reason`, and its counts."""

    relation: str
    counts: dict[str, int]


class Linker:
    """Links departmental rows to members.

    `members` is a relation with `mid, member_id, name, id_number, birth_date`, where id_number is a valid spelled
    number or NULL and birth_date is the member's as given or taken from it.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, members: str) -> None:
        self.connection = connection
        self.members = members
        self._run(
            "CREATE OR REPLACE TEMP TABLE shared_number AS "
            f"SELECT id_number, string_agg(member_id, '、' ORDER BY member_id) AS members, count(*) AS people "
            f"FROM {members} WHERE id_number IN "
            f"(SELECT id_number FROM {members} WHERE id_number IS NOT NULL GROUP BY id_number HAVING count(*) > 1) "
            "GROUP BY id_number"
        )

    def link(self, name: str, rows: str, columns: list[str]) -> Link:
        """Link the rows of table `name`: a relation with `row` and the table's columns.

        Two rows equal in every column are one row and its duplicate; the duplicate counts nowhere.
        """
        relation = f"link_{name}"
        self._repeats(name, rows, columns)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE {relation} AS "
            "SELECT t.row, CASE WHEN d.row IS NOT NULL THEN 'duplicate' WHEN s.id_number IS NOT NULL THEN 'ambiguous' "
            "WHEN m.mid IS NOT NULL THEN 'matched' END AS outcome, "
            "CASE WHEN d.row IS NULL THEN m.mid END AS mid, "
            "CASE WHEN d.row IS NULL AND m.mid IS NOT NULL THEN '身份证号' END AS how, "
            "CASE WHEN d.row IS NOT NULL THEN '与第' || d.first_row || '行完全相同，只计一次' "
            "WHEN s.id_number IS NOT NULL THEN '有' || s.people || '人登记了这个身份证号：' || s.members END AS reason "
            f"FROM {rows} t LEFT JOIN (SELECT mid, id_number FROM {self.members} WHERE id_number IS NOT NULL "
            "AND id_number NOT IN (SELECT id_number FROM shared_number)) m ON t.id_number = m.id_number "
            "LEFT JOIN shared_number s ON t.id_number = s.id_number "
            f"LEFT JOIN repeat_{name} d ON t.row = d.row"
        )
        self._by_name(name, rows, relation)
        return Link(relation, self._counts(relation))

    def _repeats(self, name: str, rows: str, columns: list[str]) -> None:
        """Rows equal to an earlier one. Most rows are alone under their hash, so only the rest is compared."""
        every = ", ".join(columns)
        self._run(
            f"CREATE OR REPLACE TEMP TABLE repeat_{name} AS SELECT row, first_row FROM ("
            f"SELECT row, min(row) OVER (PARTITION BY {every}) AS first_row FROM {rows} WHERE hash({every}) IN "
            f"(SELECT hash({every}) FROM {rows} GROUP BY 1 HAVING count(*) > 1)) WHERE row > first_row"
        )

    def _by_name(self, name: str, rows: str, relation: str) -> None:
        """Rows whose number found nobody: by name and birth date where there is no number, or not a right one."""
        self._run(
            f"CREATE OR REPLACE TEMP TABLE rest_{name} AS SELECT t.row, t.id_number, t.name, t.birth_date, "
            f"{numbers.valid('t.id_number', numbers.digits('t.id_number'))} AS number_is_right FROM {rows} t "
            f"JOIN {relation} l USING (row) WHERE l.outcome IS NULL"
        )
        self._run(
            f"CREATE OR REPLACE TEMP TABLE named_{name} AS "
            "SELECT r.row, count(m.mid) AS people, min(m.mid) AS mid, "
            "string_agg(m.member_id, '、' ORDER BY m.member_id) AS candidates "
            f"FROM rest_{name} r JOIN {self.members} m ON m.name = r.name AND m.birth_date = r.birth_date GROUP BY r.row"
        )
        # By name first and once, not once a row: a common name among many rows would otherwise be squared.
        self._run(
            f"CREATE OR REPLACE TEMP TABLE namesake_{name} AS SELECT name, "
            f"array_to_string(min(member_id, {_CANDIDATES}), '、') AS candidates "
            f"FROM {self.members} WHERE name IN (SELECT name FROM rest_{name}) GROUP BY name"
        )
        self._run(f"UPDATE {relation} SET {self._verdict()} FROM ({self._rest(name)}) r WHERE {relation}.row = r.row")

    @staticmethod
    def _rest(name: str) -> str:
        return (
            "SELECT r.*, coalesce(n.people, 0) AS people, n.mid AS named_mid, n.candidates AS named, "
            f"s.candidates AS namesakes FROM rest_{name} r "
            f"LEFT JOIN named_{name} n USING (row) LEFT JOIN namesake_{name} s ON r.name = s.name"
        )

    @staticmethod
    def _verdict() -> str:
        fallback = "NOT r.number_is_right"
        why = "CASE WHEN r.id_number IS NULL THEN '没有身份证号' ELSE '身份证号不对' END"
        found = f"{fallback} AND r.people = 1"
        return (
            f"outcome = CASE WHEN {found} THEN 'matched' WHEN {fallback} AND r.people > 1 THEN 'ambiguous' "
            "ELSE 'unmatched' END, "
            f"mid = CASE WHEN {found} THEN r.named_mid END, "
            f"how = CASE WHEN {found} THEN '姓名和出生日期' END, "
            f"reason = CASE WHEN {found} THEN {why} "
            "WHEN r.number_is_right THEN '没有人登记这个身份证号' || coalesce('；姓名和出生日期相同的有：' || r.named, "
            "'；同名的有：' || r.namesakes, '') "
            f"WHEN r.people > 1 THEN {why} || '；姓名和出生日期相同的有' || r.people || '人：' || r.named "
            f"WHEN r.name IS NULL OR r.birth_date IS NULL THEN {why} || '，又缺少姓名或出生日期' "
            "|| coalesce('；同名的有：' || r.namesakes, '') "
            f"ELSE {why} || '，也没有姓名和出生日期都相同的人' || coalesce('；同名的有：' || r.namesakes, '') END"
        )

    def _counts(self, relation: str) -> dict[str, int]:
        rows = self.connection.execute(f"SELECT outcome, count(*) FROM {relation} GROUP BY 1").fetchall()
        return {"matched": 0, "unmatched": 0, "ambiguous": 0, "duplicate": 0} | dict(rows)

    def _run(self, statement: str) -> None:
        self.connection.execute(statement)
