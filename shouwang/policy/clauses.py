"""What does the instrument say at a clause? Ids come from the text itself: `〔二/五/1〕`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from shouwang.policy.lineage import lineage
from shouwang.units.errors import ShouwangError

_MARK = re.compile(r"^(?:#+ )?〔(?P<id>[^〕]+)〕\s*(?P<text>.*)$")


class UnknownClause(ShouwangError):
    """A citation does not resolve."""

    code = "POL-01"
    what = "{policy} 没有条款“{clause}”。"
    do = "请核对条款编号与原文。"


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its id, its text, and the headings it stands under."""

    id: str
    text: str
    headings: tuple[str, ...]

    @property
    def is_heading(self) -> bool:
        return not self.text or (bool(self.headings) and self.headings[-1] == self.text)


@cache
def instrument(package: str) -> dict[str, Clause]:
    """Every clause of a policy, in order, after those it builds on. `package` is its folder, e.g. `qituan_2020`."""
    return {id_: found for folder in lineage(package) for id_, found in _written_in(folder).items()}


def _written_in(package: str) -> dict[str, Clause]:
    """The clauses of one folder's `text.md`."""
    lines = resources.files(f"shouwang.policy.{package}").joinpath("text.md").read_text(encoding="utf-8").splitlines()
    clauses: dict[str, Clause] = {}
    headings: dict[int, str] = {}
    for line in lines:
        found = _MARK.match(line)
        if not found:
            continue
        depth = len(line) - len(line.lstrip("#"))
        if depth:
            headings = {level: text for level, text in headings.items() if level < depth} | {depth: found["text"]}
        clauses[found["id"]] = Clause(found["id"], found["text"], tuple(headings[level] for level in sorted(headings)))
    return clauses


def clause(package: str, clause_id: str) -> Clause:
    """The clause of that id. Raises UnknownClause: a citation that leads nowhere is an error, not a footnote."""
    found = instrument(package).get(clause_id)
    if found is None:
        raise UnknownClause(policy=package, clause=clause_id)
    return found
