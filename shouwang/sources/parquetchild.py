"""What do these Parquet files say they hold? Runs alone, in a child process: `-m shouwang.sources.parquetchild PATH …`.

One answer a path, in their order. Only footers are read. A footer is written in Thrift and parsed in C++; a broken one
should cost a child, not us.
"""

from __future__ import annotations

import sys

import pyarrow as pa
import pyarrow.parquet as pq

from shouwang.sources.limited import answer, limit_self


def main(*paths: str) -> None:
    """Answer for every file with its columns, rows and declared size."""
    limit_self()
    for path in paths:
        _tell(path)
        # What is known already must reach the parent, whatever the next footer does to us.
        sys.stdout.flush()


def _tell(path: str) -> None:
    try:
        file = pq.ParquetFile(path)
        metadata = file.metadata
        groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
        columns = [[field.name, str(field.type)[:60], pa.types.is_nested(field.type)] for field in file.schema_arrow]
    except (pa.ArrowException, OSError, ValueError) as error:
        answer({"problem": type(error).__name__})
        return
    answer(
        {
            "columns": columns,
            "rows": metadata.num_rows,
            "group_rows": [group.num_rows for group in groups],
            "bytes": sum(group.total_byte_size for group in groups),
        }
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
