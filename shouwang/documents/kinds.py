"""Which papers does a case have, which can be made now, and how is each built? One table, asked by pages and actions alike.

A paper a step, as the procedure of the case names them, and the letter. `file`, the filing, speaks of several households.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from shouwang.documents.dossier import Dossier
from shouwang.documents.letter import letter
from shouwang.documents.paper import Paper
from shouwang.documents.records import paper_of_step
from shouwang.policy.procedure import STATUSES

LETTER, FILING = "letter", "file"
#: Papers whose form asks for the whole citizen number.
WITH_NUMBERS = frozenset({"declare", FILING})


class State(Enum):
    """How far a paper is."""

    READY = "可以生成"
    BLANK = "可以打印待填表"
    LATER = "还没有办到"


@dataclass(frozen=True, slots=True)
class Entry:
    """One paper of a case as listed. `waiting`: what must come first."""

    kind: str
    title: str
    state: State
    waiting: str = ""

    @property
    def may_be_made(self) -> bool:
        return self.state is not State.LATER

    @property
    def takes_numbers(self) -> bool:
        return self.kind in WITH_NUMBERS


def entries(dossier: Dossier) -> tuple[Entry, ...]:
    """Every paper of the procedure that belongs to the case, in the order of its steps; the letter comes last."""
    state = dossier.desk.state
    listed = []
    for step in dossier.desk.procedure.steps:
        done, is_open = step.id in state.standing, step.id in state.open
        special = any(":" in entry or dossier.desk.procedure.door(entry) for entry in step.after)
        if step.document and (done or is_open or not special):
            how = State.READY if done else State.BLANK if is_open else State.LATER
            listed.append(Entry(step.id, step.document, how, "" if done or is_open else _waiting(dossier, step.id)))
    told = letter(dossier) is not None
    waiting = "" if told else "有了结果、退回或撤回，才写信告诉本人"
    return (*listed, Entry(LETTER, "告知信", State.READY if told else State.LATER, waiting))


def build(dossier: Dossier, kind: str) -> Paper | None:
    """The paper of a kind that speaks of one household."""
    return letter(dossier) if kind == LETTER else paper_of_step(dossier, dossier.step(kind))


def _waiting(dossier: Dossier, step_id: str) -> str:
    """Why a paper cannot be made: the first step still to be done before its own, or that the case is over."""
    procedure, state = dossier.desk.procedure, dossier.desk.state
    if not state.open:
        return f"个案{STATUSES[state.status]}，没有办到这一步"
    missing = [name for name in procedure.before(step_id) if name not in state.standing]
    return f"等办完“{procedure.by_id[missing[0] if missing else step_id].title}”"
