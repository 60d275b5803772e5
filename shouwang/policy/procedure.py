"""What is a procedure? Steps, who signs them, what they ask for, where they lead: data of a policy, never code in a view.

A case is a list of acts. `Procedure.state` replays them and says what stands, what is open and what the case has become, so
no state is ever typed. Steps open when the steps they come `after` stand; going back to a step clears it and all that
rests on it. Doors are what may happen beside the steps: withdrawal, appeal, closing.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum
from functools import cached_property

from shouwang.policy.book import Policy
from shouwang.terms.nodes import require

#: Statuses of a case, in the words shown to people.
STATUSES = {
    "active": "办理中",
    "confirmed": "已确认",
    "refused": "不予认定",
    "lapsed": "未申报",
    "withdrawn": "已撤回",
    "appealed": "申诉中",
    "closed": "已办结",
}


class Kind(Enum):
    """What is written into a field of a form."""

    LINE = "一行文字"
    TEXT = "多行文字"
    DATE = "日期"
    YES_NO = "是/否"
    CHOICE = "单选"
    SEVERAL = "多选"
    COUNT = "整数"
    MONEY = "金额（元）"
    PEOPLE = "人员名单"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing a step asks for. `when`: asked only if another field has that value. `must`: the only value that will do."""

    name: str
    label: str
    kind: Kind
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    help: str = ""
    least: int = 0
    when: tuple[str, str] | None = None
    must: str = ""


@dataclass(frozen=True, slots=True)
class Signer:
    """Who may sign: a permission of `accounts.roles`, held by a post at a level."""

    permission: str
    level: str
    title: str


@dataclass(frozen=True, slots=True)
class Way:
    """One outcome of a step. `back`: the step that is done again. `status`: what the case becomes. `ends`: nothing follows."""

    id: str
    label: str
    back: str = ""
    status: str = ""
    ends: bool = False
    reason: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One step. An entry of `after` is a step or door, or `step:way` where only that outcome opens it.

    `signatures`: how many accounts must sign. `apart`: steps whose signers may not sign here. `wait`: a step and the
    parameter that says how long after its date this one may come at the earliest.
    """

    id: str
    title: str
    clause: str
    todo: str
    signers: tuple[Signer, ...]
    ways: tuple[Way, ...]
    fields: tuple[Field, ...] = ()
    after: tuple[str, ...] = ()
    during: str = "active"
    signatures: int = 1
    apart: tuple[str, ...] = ()
    recuse: bool = True
    deadline: str = ""
    wait: tuple[str, str] | None = None
    document: str = ""
    discretion: str = ""

    def way(self, way_id: str) -> Way | None:
        return next((way for way in self.ways if way.id == way_id), None)


@dataclass(frozen=True, slots=True)
class Door:
    """What may happen beside the steps, while the case has one of `during`. Always with a reason."""

    id: str
    title: str
    clause: str
    signers: tuple[Signer, ...]
    during: tuple[str, ...]
    status: str
    fields: tuple[Field, ...] = ()
    once: bool = False
    discretion: str = ""


@dataclass(frozen=True, slots=True)
class Act:
    """A step or door as it was done, with all the signatures it needs."""

    step: str
    way: str
    on: date


@dataclass(frozen=True, slots=True)
class State:
    """What a list of acts amounts to."""

    status: str
    standing: Mapping[str, Act]
    open: tuple[str, ...]


@dataclass(frozen=True)
class Procedure:
    """The procedure of a policy, as in force from `since`."""

    policy: str
    since: date
    title: str
    clause: str
    steps: tuple[Step, ...]
    doors: tuple[Door, ...] = ()
    total: str = ""
    lag: str = ""
    triage: str = ""
    revisit: str = ""
    by_id: Mapping[str, Step | Door] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        items: list[Step | Door] = [*self.steps, *self.doors]
        object.__setattr__(self, "by_id", {item.id: item for item in items})
        require(len(self.by_id) == len(items), f"{self.policy}: two steps or doors have one id")
        for step in self.steps:
            self._check(step)
        for door in self.doors:
            require({door.status, *door.during} <= set(STATUSES), f"{door.id} names an unknown status")

    def _check(self, step: Step) -> None:
        known = set(self.by_id)
        earlier = {entry.partition(":")[0] for entry in step.after}
        waits = {step.wait[0]} if step.wait else set()
        backs = {way.back for way in step.ways if way.back}
        require(earlier | set(step.apart) | waits | backs <= known, f"step {step.id} names a step that does not exist")
        require(bool(step.signers and step.ways), f"step {step.id} needs a signer and an outcome")
        statuses = {way.status for way in step.ways if way.status} | {step.during}
        require(statuses <= set(STATUSES), f"step {step.id} names an unknown status")
        require(step.signatures >= 1, f"step {step.id} must be signed")

    @property
    def first(self) -> Step:
        return self.steps[0]

    def step(self, step_id: str) -> Step | None:
        found = self.by_id.get(step_id)
        return found if isinstance(found, Step) else None

    def door(self, door_id: str) -> Door | None:
        found = self.by_id.get(door_id)
        return found if isinstance(found, Door) else None

    # ---- replaying a case

    def state(self, acts: Iterable[Act]) -> State:
        """What stands and what is open after these acts, in the order they were done."""
        status, standing = "active", dict[str, Act]()
        for act in acts:
            status = self._take(act, standing, status)
        ended = any(self._ends(act) for act in standing.values())
        opened = (s.id for s in self.steps if s.during == status and self._is_open(s, standing, ended))
        return State(status, standing, tuple(opened))

    def _take(self, act: Act, standing: dict[str, Act], status: str) -> str:
        step = self.step(act.step)
        if step is None:
            door = self.door(act.step)
            standing[act.step] = act
            return door.status if door else status
        way = step.way(act.way)
        if way is None or not way.back:
            standing[act.step] = act
        else:
            for gone in (*self.resting_on(way.back), step.id, *(e for e in step.after if self.door(e))):
                standing.pop(gone, None)
        return (way.status if way else "") or status

    def _is_open(self, step: Step, standing: Mapping[str, Act], ended: bool) -> bool:
        if step.id in standing or (ended and not any(self.door(entry) for entry in step.after)):
            return False
        return all(_stands(entry, standing) for entry in step.after)

    def _ends(self, act: Act) -> bool:
        step = self.step(act.step)
        way = step.way(act.way) if step else None
        return way is not None and way.ends

    def resting_on(self, step_id: str) -> tuple[str, ...]:
        """A step and every step that comes after it, directly or not."""
        found = {step_id}
        for step in self._in_order:
            if any(entry.partition(":")[0] in found for entry in step.after):
                found.add(step.id)
        return tuple(found)

    @cached_property
    def _in_order(self) -> Sequence[Step]:
        """The steps, each after those it rests on."""
        done: list[Step] = []
        waiting = list(self.steps)
        while waiting:
            names = {step.id for step in done} | {door.id for door in self.doors}
            ready = [s for s in waiting if {entry.partition(":")[0] for entry in s.after} <= names]
            require(bool(ready), f"{self.policy}: steps wait for each other in a circle")
            done += ready
            waiting = [step for step in waiting if step not in ready]
        return done

    def before(self, step_id: str) -> tuple[str, ...]:
        """Every step that must stand before this one, in order."""
        wanted: set[str] = set()
        for step in reversed(self._in_order):
            if step.id == step_id or step.id in wanted:
                wanted |= {entry.partition(":")[0] for entry in step.after}
        return tuple(step.id for step in self._in_order if step.id in wanted)

    def apart_from(self, step_id: str) -> tuple[str, ...]:
        """Steps whose signers may not sign this one. It holds both ways: after a return, who checked may not assess."""
        own = next(step for step in self.steps if step.id == step_id)
        return tuple(s.id for s in self.steps if s.id in own.apart or own.id in s.apart)

    def faults(self, standing: Mapping[str, Act]) -> list[str]:
        """Steps missing before one that was done, and steps dated before those they follow (程序缺漏、倒置)."""
        told = []
        for step in self._in_order:
            if step.id not in standing:
                continue
            for earlier in self.before(step.id):
                other = self.by_id[earlier].title
                if earlier not in standing:
                    told.append(f"已办“{step.title}”，缺“{other}”")
                elif standing[earlier].on > standing[step.id].on:
                    told.append(f"“{other}”（{standing[earlier].on}）晚于“{step.title}”（{standing[step.id].on}）")
        return told


def _stands(entry: str, standing: Mapping[str, Act]) -> bool:
    name, _, way = entry.partition(":")
    return name in standing and (not way or standing[name].way == way)


def procedure_on(policy: Policy, day: date) -> Procedure:
    """The procedure of a policy in force on a day; before its first, the first."""
    versions: Sequence[Procedure] = importlib.import_module(f"shouwang.policy.{policy.package}.procedure").PROCEDURES
    ordered = sorted(versions, key=lambda procedure: procedure.since)
    return next((p for p in reversed(ordered) if p.since <= day), ordered[0])
