"""A procedure and its limits as JSON and back, so that a case keeps the procedure of its day whatever the code becomes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from enum import Enum
from typing import Any

from shouwang.policy.parameters import ParameterSeries, Unit
from shouwang.policy.procedure import Door, Field, Kind, Procedure, Signer, Step, Way

FORMAT = 1


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of time as it was on the day: so many days or working days."""

    label: str
    amount: int
    unit: Unit

    def words(self) -> str:
        return self.unit.words(self.amount)


@dataclass(frozen=True, slots=True)
class Frozen:
    """A procedure with the limits it mentions."""

    procedure: Procedure
    limits: Mapping[str, Limit]


def limits_named(procedure: Procedure) -> tuple[str, ...]:
    """The parameters a procedure mentions, in order."""
    names = [procedure.total, procedure.lag, procedure.triage, procedure.revisit]
    for step in procedure.steps:
        names += [step.deadline, step.wait[1] if step.wait else ""]
    return tuple(dict.fromkeys(name for name in names if name))


def freeze(procedure: Procedure, series: Mapping[str, ParameterSeries], held: Mapping[str, int]) -> Frozen:
    """A procedure with its limits as `held` on the day. Raises KeyError for a limit nobody declared."""
    limits = {name: Limit(series[name].label, held[name], series[name].unit) for name in limits_named(procedure)}
    return Frozen(procedure, limits)


def write(frozen: Frozen) -> str:
    """The canonical spelling: the same procedure and limits give the same text."""
    plain = asdict(frozen.procedure)
    plain.pop("by_id")
    whole = {"format": FORMAT, "procedure": plain, "limits": {n: asdict(v) for n, v in frozen.limits.items()}}
    return json.dumps(whole, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_spell)


def fingerprint(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def read(text: str) -> Frozen:
    """The inverse of `write`."""
    whole = json.loads(text)
    if whole["format"] != FORMAT:
        raise ValueError(f"procedure of format {whole['format']}")
    plain = whole["procedure"]
    procedure = Procedure(
        **_scalars(plain)
        | {
            "since": date.fromisoformat(plain["since"]),
            "steps": tuple(_step(step) for step in plain["steps"]),
            "doors": tuple(_door(door) for door in plain["doors"]),
        }
    )
    limits = {name: Limit(v["label"], v["amount"], Unit(v["unit"])) for name, v in whole["limits"].items()}
    return Frozen(procedure, limits)


def _step(plain: dict[str, Any]) -> Step:
    return Step(
        **_scalars(plain)
        | {
            "signers": tuple(Signer(**signer) for signer in plain["signers"]),
            "ways": tuple(Way(**way) for way in plain["ways"]),
            "fields": tuple(_field(one) for one in plain["fields"]),
            "after": tuple(plain["after"]),
            "apart": tuple(plain["apart"]),
            "wait": tuple(plain["wait"]) if plain["wait"] else None,
        }
    )


def _door(plain: dict[str, Any]) -> Door:
    return Door(
        **_scalars(plain)
        | {
            "signers": tuple(Signer(**signer) for signer in plain["signers"]),
            "during": tuple(plain["during"]),
            "fields": tuple(_field(one) for one in plain["fields"]),
        }
    )


def _field(plain: dict[str, Any]) -> Field:
    choices = tuple((value, label) for value, label in plain["choices"])
    when = tuple(plain["when"]) if plain["when"] else None
    return Field(**_scalars(plain) | {"kind": Kind(plain["kind"]), "choices": choices, "when": when})


def _scalars(plain: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in plain.items() if not isinstance(value, list | dict)}


def _spell(value: Any) -> str:
    return str(value.value) if isinstance(value, Enum) else str(value)
