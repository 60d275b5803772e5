"""How does a row become a line of text, a batch at a time? SQL for CSV, and the bytes of lines as they lie in memory.

Written by DuckDB and not by Arrow's functions: those load pandas at the first constant, which takes half a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import duckdb
import numpy as np
import pyarrow as pa

from shouwang.units.exports import GUARDED, LONG_NUMBER

BOM = b"\xef\xbb\xbf"
#: Texts of a household that a package brings in; all other columns are made of our own words.
_FOREIGN = ("household_id", "unit")


def csv_line(columns: Sequence[str]) -> str:
    """SQL: the columns as a line of CSV, safe to open in a spreadsheet: nothing in a cell is taken for a formula or rounded.

    Cells are quoted one by one where they need it, so the bytes do not depend on how rows were batched.
    """
    return f"concat_ws(',', {', '.join(_cell(name) for name in columns)})"


def csv_body(rows: pa.Table) -> bytes:
    """Rows as CSV without header."""
    with duckdb.connect() as connection:
        connection.register("rows", rows)
        lines = connection.sql(f"SELECT {csv_line(rows.column_names)} || chr(10) AS line FROM rows").to_arrow_table()
    return b"".join(characters(lines["line"]))


def characters(texts: pa.ChunkedArray) -> Iterator[bytes]:
    """The characters of texts as they lie in memory, without a Python string for each."""
    for chunk in texts.chunks:
        if len(chunk):
            offsets = memoryview(chunk.buffers()[1]).cast("i")
            first, last = offsets[chunk.offset], offsets[chunk.offset + len(chunk)]
            yield chunk.buffers()[2].slice(first, last - first).to_pybytes()


def sizes(texts: pa.ChunkedArray) -> np.ndarray:
    """How many bytes each text has, as `characters` gives them."""
    found = [np.zeros(0, np.int32)]
    for chunk in texts.chunks:
        if len(chunk):
            offsets = np.frombuffer(chunk.buffers()[1], np.int32)
            found.append(np.diff(offsets[chunk.offset : chunk.offset + len(chunk) + 1]))
    return np.concatenate(found)


def _cell(name: str) -> str:
    column = f'"{name}"'
    if name not in _FOREIGN:
        return f"coalesce(CAST({column} AS VARCHAR), '')"
    safe = _guarded(column)
    # RFC 4180: text with a comma, a quote or a line break in quotes.
    return (
        f"coalesce(CASE WHEN regexp_matches({safe}, '[,\"\r\n]') "
        f"THEN '\"' || replace({safe}, '\"', '\"\"') || '\"' ELSE {safe} END, '')"
    )


def _guarded(column: str) -> str:
    """Text a spreadsheet would run or round is set off by a mark that our readers take away again (units.exports)."""
    risky, long = (pattern.replace("'", "''") for pattern in (GUARDED, LONG_NUMBER))
    return (
        f"(CASE WHEN regexp_matches({column}, '{long}') THEN chr(9) || {column} "
        f"WHEN regexp_matches({column}, '{risky}') THEN chr(39) || {column} ELSE {column} END)"
    )
