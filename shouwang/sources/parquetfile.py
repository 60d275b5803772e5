"""Is this Parquet file usable as it is? Marks at both ends, then its footer in a child; the data stay where they are.

A native file is not staged: its columns keep their types and DuckDB reads it in place. So only names, nesting and
declared sizes are checked here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from pathlib import Path

from shouwang.sources import limited
from shouwang.sources.errors import NestedColumn, ReaderDied, Unsafe, WrongFormat
from shouwang.sources.headers import find_header
from shouwang.sources.scan import MAX_COLUMNS
from shouwang.sources.staging import Staged, StagedTable, unknown_columns
from shouwang.terms.tables import Table
from shouwang.units.errors import Notice

_CHILD = "shouwang.sources.parquetchild"
_MARK = b"PAR1"
_SMALLEST = 12
#: Largest footer; one of a thousand row groups and twenty columns takes about two megabytes.
_FOOTER_BYTES = 64 << 20
_TOTAL_BYTES = 64 << 30
_EXPORT_AGAIN = "请重新导出"


Footers = Mapping[Path, limited.Message]


def footers_of(paths: Iterable[Path]) -> Footers:
    """What several files say of themselves, asked of one child: starting it costs more than a footer.

    A file whose footer ended the child is left out, and so are those after it. They are asked about one by one when
    their turn comes, so that the blame falls on the right file.
    """
    known: dict[Path, limited.Message] = {}
    marked = [path for path in paths if _is_marked(path)]
    if len(marked) > 1:
        with closing(limited.ask(_CHILD, list(map(str, marked)), "")) as messages, suppress(ReaderDied):
            for path, footer in zip(marked, messages, strict=False):
                known[path] = footer
    return known


def _is_marked(path: Path) -> bool:
    with suppress(WrongFormat, Unsafe):
        _check_marks(path, path.name)
        return True
    return False


def adopt_parquet(path: Path, table: Table, file: str, footers: Footers | None = None) -> Staged:
    """Take the user's own Parquet file as a table. Raises a SourceError."""
    _check_marks(path, file)
    footer = (footers or {}).get(path) or _footer_of(path, file)
    if "problem" in footer:
        raise ReaderDied(file=file, problem=f"Parquet 目录已损坏（{footer['problem']}）")
    _check_sizes(footer, file)
    names = [str(name) for name, _, _ in footer["columns"]]
    header = find_header([(1, names)], table, file)
    columns = {name: names[place] for name, place in header.places.items()}
    for name, place in header.places.items():
        _, kind, nested = footer["columns"][place]
        if nested:
            raise NestedColumn(file=file, column=columns[name], type=kind)
    notices: list[Notice] = [unknown_columns(file, header.unknown)] if header.unknown else []
    return StagedTable(table.name, file, path, True, columns, footer["rows"], []), notices


def _footer_of(path: Path, file: str) -> limited.Message:
    with closing(limited.ask(_CHILD, [str(path)], file)) as messages:
        footer: limited.Message = next(messages, {"problem": "nothing"})
        list(messages)
    return footer


def _check_marks(path: Path, file: str) -> None:
    size = path.stat().st_size
    with path.open("rb") as handle:
        head = handle.read(4)
        handle.seek(max(0, size - 8))
        tail = handle.read(8)
    if size < _SMALLEST or head != _MARK or tail[4:] != _MARK:
        problem = "开头或结尾没有 Parquet 标记，可能只传了一半"
        raise WrongFormat(file=file, problem=problem, advice=_EXPORT_AGAIN)
    footer = int.from_bytes(tail[:4], "little")
    if not 0 < footer <= min(size - _SMALLEST, _FOOTER_BYTES):
        raise Unsafe(file=file, problem=f"声明的目录长度 {footer} 不合理", advice=_EXPORT_AGAIN)


def _check_sizes(footer: limited.Message, file: str) -> None:
    rows, groups, size = footer["rows"], footer["group_rows"], footer["bytes"]
    for wrong, problem in (
        (len(footer["columns"]) > MAX_COLUMNS, f"超过 {MAX_COLUMNS} 列"),
        (rows < 0 or min(groups, default=0) < 0 or sum(groups) != rows, "声明的行数前后不一致"),
        (not 0 <= size <= _TOTAL_BYTES, f"声明的数据量超过 {_TOTAL_BYTES >> 30} GB"),
    ):
        if wrong:
            raise Unsafe(file=file, problem=problem, advice=_EXPORT_AGAIN)
