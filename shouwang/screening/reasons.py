"""What is an explanation made of? The chain from a household's outcome down to file and row. Shapes only; no logic.

Amounts are whole fen, dates are dates; `text` fields are Chinese and ready to be read aloud.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shouwang.policy.forms import Outcome
from shouwang.terms.evaluate import Facts


@dataclass(frozen=True, slots=True)
class HouseholdFacts:
    """The facts of one household as the evaluator takes them, and the file each table was read from."""

    rows: Facts
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowBehind:
    """One row behind a figure: where it stands, of whom it is, and the cells that matter, header first."""

    table: str
    file: str
    row: int | None
    member: str
    cells: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FigureReason:
    """One figure of a rule with its value for the household. `value` is fen, people or per cent times a hundred."""

    id: str
    title: str
    unit: str
    value: Any
    text: str
    clause: str
    meaning: str
    formula: str
    rows: tuple[RowBehind, ...]


@dataclass(frozen=True, slots=True)
class ParameterReason:
    """One figure of the policy a rule reads. `changed`: set in place of the one in force."""

    name: str
    label: str
    text: str
    unit: str
    clause: str
    meaning: str
    discretion: str
    changed: bool


@dataclass(frozen=True, slots=True)
class Note:
    """A remark of a rule on this household, with the clause it points at."""

    id: str
    text: str
    clause: str
    clause_text: str


@dataclass(frozen=True, slots=True)
class Band:
    """Additions from `first` to `last` (fen, both included, None: without end) for which a rule has one outcome."""

    first: int | None
    last: int | None
    outcome: Outcome

    def holds(self, amount: int) -> bool:
        return (self.first is None or self.first <= amount) and (self.last is None or amount <= self.last)


@dataclass(frozen=True, slots=True)
class Scale:
    """How the outcome of a rule changes with one amount.

    `now` is the level of the figure `figure` today (fen), so an addition of x brings it to now + x; None where no
    figure moves fen by fen. `heads` is set where a per-head reading makes sense. `change` is the fact that was varied:
    a row of `table` with `cells`, whose `columns` take the amount.
    """

    title: str
    figure: str
    now: int | None
    heads: int | None
    bands: tuple[Band, ...]
    table: str
    cells: Mapping[str, Any]
    columns: tuple[str, ...]
    income: bool = False
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Turn:
    """A fact that, if registered, corrected or withdrawn, gives a rule another outcome."""

    text: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact nobody has given, and the rules that cannot be told without it; `settles`: those it settles alone."""

    key: tuple[str, ...]
    title: str
    blocks: tuple[str, ...] = ()
    settles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """What an unknown rule waits for.

    `ways`: each a set of missing facts that is enough, none of them needless. `known_part` is what the figure comes to
    without the missing quarters; `scale` the outcome by what those quarters hold together; `answers` by what a blank holds.
    """

    ways: tuple[tuple[Missing, ...], ...]
    known_figure: str = ""
    known_part: int | None = None
    scale: Scale | None = None
    answers: tuple[Turn, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleReason:
    """One rule and everything that speaks for its outcome.

    `figures` are all it rests on; `named` are the ids of those that the rule or its sentence mentions itself.
    """

    id: str
    title: str
    outcome: Outcome
    sentence: str
    route: str
    clause: str
    clause_text: str
    formula: str
    parameters: tuple[ParameterReason, ...]
    named: tuple[str, ...]
    figures: tuple[FigureReason, ...]
    notes: tuple[Note, ...]
    scales: tuple[Scale, ...] = ()
    turns: tuple[Turn, ...] = ()
    pending: Pending | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why one household is, or is not, to be monitored. `household` holds the columns of `households.csv`."""

    policy: str
    policy_title: str
    as_of: date
    before_signing: bool
    household: Mapping[str, Any]
    rules: tuple[RuleReason, ...]
    questions: tuple[str, ...]
    missing: tuple[Missing, ...]
