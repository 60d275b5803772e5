"""What does a screening compute for each household? The terms of the result row, of its findings and of its questions.

All of them are terms, the lines of `findings.jsonl` included, so every reader gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from json import dumps

from shouwang.policy.book import RuleBook
from shouwang.policy.forms import NOT_MET, Outcome, Rule
from shouwang.terms import nodes as n
from shouwang.terms.tables import HOUSEHOLDS

#: Outcomes that make a finding (contract 5).
LISTED = tuple(outcome for outcome in Outcome if outcome is not NOT_MET)
FINDING, QUESTION, NOTE = "finding.", "question.", "note."


def household_terms(book: RuleBook) -> dict[str, n.Node]:
    """What is computed for every household: the columns of `households.csv`, the questions, the notes, and under
    their own names the figures and outcomes that findings are written from."""
    return _household_terms(book, finding_terms(book))


def _household_terms(book: RuleBook, lines: Mapping[str, n.Node]) -> dict[str, n.Node]:
    terms: dict[str, n.Node] = {column.id: column.node for column in book.columns}
    for question in book.questions:
        terms[QUESTION + question.id] = n.OnlyIf(book.sentence(question.sentence), question.node)
    for rule in book.rules:
        terms |= {f"{NOTE}{rule.id}.{note}": condition.node for note, condition in rule.notes}
        terms |= {node.name: node for node in _named_in(lines[FINDING + rule.id], book)}
    return terms


def result_terms(book: RuleBook) -> dict[str, n.Node]:
    """Everything a screening computes, findings included, as one set of terms."""
    lines = finding_terms(book)
    return _household_terms(book, lines) | lines


def finding_terms(book: RuleBook) -> dict[str, n.Node]:
    """The lines of `findings.jsonl`, one term a rule, unknown where the rule has nothing to say.

    They rest on the result of `household_terms` alone, so they need be written only for households that have one.
    """
    return {FINDING + rule.id: finding_line(book, rule) for rule in book.rules}


def _named_in(line: n.Node, book: RuleBook) -> Iterator[n.Named]:
    for node in n.walk(line, into_named=False):
        # What is the same for every household is written in the sentence itself.
        if isinstance(node, n.Named) and node.grain != n.CONSTANT:
            yield node
        elif isinstance(node, n.OutcomeOf):
            yield book.context.rule(node.rule)


def finding_line(book: RuleBook, rule: Rule) -> n.Node:
    """One line of `findings.jsonl` for a rule; unknown for a household it has nothing to say of."""
    outcome = n.OutcomeOf(rule.id)
    sentence = n.Choose(
        tuple((n.Compare("==", outcome, n.Value(o.value)), book.rule_sentence(rule, o)) for o in LISTED[:-1]),
        book.rule_sentence(rule, LISTED[-1]),
    )
    line = _json_object(
        ("household_id", n.Json(n.Field(HOUSEHOLDS, "household_id"))),
        ("rule", _constant(rule.id)),
        ("outcome", n.Json(outcome)),
        ("clause", _constant(rule.clause)),
        ("sentence", n.Json(sentence)),
        ("values", _json_object(*((figure.id, n.Json(figure.node)) for figure in book.figures_of(rule)))),
        ("notes", _notes(rule)),
    )
    return n.OnlyIf(line, n.IsIn(outcome, tuple(o.value for o in LISTED)))


def _notes(rule: Rule) -> n.Node:
    if not rule.notes:
        return n.Value("[]")
    held = n.Joined(tuple((condition.node, dumps(note)) for note, condition in rule.notes), ", ")
    return n.Text((n.Value("["), held, n.Value("]")))


def _constant(text: str) -> n.Node:
    return n.Value(dumps(text, ensure_ascii=False))


def _json_object(*members: tuple[str, n.Node]) -> n.Text:
    parts: list[n.Node] = [n.Value("{")]
    for position, (name, value) in enumerate(members):
        parts += [n.Value((", " if position else "") + dumps(name) + ": "), value]
    return n.Text((*parts, n.Value("}")))
