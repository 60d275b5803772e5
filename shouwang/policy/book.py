"""Which rules, figures and parameters are in force on a date? Everything the readers need, in one object."""

from __future__ import annotations

import hashlib
import importlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from importlib import resources
from importlib.resources.abc import Traversable
from typing import TypeVar

from shouwang.policy.clauses import Clause, clause
from shouwang.policy.forms import Figure, Measure, Outcome, Question, ResultColumn, Rule, Sentence
from shouwang.policy.lineage import lineage
from shouwang.policy.parameters import ParameterSeries, UnknownParameter, parameters_of
from shouwang.terms import nodes as n
from shouwang.terms.context import Context, UnknownName
from shouwang.units.collect import declared
from shouwang.units.errors import ShouwangError

T = TypeVar("T")


class UnknownPolicy(ShouwangError):
    code = "POL-02"
    what = "没有编号为“{policy}”的办法。"
    do = "可用的办法：{known}。"


@dataclass(frozen=True)
class Policy:
    """One instrument: its id on the command line, its name, its folder, and the day it was signed."""

    id: str
    title: str
    package: str
    since: date


POLICIES = {
    policy.id: policy
    for policy in (
        Policy("qituan-2020", "七团《关于建立防止返贫监测和帮扶机制实施办法》", "qituan_2020", date(2020, 5, 14)),
        Policy("national-2021", "2021年防止返贫程序（指标沿用七团办法，另加民主评议和公示）", "national_2021", date(2021, 5, 14)),
    )
}


@dataclass(frozen=True)
class RuleBook:
    """A policy as in force on one date, with the parameters of that date or those set in their place."""

    policy: Policy
    as_of: date
    parameters: Mapping[str, int]
    rules: tuple[Rule, ...]
    figures: Mapping[str, Figure]
    questions: tuple[Question, ...]
    columns: tuple[ResultColumn, ...]

    @classmethod
    def of(cls, policy_id: str, as_of: date, overrides: Mapping[str, str] | None = None) -> RuleBook:
        """The book of a policy on a date; `overrides` are parameter values as a person writes them."""
        policy = policy_of(policy_id)
        rules = rules_in_force(policy.package, as_of)
        columns = importlib.import_module(f"shouwang.policy.{policy.package}.columns").columns(rules)
        return cls(
            policy,
            as_of,
            _parameters(policy.package, as_of, overrides or {}),
            rules,
            {figure.id: figure for figure in _declared(policy.package, Figure)},
            tuple(sorted(_declared(policy.package, Question), key=lambda question: question.order)),
            columns,
        )

    @cached_property
    def context(self) -> Context:
        return Context(self.as_of, self.parameters, {rule.id: rule.node for rule in self.rules})

    @property
    def before_signing(self) -> bool:
        """Whether the date lies before the policy was signed, so that its first text is applied backwards."""
        return self.as_of < self.policy.since

    def clause(self, clause_id: str) -> Clause:
        return clause(self.policy.package, clause_id)

    def series(self, name: str) -> ParameterSeries:
        return parameters_of(self.policy.package)[name]

    def rule(self, rule_id: str) -> Rule:
        return next(rule for rule in self.rules if rule.id == rule_id)

    def sentence(self, sentence: Sentence) -> n.Node:
        """A sentence as a term, its slots filled by figures and parameters. Raises UnknownName for a slot nobody defined."""
        parts: list[n.Node] = []
        for text, slot in sentence.pieces:
            if text:
                parts.append(n.Value(text))
            if slot:
                parts.extend(self._slot(slot))
        return n.Text(tuple(parts))

    def rule_sentence(self, rule: Rule, outcome: Outcome) -> n.Node:
        """What the rule says of a household with that outcome."""
        if outcome not in rule.sentences:
            return n.Value(f"{rule.title}：{outcome.label}。")
        return self.sentence(rule.sentences[outcome])

    def figures_of(self, rule: Rule) -> tuple[Figure, ...]:
        """The figures a rule mentions, in its term or its sentences, in the order of the policy's indicators."""
        slots = {slot for sentence in rule.sentences.values() for slot in sentence.slots}
        inside = {node.name for node in n.walk(rule.node, into_named=False) if isinstance(node, n.Named)}
        return tuple(f for f in self.figures.values() if f.id in slots or f.node.name in inside)

    def parameters_used(self, rule: Rule) -> tuple[str, ...]:
        """The parameters a rule reads, also through its figures."""
        return tuple(sorted({node.name for node in n.walk(rule.node) if isinstance(node, n.Parameter)}))

    def _slot(self, slot: str) -> list[n.Node]:
        if slot.startswith("p."):
            name = slot.removeprefix("p.")
            return [n.Value(self.series(name).unit.words(self.context.parameter(name)))]
        if slot not in self.figures:
            raise UnknownName(name=slot)
        figure = self.figures[slot]
        if figure.measure in (Measure.YUAN, Measure.PERCENT):
            return [_with_unit(n.Hundredths(figure.node), figure)]
        if figure.measure is Measure.PEOPLE:
            return [_with_unit(n.Digits(figure.node), figure)]
        return [figure.node]


def _with_unit(number: n.Node, figure: Figure) -> n.Node:
    """`8000.00元`, `3人`; an unknown figure is 不明, without a unit."""
    words = n.Text((number, n.Value(figure.measure.value)))
    if n.surely_known(figure.node):
        return words
    return n.Choose(((n.IsKnown(figure.node), words),), n.Value(n.UNKNOWN_WORDS))


def policy_of(policy_id: str) -> Policy:
    """The policy of that id. Raises UnknownPolicy."""
    if policy_id not in POLICIES:
        raise UnknownPolicy(policy=policy_id, known="、".join(POLICIES))
    return POLICIES[policy_id]


def rules_in_force(package: str, day: date) -> tuple[Rule, ...]:
    """One version of every rule: the latest in force on the day; before the policy was signed, its first."""
    versions: dict[str, list[Rule]] = {}
    for rule in sorted(_declared(package, Rule), key=lambda rule: rule.since):
        versions.setdefault(rule.id, []).append(rule)
    chosen = [next((r for r in reversed(history) if r.since <= day), history[0]) for history in versions.values()]
    return tuple(sorted(chosen, key=lambda rule: rule.order))


@cache
def fingerprint(package: str) -> str:
    """SHA-256 over everything that makes the policy: its text, its figures, its indicators and rules."""
    digest = hashlib.sha256()
    found = (file for folder in lineage(package) for file in _files(resources.files(f"shouwang.policy.{folder}"), ""))
    for path, content in found:
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _files(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for item in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if item.is_dir() and not item.name.startswith("__"):
            found += _files(item, f"{prefix}{item.name}/")
        elif item.name.endswith((".py", ".md", ".yaml")):
            found.append((prefix + item.name, item.read_bytes()))
    return found


@cache
def _declared(package: str, kind: type[T]) -> tuple[T, ...]:
    found = (item for folder in lineage(package) for item in declared(f"shouwang.policy.{folder}", kind))
    return tuple({id(item): item for item in found}.values())


def _parameters(package: str, as_of: date, overrides: Mapping[str, str]) -> dict[str, int]:
    known = parameters_of(package)
    for name in overrides:
        if name not in known:
            raise UnknownParameter(name=name, known="、".join(known))
    return {
        name: series.read(overrides[name]) if name in overrides else series.on(as_of).held
        for name, series in known.items()
    }
