"""What does the ledger come to, household by household, quarter by quarter, kind by kind? Added up once, when facts are stored.

A screening of stored facts reads these sums in the place of the lines, whatever its date and parameters (`terms.sums`).
The lines stay, for they are what an explanation points to.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.sources import columns as sql
from shouwang.terms.sums import SUMS, Cell, fen_of, lines_of, seen_of, word_of
from shouwang.terms.tables import HOUSEHOLDS

#: Numbers held at a time while adding up, of each of the two sorts; bounds the memory to some 100 MB.
_HELD = 4_000_000
#: Quarters and kinds beyond which a row would be too wide to be read well: a century of all kinds.
_WIDEST = 4_000
#: Columns of a household that have few values.
_REPEATED = ["unit", "dwelling_grade"]
_PACKED = "DELTA_BINARY_PACKED"


def write_sums(connection: duckdb.DuckDBPyConnection, folder: Path) -> bool:
    """Write `ledger_sums.parquet` from the relations `ledger` and `households`. False, and no file, when it is too wide."""
    cells: list[Cell] = connection.execute("SELECT DISTINCT quarter, kind FROM ledger ORDER BY 1, 2").fetchall()
    if len(cells) > _WIDEST:
        return False
    words = sorted({(word_of(quarter), kind) for quarter, kind in cells})
    schema = _schema(cells, words, _known(connection, 0, 0).schema)
    # Sums seldom repeat, so no dictionary is looked for; numbers of lines and sets of quarters do.
    packed = {"hid": _PACKED} | {fen_of(cell): _PACKED for cell in cells}
    repeated = [lines_of(cell) for cell in cells] + [seen_of(word) for word in words] + _REPEATED
    with pq.ParquetWriter(folder / f"{SUMS}.parquet", schema, use_dictionary=repeated, column_encoding=packed) as out:
        for first, fen, lines in _added_up(connection, cells):
            hids = np.arange(first, first + fen.shape[1], dtype=np.int32)
            known = _known(connection, first, fen.shape[1])
            columns = [hids, *known.columns, *fen, *lines, *_seen(cells, words, lines)]
            arrays = [_array(values, field.type) for values, field in zip(columns, schema, strict=True)]
            out.write_table(pa.Table.from_arrays(arrays, schema=schema))
    return True


def _schema(cells: list[Cell], words: list[Cell], known: pa.Schema) -> pa.Schema:
    fen, lines = [(fen_of(cell), pa.int64()) for cell in cells], [(lines_of(cell), pa.int32()) for cell in cells]
    seen = [(seen_of(word), pa.int64()) for word in words]
    return pa.schema([("hid", pa.int32()), *known, *fen, *lines, *seen])


def _known(connection: duckdb.DuckDBPyConnection, first: int, count: int) -> pa.Table:
    """The rows of some households, so that a screening need not join them to their sums."""
    columns = ", ".join(sql.named(column.name) for column in HOUSEHOLDS.columns)
    among = f"hid >= {first} AND hid < {first + count}"
    found: pa.Table = connection.sql(f"SELECT {columns} FROM households WHERE {among} ORDER BY hid").to_arrow_table()
    return found


def _seen(cells: list[Cell], words: list[Cell], lines: np.ndarray) -> np.ndarray:
    """The quarters that have lines, word by word: a row a word, a column a household."""
    found = np.zeros((len(words), lines.shape[1]), np.int64)
    for place, (quarter, kind) in enumerate(cells):
        word = word_of(quarter)
        found[words.index((word, kind))] |= (lines[place] > 0).astype(np.int64) << (quarter - word)
    return found


def _added_up(connection: duckdb.DuckDBPyConnection, cells: list[Cell]) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """First household, sums and numbers of lines (a row a cell, a column a household), some households at a time.

    Amounts are bounded (10¹¹ fen a line), so a sum of int64 overflows only beyond 9·10⁷ lines of the largest amount.
    """
    (households,) = connection.execute("SELECT count(*) FROM households").fetchone() or (0,)
    at_a_time = max(1, _HELD // max(1, len(cells)))
    numbered = ", ".join(f"({quarter}, '{kind}', {place})" for place, (quarter, kind) in enumerate(cells))
    place = f"(VALUES {numbered or '(NULL, NULL, NULL)'}) c(quarter, kind, place)"
    for first in range(0, households, at_a_time):
        count = min(at_a_time, households - first)
        # The ledger lies in the order of households, so a filter on them reads little else.
        found = connection.execute(
            f"SELECT CAST(c.place AS BIGINT) * {count} + (l.hid - {first}) AS at, l.amount FROM ledger l "
            f"JOIN {place} USING (quarter, kind) WHERE l.hid >= {first} AND l.hid < {first + count}"
        ).fetchnumpy()
        fen = np.zeros(len(cells) * count, np.int64)
        np.add.at(fen, found["at"], found["amount"])
        lines = np.bincount(found["at"], minlength=len(cells) * count).astype(np.int32)
        yield first, fen.reshape(len(cells), count), lines.reshape(len(cells), count)


def _array(values: np.ndarray | pa.ChunkedArray, kind: pa.DataType) -> pa.Array | pa.ChunkedArray:
    """The same memory as an Arrow array; `pa.array` would load pandas to look at it."""
    if isinstance(values, pa.ChunkedArray):
        return values
    return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])
