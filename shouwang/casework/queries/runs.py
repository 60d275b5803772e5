"""Screening runs a person may see, and their totals as far as that person's units reach; households and people together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import effective_posts, post_for
from shouwang.casework.models import Purpose, RunLine, RunState, ScreeningRun
from shouwang.casework.models.screening import KEPT


@dataclass(frozen=True, slots=True)
class Heads:
    """How many households, and the people in them. `people` None: not counted."""

    households: int = 0
    people: int | None = 0

    def __add__(self, other: Heads) -> Heads:
        return Heads(self.households + other.households, (self.people or 0) + (other.people or 0))


def runs_for(user: User) -> QuerySet[ScreeningRun]:
    """Screenings a person may see, the last first; one of a company sees those of its regiment. Trials are not among them."""
    posts = [post for post in effective_posts(user) if Permission.CLUE_VIEW in post.role_class.permissions]
    above = [post.unit.regiment_id for post in posts if post.unit.level == Level.COMPANY]
    rows = ScreeningRun.objects.visible_to(user) | ScreeningRun.objects.filter(unit__in=above)
    return rows.exclude(purpose=Purpose.SIMULATION).select_related("unit", "started_by").order_by("-pk")


def run_for(user: User, uuid: UUID) -> ScreeningRun | None:
    """One screening; None outside one's units, as if there were none."""
    return runs_for(user).filter(uuid=uuid).first()


def trial_for(user: User, uuid: UUID) -> ScreeningRun | None:
    """One simulation, for those whose units it covers whole."""
    rows = ScreeningRun.objects.visible_to(user).select_related("unit", "started_by")
    return rows.filter(uuid=uuid, purpose=Purpose.SIMULATION).first()


def latest_run(regiment: Unit) -> ScreeningRun | None:
    """The last finished screening of a regiment."""
    done = ScreeningRun.objects.filter(unit=regiment, state=RunState.DONE).exclude(purpose=Purpose.SIMULATION)
    return done.order_by("-pk").first()


def sees_all_of(user: User, run: ScreeningRun) -> bool:
    """Whether the totals of the whole regiment are this person's to see."""
    return post_for(user, Permission.CLUE_VIEW, run.unit) is not None


def totals_of(user: User, runs: Sequence[ScreeningRun]) -> Mapping[int, Mapping[str, Heads]]:
    """Outcome -> households and people, for each run: as the run counted them, or those of one's own units."""
    done = [run for run in runs if run.state == RunState.DONE]
    found: dict[int, dict[str, Heads]] = defaultdict(dict)
    for run in done:
        if sees_all_of(user, run):
            found[run.pk] = _counted(run)
    parts = [run.pk for run in done if run.pk not in found]
    rows = RunLine.objects.visible_to(user).filter(run__in=parts, outcome__in=KEPT).order_by()
    for run_id, outcome, households, people in rows.values_list("run", "outcome").annotate(
        n=Count("pk"), p=Sum("members")
    ):
        found[run_id][outcome] = Heads(households, people or 0)
    return found


def _counted(run: ScreeningRun) -> dict[str, Heads]:
    outcomes = (*KEPT, "not_met", "households")
    people = {"households": "people"}
    return {
        name: Heads(run.counts[name], run.counts.get(people.get(name, f"people_{name}")))
        for name in outcomes
        if name in run.counts
    }
