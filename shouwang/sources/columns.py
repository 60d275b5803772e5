"""How does an engine read a column whose cells are all ordinary? SQL for the plain spellings, NULL for everything else.

This is not a second reader. An expression here takes only cells whose reading is beyond doubt and returns NULL for the
rest, which then go to `cells.read_cell` one by one. A test holds the two together on every plain spelling.
"""

from __future__ import annotations

from shouwang.sources.cells import NO, YES
from shouwang.terms.tables import Column, Type
from shouwang.units.money import LARGEST_FEN

_LARGEST = LARGEST_FEN // 100
#: The years whose quarters the engine reads by itself.
ENUM_YEARS = (1980, 2080)

#: DuckDB types that a stored fact has.
STORED = {
    Type.TEXT: "VARCHAR",
    Type.ID_NUMBER: "VARCHAR",
    Type.CHOICE: "VARCHAR",
    Type.MONEY: "BIGINT",
    Type.DATE: "DATE",
    Type.QUARTER: "SMALLINT",
    Type.YEAR: "SMALLINT",
    Type.YES_NO: "BOOLEAN",
}
_INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT"}


def quoted(text: str) -> str:
    """A string literal."""
    return "'" + text.replace("'", "''") + "'"


def named(name: str) -> str:
    """An identifier."""
    return '"' + name.replace('"', '""') + '"'


def plain(column: Column, source: str, source_type: str) -> str:
    """The typed value of a plainly spelled cell, else NULL. `source` is an identifier, `source_type` its DuckDB type."""
    kind = source_type.split("(")[0]
    if kind == "DECIMAL" and column.type is Type.MONEY:
        return _decimal_money(source, source_type)
    return _PLAIN[column.type](column, source, kind)


def blank(source: str, source_type: str) -> str:
    """Whether a cell holds nothing at all. White space is left to the reference reader."""
    return f"({source} IS NULL OR {source} = '')" if source_type == "VARCHAR" else f"({source} IS NULL)"


def as_text(source: str, source_type: str) -> str:
    """A cell as the reference reader is given it."""
    if source_type == "DOUBLE":
        return f"regexp_replace(CAST({source} AS VARCHAR), '\\.0$', '')"
    if source_type == "BOOLEAN":
        return f"CASE {source} WHEN true THEN '是' WHEN false THEN '否' END"
    if source_type.startswith("TIMESTAMP"):
        return f"CAST({_day(source, source_type)} AS VARCHAR)"
    if source_type.startswith("DECIMAL"):
        return f"regexp_replace(CAST({source} AS VARCHAR), '(\\.[0-9]*[1-9])0+$|\\.0+$', '\\1')"
    return f"CAST({source} AS VARCHAR)"


def _text(column: Column, source: str, kind: str) -> str:
    if column.shown_only:
        return f"nullif(trim(CAST({source} AS VARCHAR)), '')"
    if kind != "VARCHAR":
        return f"CAST({source} AS VARCHAR)" if kind in _INTEGERS else "NULL"
    usual = f"WHEN {source} IN ({', '.join(map(quoted, column.usual))}) THEN {source} " if column.usual else ""
    # Printable ASCII without outer spaces, CJK, and the middle dot of Uyghur and Kazakh names are their own NFKC form.
    return f"CASE {usual}WHEN regexp_full_match({source}, {quoted(_SETTLED)}) THEN {source} END"


#: Characters that NFKC leaves alone and that need no trimming: printable ASCII, CJK, 、 and 。 and the middle dot.
_SETTLED = "[!-~\\x{4E00}-\\x{9FFF}、。·]+( [!-~\\x{4E00}-\\x{9FFF}、。·]+)*"


def _id_number(column: Column, source: str, kind: str) -> str:
    if kind in _INTEGERS:
        source, kind = f"CAST({source} AS VARCHAR)", "VARCHAR"
    if kind != "VARCHAR":
        return "NULL"
    # ASCII with spaces, leading quotes or a small x, and certificate numbers that begin with the number, are common
    # in departments' files; what is left after that is spelled by the reference reader.
    without_spaces = f"regexp_replace({source}, '\\s', '', 'g')"
    cleaned = f"upper(ltrim({without_spaces}, {quoted(_QUOTES)}))"
    ascii_only = f"strlen({source}) = length({source})"
    return (
        f"CASE WHEN {_is_number(source)} THEN {source} "
        f"WHEN {ascii_only} AND {_is_number(cleaned)} THEN {cleaned} "
        f"WHEN {ascii_only} AND strlen({cleaned}) IN (20, 22) AND {_is_number(f'{cleaned}[1:18]')} "
        f"THEN {cleaned}[1:18] END"
    )


_QUOTES = "'\"`"


def _is_number(text: str) -> str:
    return f"regexp_full_match({text}, '[0-9]{{17}}[0-9X]')"


def _money(column: Column, source: str, kind: str) -> str:
    if kind == "DOUBLE":
        # x is the shortest decimal of a whole number of fen r exactly when the nearest double to r/100 is x.
        fen = f"round({source} * 100)"
        # A file's statistics leave NaN out, and the engine believes them: the bound does not keep NaN from the cast.
        return f"CASE WHEN abs({fen}) <= {LARGEST_FEN} AND {fen} / 100 = {source} THEN TRY_CAST({fen} AS BIGINT) END"
    if kind in _INTEGERS:
        # Not abs(): the smallest whole number has no opposite.
        return f"CASE WHEN {source} BETWEEN {-_LARGEST} AND {_LARGEST} THEN CAST({source} AS BIGINT) * 100 END"
    if kind == "VARCHAR":
        return (
            f"CASE WHEN regexp_full_match({source}, '-?[0-9]{{1,9}}(\\.[0-9]{{1,2}})?') "
            f"THEN CAST(CAST({source} AS DECIMAL(12,2)) * 100 AS BIGINT) END"
        )
    return "NULL"


def _decimal_money(source: str, source_type: str) -> str:
    """A decimal of any scale that two decimals hold without rounding: back in its own type it is what it was."""
    yuan = f"TRY_CAST({source} AS DECIMAL(12,2))"
    return (
        f"CASE WHEN TRY_CAST({yuan} AS {source_type}) = {source} AND {yuan} BETWEEN {-_LARGEST} AND {_LARGEST} "
        f"THEN CAST({yuan} * 100 AS BIGINT) END"
    )


def _day(source: str, kind: str) -> str:
    """The day of a point in time. One with a time zone is an instant: its day is the one in Beijing, on any machine."""
    local = f"timezone('Asia/Shanghai', {source})" if kind == "TIMESTAMP WITH TIME ZONE" else source
    return f"CAST({local} AS DATE)"


def _date(column: Column, source: str, kind: str) -> str:
    if kind == "DATE" or kind.startswith("TIMESTAMP"):
        return _day(source, kind)
    if kind != "VARCHAR":
        return "NULL"
    return (
        f"CASE WHEN regexp_full_match({source}, '[1-9][0-9]{{3}}-[0-9]{{2}}-[0-9]{{2}}') "
        f"THEN TRY_CAST({source} AS DATE) END"
    )


def _quarter(column: Column, source: str, kind: str) -> str:
    if kind != "VARCHAR":
        return "NULL"
    # A cast to an enum is looked up once per dictionary entry, not once per row.
    first, last = ENUM_YEARS
    spellings = ",".join(f"'{year}Q{number}'" for year in range(first, last) for number in range(1, 5))
    return f"CAST(enum_code(TRY_CAST({source} AS ENUM({spellings}))) + {first * 4} AS SMALLINT)"


def _year(column: Column, source: str, kind: str) -> str:
    if kind in _INTEGERS:
        return f"CASE WHEN {source} BETWEEN 1000 AND 9999 THEN CAST({source} AS SMALLINT) END"
    if kind != "VARCHAR":
        return "NULL"
    return f"CASE WHEN regexp_full_match({source}, '[0-9]{{4}}') THEN CAST({source} AS SMALLINT) END"


def _yes_no(column: Column, source: str, kind: str) -> str:
    if kind == "BOOLEAN":
        return source
    if kind in _INTEGERS:
        return f"CASE {source} WHEN 1 THEN true WHEN 0 THEN false END"
    if kind != "VARCHAR":
        return "NULL"
    yes, no = (", ".join(map(quoted, sorted(words))) for words in (YES, NO))
    return f"CASE WHEN {source} IN ({yes}) THEN true WHEN {source} IN ({no}) THEN false END"


def _choice(column: Column, source: str, kind: str) -> str:
    if kind != "VARCHAR":
        return "NULL"
    cases = " ".join(f"WHEN {quoted(written)} THEN {quoted(kept)}" for written, kept in column.choices.items())
    return f"CASE {source} {cases} END"


_PLAIN = {
    Type.TEXT: _text,
    Type.ID_NUMBER: _id_number,
    Type.CHOICE: _choice,
    Type.MONEY: _money,
    Type.DATE: _date,
    Type.QUARTER: _quarter,
    Type.YEAR: _year,
    Type.YES_NO: _yes_no,
}
