"""Which tables does this data package hold, and where is each one staged?

A package is a folder or a zip of one (contract 1); each table is one file NAME.csv, NAME.xlsx or NAME.parquet (contract
2). Everything that makes a package unusable is said before or while staging, and nothing is written outside `scratch`.
"""

from __future__ import annotations

import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from zipfile import ZipInfo

from shouwang.sources.csvfile import stage_csv
from shouwang.sources.errors import (
    NotAPackage,
    OutsideLink,
    PackageNotFound,
    TableMissing,
    TableTwice,
    UnreadableFile,
    UnsupportedFormat,
    WrongFormat,
)
from shouwang.sources.guard import PACKAGE, Container
from shouwang.sources.parquetfile import Footers, adopt_parquet, footers_of
from shouwang.sources.staging import EarlyReject, Progress, Staged, StagedTable
from shouwang.sources.workbook import stage_workbook
from shouwang.terms.tables import BY_NAME, TABLES, Table
from shouwang.units.errors import Notice, system_words

__all__ = ["EarlyReject", "Package", "StagedTable", "open_package", "open_table"]

_FORMATS = (".csv", ".xlsx", ".parquet")
_ARCHIVES = (".zip", ".rar", ".7z", ".gz", ".tar")
_SILENT = ("truth.csv", "truth_matching.csv", "thumbs.db", "desktop.ini")
_SILENT_STARTS = (".", "~$", "__macosx", "readme")
_SHOWN = 20
#: First bytes that give a file away, whatever its name says.
_OLD_WORKBOOK, _ZIP, _PARQUET = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"PAR1"
_RESAVE = "请用表格软件打开后另存为 xlsx 或“CSV UTF-8”再交"


@dataclass(frozen=True)
class Package:
    """A data package whose tables are staged."""

    name: str
    tables: dict[str, StagedTable]
    notices: list[Notice]


def open_package(path: Path, scratch: Path, progress: Progress | None = None) -> Package:
    """Guard, read and stage every table of a package. Raises a SourceError (exit status 2).

    `progress` is told the file, the rows read so far, and their number where it is known beforehand.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    try:
        files, unknown, name = _from_folder(path) if path.is_dir() else _from_zip(path, scratch)
        notices = [Notice(shown, "不是数据包的表，没有读。") for shown in unknown]
        tables: dict[str, StagedTable] = {}
        footers = footers_of(file for file in files.values() if file.suffix.lower() == ".parquet")
        for table, file in files.items():
            tables[table], told = _stage(file, BY_NAME[table], scratch / f"{table}.parquet", progress, footers)
            notices += told
    except OSError as error:
        raise UnreadableFile(file=error.filename or str(path), problem=system_words(error)) from error
    return Package(name, tables, notices)


def open_table(path: Path, table: Table, scratch: Path, progress: Progress | None = None) -> Staged:
    """Guard, read and stage one table that arrives by itself. Raises a SourceError."""
    scratch.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() not in _FORMATS:
        raise UnsupportedFormat(file=path.name, title=table.title)
    try:
        return _stage(path, table, scratch / f"{table.name}.parquet", progress)
    except OSError as error:
        raise UnreadableFile(file=error.filename or str(path), problem=system_words(error)) from error


def _from_folder(path: Path) -> tuple[dict[str, Path], list[str], str]:
    inside = path.resolve()
    entries = {entry.name: entry for entry in sorted(path.iterdir()) if not _silent(entry.name)}
    for name, entry in entries.items():
        _refuse_link(name, entry, inside)
    tables, unknown = _sort(entries, [name for name, entry in entries.items() if entry.is_dir()], inside.name)
    for name in tables.values():
        if not stat.S_ISREG(entries[name].stat().st_mode):
            raise OutsideLink(file=name, problem="不是普通文件")
    return {table: entries[name] for table, name in tables.items()}, unknown, inside.name


def _refuse_link(name: str, entry: Path, inside: Path) -> None:
    if not entry.resolve().is_relative_to(inside):
        raise OutsideLink(file=name, problem="是指向文件夹以外的链接")


def _from_zip(path: Path, scratch: Path) -> tuple[dict[str, Path], list[str], str]:
    if not path.exists():
        raise PackageNotFound(path=path)
    if path.suffix.lower() != ".zip" or not stat.S_ISREG(path.stat().st_mode):
        raise NotAPackage(path=path, problem="既不是文件夹，也不是 .zip 文件")
    with path.open("rb") as handle:
        if not handle.read(4).startswith(b"PK"):
            raise NotAPackage(path=path, problem="扩展名是 .zip，内容却不是")
    container = Container(path, PACKAGE, path.name)
    members = _members(container)
    tables, unknown = _sort(members, [], path.stem)
    unpacked = scratch / "unpacked"
    unpacked.mkdir(exist_ok=True)
    files = {table: _extract(container, members[name], unpacked / name) for table, name in tables.items()}
    return files, unknown, path.stem


def _members(container: Container) -> dict[str, ZipInfo]:
    """The files in the root or in the one top folder, by name; everything deeper is unknown and keeps its path."""
    entries = {PurePosixPath(_decoded(info)): info for info in container.entries}
    entries = {path: info for path, info in entries.items() if not any(map(_silent, path.parts))}
    for path in entries:
        if path.suffix.lower() in _ARCHIVES:
            raise container.unsafe(f"里面还有压缩文件（{path.name[:60]}）", "请先解开，再把各表直接压缩成一个 .zip")
    folders = {path.parent for path in entries if _table_of(path.name)}
    homes = [folder for folder in folders if len(folder.parts) <= 1]
    if len(homes) > 1:
        names = "、".join(sorted(str(folder) for folder in homes))[:200]
        raise container.unsafe(f"表分散在几个文件夹里（{names}）", "请把所有的表放在同一个文件夹里再压缩")
    if folders and not homes:
        raise container.unsafe(f"表在太深的文件夹里（{min(folders)}）", "请直接压缩装有各表的文件夹")
    home = homes[0] if homes else PurePosixPath(".")
    return {path.name if path.parent == home else str(path): info for path, info in entries.items()}


def _decoded(info: ZipInfo) -> str:
    """Chinese Windows writes folder names in GBK without saying so; zipfile then reads them as cp437."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _extract(container: Container, info: ZipInfo, target: Path) -> Path:
    with target.open("wb") as out:
        for chunk in container.stream(info):
            out.write(chunk)
    return target


def _sort(names: Iterable[str], folders: Iterable[str], package: str) -> tuple[dict[str, str], list[str]]:
    """File names into tables (in contract order) and unknown ones. Raises when a table is missing or in doubt."""
    found: dict[str, list[str]] = {}
    other: dict[str, list[str]] = {}
    unknown: list[str] = list(folders)
    for name in (name for name in names if name not in unknown):
        table = _table_of(name)
        if table is None:
            unknown.append(name)
        else:
            usable = PurePosixPath(name).suffix.lower() in _FORMATS
            (found if usable else other).setdefault(table.name, []).append(name)
    for table in TABLES:
        _refuse_doubt(table, found.get(table.name, []), other.get(table.name, []))
    _refuse_missing(found, package, unknown)
    unknown += [name for rest in other.values() for name in rest]
    return {table.name: found[table.name][0] for table in TABLES if table.name in found}, sorted(unknown)


def _refuse_doubt(table: Table, usable: list[str], other: list[str]) -> None:
    if len(usable) > 1:
        raise TableTwice(title=table.title, files="、".join(sorted(usable)))
    if other and not usable:
        raise UnsupportedFormat(file=sorted(other)[0], title=table.title)


def _refuse_missing(found: Mapping[str, list[str]], package: str, unknown: list[str]) -> None:
    missing = [table for table in TABLES if table.required and table.name not in found]
    if missing:
        tables = "、".join(f"{table.title}（{table.name}）" for table in missing)
        present = [name for names in found.values() for name in names] + unknown
        raise TableMissing(package=package, tables=tables, present="、".join(present[:_SHOWN]) or "没有文件")


def _table_of(name: str) -> Table | None:
    path = PurePosixPath(name)
    return BY_NAME.get(path.stem.lower()) if path.suffix and path.name == name else None


def _silent(name: str) -> bool:
    return name.lower() in _SILENT or name.lower().startswith(_SILENT_STARTS)


def _stage(path: Path, table: Table, target: Path, progress: Progress | None, footers: Footers | None = None) -> Staged:
    suffix, file = path.suffix.lower(), path.name
    with path.open("rb") as handle:
        head = handle.read(64)
    refuse_disguise(head, suffix, file)
    if suffix == ".csv":
        return stage_csv(path, table, file, target, progress)
    if suffix == ".xlsx":
        return stage_workbook(path, table, file, target, progress)
    return adopt_parquet(path, table, file, footers)


def refuse_disguise(head: bytes, suffix: str, file: str) -> None:
    """A file that begins like another format is refused with the name of what it is."""
    problem = None
    if head.startswith(_OLD_WORKBOOK):
        problem = "是旧版 xls 工作簿，或设了密码的工作簿"
    elif head.startswith(_ZIP) and suffix != ".xlsx":
        problem = "是 xlsx 工作簿或压缩文件"
    elif head.startswith(_PARQUET) and suffix != ".parquet":
        problem = "是 Parquet 文件"
    elif head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<") and suffix != ".parquet":
        problem = "是网页或 XML 文件"
    elif suffix == ".xlsx" and not head.startswith(b"PK"):
        problem = "不是工作簿（可能是改了扩展名的文本文件）"
    if problem:
        raise WrongFormat(file=file, problem=problem, advice=_RESAVE)
