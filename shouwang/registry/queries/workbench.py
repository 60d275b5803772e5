"""The comparison workbench: doubtful rows beside the people they may be about, for somebody who may decide them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, F, Model, Q, QuerySet
from django.http import Http404

from shouwang.accounts.models import User
from shouwang.accounts.redact import redact
from shouwang.accounts.roles import Permission
from shouwang.registry.feeds import reading_of
from shouwang.registry.likely import candidates
from shouwang.registry.models import BatchState, Membership, Person, RowOutcome, SourceBatch, SourceRow
from shouwang.registry.models.batch import OPEN
from shouwang.registry.queries.batches import cells_of
from shouwang.registry.queries.paging import Page, page_of
from shouwang.registry.reading import read_row
from shouwang.registry.sidebyside import Spelling, masked_apart, masked_cells, slips, spelled_apart
from shouwang.units import identity

Row = TypeVar("Row", bound=Model)
_SHOWN = 20
_STANDING = (BatchState.STAGED, BatchState.CONFIRMED)


@dataclass(frozen=True)
class Candidate:
    """Somebody a doubtful row may be about: each column as (the registry's, the row's), with what differs marked.

    `slips`: in how many places the citizen numbers differ, None where that cannot be said. `belongs`: the membership that
    is open, else the last. `others`: who lives in the same household now.
    """

    person: Person
    columns: dict[str, tuple[Spelling, Spelling]]
    slips: int | None = None
    belongs: Membership | None = None
    others: Sequence[Membership] = ()


@dataclass(frozen=True)
class Comparison:
    """One doubtful row and its candidates, the likeliest first."""

    row: SourceRow
    cells: dict[str, str]
    candidates: Sequence[Candidate]


@dataclass(frozen=True)
class BatchLine:
    """A batch with rows still to decide: how many wait, how many of them were put off, how many are somebody's."""

    batch: SourceBatch
    waiting: int
    put_off: int
    matched: int


def open_rows(user: User, batch: SourceBatch | None = None) -> QuerySet[SourceRow]:
    """Rows somebody may decide now."""
    rows = SourceRow.objects.visible_to(user, Permission.MATCH_DECIDE).filter(
        outcome__in=OPEN, batch__state__in=_STANDING
    )
    return rows if batch is None else rows.filter(batch=batch)


def workbench_rows(
    user: User, *, batch: SourceBatch | None = None, after: int | None = None, size: int = _SHOWN
) -> Page[Comparison]:
    """Doubtful rows with their candidates, in the order in which they were read."""
    page = page_of(open_rows(user, batch).select_related("batch__unit"), "pk", after=after, size=size)
    return Page([compared(row) for row in page.rows], page.count, page.capped, page.after, page.before)


def workbench_batches(user: User, most: int = _SHOWN) -> list[BatchLine]:
    """The batches with rows to decide, those waiting longest first."""
    found = (
        open_rows(user).order_by().values_list("batch")
        .annotate(n=Count("pk"), put_off=Count("pk", filter=Q(decided_at__isnull=False))).order_by("batch")[:most]
    )  # fmt: skip
    counted = {batch: (n, put_off) for batch, n, put_off in found}
    by_hand = dict(
        SourceRow.objects.filter(batch__in=counted, outcome=RowOutcome.MATCHED, decided_at__isnull=False)
        .order_by().values_list("batch").annotate(n=Count("pk"))
    )  # fmt: skip
    batches = SourceBatch.objects.filter(pk__in=counted).select_related("unit").order_by("pk")
    return [
        # What the software matched stands in the batch's own counts; rows of a whole package are not kept singly.
        BatchLine(one, *counted[one.pk], one.counts.get("matched", 0) + by_hand.get(one.pk, 0))
        for one in batches
    ]


def workbench_batch(user: User, uuid: UUID | str) -> SourceBatch:
    """A batch whose rows the user may decide. Http404 for any other."""
    return _one(SourceBatch.objects.visible_to(user, Permission.MATCH_DECIDE).select_related("unit"), uuid)


def next_row(user: User, batch: SourceBatch) -> SourceRow | None:
    """The row to decide next: in the order of the file, those put off after all the others."""
    rows = open_rows(user, batch).select_related("batch__unit", "decided_by")
    return rows.order_by(F("decided_at").asc(nulls_first=True), "row").first()


def workbench_row(user: User, uuid: UUID | str) -> SourceRow:
    """A row of a batch whose rows the user may decide, decided or not. Http404 for any other."""
    rows = SourceRow.objects.visible_to(user, Permission.MATCH_DECIDE)
    return _one(rows.select_related("batch__unit", "decided_by", "person"), uuid)


def workbench_person(user: User, uuid: UUID | str) -> Person:
    """Somebody a row may be given to: a person of the regiment whose rows the user decides. Http404 for anybody else."""
    return _one(Person.objects.visible_to(user, Permission.MATCH_DECIDE).select_related("home"), uuid)


def waits(row: SourceRow) -> bool:
    """Whether the row can be decided now."""
    return row.outcome in OPEN and row.batch.state in _STANDING


def decisions(user: User, batch: SourceBatch, most: int = 8) -> list[SourceRow]:
    """What was decided last in a batch by anybody of the office, the newest first; rows put off are among them."""
    rows = SourceRow.objects.visible_to(user, Permission.MATCH_DECIDE).filter(batch=batch, decided_at__isnull=False)
    return list(rows.select_related("batch", "decided_by", "person").order_by("-decided_at", "-pk")[:most])


def compared(row: SourceRow) -> Comparison:
    """A row beside its candidates."""
    cells = cells_of(row)
    name, number, born = asked_of(row)
    people = candidates(name, number, born, row.batch.unit)
    return Comparison(row, masked_cells(cells), beside(row, people))


def beside(row: SourceRow, people: Sequence[Person]) -> list[Candidate]:
    """A row beside some people, each with where and with whom they live."""
    name, number, born = asked_of(row)
    belongs, others = _belonging(people), _households(people)
    return [
        Candidate(
            person,
            {
                "name": spelled_apart(person.name, redact(name)),
                "id_number": masked_apart(person.citizen, number),
                "birth_date": spelled_apart(str(person.birth_date or ""), str(born or "")),
            },
            slips(person.citizen, number),
            belongs.get(person.pk),
            [one for one in others[person.home_id] if one.person_id != person.pk],
        )
        for person in people
    ]


def asked_of(row: SourceRow) -> tuple[str, str, date | None]:
    """Name, citizen number and birth date of a row; the date out of the number where the file has no other."""
    values: dict[str, Any] = read_row(reading_of(row.batch), row.row, cells_of(row)).values
    name, number, born = values.get("name") or "", values.get("id_number") or "", values.get("birth_date")
    if not isinstance(born, date):
        born = identity.birth_date(number) if len(number) == 18 else None
    return name, number, born


def _one(rows: QuerySet[Row], uuid: UUID | str) -> Row:
    try:
        found = rows.filter(uuid=uuid).first()
    except (ValueError, ValidationError):  # an id that cannot be one
        found = None
    if found is None:
        raise Http404("没有这一项，或您无权判定。")
    return found


def _belonging(people: Sequence[Person]) -> dict[int, Membership]:
    """The open membership of each, else the last one."""
    rows = Membership.objects.filter(person__in=people, superseded_at=None).select_related("household__unit")
    return {one.person_id: one for one in rows.order_by(F("left_on").asc(nulls_last=True), "pk")}


def _households(people: Iterable[Person]) -> dict[int | None, list[Membership]]:
    """Who lives now in the households of some people."""
    found: dict[int | None, list[Membership]] = defaultdict(list)
    homes = {person.home_id for person in people} - {None}
    rows = Membership.objects.filter(household__in=homes, left_on=None, superseded_at=None).select_related("person")
    for one in rows.order_by("member_number"):
        found[one.household_id].append(one)
    return found
