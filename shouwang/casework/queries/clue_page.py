"""One clue as a person sees it: what is said, by whom, what was done, and what this person may do next."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.casework import signing, versions
from shouwang.casework.models import LIVE, Case, Clue, ClueAct, ClueLine, RunLine
from shouwang.casework.queries.clues import WAITING
from shouwang.policy.book import policy_of
from shouwang.policy.procedure import procedure_on
from shouwang.registry.models.household import HEAD

#: What may be done with a waiting clue.
ACTS = ("open", "triage", "decline", "merge", "dismiss")


@dataclass(frozen=True, slots=True)
class CluePage:
    """Everything the page of a clue shows. `found`: lines of the screening that counts; `former`: of earlier ones."""

    clue: Clue
    found: tuple[ClueLine, ...]
    former: tuple[ClueLine, ...]
    told: tuple[ClueLine, ...]
    acts: tuple[ClueAct, ...]
    cases: tuple[Case, ...]
    head: str
    people: int
    figures: RunLine | None
    policy: str
    may: tuple[str, ...]
    recusal: str


def clue_page(user: User, clue: Clue) -> CluePage:
    """A clue from `clue_for`, with what this person may do. Nothing is offered that the actions would refuse."""
    lines = list(clue.lines.all())
    there = signing.current_members(clue.household).filter(left_on=None)
    cases = tuple(Case.objects.visible_to(user).filter(household=clue.household).order_by("-pk"))
    figures = RunLine.objects.filter(run=clue.run, household=clue.household).first() if clue.run else None
    recusal = signing.why_recuse(user, clue.household)
    return CluePage(
        clue,
        tuple(line for line in lines if line.run_id and line.run_id == clue.run_id),
        tuple(line for line in lines if line.run_id and line.run_id != clue.run_id),
        tuple(line for line in lines if line.run_id is None),
        tuple(clue.acts.all()), cases, there.filter(relation=HEAD).values_list("person__name", flat=True).first() or "",
        there.filter(shares_budget=True).count(), figures, clue.run.policy if clue.run else _policy(clue),
        () if recusal else may_do(user, clue), recusal,
    )  # fmt: skip


def may_do(user: User, clue: Clue) -> tuple[str, ...]:
    """What the posts of a person allow with a clue as it stands; relatives aside."""
    if clue.state not in WAITING:
        return ()
    reports = post_for(user, Permission.CLUE_REPORT, clue.household.unit) is not None
    return tuple(act for act in ACTS if (_may_open(user, clue) if act == "open" else reports))


def arrangeable(user: User, uuids: list[UUID]) -> QuerySet[Clue]:
    """Of these clues, those that wait and that the person may have visited, in the order of the list."""
    rows = Clue.objects.visible_to(user, Permission.CLUE_REPORT).filter(uuid__in=uuids, state__in=WAITING)
    return rows.select_related("household__unit").order_by("-score", "-pk")


def _may_open(user: User, clue: Clue) -> bool:
    """Whether a case may be opened by the first step of the procedure in force, and there is none yet."""
    if Case.objects.filter(household=clue.household, status__in=LIVE).exists():
        return False
    first = _procedure(clue).first
    return signing.post_for(user, first.signers, clue.household.unit) is not None


def _procedure(clue: Clue):  # type: ignore[no-untyped-def]
    return procedure_on(policy_of(_policy(clue)), timezone.localdate())


def _policy(clue: Clue) -> str:
    assert clue.household.regiment is not None
    return versions.policy_on(clue.household.regiment, timezone.localdate())
