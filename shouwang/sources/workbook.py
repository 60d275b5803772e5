"""What are the rows of this workbook's sheet? Guard first, then a child process that may die, then staging.

The parent never parses: it checks the container and counts cells as bytes stream by; python-calamine runs
in `child`. What calamine would show as blank is known from the scan and refused row by row (`flaws`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from shouwang.sources import limited
from shouwang.sources.errors import ReaderDied, SeveralSheets, Unsafe, WrongFormat
from shouwang.sources.flaws import SheetFlaws
from shouwang.sources.guard import WORKBOOK, Container
from shouwang.sources.headers import no_header, outline
from shouwang.sources.limited import Message
from shouwang.sources.scan import MAX_CELLS, SheetScan, scan_xml
from shouwang.sources.staging import Batch, Progress, Row, Staged, Stager
from shouwang.terms.tables import Table
from shouwang.units.errors import Notice

_CHILD = "shouwang.sources.child"
_RESAVE = "请用表格软件打开后另存为“Excel 工作簿（xlsx）”再交"
_XML_ENDINGS = (".xml", ".rels", ".vml")
#: Rows gathered from the child's messages before they are staged.
_ROWS = 20_000


def stage_workbook(path: Path, table: Table, file: str, target: Path, progress: Progress | None) -> Staged:
    """Stage the sheet of one workbook that holds a table. Raises a SourceError."""
    scans = inspect(path, file)
    with closing(limited.ask(_CHILD, [str(path), outline(table)], file)) as messages:
        chosen: Message = next(messages, {"problem": "unreadable", "detail": "nothing"})
        _raise_problem(chosen, table, file)
        scan = scans.get(str(chosen["part"]).casefold())
        if scan is None:
            raise Unsafe(file=file, problem="工作表与它的内容对不上", advice=_RESAVE)
        flaws = SheetFlaws(scan, file, chosen["column"])
        stager = Stager(table, file, target, False, flaws, progress, expected=chosen["total"])
        staged, notices = stager.stage(_batches(messages, table, file))
    return staged, [*notices, *_sheet_notices(chosen, file)]


def sheet_tops(path: Path, file: str) -> dict[str, list[Row]]:
    """The first rows of every sheet a person sees. Raises a SourceError."""
    inspect(path, file)
    tops: dict[str, list[Row]] = {}
    with closing(limited.ask(_CHILD, [str(path), ""], file)) as messages:
        for message in messages:
            if problem := message.get("problem"):
                raise ReaderDied(file=file, problem=f"工作簿内部已损坏（{message.get('detail', problem)}）")
            tops[str(message["sheet"])] = [[str(cell) for cell in row] for row in message["rows"]]
    return tops


def sheet_rows(path: Path, table: Table, file: str) -> Iterator[Batch]:
    """The rows of the sheet that holds a table, as they stand, its head and what lies above included."""
    inspect(path, file)
    with closing(limited.ask(_CHILD, [str(path), outline(table)], file)) as messages:
        _raise_problem(next(messages, {"problem": "unreadable", "detail": "nothing"}), table, file)
        yield from _batches(messages, table, file)


def inspect(path: Path, file: str) -> dict[str, SheetScan]:
    """Check the container and stream every part once. Raises Unsafe or WrongFormat before any reader starts."""
    container = Container(path, WORKBOOK, file)
    _check_parts({info.filename.casefold() for info in container.entries}, file)
    scans: dict[str, SheetScan] = {}
    for info in container.entries:
        name = info.filename.casefold()
        chunks = container.stream(info)
        first = next(chunks, b"")
        if name.endswith(_XML_ENDINGS) or first.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            scans[name] = scan_xml(_again(first, chunks), file)
        else:
            for _ in chunks:
                pass
        if sum(scan.cells for scan in scans.values()) > MAX_CELLS:
            raise Unsafe(file=file, problem=f"各工作表合计超过 {MAX_CELLS} 个单元格", advice="请只保留要交的工作表")
    return scans


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _check_parts(names: set[str], file: str) -> None:
    if any("vbaproject" in name or name.startswith("xl/macrosheets/") for name in names):
        raise Unsafe(file=file, problem="里面有宏程序", advice="请另存为不带宏的“Excel 工作簿（xlsx）”再交")
    if "xl/workbook.bin" in names:
        raise WrongFormat(file=file, problem="是二进制工作簿（xlsb）", advice=_RESAVE)
    if not {"[content_types].xml", "xl/workbook.xml"} <= names:
        raise WrongFormat(file=file, problem="是压缩文件，但里面没有工作簿", advice=_RESAVE)


def _raise_problem(message: Message, table: Table, file: str) -> None:
    problem = message.get("problem")
    if problem == "sheets":
        _raise_sheets([str(name) for name in message["names"]], table, file)
    if problem == "no header" and message["names"]:
        raise no_header(table, file)
    if problem == "no header":
        raise Unsafe(file=file, problem="没有可见的工作表", advice="请取消隐藏要交的工作表")
    if problem == "memory":
        raise ReaderDied(file=file, problem="内存超过限度")
    if problem:
        raise ReaderDied(file=file, problem=f"工作簿内部已损坏（{message['detail']}）")


def _raise_sheets(names: list[str], table: Table, file: str) -> None:
    sheets = "、".join(f"“{name[:31]}”" for name in names[:10])
    raise SeveralSheets(file=file, title=table.title, table=table.name, sheets=sheets)


def _batches(messages: Iterator[Message], table: Table, file: str) -> Iterator[Batch]:
    """The child's rows with their spreadsheet row numbers. The count at the end must agree, or rows were lost."""
    rows: list[Row] = []
    row, complete = 1, False
    for message in messages:
        _raise_problem(message, table, file)
        rows += message.get("rows", ())
        complete = complete or "end" in message
        if len(rows) >= _ROWS:
            yield list(range(row, row + len(rows))), rows
            row, rows = row + len(rows), []
    if not complete:
        raise ReaderDied(file=file, problem="读取进程提前结束")
    yield list(range(row, row + len(rows))), rows


def _sheet_notices(chosen: Message, file: str) -> Iterator[Notice]:
    for key, reason in (("hidden", "是隐藏的"), ("ignored", "不是这张表")):
        if chosen[key]:
            names = "、".join(f"“{name[:31]}”" for name in chosen[key][:10])
            yield Notice(file, f"工作表 {names} {reason}，没有读；读的是“{chosen['sheet'][:31]}”。")
