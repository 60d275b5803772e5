"""How a declaration looks: `@figure`, `@rule`, `@question`. The function is called once, to build its term.

The function's name is the id, the docstring holds title and sentences, the decorator the clause and the date.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import Enum
from string import Formatter

from shouwang.terms import nodes as n
from shouwang.terms.build import Term, choose, named

#: The day 七团办法 was signed: what has no other date is in force from then.
SIGNED = date(2020, 5, 14)


class Outcome(Enum):
    """What a rule says of a household. The software proposes; people decide."""

    MET = "met"
    SUSPECTED = "suspected"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {"met": "命中", "suspected": "疑似", "not_met": "不命中", "unknown": "资料不足"}[self.value]


MET, SUSPECTED, NOT_MET, UNKNOWN = Outcome.MET, Outcome.SUSPECTED, Outcome.NOT_MET, Outcome.UNKNOWN


class Measure(Enum):
    """What a figure is measured in, and so how it is written in a sentence."""

    YUAN = "元"
    PEOPLE = "人"
    PERCENT = "%"
    TEXT = "文字"
    TRUTH = "是/否"


_KINDS = {
    Measure.YUAN: n.Kind.NUMBER,
    Measure.PEOPLE: n.Kind.NUMBER,
    Measure.PERCENT: n.Kind.NUMBER,
    Measure.TEXT: n.Kind.TEXT,
    Measure.TRUTH: n.Kind.TRUTH,
}


@dataclass(frozen=True)
class Figure:
    """A figure of the policy: what it is, its clause and its unit. `term` is its one definition."""

    id: str
    title: str
    meaning: str
    clause: str
    measure: Measure
    term: Term

    @property
    def node(self) -> n.Named:
        assert isinstance(self.term.node, n.Named)
        return self.term.node


@dataclass(frozen=True)
class Sentence:
    """Chinese text with slots: a piece is plain text, or the name of a figure or parameter (`p.monitoring_line`)."""

    pieces: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, template: str) -> Sentence:
        return cls(tuple((text, slot or "") for text, slot, _, _ in Formatter().parse(template)))

    @property
    def slots(self) -> tuple[str, ...]:
        return tuple(slot for _, slot in self.pieces if slot)


@dataclass(frozen=True)
class Decision:
    """What a rule's function returns: its outcome as a term, and remarks that go with it."""

    term: Term
    notes: tuple[tuple[str, Term], ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule of the policy, as in force from `since`. An amendment is another Rule with the same id."""

    id: str
    title: str
    clause: str
    route: str
    since: date
    order: int
    outcome: Term
    sentences: dict[Outcome, Sentence]
    notes: tuple[tuple[str, Term], ...] = ()

    @property
    def node(self) -> n.Named:
        assert isinstance(self.outcome.node, n.Named)
        return self.outcome.node

    def is_(self, outcome: Outcome) -> Term:
        """Whether the rule of this id that is in force has that outcome. Never unknown itself."""
        return Term(n.OutcomeOf(self.id)) == outcome.value

    def amended(self, *, since: date, clause: str) -> Callable[[Callable[[], Decision]], Rule]:
        """A later version of this rule, beside it and never over it."""
        return rule(clause=clause, order=self.order, route=self.route, since=since, rule_id=self.id)


@dataclass(frozen=True)
class Question:
    """Something in a household's facts that a person should settle; it decides nothing."""

    id: str
    title: str
    clause: str
    order: int
    condition: Term
    sentence: Sentence

    @property
    def node(self) -> n.Named:
        assert isinstance(self.condition.node, n.Named)
        return self.condition.node


@dataclass(frozen=True)
class ResultColumn:
    """One column of `households.csv` (contract 5)."""

    id: str
    meaning: str
    term: Term

    @property
    def node(self) -> n.Named:
        assert isinstance(self.term.node, n.Named)
        return self.term.node


def decide(
    *cases: tuple[Term, Outcome], otherwise: Outcome = NOT_MET, notes: tuple[tuple[str, Term], ...] = ()
) -> Decision:
    """The outcome of the first case that is true. At a case that cannot be told, the outcome is 资料不足."""
    chosen = choose(*((when, outcome.value) for when, outcome in cases), otherwise=otherwise.value)
    return Decision(chosen.or_else(UNKNOWN.value), notes)


def rule(
    *, clause: str, order: int, route: str = "", since: date = SIGNED, rule_id: str = ""
) -> Callable[[Callable[[], Decision]], Rule]:
    """Declare a rule. The docstring: the title, a blank line, then a sentence for each outcome (`命中：…`)."""

    def declare(function: Callable[[], Decision]) -> Rule:
        title, sentences = _rule_text(function)
        decision = function()
        name = rule_id or function.__name__
        n.require(n.surely_known(decision.term.node), f"rule {name} may end without an outcome; write it with decide()")
        outcome = _of_household(f"rule.{name}", decision.term, n.Kind.TEXT)
        return Rule(name, title, clause, route, since, order, outcome, sentences, decision.notes)

    return declare


def figure(*, clause: str, measure: Measure) -> Callable[[Callable[[], Term]], Figure]:
    """Declare a figure. The docstring's first line is `title：meaning`; more lines explain."""

    def declare(function: Callable[[], Term]) -> Figure:
        title, _, meaning = inspect.cleandoc(function.__doc__ or "").partition("：")
        n.require(bool(title and meaning), f"figure {function.__name__} needs a docstring `名称：含义`")
        term = _of_household(f"figure.{function.__name__}", function(), _KINDS[measure])
        return Figure(function.__name__, title, " ".join(meaning.split()), clause, measure, term)

    return declare


def question(*, clause: str, order: int) -> Callable[[Callable[[], Term]], Question]:
    """Declare a question. The docstring: the title, a blank line, the sentence."""

    def declare(function: Callable[[], Term]) -> Question:
        title, _, sentence = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
        condition = _of_household(f"question.{function.__name__}", function(), n.Kind.TRUTH)
        return Question(function.__name__, title, clause, order, condition, Sentence.parse(_one_line(sentence)))

    return declare


def result_column(name: str, meaning: str, term: Term) -> ResultColumn:
    """Declare a column of the household row of the results."""
    return ResultColumn(name, meaning, _of_household(f"column.{name}", term, term.node.kind))


def _of_household(name: str, term: Term, kind: n.Kind) -> Term:
    """A term under its name; refused unless it has one value a household, of the kind its measure needs."""
    n.require(term.node.kind is kind, f"{name} is a {term.node.kind.value}, not a {kind.value}")
    n.require(
        term.node.grain in (n.HOUSEHOLD, n.CONSTANT),
        f"{name} has a value for each row of {term.node.grain}; bring it to one for the household first",
    )
    return named(name, term)


def _rule_text(function: Callable[[], Decision]) -> tuple[str, dict[Outcome, Sentence]]:
    title, _, rest = inspect.cleandoc(function.__doc__ or "").partition("\n\n")
    found: dict[Outcome, list[str]] = {}
    current: list[str] | None = None
    labels = {outcome.label: outcome for outcome in Outcome}
    for line in rest.splitlines():
        label, colon, text = line.partition("：")
        if colon and label in labels:
            current = found.setdefault(labels[label], [])
            current.append(text.strip())
        elif current is not None:
            current.append(line.strip())
    n.require(bool(title), f"rule {function.__name__} needs a title")
    return title, {outcome: Sentence.parse("".join(lines)) for outcome, lines in found.items()}


def _one_line(text: str) -> str:
    return "".join(line.strip() for line in text.splitlines())
