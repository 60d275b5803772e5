"""Which facts are known of one household? Read from the fact relations into the plain rows the evaluator takes.

Relations as `intake` makes them: `households` (`hid`), `members` (`hid`, `mid`), `ledger`, `events` (`hid`), `medical`,
`school`, `insurance` (`mid`). Every row keeps `row`, its number in the file it came from.
"""

from __future__ import annotations

from collections.abc import Mapping

import duckdb

from shouwang.screening.reasons import HouseholdFacts
from shouwang.terms.evaluate import Row
from shouwang.terms.tables import TABLES
from shouwang.units.errors import ShouwangError
from shouwang.units.text import normalise

#: How many ids that look alike an error names.
_NEAREST = 5
_OF_HOUSEHOLD = tuple(table.name for table in TABLES if not table.matched and table.name != "households")
_OF_MEMBER = tuple(table.name for table in TABLES if table.matched)


class NoSuchHousehold(ShouwangError):
    """The household asked for is not in the package."""

    code = "HOU-01"
    what = "没有户编号为“{household}”的户。"
    do = "{advice}"


def load_household(
    connection: duckdb.DuckDBPyConnection, household_id: str, files: Mapping[str, str] | None = None
) -> HouseholdFacts:
    """The facts of one household; `files` says from which file each table was read. Raises NoSuchHousehold."""
    wanted = normalise(household_id)
    found = _rows(connection, "SELECT * FROM households WHERE household_id = ?", [wanted])
    if not found:
        raise NoSuchHousehold(household=wanted, advice=_advice(connection, wanted))
    (household,) = found
    facts: dict[str, Row | list[Row]] = {"households": household}
    for name in _OF_HOUSEHOLD:
        facts[name] = _rows(connection, f"SELECT * FROM {name} WHERE hid = ? ORDER BY row", [household["hid"]])
    members = facts["members"]
    assert isinstance(members, list)
    for name in _OF_MEMBER:
        _bring(connection, name, members)
    return HouseholdFacts(facts, dict(files or {}))


def _bring(connection: duckdb.DuckDBPyConnection, name: str, members: list[Row]) -> None:
    """Give every member the matched rows of one table."""
    owners = {member["mid"]: member for member in members}
    for member in members:
        member[name] = []
    if owners:
        marks = ", ".join("?" for _ in owners)
        for row in _rows(connection, f"SELECT * FROM {name} WHERE mid IN ({marks}) ORDER BY row", list(owners)):
            owners[row["mid"]][name].append(row)


def _rows(connection: duckdb.DuckDBPyConnection, query: str, values: list[object]) -> list[Row]:
    cursor = connection.execute(query, values)
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _advice(connection: duckdb.DuckDBPyConnection, wanted: str) -> str:
    near = _rows(
        connection,
        f"SELECT household_id FROM households ORDER BY levenshtein(household_id, ?), household_id LIMIT {_NEAREST}",
        [wanted],
    )
    if not near:
        return "数据包里一户也没有；请核对数据包。"
    return f"最接近的编号有：{'、'.join(row['household_id'] for row in near)}；请核对编号，或核对数据包。"
