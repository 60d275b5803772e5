"""One population, both readers: the plain evaluator, and the compiler on an embedded engine. They must agree."""

from __future__ import annotations

import atexit
import gc
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from shouwang.policy.book import RuleBook
from shouwang.screening.compile import Compiler
from shouwang.screening.findings import FindingWriter
from shouwang.screening.terms import result_terms
from shouwang.terms import nodes as n
from shouwang.terms.evaluate import Evaluator, Facts, Row
from shouwang.terms.tables import HOUSEHOLDS, TABLES, Table, Type

POLICY = "qituan-2020"

_ARROW = {
    Type.TEXT: pa.string(),
    Type.ID_NUMBER: pa.string(),
    Type.CHOICE: pa.string(),
    Type.MONEY: pa.int64(),
    Type.DATE: pa.date32(),
    Type.QUARTER: pa.int16(),
    Type.YEAR: pa.int16(),
    Type.YES_NO: pa.bool_(),
}
MATCHED = tuple(table for table in TABLES if table.matched)
TABLE_NAMES = tuple(table.name for table in TABLES)

#: What a reader found: by household id, then by the name of the term.
Answers = dict[str, dict[str, Any]]
#: A rule book: its as-of date, and the parameters set in place of those in force.
Key = tuple[date, tuple[tuple[str, str], ...]]


def row_of(table: Table, **given: Any) -> Row:
    """A row with every column of the table: as given, else its default, else unknown."""
    row = {column.name: given.pop(column.name, column.default) for column in table.columns}
    if given:
        raise KeyError(f"{table.name} has no column {', '.join(given)}")
    return row | ({matched.name: [] for matched in MATCHED} if table.name == "members" else {})


def _key_columns(table: Table) -> dict[str, pa.DataType]:
    if table.name == "households":
        return {"hid": pa.int32(), "row": pa.int64()}
    owner = {"mid": pa.int64()} if table.matched else {"hid": pa.int32()}
    return ({"mid": pa.int64()} if table.name == "members" else {}) | owner | {"row": pa.int64()}


def _schema(table: Table) -> pa.Schema:
    columns = {c.name: _ARROW[c.type] for c in table.columns if table.name == "households" or c.name != "household_id"}
    return pa.schema(list((_key_columns(table) | columns).items()))


class Bulk:
    """The compiler's side: fact tables in one in-memory DuckDB, queries compiled once for each context and term."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self._load({table.name: [] for table in TABLES})
        self.backend = ibis.duckdb.from_connection(self.connection)
        self.tables = {table.name: self.backend.table(table.name) for table in TABLES}
        self._queries: dict[Any, str] = {}

    def load(self, population: Sequence[Facts]) -> None:
        """Put a population into the fact tables, as `intake` leaves them."""
        rows: dict[str, list[Row]] = {table.name: [] for table in TABLES}
        ordered = sorted(population, key=lambda facts: facts["households"]["household_id"])
        for hid, facts in enumerate(ordered):
            rows["households"].append(facts["households"] | {"hid": hid})
            for name in ("ledger", "events"):
                rows[name] += [row | {"hid": hid} for row in facts[name]]
            for member in facts["members"]:
                mid = len(rows["members"])
                rows["members"].append(member | {"hid": hid, "mid": mid})
                for table in MATCHED:
                    rows[table.name] += [row | {"mid": mid} for row in member[table.name]]
        self._load(rows)

    def _load(self, rows: Mapping[str, list[Row]]) -> None:
        for table in TABLES:
            schema = _schema(table)
            numbered = [
                {name: row.get(name) for name in schema.names} | {"row": i} for i, row in enumerate(rows[table.name])
            ]
            arrow = pa.Table.from_pylist(numbered, schema=schema)
            self.connection.register("incoming", arrow)
            self.connection.execute(f"CREATE OR REPLACE TABLE {table.name} AS SELECT * FROM incoming")
            self.connection.unregister("incoming")

    def query(self, context_key: Any, context: Any, terms: Mapping[str, n.Node]) -> str:
        """The SQL of some terms, household_id beside them."""
        key = (context_key, tuple(terms))
        if key not in self._queries:
            whose = {"whose": n.Field(HOUSEHOLDS, "household_id")}
            self._queries[key] = self.backend.compile(Compiler(context, self.tables).relation(whose | dict(terms)))
        return self._queries[key]

    def answers(self, query: str) -> Answers:
        """Run a query over the population loaded last."""
        rows = self.connection.sql(query).to_arrow_table().to_pylist()
        return {row["whose"]: {name: row[name] for name in row if name not in ("hid", "whose")} for row in rows}


@atexit.register
def _let_go() -> None:
    """DuckDB complains of connections that outlive the interpreter."""
    for held in (bulk, book_of, terms_of, evaluator_of, finding_writer):
        held.cache_clear()
    gc.collect()


@cache
def bulk() -> Bulk:
    """The one in-memory engine of a test session."""
    return Bulk()


@cache
def book_of(as_of: date, overrides: tuple[tuple[str, str], ...] = ()) -> RuleBook:
    """The rule book of a day, built once."""
    return RuleBook.of(POLICY, as_of, dict(overrides))


@cache
def terms_of(book_key: Key) -> dict[str, n.Node]:
    """Every term a screening computes, and every figure and outcome, under its name."""
    book = book_of(*book_key)
    named = [figure.node for figure in book.figures.values()] + [rule.node for rule in book.rules]
    return result_terms(book) | {node.name: node for node in named}


def parameters_in_use() -> list[str]:
    """The parameters that some term of a screening reads; a policy may have others, for its procedure."""
    nodes = (node for term in terms_of((date(2020, 5, 20), ())).values() for node in n.walk(term))
    return sorted({node.name for node in nodes if isinstance(node, n.Parameter)})


@cache
def evaluator_of(book_key: Key) -> Evaluator:
    return Evaluator(book_of(*book_key).context)


@cache
def finding_writer(key: Key) -> FindingWriter:
    """The writer of finding lines of a book: its query is compiled once."""
    return FindingWriter(book_of(*key), duckdb.connect())


def plain_answers(evaluator: Evaluator, terms: Mapping[str, n.Node], population: Sequence[Facts]) -> Answers:
    """The reference reader's answers."""
    asked = {name: n.Named(f"asked.{name}", term) for name, term in terms.items()}
    found: Answers = {}
    for facts in population:
        values = evaluator.values(asked.values(), facts)
        found[facts["households"]["household_id"]] = {name: values[named.name] for name, named in asked.items()}
    return found


def bulk_answers(key: Key, terms: Mapping[str, n.Node], population: Sequence[Facts]) -> Answers:
    """The compiler's answers."""
    engine = bulk()
    engine.load(population)
    return engine.answers(engine.query(key, book_of(*key).context, terms))
