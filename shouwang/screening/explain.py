"""Why is one household, or is it not, to be monitored? The chain from its outcome to file and row, and what would change it.

Everything is said by the reference evaluator: values, sentences, and, on facts changed for a trial, what would be otherwise.
No rule is written here, so a new rule is explained as soon as it is declared.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from shouwang.policy.book import RuleBook
from shouwang.policy.forms import UNKNOWN, Figure, Outcome, Rule
from shouwang.policy.words import words_of
from shouwang.screening.blanks import RuleBlanks
from shouwang.screening.evidence import Evidence, Source, sources_of
from shouwang.screening.levers import RuleLevers, told
from shouwang.screening.pending import RulePending
from shouwang.screening.reasons import (
    Explanation,
    FigureReason,
    HouseholdFacts,
    Missing,
    Note,
    ParameterReason,
    Pending,
    RuleReason,
)
from shouwang.screening.telling import scale_texts
from shouwang.screening.tracing import RuleProbe
from shouwang.screening.turns import RuleTurns
from shouwang.screening.wording import NOTES, measured
from shouwang.terms import nodes as n
from shouwang.terms.evaluate import Evaluator, Facts, Seen
from shouwang.terms.reach import reach
from shouwang.terms.render import Renderer


def explain(book: RuleBook, facts_of_household: HouseholdFacts, *, probing: bool = True) -> Explanation:
    """The explanation of one household. For several under one book, make one `Explainer` and ask it."""
    return Explainer(book).explain(facts_of_household, probing=probing)


@dataclass(frozen=True)
class _FigureShape:
    """What is the same of a figure for every household."""

    figure: Figure
    formula: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class _RuleShape:
    """What is the same of a rule for every household, and the probes that ask it what would be otherwise."""

    rule: Rule
    clause_text: str
    formula: str
    parameters: tuple[ParameterReason, ...]
    named: tuple[str, ...]
    figures: tuple[_FigureShape, ...]
    sentences: dict[Outcome, n.Node]
    probe: RuleProbe
    levers: RuleLevers
    turns: RuleTurns
    pending: RulePending


class Explainer:
    """Explains households under one rule book; what does not depend on the household is worked out once."""

    def __init__(self, book: RuleBook) -> None:
        self.book = book
        self.evaluator = Evaluator(book.context)
        self.renderer = Renderer(words_of(book), book.context)
        self.figures = {figure.id: self._figure_shape(figure) for figure in book.figures.values()}
        self.rules = [self._rule_shape(rule) for rule in book.rules]
        self.questions = [(question, book.sentence(question.sentence)) for question in book.questions]

    def explain(self, facts: HouseholdFacts, *, probing: bool = True) -> Explanation:
        """The explanation of one household; without `probing`, only what is, not what would be."""
        seen, row = Seen(facts.rows), facts.rows["households"]
        household = {column.id: self.evaluator.read(column.node)(seen, row) for column in self.book.columns}
        evidence = Evidence(self.evaluator, facts, seen)
        shown = {name: self._figure(shape, seen, evidence) for name, shape in self.figures.items()}
        rules = [self._rule(shape, seen, shown) for shape in self.rules]
        if probing:
            heads = household.get("members")
            rules = [self._probed(s, r, facts.rows, heads) for s, r in zip(self.rules, rules, strict=True)]
        return Explanation(
            self.book.policy.id,
            self.book.policy.title,
            self.book.as_of,
            self.book.before_signing,
            household,
            tuple(rules),
            self._questions(seen),
            ranked(rules),
        )

    # ---- the same for every household

    def _figure_shape(self, figure: Figure) -> _FigureShape:
        return _FigureShape(figure, self.renderer.formula(figure.node), sources_of(figure.node))

    def _rule_shape(self, rule: Rule) -> _RuleShape:
        book, probe = self.book, RuleProbe(self.evaluator, rule.node)
        figures = self._figures_behind(rule)
        # The figures that a rule's sentence names come before those they are made of.
        named = book.figures_of(rule)
        ordered = (*named, *(figure for figure in figures if figure not in named))
        return _RuleShape(
            rule,
            book.clause(rule.clause).text,
            self.renderer.formula(rule.node),
            tuple(self._parameter(name) for name in self._parameters(probe.nodes)),
            tuple(figure.id for figure in named),
            tuple(self.figures[figure.id] for figure in ordered),
            {outcome: book.rule_sentence(rule, outcome) for outcome in Outcome},
            probe,
            RuleLevers(book, self.evaluator, probe, ordered),
            RuleTurns(self.evaluator, probe),
            RulePending(RuleBlanks(book.context, self.evaluator, probe), self.evaluator, probe, figures),
        )

    def _figures_behind(self, rule: Rule) -> tuple[Figure, ...]:
        """Every figure a rule rests on, in the order of the policy."""
        terms: list[n.Node] = [rule.node, *(figure.node for figure in self.book.figures_of(rule))]
        names = {node.name for term in terms for node in reach(term, self.book.context) if isinstance(node, n.Named)}
        return tuple(figure for figure in self.book.figures.values() if figure.node.name in names)

    def _parameters(self, nodes: Sequence[n.Node]) -> list[str]:
        used = {node.name for node in nodes if isinstance(node, n.Parameter)}
        return [name for name in self.book.parameters if name in used]

    def _parameter(self, name: str) -> ParameterReason:
        series, held = self.book.series(name), self.book.context.parameter(name)
        dated, unit = series.on(self.book.as_of), series.unit
        changed = held != dated.held
        return ParameterReason(
            *(name, series.label, unit.words(held), unit.value),
            *(dated.clause, series.meaning, dated.discretion, changed),
        )

    # ---- one household

    def _figure(self, shape: _FigureShape, seen: Seen, evidence: Evidence) -> FigureReason:
        figure = shape.figure
        value = self.evaluator.read(figure.node)(seen, seen.facts["households"])
        return FigureReason(
            *(figure.id, figure.title, figure.measure.value, value, measured(figure.measure, value)),
            *(figure.clause, figure.meaning, shape.formula, evidence.behind(shape.sources)),
        )

    def _rule(self, shape: _RuleShape, seen: Seen, shown: dict[str, FigureReason]) -> RuleReason:
        rule, row = shape.rule, seen.facts["households"]
        outcome = Outcome(self.evaluator.read(rule.node)(seen, row))
        return RuleReason(
            *(rule.id, rule.title, outcome, self._text(shape.sentences[outcome], seen), rule.route),
            *(rule.clause, shape.clause_text, shape.formula, shape.parameters, shape.named),
            tuple(shown[figure.figure.id] for figure in shape.figures),
            tuple(self._note(name) for name, held in rule.notes if self._holds(held.node, seen)),
        )

    def _text(self, sentence: n.Node, seen: Seen) -> str:
        return str(self.evaluator.read(sentence)(seen, seen.facts["households"]))

    def _holds(self, condition: n.Node, seen: Seen) -> bool:
        return self.evaluator.read(condition)(seen, seen.facts["households"]) is True

    def _note(self, name: str) -> Note:
        text, clause = NOTES[name]
        return Note(name, text, clause, self.book.clause(clause).text)

    def _questions(self, seen: Seen) -> tuple[str, ...]:
        asked = ((question, sentence) for question, sentence in self.questions if self._holds(question.node, seen))
        return tuple(f"{question.title}：{self._text(sentence, seen)}" for question, sentence in asked)

    def _probed(self, shape: _RuleShape, reason: RuleReason, facts: Facts, heads: Any) -> RuleReason:
        if reason.outcome is UNKNOWN:
            return replace(reason, pending=shape.pending.pending(facts))
        scales = shape.levers.scales(facts, heads)
        return replace(
            reason,
            scales=tuple(told(scale, scale_texts(scale, reason.outcome)) for scale in scales),
            turns=shape.turns.turns(facts, reason.outcome),
        )


def ranked(rules: Sequence[RuleReason]) -> tuple[Missing, ...]:
    """The missing facts of a household, those first that block most rules."""
    found: dict[tuple[str, ...], Missing] = {}
    for rule in rules:
        ways = (rule.pending or Pending(())).ways
        alone = {way[0].key for way in ways if len(way) == 1}
        for missing in {fact.key: fact for way in ways for fact in way}.values():
            known = found.get(missing.key, missing)
            settles = (*known.settles, rule.id) if missing.key in alone else known.settles
            found[missing.key] = replace(known, blocks=(*known.blocks, rule.id), settles=settles)
    return tuple(sorted(found.values(), key=lambda fact: (-len(fact.blocks), -len(fact.settles))))
