"""Which open steps may a person sign: right post, right unit, not kept apart by an earlier step, no relative?"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TypeVar

from django.db.models import BigIntegerField, CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from shouwang.accounts.models import Post, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import NOTHING, effective_posts
from shouwang.casework.models import OpenStep, Signature
from shouwang.casework.queries.tasks.kin import kin_households
from shouwang.casework.queries.tasks.source import Worker
from shouwang.casework.versions import frozen_versions
from shouwang.policy.procedure import Step
from shouwang.policy.procedure_json import Frozen

#: Levels and units at which somebody may sign.
Places = frozenset[tuple[str, int]]
_Key = TypeVar("_Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class _Right:
    """A step of a version that somebody may sign: at which places, and having done none of which steps."""

    version: int
    step: str
    reach: Places
    apart: tuple[str, ...]


def signable(worker: Worker) -> QuerySet[OpenStep]:
    """The open steps within reach, for those a person may do and those that wait for a signature."""
    rights = _rights(worker)
    places = [
        reduce(or_, (Q(**{f"case__{level}": unit}) for level, unit in reach)) & _any_of("case__version", "step", steps)
        for reach, steps in _grouped((right.reach, right) for right in rights).items()
    ]
    rows = OpenStep.objects.filter(reduce(or_, places, NOTHING)).exclude(_kept_apart(worker.user, rights))
    return rows.exclude(case__household__in=worker.once(kin_households))


def procedures(_: Worker) -> dict[int, Frozen]:
    """Every version of the procedure by its key, asked for once a worklist."""
    return frozen_versions()


def _rights(worker: Worker) -> list[_Right]:
    """What a person may sign, by every version of the procedure and at any post held now."""
    posts = effective_posts(worker.user)
    found = []
    for version, frozen in worker.once(procedures).items():
        procedure = frozen.procedure
        for step in procedure.steps:
            reach = frozenset((post.unit.level, post.unit_id) for post in posts if _may_sign(post, step))
            if reach:
                found.append(_Right(version, step.id, reach, procedure.apart_from(step.id)))
    return found


def _may_sign(post: Post, step: Step) -> bool:
    held = post.role_class.permissions
    return any(post.unit.level == one.level and Permission(one.permission) in held for one in step.signers)


def _kept_apart(user: User, rights: list[_Right]) -> Q:
    """The open steps of cases in which the person did a step that whoever does the open one must not have done."""
    # One subquery for all steps: it looks at the version and the open step of the row outside.
    done = Signature.objects.filter(record__case=OuterRef("case"), user=user).alias(
        version=ExpressionWrapper(OuterRef("case__version"), output_field=BigIntegerField()),
        open=ExpressionWrapper(OuterRef("step"), output_field=CharField()),
    )
    apart = [
        Q(record__step__in=done_before) & _any_of("version", "open", steps)
        for done_before, steps in _grouped((right.apart, right) for right in rights if right.apart).items()
    ]
    return Q(Exists(done.filter(reduce(or_, apart)))) if apart else NOTHING


def _grouped(rights: Iterable[tuple[_Key, _Right]]) -> dict[_Key, dict[int, list[str]]]:
    """The steps by version, under whatever they have in common."""
    found: dict[_Key, dict[int, list[str]]] = {}
    for key, right in rights:
        found.setdefault(key, {}).setdefault(right.version, []).append(right.step)
    return found


def _any_of(version: str, step: str, steps: dict[int, list[str]]) -> Q:
    return reduce(or_, (Q(**{version: number, f"{step}__in": some}) for number, some in steps.items()))
