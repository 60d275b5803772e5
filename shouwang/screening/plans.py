"""What does an engine compute, as one relation? The plans by name. This module loads Ibis; `engines` asks for it when it must."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from shouwang.policy.book import RuleBook
from shouwang.screening.compile import Compiler
from shouwang.screening.expressions import Expressions
from shouwang.screening.side_by_side import side_by_side
from shouwang.screening.terms import finding_terms, household_terms
from shouwang.terms.core import TermError

#: Types of stored facts and of computed figures, as DuckDB names them and as Ibis does.
_IBIS = {
    "VARCHAR": "string",
    "BIGINT": "int64",
    "INTEGER": "int32",
    "SMALLINT": "int16",
    "DATE": "date",
    "BOOLEAN": "boolean",
}
Tables = Mapping[str, ir.Table]


def households(tables: Tables, book: RuleBook) -> ir.Table:
    """One row a household: everything of `household_terms`, in the order of households."""
    return Compiler(book.context, tables).relation(household_terms(book)).order_by("hid")


def gathered(tables: Tables, book: RuleBook) -> ir.Table:
    """One row a household, in no order: what `households` rests on."""
    return Compiler(book.context, tables).gathered(household_terms(book))


def of_gathered(tables: Tables, book: RuleBook) -> ir.Table:
    """What `households` gives, for the rows of `gathered` in the relation `part`."""
    return Compiler(book.context, {}).of_gathered(tables["part"], household_terms(book)).order_by("hid")


def comparison(tables: Tables, before: RuleBook, after: RuleBook) -> ir.Table:
    """One row a household: what is said of it under two books, in the order of households."""
    return side_by_side(before, after, tables).order_by("hid")


def findings(tables: Tables, book: RuleBook) -> ir.Table:
    """The finding lines of the relation `rows`, which holds rows of `households`."""
    return Expressions(book.context).over(tables["rows"], finding_terms(book))


PLANS = {plan.__name__: plan for plan in (households, gathered, of_gathered, comparison, findings)}


def compiled(name: str, books: tuple[RuleBook, ...], relations: Mapping[str, tuple[str, Mapping[str, str]]]) -> str:
    """A plan as DuckDB's SQL. `relations`: table -> name of the relation that holds it, and its columns and their types."""
    tables = {table: ibis.table(_schema(columns), name=relation) for table, (relation, columns) in relations.items()}
    return str(ibis.to_sql(PLANS[name](tables, *books), dialect="duckdb"))


def _schema(columns: Mapping[str, str]) -> dict[str, str]:
    for name, kind in columns.items():
        if kind not in _IBIS:
            raise TermError(f"no term reads a column of type {kind}: {name}")
    return {name: _IBIS[kind] for name, kind in columns.items()}
