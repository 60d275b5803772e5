"""In which encoding is this text file written — or is it better refused than guessed?

Order (contract 2): byte-order mark; UTF-16 by its pattern of NULs; strict UTF-8 over the whole file; strict
GB18030 over the whole file; otherwise refused. GB18030 gives some text for almost any bytes, so its reading is
doubted: a GBK file with a UTF-8 tail decodes without an error into wrong characters, which is worse than a refusal.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from shouwang.sources.errors import EncodingMixed, EncodingUnknown, LineTooLong, WrongFormat

#: Longest physical line, in bytes here and in characters when read.
LONGEST_LINE = 1 << 20
_CHUNK = 1 << 20

#: A run of high bytes that is, from end to end, well-formed UTF-8 of Chinese (U+4E00 and up, full-width punctuation
#: between) or of Arabic script. True GBK names have this form about once in ten million: 濮 before a few given names.
_MARKS = rb"\xe3\x80[\x80-\xbf]|\xef[\xbc\xbd][\x80-\xbf]|\xe2\x80[\x80-\xbf]"
_HAN_BYTES = rb"\xe4[\xb8-\xbf][\x80-\xbf]|[\xe5-\xe9][\x80-\xbf]{2}"
_UTF8_RUN = re.compile(
    rb"(?<![\x80-\xff])(?:(?:" + _MARKS + rb")*(?:" + _HAN_BYTES + rb")(?:" + _HAN_BYTES + rb"|" + _MARKS + rb")*"
    rb"|(?:[\xd8-\xdb][\x80-\xbf]){3,})(?![\x80-\xff])"
)
_TABLE_BYTES = b"\n\r\t,;123456789"
_LOW = re.compile("[\u0080-\u07ff]")
_WIDE = re.compile("[\u0800-\U0010ffff]")
_NON_ASCII = re.compile(r"[^\x00-\x7f]+")
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
#: Han characters outside GB 2312 in a GB18030 reading: under 1 % in real names, most of a misread file.
_RARE_SHARE = 0.2
_RARE_SAMPLE = 20


@dataclass(frozen=True, slots=True)
class Encoding:
    """A decided encoding, and where the text shows damage done before it reached us."""

    name: str
    #: First row with U+FFFD, which marks a character already lost; None when there is none.
    damaged_row: int | None = None


def guess_encoding(path: Path, file: str) -> Encoding:
    """The encoding of a whole text file. Raises EncodingUnknown, EncodingMixed, WrongFormat or LineTooLong."""
    with path.open("rb") as handle:
        head = handle.read(1 << 16)
        if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
            raise EncodingUnknown(file=file, problem="是 UTF-32，不支持")
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return _whole(handle, "utf-16", file)
        if b"\0" in head:
            return _utf16_without_mark(handle, head, file)
        if head.startswith(codecs.BOM_UTF8):
            return _whole(handle, "utf-8-sig", file)
        return _utf8_or_gb18030(handle, file)


def _whole(handle: BinaryIO, name: str, file: str) -> Encoding:
    """Decode everything once; the mark at the head said which encoding, so any failure is a refusal."""
    decoder = codecs.getincrementaldecoder(name)("strict")
    handle.seek(0)
    row, damaged = 1, None
    while True:
        chunk = handle.read(_CHUNK)
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            # Exact for UTF-8; in UTF-16 the byte 0x0A is also half of 上, so there the row is only near.
            at = row + error.object.count(b"\n", 0, error.start)
            problem = f"开头的标记说是 {name.upper()}，但第{at}行附近的内容不合该编码"
            raise EncodingUnknown(file=file, problem=problem) from None
        _refuse_nul("\0" in text, file)
        if damaged is None and "\ufffd" in text:
            damaged = row + text[: text.index("\ufffd")].count("\n")
        row += text.count("\n")
        if not chunk:
            return Encoding(name, damaged)


def _utf16_without_mark(handle: BinaryIO, head: bytes, file: str) -> Encoding:
    """UTF-16 is recognised by its digits, delimiters and line ends: the other byte of such a pair is NUL.

    Read in the wrong order they would be characters nobody uses; 0 is left out, for U+3000 is the full-width space.
    """
    even, odd = head[:-1:2], head[1::2]
    little = sum(1 for low, high in zip(even, odd, strict=False) if high == 0 and low in _TABLE_BYTES)
    big = sum(1 for high, low in zip(even, odd, strict=False) if high == 0 and low in _TABLE_BYTES)
    most, least, name = max((little, big, "utf-16-le"), (big, little, "utf-16-be"))
    _refuse_nul(most * 50 < len(even) or most < 5 * least, file)
    return _whole(handle, name, file)


def _refuse_nul(found: bool, file: str) -> None:
    if found:
        advice = "请用表格软件打开原文件，另存为“CSV UTF-8”或 xlsx"
        raise WrongFormat(file=file, problem="里面有空字节（NUL），不是文本文件", advice=advice)


def _line_chunks(handle: BinaryIO, file: str) -> Iterator[tuple[int, bytes]]:
    """Whole lines, about a megabyte at a time, with the row number of the first."""
    handle.seek(0)
    row = 1
    while chunk := handle.read(_CHUNK):
        if not chunk.endswith(b"\n"):
            rest = handle.readline(LONGEST_LINE + 1)
            chunk += rest
            if len(rest) > LONGEST_LINE:
                raise LineTooLong(file=file, row=row + chunk.count(b"\n"), limit=LONGEST_LINE)
        _refuse_nul(b"\0" in chunk, file)
        yield row, chunk
        row += chunk.count(b"\n")


def _utf8_or_gb18030(handle: BinaryIO, file: str) -> Encoding:
    wide = low = False
    damaged: int | None = None
    for row, chunk in _line_chunks(handle, file):
        try:
            text = chunk.decode("utf-8")
        except UnicodeDecodeError as error:
            return _gb18030(handle, file, utf8_until=row + chunk.count(b"\n", 0, error.start))
        wide = wide or _WIDE.search(text) is not None
        low = low or _LOW.search(text) is not None
        if damaged is None and "\ufffd" in text:
            damaged = row + text[: text.index("\ufffd")].count("\n")
    if low and not wide:
        _refuse_if_chinese_too(handle, file)
    return Encoding("utf-8", damaged)


def _refuse_if_chinese_too(handle: BinaryIO, file: str) -> None:
    """伟 in GBK is also the Greek letter ΰ in UTF-8. Without one wide character, both readings may be meant."""
    for row, chunk in _line_chunks(handle, file):
        try:
            text = "".join(_NON_ASCII.findall(chunk.decode("gb18030")))
        except UnicodeDecodeError:
            return
        # Common characters (GB 2312 level 1) only: Arabic-script names never look like that.
        if any(not 0xB0 <= lead <= 0xD7 for lead in text.encode("gb18030")[::2]):
            return
        if text:
            raise EncodingUnknown(file=file, problem=f"第{row}行以后的非英文字符太少，UTF-8 和 GBK 都读得通")


def _gb18030(handle: BinaryIO, file: str, utf8_until: int) -> Encoding:
    """Strict GB18030, and then doubt: lines that are UTF-8, or too many characters nobody writes."""
    han = rare = 0
    for row, chunk in _line_chunks(handle, file):
        if found := _UTF8_RUN.search(chunk):
            at = row + chunk.count(b"\n", 0, found.start())
            raise EncodingMixed(file=file, row=at, problem=f"是 UTF-8，第{utf8_until}行却不是")
        try:
            text = chunk.decode("gb18030")
        except UnicodeDecodeError as error:
            at = row + chunk.count(b"\n", 0, error.start)
            problem = f"按 UTF-8 读到第{utf8_until}行、按 GB18030 读到第{at}行出错"
            raise EncodingUnknown(file=file, problem=problem) from None
        if han < 10 * _CHUNK:
            written = "".join(_HAN.findall(text))
            han += len(written)
            rare += len(written) - len(written.encode("gb2312", "ignore")) // 2
    if han >= _RARE_SAMPLE and rare > _RARE_SHARE * han:
        raise EncodingUnknown(file=file, problem="按 GB18030 读出的多是生僻字，像是别的编码（如繁体 Big5）")
    return Encoding("gb18030")
