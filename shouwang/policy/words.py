"""What words does a rule book lend to the readers that speak? Titles, labels, amounts and outcomes, gathered once."""

from __future__ import annotations

from shouwang.policy.book import RuleBook
from shouwang.policy.forms import Outcome
from shouwang.terms.render import Words


def words_of(book: RuleBook) -> Words:
    """The words of a rule book, for reader 2 (`terms.render`)."""
    return Words(
        figures={figure.node.name: figure.title for figure in book.figures.values()},
        rules={rule.id: rule.title for rule in book.rules},
        parameters={name: book.series(name).label for name in book.parameters},
        amount=lambda name, held: book.series(name).unit.words(held),
        constants={outcome.value: outcome.label for outcome in Outcome},
    )
