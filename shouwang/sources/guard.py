"""Is this container safe to open? Answered before any reader sees it, and without loading it.

A two-kilobyte workbook can abort the process that parses it, and one of two megabytes can fill the memory,
so declared sizes are checked first, then the content is streamed and counted. The same checks serve a
workbook and a zipped package; only the limits differ.
"""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from shouwang.sources.errors import Unsafe

_MIB = 1 << 20
_CHUNK = 1 << 18
_END, _END_SIZE = b"PK\x05\x06", 22
_LOCAL, _LOCAL_SIZE = b"PK\x03\x04", 30
_LOCATOR, _LOCATOR_SIZE = b"PK\x06\x07", 20
#: Central directory bytes allowed per entry; real entries take 60 to 150.
_DIRECTORY_ENTRY = 1024
_DAMAGED = "请用原来的软件重新保存或重新压缩后再交"
_TOO_LARGE = "请核对文件内容；数据量确实很大时请改用 csv 或 parquet"

#: What zipfile and zlib raise on hostile bytes (and what their sources can raise besides).
READER_ERRORS = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, OSError, EOFError, NotImplementedError),
    *(UnicodeDecodeError, RuntimeError, ValueError, IndexError, KeyError, OverflowError),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a container may hold."""

    file_bytes: int
    entries: int
    total_bytes: int
    part_bytes: int
    #: Unpacked to packed, asked only of entries above `ratio_from` bytes: small parts of real workbooks shrink a lot.
    ratio: int = 100
    ratio_from: int = 16 * _MIB


WORKBOOK = Limits(file_bytes=64 * _MIB, entries=2_000, total_bytes=1024 * _MIB, part_bytes=768 * _MIB)
PACKAGE = Limits(file_bytes=8192 * _MIB, entries=2_000, total_bytes=8192 * _MIB, part_bytes=8192 * _MIB)


@contextmanager
def refusing(file: str) -> Iterator[None]:
    """Every error of a reader is a refusal, with its name for whoever looks into it."""
    try:
        yield
    except READER_ERRORS as error:
        raise Unsafe(file=file, problem=f"压缩结构已损坏（{type(error).__name__}）", advice=_DAMAGED) from error


class Container:
    """A zip file whose directory has been checked. Entries are read only by streaming and counting."""

    def __init__(self, path: Path, limits: Limits, file: str) -> None:
        self.file, self._limits, self._path = file, limits, path
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise self.unsafe(f"大小 {size // _MIB} MB，超过 {limits.file_bytes // _MIB} MB", _TOO_LARGE)
        with refusing(file), path.open("rb") as handle:
            self._check_directory_size(handle, size)
            with zipfile.ZipFile(handle) as archive:
                self.entries = [info for info in archive.infolist() if not info.is_dir()]
                self._check_entries(archive)

    def unsafe(self, problem: str, advice: str = _DAMAGED) -> Unsafe:
        return Unsafe(file=self.file, problem=problem, advice=advice)

    def _check_directory_size(self, handle: BinaryIO, size: int) -> None:
        """Before zipfile builds an object per entry: 64 MB of directory would be a million of them."""
        handle.seek(max(0, size - (1 << 16) - _END_SIZE))
        tail = handle.read()
        at = len(tail) - _END_SIZE
        if not (tail[at:].startswith(_END) and tail.endswith(b"\0\0")):
            at = tail.rfind(_END)
        if at < 0 or at + _END_SIZE > len(tail):
            raise self.unsafe("不是完整的压缩文件（找不到目录，可能只传了一半）")
        count, directory = struct.unpack_from("<HL", tail, at + 10)
        locator = at - _LOCATOR_SIZE
        if locator >= 0 and tail[locator:].startswith(_LOCATOR):
            handle.seek(struct.unpack_from("<Q", tail, locator + 8)[0])
            count, directory = struct.unpack_from("<QQ", handle.read(56), 32)
        if count > self._limits.entries or directory > self._limits.entries * _DIRECTORY_ENTRY:
            raise self.unsafe(f"里面的文件超过 {self._limits.entries} 个", _TOO_LARGE)

    def _check_entries(self, archive: zipfile.ZipFile) -> None:
        """Everything the directory itself says: names, methods, declared sizes, places."""
        seen: set[str] = set()
        for info in archive.infolist():
            self._check_name(info.orig_filename, seen)
            self._check_kind(info)
            self._check_declared(info.file_size, info.compress_size)
        if len(archive.infolist()) > self._limits.entries:
            raise self.unsafe(f"里面的文件超过 {self._limits.entries} 个", _TOO_LARGE)
        if sum(info.file_size for info in self.entries) > self._limits.total_bytes:
            raise self.unsafe(f"解压后超过 {self._limits.total_bytes // _MIB} MB", _TOO_LARGE)
        self._check_overlap(archive)

    def _check_name(self, name: str, seen: set[str]) -> None:
        path = PurePosixPath(name)
        if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name or name[1:2] == ":":
            raise self.unsafe(f"里面有越出文件夹的路径（{name[:60]!r}）")
        key = str(path).casefold()
        if key in seen:
            raise self.unsafe(f"里面有两个同名的文件（{name[:60]}）")
        seen.add(key)

    def _check_kind(self, info: zipfile.ZipInfo) -> None:
        if info.flag_bits & 0x1 or info.flag_bits & 0x40:
            raise self.unsafe("设有密码，读不了", "请去掉密码后再交")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self.unsafe("用了不常见的压缩方式", "请用系统自带的压缩功能重新压缩")
        if stat.S_ISLNK(info.external_attr >> 16):
            raise self.unsafe(f"里面有链接（{info.filename[:60]}）", "请换成文件本身后重新压缩")

    def _check_declared(self, unpacked: int, packed: int) -> None:
        if unpacked > self._limits.part_bytes:
            raise self.unsafe(f"里面有文件解压后超过 {self._limits.part_bytes // _MIB} MB", _TOO_LARGE)
        if unpacked > self._limits.ratio_from and unpacked > self._limits.ratio * max(packed, 1):
            raise self.unsafe(f"压缩比超过 {self._limits.ratio} 倍，像是压缩炸弹", _TOO_LARGE)

    def _check_overlap(self, archive: zipfile.ZipFile) -> None:
        """Entries that share bytes unpack to far more than the file holds; a shifted start hides another file."""
        free = 0
        for info in sorted(archive.infolist(), key=lambda entry: entry.header_offset):
            if info.header_offset < free or (free == 0 and info.header_offset != 0):
                raise self.unsafe("压缩结构已损坏（内容重叠或前面有多余的数据）")
            free = info.header_offset + _LOCAL_SIZE + info.compress_size
        if free > archive.start_dir:
            raise self.unsafe("压缩结构已损坏（内容越界）")

    def stream(self, info: zipfile.ZipInfo) -> Iterator[bytes]:
        """The unpacked bytes of one entry, counted: not one more and not one fewer than declared, with the right CRC.

        zipfile stops at the declared size and other readers do not, so the raw stream is unpacked here.
        """
        count, checksum = 0, 0
        with refusing(self.file), self._path.open("rb") as handle:
            for piece in self._unpack(handle, info):
                count += len(piece)
                if count > info.file_size:
                    raise self.unsafe(f"{info.filename[:60]} 的实际大小与声明不符")
                checksum = zlib.crc32(piece, checksum)
                yield piece
        if count != info.file_size or checksum != info.CRC:
            raise self.unsafe(f"{info.filename[:60]} 的内容不完整")

    def _unpack(self, handle: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
        left = self._seek_data(handle, info)
        stored = info.compress_type == zipfile.ZIP_STORED
        inflate = zlib.decompressobj(-15)
        while left:
            packed = handle.read(min(_CHUNK, left))
            if not packed:
                raise EOFError
            left -= len(packed)
            if stored:
                yield packed
                continue
            while packed:
                yield inflate.decompress(packed, _CHUNK)
                packed = inflate.unconsumed_tail
            if inflate.eof and (left or inflate.unused_data):
                raise self.unsafe(f"{info.filename[:60]} 后面有多余的数据")
        if not stored and not inflate.eof:
            # What zlib still holds back fits into one more call: the input is exhausted.
            yield inflate.flush()
            if not inflate.eof:
                raise EOFError

    def _seek_data(self, handle: BinaryIO, info: zipfile.ZipInfo) -> int:
        """Go to the packed bytes; the entry's own header must agree with the directory."""
        handle.seek(info.header_offset)
        fixed = handle.read(_LOCAL_SIZE)
        signature, _, flags, method, _, _, _, _, _, names, extra = struct.unpack("<4s5H3L2H", fixed)
        name = handle.read(names).decode("utf-8" if flags & 0x800 else "cp437")
        if signature != _LOCAL or flags & 0x1 or method != info.compress_type or name != info.orig_filename:
            raise self.unsafe(f"{info.filename[:60]} 在目录里和在文件里不一致")
        handle.seek(extra, 1)
        return info.compress_size
