"""What implements a clause, or why does nothing? Citations of what is declared, and `excused.yaml` for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from shouwang.policy.forms import Figure, Question, Rule
from shouwang.policy.lineage import lineage
from shouwang.policy.parameters import parameters_of
from shouwang.policy.procedure import Door, Step
from shouwang.units.collect import declared

#: What a policy declares with a clause and a title.
_DECLARED: dict[str, type[Rule] | type[Figure] | type[Question] | type[Step] | type[Door]] = {
    "规则": Rule,
    "数字": Figure,
    "疑问": Question,
    "步骤": Step,
    "旁门": Door,
}


@dataclass(frozen=True, slots=True)
class Excuse:
    """Why a clause is not a rule, figure, question or parameter, and which part of the system carries it."""

    clause: str
    reason: str
    part: str
    state: str


@cache
def excuses(package: str, section: str = "excused") -> Mapping[str, Excuse]:
    """The clauses of a policy that are excused, by id; with `partly`, those of which something is left to do."""
    found: dict[str, Excuse] = {}
    for folder in lineage(package):
        path = resources.files(f"shouwang.policy.{folder}").joinpath("excused.yaml")
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))[section] if path.is_file() else {}
        found |= {clause: Excuse(clause, e["reason"], e["part"] or "", e["state"]) for clause, e in entries.items()}
    return found


@dataclass(frozen=True, slots=True)
class Implementer:
    """Something declared with a clause: what kind of thing it is, in words, its id and its title."""

    kind: str
    id: str
    title: str


def implementers(package: str) -> dict[str, list[Implementer]]:
    """Clause id -> what implements it: whatever the policy declares, and every parameter, that cites it."""
    cited: dict[str, list[Implementer]] = {}
    for folder in lineage(package):
        for word, kind in _DECLARED.items():
            for item in declared(f"shouwang.policy.{folder}", kind):
                cited.setdefault(item.clause, []).append(Implementer(word, item.id, item.title))
    for series in parameters_of(package).values():
        for clause in dict.fromkeys(value.clause for value in series.values):
            cited.setdefault(clause, []).append(Implementer("参数", series.name, series.label))
    return cited


def citations(package: str) -> dict[str, list[str]]:
    """Clause id -> what implements it, in words."""
    return {clause: [f"{one.kind}“{one.title}”" for one in found] for clause, found in implementers(package).items()}
