"""What does a screening leave behind for the next one? A line a household: its fingerprint, notes, place and room in the results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from shouwang.intake.facts import Facts
from shouwang.intake.fingerprints import fingerprinted
from shouwang.screening.results import Written
from shouwang.sources import columns as sql

STATE = "state.parquet"
#: The rank of a household in the results.
PLACE = "place"
#: Bytes of a household in `households.csv` and in `findings.jsonl`.
SIZES = ("csv_bytes", "finding_bytes")


def write_state(facts: Facts, written: Written, folder: Path) -> None:
    """Write `state.parquet`, so that the next screening need compute only what has changed."""
    relation, connection = fingerprinted(facts), facts.connection
    # Bound as lists and arrays, not as an Arrow table: making one of Python values loads pandas.
    noted = "SELECT unnest(?::VARCHAR[]) AS household_id, unnest(?::VARCHAR[]) AS notes"
    connection.register("sized", sized(written))
    connection.execute(
        f"COPY (SELECT f.household_id, f.fingerprint, n.notes, s.{PLACE}, s.{SIZES[0]}, s.{SIZES[1]} FROM {relation} f "
        f"JOIN sized s ON s.{PLACE} = f.hid LEFT JOIN ({noted}) n USING (household_id)) "
        f"TO {sql.quoted(str(folder / STATE))} (FORMAT parquet)",
        [list(written.notes), [";".join(held) for held in written.notes.values()]],
    )
    connection.unregister("sized")


def sized(written: Written) -> dict[str, np.ndarray]:
    """The sizes of households as a relation, by their place in the order of results."""
    sizes = {name: np.ascontiguousarray(written.sizes[:, column]) for column, name in enumerate(SIZES)}
    return {PLACE: np.arange(len(written.sizes), dtype=np.int32), **sizes}


def is_placed(folder: Path) -> bool:
    """Whether the state of results knows where each household lies in them; that of earlier versions does not."""
    return {PLACE, *SIZES} <= set(pq.read_schema(folder / STATE).names)
