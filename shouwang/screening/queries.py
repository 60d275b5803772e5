"""Which SQL computes a plan? Compiled through Ibis at the first time and remembered; loading Ibis takes longer than a small screening.

A remembered query is found by a digest of everything it was made of: the terms and the date, parameters and rules they
are read under, the columns of the relations, the compiler's own sources and the versions of the libraries. So it cannot
be stale; what changes has another digest. The folder must be ours alone, for what lies in it is run.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections import deque
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import duckdb

import shouwang
from shouwang.policy.book import RuleBook
from shouwang.screening.terms import result_terms
from shouwang.terms.digest import Digest

#: Where queries are remembered; by default in the user's cache folder.
FOLDER = "SHOUWANG_CACHE"
#: How many are kept: a few dates under a few sets of parameters.
KEPT = 200
_MARK = "-- "
_FLOORS = ("units", "terms", "screening")
#: The books that were read last, with the digest of their terms: a screening asks for three queries of one book.
_READ: deque[tuple[RuleBook, str]] = deque(maxlen=4)
#: Table -> the relation that holds it, and its columns with their types.
Relations = Mapping[str, tuple[str, Mapping[str, str]]]


def relation(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[str, dict[str, str]]:
    """A relation of a connection with its columns."""
    return name, {row[0]: str(row[1]) for row in connection.execute(f"DESCRIBE {name}").fetchall()}


def exists(connection: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether a connection has a relation of that name. Asked for by its name: listing all of them is slower."""
    try:
        connection.execute(f"DESCRIBE {name}")
    except duckdb.CatalogException:
        return False
    return True


def query_for(plan: str, books: tuple[RuleBook, ...], relations: Relations) -> str:
    """The SQL of a plan of `screening.plans` over relations."""
    folder = _folder()
    path = folder / f"{_key(plan, books, relations)}.sql" if folder else None
    found = _read(path) if path else None
    if found is None:
        # Imported only now: Ibis and the libraries below it take a second or two.
        found = str(import_module("shouwang.screening.plans").compiled(plan, books, relations))
        if path:
            _remember(path, found)
    return found


def _key(plan: str, books: tuple[RuleBook, ...], relations: Relations) -> str:
    said = [_said(book) for book in books]
    columns = [(table, name, tuple(kinds.items())) for table, (name, kinds) in relations.items()]
    return hashlib.sha256(repr((plan, said, columns, _machinery())).encode()).hexdigest()


def _said(book: RuleBook) -> str:
    """The digest of everything a book says. A book is never changed, so the object itself stands for it."""
    for known, said in tuple(_READ):
        if known is book:
            return said
    said = Digest().of(result_terms(book), book.context)
    _READ.append((book, said))
    return said


@cache
def _machinery() -> str:
    """Everything that turns terms into SQL: our sources and the libraries."""
    digest = hashlib.sha256()
    home = Path(shouwang.__file__).parent
    for floor in _FLOORS:
        for file in sorted((home / floor).glob("*.py")):
            content = file.read_bytes()
            digest.update(f"{floor}/{file.name} {len(content)}\0".encode() + content)
    for library in ("ibis-framework", "sqlglot", "duckdb"):
        digest.update(f"{library} {version(library)}\0".encode())
    return digest.hexdigest()


def _folder() -> Path | None:
    """The folder of remembered queries, if there can be one that nobody else may write to."""
    home = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = Path(os.environ.get(FOLDER) or Path(home) / "shouwang")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        status = folder.stat()
    except OSError:
        return None
    return folder if status.st_uid == os.geteuid() and not status.st_mode & 0o022 else None


def _read(path: Path) -> str | None:
    """A remembered query, whole as it was written; None otherwise."""
    try:
        # As bytes: a query holds line breaks of every kind, which reading text would change.
        mark, _, query = path.read_bytes().decode().partition("\n")
    except (OSError, UnicodeDecodeError):
        return None
    return query if mark == _MARK + _sum(query) else None


def _remember(path: Path, query: str) -> None:
    """Write a query beside its place and move it there. That it cannot be written costs time only."""
    try:
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(f"{_MARK}{_sum(query)}\n{query}".encode())
        os.replace(file.name, path)
        for old in sorted(path.parent.glob("*.sql"), key=_age, reverse=True)[KEPT:]:
            old.unlink(missing_ok=True)
    except OSError:
        return


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _sum(query: str) -> str:
    return hashlib.sha256(query.encode()).hexdigest()
