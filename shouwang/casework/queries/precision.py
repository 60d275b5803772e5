"""What became of what each department sent: its rows, and its reports; how many of those decided proved right (四/一).

Only reports are counted as clues of a department. A clue of the screening rests on what several sent together; to whom it
owes its outcome is not on record, so it is nobody's.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from django.db.models import Count, Q

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import effective_posts
from shouwang.casework.queries.reports import reports_for
from shouwang.registry.models import BatchState, RowOutcome, SourceBatch, SourceRow
from shouwang.registry.models.batch import OPEN

_KEPT = (BatchState.STAGED, BatchState.PUBLISHING, BatchState.CONFIRMED)
_RIGHT, _WRONG = ("confirmed",), ("closed", "ended")
#: A department within its regiment (or division).
Key = tuple[int | None, int | None, str]


@dataclass(frozen=True, slots=True)
class DepartmentResults:
    """One department. `rows` by outcome, `reports` by what became of them (`queries.reports.BECAME`)."""

    unit: Unit
    batches: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    by_hand: int = 0
    reports: Counter[str] = field(default_factory=Counter)

    @property
    def sent(self) -> int:
        return self.rows.total()

    @property
    def taken(self) -> int:
        """Rows that are somebody's."""
        return self.rows[RowOutcome.MATCHED] + self.rows[RowOutcome.ACCEPTED]

    @property
    def waiting(self) -> int:
        """Rows nobody has decided yet."""
        return sum(self.rows[outcome] for outcome in OPEN)

    @property
    def right(self) -> int:
        return sum(self.reports[became] for became in _RIGHT)

    @property
    def decided(self) -> int:
        """Reports whose outcome is known; those under way say nothing yet."""
        return self.right + sum(self.reports[became] for became in _WRONG)

    @property
    def percent(self) -> int | None:
        """Of the reports decided, how many in a hundred proved right, rounded; None where none is decided."""
        return (200 * self.right + self.decided) // (2 * self.decided) if self.decided else None


def department_results(user: User) -> list[DepartmentResults]:
    """The departments whose files a person may see: a department its own line, the office all of its regiment."""
    files, rows, by_hand = _files(user), *_rows(user)
    reports = _reports(user)
    return [
        DepartmentResults(unit, files[key], rows[key], by_hand[key], reports[key])
        for unit in _departments(user) for key in [(unit.division_id, unit.regiment_id, unit.department)]
    ]  # fmt: skip


def _departments(user: User) -> Iterable[Unit]:
    posts = [post for post in effective_posts(user) if Permission.SOURCE_VIEW in post.role_class.permissions]
    units = {post.unit_id for post in posts}
    mine = Q(pk__in=units) | Q(parent__in=units)
    return Unit.objects.filter(mine, level=Level.DEPARTMENT, closed_on=None).order_by("path", "pk")


def _files(user: User) -> Counter[Key]:
    batches = SourceBatch.objects.visible_to(user).filter(state__in=_KEPT).exclude(department="")
    found = batches.order_by().values_list("division", "regiment", "department").annotate(n=Count("pk"))
    return Counter({(division, regiment, department): n for division, regiment, department, n in found})


def _rows(user: User) -> tuple[dict[Key, Counter[str]], Counter[Key]]:
    """Rows by outcome, and how many of them a person has decided."""
    rows = SourceRow.objects.visible_to(user).filter(batch__state__in=_KEPT).exclude(batch__department="")
    found = (
        rows.order_by().values_list("batch__division", "batch__regiment", "batch__department", "outcome")
        .annotate(n=Count("pk"), by_hand=Count("pk", filter=Q(decided_at__isnull=False)))
    )  # fmt: skip
    outcomes: dict[Key, Counter[str]] = defaultdict(Counter)
    decided: Counter[Key] = Counter()
    for division, regiment, department, outcome, n, by_hand in found:
        outcomes[division, regiment, department][outcome] += n
        decided[division, regiment, department] += 0 if outcome in OPEN else by_hand
    return outcomes, decided


def _reports(user: User) -> dict[Key, Counter[str]]:
    found = (
        reports_for(user).order_by().values_list("division", "regiment", "department", "became")
        .annotate(n=Count("pk"))
    )  # fmt: skip
    became: dict[Key, Counter[str]] = defaultdict(Counter)
    for division, regiment, department, result, n in found:
        became[division, regiment, department][result] += n
    return became
