"""Which sums of the ledger are kept for every household, and which terms can be read from them instead of from its lines?

Stored facts hold one row a household with, for every quarter and kind that occurs in the ledger, the sum of its lines in
whole fen and their number; and for every kind the quarters that have a line of it, a bit each. No policy, date or
parameter goes into them. A term that asks for anything else of a line than its quarter, kind and amount is read from
the lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from shouwang.terms import nodes as n
from shouwang.terms.context import Context
from shouwang.terms.tables import LEDGER
from shouwang.units.periods import QuarterIndex, quarter_name

#: The relation of sums: a row a household with all its columns of `households`, and those named below, which are 0 where
#: it has no such line.
SUMS = "ledger_sums"
#: What the columns mean. Sums that were kept under another meaning are not read: the lines are.
VERSION = 2
#: Quarters in a word of bits. Words begin every fifteen years, so the name of a column alone says what its bits are.
WORD = 60
Cell = tuple[QuarterIndex, str]


def fen_of(cell: Cell) -> str:
    """The column of the sum of a quarter's lines of one kind, in fen."""
    return f"fen_{quarter_name(cell[0])}_{cell[1]}"


def lines_of(cell: Cell) -> str:
    """The column of their number."""
    return f"lines_{quarter_name(cell[0])}_{cell[1]}"


def word_of(quarter: QuarterIndex) -> QuarterIndex:
    """The first quarter of the word that a quarter is a bit of."""
    return quarter - quarter % WORD


def seen_of(word: Cell) -> str:
    """The column of the quarters with a line of one kind, as bits counted from the first quarter of a word."""
    return f"seen_{quarter_name(word[0])}_{word[1]}"


@dataclass(frozen=True)
class Asked:
    """The lines an aggregate counts: of these kinds, in these quarters."""

    kinds: frozenset[str]
    quarters: range

    def cells(self, columns: Iterable[str]) -> list[Cell]:
        """Those that occur, in the order of time; what does not occur is 0 for everybody."""
        held = set(columns)
        cells = ((quarter, kind) for quarter in self.quarters for kind in sorted(self.kinds))
        return [cell for cell in cells if lines_of(cell) in held]

    def words(self, columns: Iterable[str]) -> dict[QuarterIndex, list[str]]:
        """The columns of quarters that occur, by the first quarter of their word."""
        held, words = set(columns), sorted({word_of(quarter) for quarter in self.quarters})
        found = {word: [seen_of((word, kind)) for kind in sorted(self.kinds)] for word in words}
        return {word: kept for word, names in found.items() if (kept := [name for name in names if name in held])}

    def bits(self, word: QuarterIndex) -> int:
        """The quarters asked for, as bits of a word."""
        return sum(1 << (quarter - word) for quarter in self.quarters if word_of(quarter) == word)


def asked(node: n.Aggregate, context: Context) -> Asked | None:
    """What an aggregate asks of the ledger, where sums can answer it; None where only its lines can."""
    if node.table is not LEDGER or not _plain(node):
        return None
    kinds, quarters = frozenset(LEDGER.column("kind").choices.values()), context.quarters_asked
    waiting = [node.where]
    while waiting:
        match waiting.pop():
            case n.Both(left=left, right=right):
                waiting += [left, right]
            case n.IsIn(term=n.Field(name="kind"), values=values):
                kinds &= frozenset(values)
            case n.Within(quarter=n.Field(name="quarter"), span=span):
                within = context.span(span.name).quarters
                quarters = range(max(quarters.start, within.start), min(quarters.stop, within.stop))
            case n.Value(value=True):
                pass
            case _:
                return None
    if quarters == context.quarters_asked and not isinstance(node, n.QuartersSeen):
        # Not bounded to a span: it may ask for quarters that no span knows.
        return None
    return Asked(kinds, quarters)


def _plain(node: n.Aggregate) -> bool:
    match node:
        case n.Total(value=n.Field(name="amount")) | n.QuartersSeen(quarter=n.Field(name="quarter")) | n.Count():
            return True
        case _:
            return False
