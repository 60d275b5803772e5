"""Which files attack whoever reads them? Every known class, built on the fly and small on disk."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Iterator

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEADER_ROW = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>户编号</t></is></c><c r="B1" t="inlineStr"><is><t>季度</t></is></c>'
    '<c r="C1" t="inlineStr"><is><t>类别</t></is></c><c r="D1" t="inlineStr"><is><t>金额</t></is></c></row>'
)
DATA_ROW = (
    '<row r="2"><c r="A2" t="inlineStr"><is><t>H1</t></is></c><c r="B2" t="inlineStr"><is><t>2019Q2</t></is></c>'
    '<c r="C2" t="inlineStr"><is><t>工资性收入</t></is></c><c r="D2"><v>100</v></c></row>'
)
_MIB = 1 << 20

Part = str | bytes | Iterator[bytes]


def parts(sheet: Part) -> dict[str, Part]:
    """The smallest set of parts that readers accept as a workbook."""
    override = '<Override PartName="/xl/{0}.xml" ContentType="' + _MIME + '.{1}+xml"/>'
    return {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + override.format("workbook", "sheet.main")
        + override.format("worksheets/sheet1", "worksheet")
        + "</Types>",
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="ledger" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }


def sheet(rows: str, before: str = "", after: str = "") -> str:
    """A worksheet part."""
    return f'<worksheet xmlns="{SPREADSHEET}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def book(contents: dict[str, Part]) -> bytes:
    """Parts as a zip; iterators are streamed, so that a gigabyte need not be built."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in contents.items():
            if isinstance(content, str | bytes):
                archive.writestr(name, content)
                continue
            with archive.open(name, "w") as part:
                for piece in content:
                    part.write(piece)
    return out.getvalue()


def good(rows: str = HEADER_ROW + DATA_ROW, before: str = "", after: str = "") -> bytes:
    """A workbook that is read."""
    return book(parts(sheet(rows, before, after)))


def _cell(address: str) -> str:
    digits = "".join(filter(str.isdigit, address))
    return f'<row r="{digits}"><c r="{address}"><v>1</v></c></row>'


def _bomb(
    piece: bytes, size: int, head: str = "<sheetData>", tail: str = "</sheetData></worksheet>"
) -> Iterator[bytes]:
    yield f'<worksheet xmlns="{SPREADSHEET}">{head}'.encode()
    block = piece * (_MIB // len(piece))
    for _ in range(size // len(block)):
        yield block
    yield tail.encode()


def _strings_bomb() -> bytes:
    contents = parts(sheet(HEADER_ROW + DATA_ROW))
    contents["xl/sharedStrings.xml"] = _bomb(b"<si><t>" + b"A" * 1000 + b"</t></si>", 40 * _MIB, "", "")
    return book(contents)


def _with_workbook_declaration(declaration: str) -> bytes:
    contents = parts(sheet(HEADER_ROW + DATA_ROW))
    contents["xl/worksheets/sheet1.xml"] = f'<?xml version="1.0"?>{declaration}{contents["xl/worksheets/sheet1.xml"]}'
    return book(contents)


_LAUGHS = '<!DOCTYPE lolz [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{("&" + before + ";") * 10}">' for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


def patched(data: bytes, change: Callable[[bytearray, int, int], None]) -> bytes:
    """Change the headers of the last entry (the sheet): `change(bytes, local offset, directory offset)`."""
    raw = bytearray(data)
    local, central = raw.rfind(b"PK\x03\x04"), raw.rfind(b"PK\x01\x02")
    change(raw, local, central)
    return bytes(raw)


def _lie_about_size(raw: bytearray, local: int, central: int) -> None:
    struct.pack_into("<L", raw, local + 22, 100)
    struct.pack_into("<L", raw, central + 24, 100)


def _set_encrypted(raw: bytearray, local: int, central: int) -> None:
    raw[local + 6] |= 1
    raw[central + 8] |= 1


def _set_encrypted_in_entry_only(raw: bytearray, local: int, _central: int) -> None:
    raw[local + 6] |= 1


def _odd_method(raw: bytearray, local: int, central: int) -> None:
    raw[local + 8] = raw[central + 10] = 12


def _overlap(raw: bytearray, _local: int, central: int) -> None:
    struct.pack_into("<L", raw, central + 42, 0)


def _with_part(name: str, content: Part = "<x/>") -> bytes:
    return book(parts(sheet(HEADER_ROW + DATA_ROW)) | {name: content})


def _duplicate() -> bytes:
    data = _with_part("xl/worksheets/sheet2.xml", sheet(_cell("A1")))
    return data.replace(b"sheet2.xml", b"sheet1.xml")


def _many_entries() -> bytes:
    return book(parts(sheet(HEADER_ROW + DATA_ROW)) | {f"x/{number}.xml": "" for number in range(2_100)})


def _false_count() -> bytes:
    """A directory of a hundred thousand entries that says it has six."""
    data = bytearray(good())
    end = data.rfind(b"PK\x05\x06")
    central = data.rfind(b"PK\x01\x02")
    extra = bytes(data[central:end]) * 100_000
    struct.pack_into("<L", data, end + 12, struct.unpack_from("<L", data, end + 12)[0] + len(extra))
    return bytes(data[:end]) + extra + bytes(data[end:])


def _bytes_of(seed: int, size: int) -> bytes:
    return random.Random(seed).randbytes(size)


#: Name -> how to build it, and a piece of the message. Every one is refused before any reader starts.
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "sparse_to_XFD1048576": (lambda: good(_cell("A1") + _cell("XFD1048576")), "超过 256 列"),
    "sparse_1048576_by_200": (lambda: good(_cell("A1") + _cell("GR1048576")), "表格范围过大"),
    "sparse_without_addresses": (
        lambda: good('<row r="1048576">' + "<c/>" * 200 + "</row>"),
        "表格范围过大",
    ),
    "sparse_in_other_spelling": (
        lambda: good(f"{HEADER_ROW}<x:row xmlns:x='{SPREADSHEET}'><x:c\n s=\">\" r = 'XFD1048576' /></x:row>"),
        "超过 256 列",
    ),
    "too_many_rows": (lambda: good(HEADER_ROW + "<row/>" * 1_200_001), "超过 1200000 行"),
    "row_bomb": (
        lambda: book(parts(_bomb(b'<row r="9"><c r="A9"><v>1</v></c></row>', 64 * _MIB))),
        "压缩比超过 100 倍",
    ),
    "blank_bomb": (lambda: book(parts(_bomb(b" ", 64 * _MIB))), "压缩比超过 100 倍"),
    "strings_bomb": (_strings_bomb, "压缩比超过 100 倍"),
    "nested_cells": (lambda: good(HEADER_ROW + "<row>" + "<c>" * 200_000), "单元格"),
    "endless_cell": (lambda: good(f'{HEADER_ROW}<row r="2"><c r="A2"><v>{"1" * 3 * _MIB}</v></c></row>'), "过长"),
    "merge_bomb": (
        lambda: good(after="<mergeCells>" + '<mergeCell ref="A1:XFD1048576"/>' * 200_001 + "</mergeCells>"),
        "合并单元格超过",
    ),
    "xxe_file": (
        lambda: _with_workbook_declaration('<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
        "DTD",
    ),
    "external_dtd": (lambda: _with_workbook_declaration('<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'), "DTD"),
    "billion_laughs": (lambda: _with_workbook_declaration(_LAUGHS + "]>"), "DTD"),
    "quadratic_blowup": (
        lambda: _with_workbook_declaration(f'<!DOCTYPE x [<!ENTITY a "{"A" * 100_000}">]>'),
        "DTD",
    ),
    "utf16_xml": (lambda: book(parts(sheet(HEADER_ROW).encode("utf-16"))), "不是 UTF-8"),
    "declared_gbk_xml": (
        lambda: book(parts('<?xml version="1.0" encoding="GBK"?>' + sheet(HEADER_ROW))),
        "不是 UTF-8",
    ),
    "lying_size": (lambda: patched(good(), _lie_about_size), "不符"),
    "truncated": (lambda: good()[:-40], "找不到目录"),
    "half": (lambda: good()[:700], "找不到目录"),
    "random_bytes_after_a_zip_mark": (lambda: b"PK\x03\x04" + _bytes_of(7, 4000), "找不到目录"),
    "random_bytes_in_a_zip": (lambda: good()[:40] + _bytes_of(8, 200) + good()[240:], ""),
    "encrypted_flag": (lambda: patched(good(), _set_encrypted), "密码"),
    "encrypted_flag_in_entry_only": (lambda: patched(good(), _set_encrypted_in_entry_only), "不一致"),
    "odd_compression": (lambda: patched(good(), _odd_method), "压缩方式"),
    "overlapping_entries": (lambda: patched(good(), _overlap), "损坏"),
    "data_before_the_zip": (lambda: b"PK\x03\x04" + b"\0" * 60 + good(), "损坏"),
    "duplicate_entries": (_duplicate, "同名"),
    "same_name_in_capitals": (lambda: _with_part("XL/Workbook.xml"), "同名"),
    "path_traversal": (lambda: _with_part("xl/../../evil.xml"), "越出"),
    "absolute_path": (lambda: _with_part("/etc/passwd"), "越出"),
    "drive_path": (lambda: _with_part("C:\\evil.xml"), "越出"),
    "macro": (lambda: _with_part("xl/vbaProject.bin", b"\0"), "宏"),
    "old_macro_sheet": (lambda: _with_part("xl/macrosheets/sheet1.xml"), "宏"),
    "too_many_entries": (_many_entries, "超过 2000 个"),
    "false_entry_count": (_false_count, "超过 2000 个"),
    "no_workbook_inside": (lambda: book({"a.xml": "<a/>"}), "没有工作簿"),
    "binary_workbook": (lambda: _with_part("xl/workbook.bin", b"\0"), "xlsb"),
    "plain_text": (lambda: "户编号,季度\n".encode(), "不是工作簿"),
    "old_xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "xls"),
    "web_page": (lambda: b"\xef\xbb\xbf <html><table></table></html>", "网页"),
    "empty": (lambda: b"", "不是工作簿"),
}
