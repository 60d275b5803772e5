"""What will a workbook's XML do to the program that reads it, and which cells would it misreport?

Looks at the bytes as they stream by, without building anything: no declarations, UTF-8 only, rows, cells
and the farthest address counted. A reader reserves the box from A1 to the farthest cell, so two cells can ask for
gigabytes. On the way it notes what the reader later shows as blank: formulas never calculated, errors, merged cells.
"""

from __future__ import annotations

import codecs
import re
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from shouwang.sources.errors import Unsafe

MAX_COLUMNS = 256
MAX_ROWS = 1_200_000
MAX_CELLS = 12_000_000
MAX_MERGES = 200_000
#: Uncalculated formulas and error values remembered one by one.
MAX_MARKS = 2_000_000
#: Different error texts remembered (#REF!, #N/A …: there are about a dozen) and characters kept of each.
_MAX_ERROR_TEXTS, _ERROR_TEXT = 200, 20
#: Longest cell or tag in bytes; a cell of a spreadsheet holds at most 32 767 characters.
_LONGEST_CELL = 1 << 20

_TRIM = "请删去数据以外的空白行、空白列和多余的格式，或只把数据复制到新的工作簿后再交"
_RESAVE = "请用表格软件打开后另存为 xlsx 再交"

_LETTERS, _DIGITS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"0123456789"
_PREFIX = rb"(?:[^\s<>/:\"'=]+:)?"
_ATTRIBUTES = rb"((?:\s+[^\s=<>/\"']+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*"
#: How nearly every program writes a cell; everything else takes the careful path.
_USUAL_CELL = re.compile(rb'<c r="([A-Z]{1,3}[0-9]{1,7})"')
_CELL_STARTS = (b"<c ", b"<c>", b"<c/", b"<c\n", b"<c\r", b"<c\t")
_PREFIXED_CELL = re.compile(rb"<[^\s<>/:\"'=]+:c(?=[\s/>])")
# Possessive, and never past the next cell: hostile text must not make the search quadratic.
_BODY = rb"((?:[^<]++|<(?!/?" + _PREFIX + rb"c[\s/>]))*+)"
_CELL = re.compile(rb"<" + _PREFIX + rb"c" + _ATTRIBUTES + rb"(/>|>" + _BODY + rb"</" + _PREFIX + rb"c\s*>)")
_ROW = re.compile(rb"<" + _PREFIX + rb"row(?=[\s/>])" + _ATTRIBUTES + rb"/?>")
_ROW_OR_CELL = re.compile(_ROW.pattern + rb"|" + _CELL.pattern)
_FORMULA_STARTS = (b"<f>", b"<f ", b"<f/", b"<f\n", b"<f\r", b"<f\t")
_FORMULA_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>\s*(?=<f[\s/>])' + _BODY)
_ERROR_CELL = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*\st="e"[^<>]*)>' + _BODY)
_MERGE = re.compile(rb"mergeCell\s[^<>]{0,200}?ref\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})[\"']")
_ADDRESS = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_ROW_NUMBER = re.compile(rb"\sr\s*=\s*[\"'](\d{1,7})[\"']")
_ERROR_TYPE = re.compile(rb"\st\s*=\s*[\"']e[\"']")
_TEXT_TYPE = re.compile(rb"\st\s*=\s*[\"']str[\"']")
_FORMULA = re.compile(rb"<" + _PREFIX + rb"f[\s/>]")
_VALUE_TAG = re.compile(rb"<" + _PREFIX + rb"v[\s/>]")
_VALUE = re.compile(rb"<" + _PREFIX + rb"v(?:\s[^<>]*)?>([^<]+)")
_DECLARATION = re.compile(rb"<!(?!--|\[CDATA\[)")
_XML_ENCODING = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([^\"']*)[\"']")

#: A merged range: first row, first column, last row, last column, counted from 1.
Merge = tuple[int, int, int, int]


@dataclass
class SheetScan:
    """What one XML part holds, as far as cells go. Parts without cells stay at zero."""

    file: str
    cells: int = 0
    rows: int = 0
    last_row: int = 0
    last_column: int = 0
    merges: list[Merge] = field(default_factory=list)
    #: row << 24 | column << 8 | kind; kind 0 is a formula without a value, others point into `errors`.
    marks: array[int] = field(default_factory=lambda: array("q"))
    errors: list[str] = field(default_factory=lambda: [""])
    _row: int = 0
    _column: int = 0

    def take(self, block: bytes) -> None:
        """Count a block that holds only whole cells, and refuse as soon as it is too much."""
        self.rows += block.count(b"<row") + block.count(b":row")
        usual = _USUAL_CELL.findall(block)
        starts = _cell_starts(block, len(usual))
        if starts == len(usual) and self._note_usual(block):
            self._take_usual(block, usual)
        else:
            self._take_carefully(block, starts)
        if b"mergeCell" in block:
            for first, top, last, bottom in _MERGE.findall(block):
                self.merges.append((int(top), column_number(first), int(bottom), column_number(last)))
        self._refuse_excess()

    def _take_usual(self, block: bytes, addresses: list[bytes]) -> None:
        """Set arithmetic on whole blocks: a million rows of nine cells in seconds, not in half a minute."""
        if addresses:
            joined = b" ".join(addresses)
            self.cells += len(addresses)
            self.last_row = max(self.last_row, *map(int, set(joined.translate(None, _LETTERS).split())))
            columns = set(joined.translate(None, _DIGITS).split())
            self.last_column = max(self.last_column, *map(column_number, columns))
            self._row = int(addresses[-1].translate(None, _LETTERS))
            self._column = column_number(addresses[-1].translate(None, _DIGITS))
        tag = block.rfind(b"<row")
        if tag > block.rfind(b"<c ") and (row := _ROW.match(block, tag)):
            self._start_row(row[1])

    def _note_usual(self, block: bytes) -> bool:
        """Note the flaws of a block in its usual spelling; False when something is spelled in another way."""
        formulas = sum(block.count(begin) for begin in _FORMULA_STARTS) if b"<f" in block else 0
        errors = block.count(b'"e"')
        if b":f" in block or b"'e'" in block:
            return False
        flawed = _FORMULA_CELL.findall(block) if formulas else []
        broken = _ERROR_CELL.findall(block) if errors else []
        if len(flawed) != formulas or len(broken) != errors:
            return False
        # A formula with an error is in both lists; it is noted once, as an error.
        for letters, digits, attributes, body in broken + [cell for cell in flawed if b't="e"' not in cell[2]]:
            self._note(int(digits), column_number(letters), attributes, body)
        return True

    def _take_carefully(self, block: bytes, starts: int) -> None:
        """Cell by cell: addresses may be absent, and formulas and errors are to be noted."""
        matched = 0
        for found in _ROW_OR_CELL.finditer(block):
            row, attributes, ending, body = found.groups()
            if ending is None:
                self._start_row(row)
                continue
            matched += 1
            self._place(attributes)
            if body:
                self._note(self._row, self._column, attributes, body)
        if matched != starts:
            raise Unsafe(file=self.file, problem="里面的单元格写法不合规范", advice=_RESAVE)

    def _start_row(self, attributes: bytes) -> None:
        number = _ROW_NUMBER.search(attributes)
        self._row, self._column = int(number[1]) if number else self._row + 1, 0

    def _place(self, attributes: bytes) -> None:
        """Where a cell is. Without an address it follows the one before it."""
        if found := _ADDRESS.search(attributes):
            self._row, self._column = int(found[2]), column_number(found[1])
        else:
            self._row, self._column = max(self._row, 1), self._column + 1
        self.cells += 1
        self.last_row, self.last_column = max(self.last_row, self._row), max(self.last_column, self._column)

    def _note(self, row: int, column: int, attributes: bytes, body: bytes) -> None:
        value = _VALUE.search(body)
        if _ERROR_TYPE.search(attributes):
            self._mark(row, column, value[1].decode("utf-8", "replace")[:_ERROR_TEXT] if value else "#")
            return
        # An empty <v> of type str is a formula whose result is the empty text: calculated, and blank.
        empty_text = _TEXT_TYPE.search(attributes) and _VALUE_TAG.search(body)
        if value is None and not empty_text and _FORMULA.search(body):
            self._mark(row, column, "")

    def _mark(self, row: int, column: int, error: str) -> None:
        if error not in self.errors:
            if len(self.errors) > _MAX_ERROR_TEXTS:
                error = self.errors[-1]
            else:
                self.errors.append(error)
        self.marks.append(row << 24 | column << 8 | self.errors.index(error))

    def _refuse_excess(self) -> None:
        farthest = f"最远的单元格在第{self.last_row}行、第{self.last_column}列，实际只有 {self.cells} 个单元格"
        for excess, problem in (
            (self.last_column > MAX_COLUMNS, f"超过 {MAX_COLUMNS} 列（{farthest}）"),
            (max(self.rows, self.last_row) > MAX_ROWS, f"超过 {MAX_ROWS} 行"),
            (self.cells > MAX_CELLS, f"超过 {MAX_CELLS} 个单元格"),
            (self.last_row * self.last_column > MAX_CELLS, f"表格范围过大（{farthest}）"),
            (len(self.merges) > MAX_MERGES, f"合并单元格超过 {MAX_MERGES} 处"),
            (len(self.marks) > MAX_MARKS, f"没有结果或出错的公式超过 {MAX_MARKS} 个"),
        ):
            if excess:
                raise Unsafe(file=self.file, problem=problem, advice=_TRIM)


def scan_xml(chunks: Iterable[bytes], file: str) -> SheetScan:
    """Stream one XML part through the checks. Raises Unsafe."""
    scan = SheetScan(file)
    for block in _whole_cells(_safe_xml(chunks, file), file):
        if _DECLARATION.search(block):
            raise Unsafe(file=file, problem="里面有 XML 声明（DTD 或实体），正常的表格不会有", advice=_RESAVE)
        scan.take(block)
    return scan


def _safe_xml(chunks: Iterable[bytes], file: str) -> Iterator[bytes]:
    """UTF-8 throughout, by declaration and in fact; a second encoding would hide everything from these checks."""
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    first = True
    try:
        for chunk in chunks:
            decoder.decode(chunk)
            declared = _XML_ENCODING.match(chunk.removeprefix(codecs.BOM_UTF8)) if first else None
            if b"\0" in chunk or (declared and declared[1].lower() not in (b"utf-8", b"utf8")):
                raise Unsafe(file=file, problem="里面的 XML 不是 UTF-8 编码", advice=_RESAVE)
            first = first and not chunk
            yield chunk
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unsafe(file=file, problem="里面的 XML 不是 UTF-8 编码", advice=_RESAVE) from None


def _whole_cells(chunks: Iterable[bytes], file: str) -> Iterator[bytes]:
    """The same bytes, cut where no cell and no tag is split."""
    carry = b""
    for chunk in chunks:
        data = carry + chunk
        cut = _cut(data)
        if len(data) - cut > _LONGEST_CELL:
            raise Unsafe(file=file, problem="里面有过长的单元格", advice=_RESAVE)
        yield data[:cut]
        carry = data[cut:]
    yield carry


def _cut(data: bytes) -> int:
    """Up to the last cell if it is unfinished, else up to the last tag; either may continue in the next chunk."""
    tag = data.rfind(b"<")
    start = data.rfind(b"<c")
    while start >= 0 and data[start : start + 3] not in _CELL_STARTS:
        start = data.rfind(b"<c", 0, start)
    if b":c" in data:
        start = max([start, *(found.start() for found in _PREFIXED_CELL.finditer(data))])
    if start < 0:
        return tag if tag >= 0 else len(data)
    whole = _CELL.match(data, start)
    return max(whole.end(), tag) if whole else start


def _cell_starts(block: bytes, usual: int) -> int:
    """How many cells begin in a block, however they are spelled. `usual`: how many are known to."""
    if block.count(b"<c") == usual and b":c" not in block:
        return usual
    prefixed = len(_PREFIXED_CELL.findall(block)) if b":c" in block else 0
    return prefixed + sum(block.count(begin) for begin in _CELL_STARTS)


def column_number(letters: bytes) -> int:
    """`A` is 1, `XFD` is 16384."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
