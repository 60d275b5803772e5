"""Makes the benchmark package of a scale and keeps it under `var/bench`; the same seed gives the same rows.

python -m bench.data 10000
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from bench import dirt, invent

HOME = Path(__file__).resolve().parents[1] / "var" / "bench"
SEED = 20200514
#: Changes when the invention changes, so that an old package is not taken for a new one.
EDITION = 1
_GROUP_ROWS = 122_880
#: One household in so many changes for the carrying on of results.
ONE_IN = 100
AS_OF, OTHER_DATE = "2020-05-20", "2020-03-31"


def package(households: int, seed: int = SEED) -> Path:
    """The folder of the package with so many households; made at the first call."""
    folder = HOME / f"package-{households}-{seed}-{EDITION}"
    if not folder.exists():
        unfinished = folder.with_suffix(".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        _write(unfinished, households, seed)
        unfinished.rename(folder)
    return folder


def _chunks(households: int) -> Iterator[tuple[int, int]]:
    for chunk, first in enumerate(range(0, households, invent.CHUNK)):
        yield chunk, min(invent.CHUNK, households - first)


class _Files:
    """One Parquet file a table, opened at its first rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.writers: dict[str, pq.ParquetWriter] = {}

    def add(self, name: str, rows: pa.Table) -> None:
        if name not in self.writers:
            self.writers[name] = pq.ParquetWriter(self.folder / f"{name}.parquet", rows.schema, compression="zstd")
        self.writers[name].write_table(rows, row_group_size=_GROUP_ROWS)

    def close(self) -> None:
        for writer in self.writers.values():
            writer.close()


def _write(folder: Path, households: int, seed: int) -> None:
    files = _Files(folder)
    for chunk, count in _chunks(households):
        these = invent.houses(seed, chunk, count)
        who = invent.people(seed, chunk, these)
        files.add("households", invent.household_rows(seed, chunk, these))
        files.add("members", dirt.member_rows(seed, chunk, who))
        files.add("events", invent.event_rows(seed, chunk, these))
        for name, rows in dirt.department_rows(seed, chunk, who).items():
            files.add(name, rows)
    # A ledger is only ever added to, so it lies in the order of time.
    for quarter in range(len(invent.QUARTERS)):
        for chunk, count in _chunks(households):
            files.add("ledger", invent.ledger_rows(seed, chunk, invent.houses(seed, chunk, count), quarter))
    files.close()


if __name__ == "__main__":
    for scale in sys.argv[1:] or ["10000"]:
        print(package(int(scale)))
