"""The rules, figures, parameters and steps of a book in words: generated from what is declared, never typed again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shouwang.policy.book import RuleBook
from shouwang.policy.coverage import Implementer, excuses, implementers
from shouwang.policy.forms import Figure, Outcome, Rule
from shouwang.policy.parameters import ParameterSeries, Unit, parameters_of
from shouwang.policy.procedure import Door, Procedure, Step, Way
from shouwang.policy.words import words_of
from shouwang.terms import nodes as n
from shouwang.terms.render import Renderer
from shouwang.web.cases.words import titles

ROUTES = {"A": "途径一：收入", "B": "途径二：支出骤增或收入骤减", "": "专项或提示，不单独纳入"}
#: Remarks a rule may add, in words.
NOTES = {"boundary": "恰在监测线上，另行提示"}
_DAYS = (Unit.DAYS, Unit.WORKDAYS)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a sentence: plain text, or the name of what is filled in."""

    text: str
    filled: bool = False


@dataclass(frozen=True, slots=True)
class Sentence:
    """What is said of a household with an outcome."""

    outcome: Outcome
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter with its present value."""

    series: ParameterSeries
    words: str
    changed: bool

    @property
    def is_limit(self) -> bool:
        """Whether it is a limit of the procedure; those change no screening."""
        return self.series.unit in _DAYS


@dataclass(frozen=True, slots=True)
class SaidRule:
    """One rule, ready to be shown."""

    rule: Rule
    clause_text: str
    route: str
    formula: str
    sentences: tuple[Sentence, ...]
    notes: tuple[tuple[str, str], ...]
    figures: tuple[Figure, ...]
    values: tuple[Value, ...]
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SaidFigure:
    """One figure: what it is and how it is worked out."""

    figure: Figure
    formula: str


@dataclass(frozen=True, slots=True)
class SaidStep:
    """One step or door of the procedure."""

    step: Step | Door
    who: str
    todo: str
    limit: str
    after: str
    apart: str
    ways: tuple[str, ...]
    wait: str


@dataclass(frozen=True, slots=True)
class SaidQuestion:
    """Something a person is asked to settle."""

    id: str
    title: str
    clause: str
    formula: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Handbook:
    """A whole book in words."""

    rules: tuple[SaidRule, ...]
    figures: tuple[SaidFigure, ...]
    values: tuple[Value, ...]
    questions: tuple[SaidQuestion, ...]

    def value(self, name: str) -> Value | None:
        return next((value for value in self.values if value.series.name == name), None)

    def rules_using(self, name: str) -> list[Rule]:
        """The rules that read a parameter, also through their figures."""
        return [said.rule for said in self.rules if any(value.series.name == name for value in said.values)]


def handbook(book: RuleBook) -> Handbook:
    """The book in words; kept, because every page asks for it and rendering takes longer than showing."""
    return _written(_Kept(book))


class _Kept:
    """A book as a key: two are the same when policy, day and values are."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.key = (book.policy.id, book.as_of, tuple(sorted(book.parameters.items())))

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Kept) and self.key == other.key


@lru_cache(maxsize=16)
def _written(kept: _Kept) -> Handbook:
    book = kept.book
    renderer = Renderer(words_of(book), book.context)
    values = {name: _value(book, name) for name in parameters_of(book.policy.package)}
    questions = (
        SaidQuestion(
            question.id, question.title, question.clause, renderer.formula(question.node),
            _pieces(book, question.sentence.pieces),
        )
        for question in book.questions
    )  # fmt: skip
    return Handbook(
        tuple(_rule(book, renderer, rule, values) for rule in book.rules),
        tuple(SaidFigure(figure, renderer.formula(figure.node)) for figure in book.figures.values()),
        tuple(values.values()),
        tuple(questions),
    )


def _value(book: RuleBook, name: str) -> Value:
    series, held = book.series(name), book.parameters[name]
    return Value(series, series.unit.words(held), held != series.on(book.as_of).held)


def _rule(book: RuleBook, renderer: Renderer, rule: Rule, values: dict[str, Value]) -> SaidRule:
    asked = dict.fromkeys(node.rule for node in n.walk(rule.node) if isinstance(node, n.OutcomeOf))
    return SaidRule(
        rule,
        book.clause(rule.clause).text,
        ROUTES.get(rule.route, rule.route),
        renderer.formula(rule.node),
        tuple(Sentence(outcome, _pieces(book, said.pieces)) for outcome, said in rule.sentences.items()),
        tuple((NOTES.get(name, name), renderer.formula(held.node)) for name, held in rule.notes),
        book.figures_of(rule),
        tuple(values[name] for name in book.parameters_used(rule)),
        tuple(book.rule(other).title for other in asked),
    )


def _pieces(book: RuleBook, pieces: Iterable[tuple[str, str]]) -> tuple[Piece, ...]:
    told: list[Piece] = []
    for text, slot in pieces:
        if text:
            told.append(Piece(text))
        if slot.startswith("p."):
            name = slot.removeprefix("p.")
            told.append(Piece(book.series(name).unit.words(book.parameters[name])))
        elif slot:
            told.append(Piece(book.figures[slot].title, filled=True))
    return tuple(told)


# ---- the procedure


def steps_said(book: RuleBook, procedure: Procedure) -> list[SaidStep]:
    """Every step in order, with who does it, within what limit, and what must come before."""
    return [_step(book, procedure, step) for step in procedure.steps]


def doors_said(book: RuleBook, procedure: Procedure) -> list[SaidStep]:
    """What may happen beside the steps."""
    return [SaidStep(door, titles(door.signers), "", "", "", "", (), "") for door in procedure.doors]


def _step(book: RuleBook, procedure: Procedure, step: Step) -> SaidStep:
    named = procedure.by_id
    after = "、".join(named[entry.partition(":")[0]].title for entry in step.after)
    apart = "、".join(named[other].title for other in step.apart)
    wait = f"“{named[step.wait[0]].title}”满{limit_words(book, step.wait[1])}以后" if step.wait else ""
    ways = tuple(_way(procedure, way) for way in step.ways)
    return SaidStep(step, titles(step.signers), step.todo, limit_words(book, step.deadline), after, apart, ways, wait)


def _way(procedure: Procedure, way: Way) -> str:
    return f"{way.label}（回到“{procedure.by_id[way.back].title}”）" if way.back else way.label


def limit_words(book: RuleBook, name: str) -> str:
    """A limit by its parameter: `5个工作日`."""
    return book.series(name).unit.words(book.parameters[name]) if name else ""


# ---- clauses


@lru_cache(maxsize=8)
def implemented(package: str) -> dict[str, tuple[Implementer, ...]]:
    """What implements each clause; a step that a later policy says anew is told once."""
    return {clause: tuple(dict.fromkeys(found)) for clause, found in implementers(package).items()}


def excuse_words(package: str, clause_id: str) -> str:
    """Why a clause is not, or only partly, a rule or step; empty where there is nothing to say."""
    section = "partly" if clause_id in implemented(package) else "excused"
    excuse = excuses(package, section).get(clause_id)
    return excuse.reason if excuse else ""


def marks(found: Sequence[Implementer]) -> str:
    """`规则 2，参数 1`."""
    kinds = dict.fromkeys(one.kind for one in found)
    return "，".join(f"{kind} {sum(one.kind == kind for one in found)}" for kind in kinds)
