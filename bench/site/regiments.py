"""A corps to time pages in: two divisions, 28 regiments, 1,680 companies, 300,000 households, 600,000 people, and their casework.

Rows are written in bulk and are of no real person; names and numbers are dealt by a seeded dice. Citizen numbers are sealed and
indexed as everywhere. One household in 25 has been found by a screening, one in 33 has a case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import Any
from uuid import UUID

from django.core.management import call_command
from django.db import connection, models, transaction
from django.utils import timezone

from shouwang.accounts.actions import create_account, create_unit, grant_post
from shouwang.accounts.crypto import CITIZEN_NUMBER, Sealed, field_ring, index_ring
from shouwang.accounts.keyring import KeyRing
from shouwang.accounts.models import Unit, User
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Level
from shouwang.casework import versions
from shouwang.casework.models import (
    Case,
    Clue,
    ClueLine,
    ClueSource,
    OpenStep,
    RunLine,
    RunState,
    ScreeningRun,
    Signature,
    StepRecord,
)
from shouwang.policy.procedure import Procedure
from shouwang.registry import bulk, planner, search
from shouwang.registry.models import (
    BatchState,
    Household,
    LedgerEntry,
    Membership,
    Person,
    RowOutcome,
    SourceBatch,
    SourceRow,
)
from shouwang.units.identity import check_digit
from shouwang.units.periods import quarter_of

CONSOLE = Console("bench@here")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂志建国华玉红"
DIVISIONS, REGIMENTS, COMPANIES = 2, 14, 60
#: So many people live in a household.
PEOPLE = 2
_LOT = 5_000
STAFF = {
    "corps": ("corps", "bt"),
    "division": ("division_office", "d0"),
    "office": ("regiment_office", "d0r3"),
    "leader": ("leading_group_member", "d0r3"),
    "secretary": ("company_secretary", "d0r3c5"),
    "hospital": ("department_officer", "d0r3hospital"),
}


def seed(households: int) -> dict[str, User]:
    """Fill an empty database; one that is filled is left as it is. Returns the people who will look at it."""
    call_command("migrate", verbosity=0)
    planner.tidy()  # as the worker does after an upgrade
    if not Household.objects.exists():
        companies = _tree()
        with transaction.atomic():
            _registry(households, companies)
        people = {name: _user(name, *post) for name, post in STAFF.items()}
        with transaction.atomic():
            _casework(people)
            _files(people["hospital"])
        with connection.cursor() as cursor:
            # What the worker (SQLite) and autovacuum (PostgreSQL) see to in an installation.
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
    return {name: User.objects.get(username=name) for name in STAFF}


def _tree() -> list[Unit]:
    if Unit.objects.exists():
        return list(Unit.objects.filter(level=Level.COMPANY).order_by("pk"))
    corps = create_unit(by=CONSOLE, code="bt", name="兵团", level=Level.CORPS)
    companies = []
    for d in range(DIVISIONS):
        division = create_unit(by=CONSOLE, code=f"d{d}", name=f"{d}师", level=Level.DIVISION, parent=corps)
        for r in range(REGIMENTS):
            code = f"d{d}r{r}"
            regiment = create_unit(by=CONSOLE, code=code, name=f"{r}团", level=Level.REGIMENT, parent=division)
            create_unit(
                by=CONSOLE, code=f"{code}hospital", name="医院", level=Level.DEPARTMENT, parent=regiment,
                department="hospital",
            )  # fmt: skip
            companies += [
                create_unit(by=CONSOLE, code=f"{code}c{c}", name=f"{c}连", level=Level.COMPANY, parent=regiment)
                for c in range(COMPANIES)
            ]
    return companies


def _user(name: str, role: str, at: str) -> User:
    unit, today = Unit.objects.get(code=at), timezone.localdate()
    user, _ = create_account(by=CONSOLE, username=name, display_name=name, unit=unit)
    grant_post(by=CONSOLE, user=user, role=role, unit=unit, starts_on=today, ends_on=today + timedelta(days=100))
    User.objects.filter(pk=user.pk).update(must_change_password=False)
    return user


# ---- the registry


def _registry(households: int, companies: list[Unit]) -> None:
    search.pause(connection)
    homes = range(1, households + 1)
    uuids, dice = bulk.uuids(), Random(7)
    names = "id uuid number unit_id division_id regiment_id company_id version".split()
    rows: Iterator[Sequence[Any]] = (
        (i, next(uuids), f"H{i:07d}", c.pk, c.division_id, c.regiment_id, c.company_id, 1)
        for i in homes
        for c in [companies[i * 7919 % len(companies)]]
    )
    bulk.insert(connection, Household, names, rows)
    names = "id uuid name name_tokens citizen citizen_index birth_date home_id".split()
    people = range(1, PEOPLE * households + 1)
    keys = field_ring(), index_ring()
    bulk.insert(
        connection, Person, names, (_person(i, uuids, dice, *keys) for i in people), {"sex": "", "ethnicity": ""}
    )
    names = "uuid household_id person_id member_number relation".split()
    relations = ("户主", "配偶")
    rows = (
        (next(uuids), (i + 1) // PEOPLE, i, f"H{(i + 1) // PEOPLE:07d}-{i % PEOPLE}", relations[(i - 1) % PEOPLE])
        for i in people
    )
    same = {"shares_budget": True, "resident_here": True, "registered_here": True}
    bulk.insert(connection, Membership, names, rows, same)
    now = bulk.moment(connection, timezone.now())
    names, quarter = "household_id quarter kind amount_fen row".split(), quarter_of(date(2020, 2, 1))
    kinds = ("wage_income", "production_income")
    entries = ((i, quarter, kinds[i % 2], 400_000 + i % 9973, i) for i in homes)
    bulk.insert(connection, LedgerEntry, names, entries, {"one_off": False, "source": "", "recorded_at": now})
    search.rebuild(connection, 0)
    bulk.settle_keys(connection, Household, Person)


def _person(i: int, uuids: Iterator[str], dice: Random, seals: KeyRing, indexes: KeyRing) -> Sequence[Any]:
    name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
    born = date(1940, 1, 1) + timedelta(days=dice.randrange(28_000))
    first = f"652901{born:%Y%m%d}{i % 1000:03d}"
    number, uuid = first + check_digit(first), next(uuids)
    sealed = Sealed.of(number, f"registry_person.citizen.{UUID(uuid)}", seals).text
    return (
        i,
        uuid,
        name,
        search.tokens(name),
        sealed,
        CITIZEN_NUMBER.token(number, indexes),
        str(born),
        (i + 1) // PEOPLE,
    )


# ---- casework


def _casework(people: dict[str, User]) -> None:
    today, post = timezone.localdate(), people["secretary"].posts.get()
    version = versions.version_on(Unit.objects.get(code="d0r3"), today)
    read = versions.frozen(version).procedure
    steps = [step.id for step in read.steps]
    runs = {unit.pk: _run(unit, today, people["office"]) for unit in Unit.objects.filter(level=Level.REGIMENT)}
    found = _some(25)
    _store(RunLine, (RunLine(run=runs[h.regiment_id], household=h, outcome=("met", "suspected")[h.pk % 2], tier="low",
                             members=2, net_income=800_000, rules_met="income_below_line") for h in found))  # fmt: skip
    _store(Clue, (Clue(household=h, source=ClueSource.SCREENING, fingerprint=f"{h.pk:064d}", raised_on=today,
                       due_on=today + timedelta(days=h.pk % 9 - 4), run=runs[h.regiment_id], score=h.pk % 60,
                       reasons=["人均纯收入低于监测线（10）"], outcome=("met", "suspected")[h.pk % 2], tier="low",
                       state=("new", "triaged")[h.pk % 2]) for h in found))  # fmt: skip
    _store(ClueLine, (ClueLine(clue=c, source=ClueSource.SCREENING, run_id=c.run_id, rule="income_below_line", outcome="met",
                               clause="二/一/p1", sentence="家庭纯收入低于监测线。", fingerprint=c.fingerprint)
                      for c in Clue.objects.iterator(chunk_size=_LOT)))  # fmt: skip
    _store(Case, (Case(household=h, version=version, number=f"{h.number}-2026", opened_on=today, opened_by=post,
                       due_on=today + timedelta(days=h.pk % 40 - 10), step=steps[h.pk % 6]) for h in _some(33)))  # fmt: skip
    cases = list(Case.objects.order_by("pk"))
    _store(OpenStep, (OpenStep(case=c, step=c.step, since=today, due_on=c.due_on) for c in cases))
    _store(StepRecord, (StepRecord(case=c, step=step, round=1, way=read.step(step).ways[0].id, by=people["secretary"],  # type: ignore[union-attr]
                                   post=post, occurred_on=today)
                        for c in cases for step in steps[: steps.index(c.step)]))  # fmt: skip
    _sign(read, people)


def _sign(procedure: Procedure, people: dict[str, User]) -> None:
    """Every record signed by as many as its step asks for."""
    needed = {step.id: step.signatures for step in procedure.steps}
    signers = [(people[name], people[name].posts.get()) for name in ("secretary", "office", "leader")]
    records = StepRecord.objects.iterator(chunk_size=_LOT)
    rows = (
        Signature(record=record, user=user, post=post)
        for record in records
        for user, post in signers[: needed[record.step]]
    )
    _store(Signature, rows)


def _some(every: int) -> list[Household]:
    """Every so-manieth household, spread over all companies."""
    return list(Household.objects.annotate(rest=models.F("pk") % every).filter(rest=0).order_by("pk"))


def _run(unit: Unit, today: date, by: User) -> ScreeningRun:
    runs = [
        ScreeningRun(
            unit=unit, policy="qituan-2020", policy_sha256="x", as_of=today, state=RunState.DONE, result_sha256="x",
            started_by=by, finished_at=timezone.now(), counts={"met": 200, "suspected": 200},
        )
        for _ in range(20)
    ]  # fmt: skip
    return ScreeningRun.objects.bulk_create(runs)[-1]


# ---- departments' files


def _files(sender: User) -> None:
    """Two hundred batches a regiment's hospital has sent; in the last a thousand rows nobody has matched."""
    batches = []
    for unit in Unit.objects.filter(level=Level.DEPARTMENT):
        batches += [
            SourceBatch(
                unit=unit, **unit.scope_columns, department="hospital", table="medical", file_name=f"{n}月费用.xlsx",
                sha256=f"{unit.pk}-{n}", state=BatchState.CONFIRMED, as_of=timezone.localdate(), counts={"read": 1_000},
            )
            for n in range(200)
        ]  # fmt: skip
    SourceBatch.objects.bulk_create(batches, batch_size=_LOT)
    last = SourceBatch.objects.filter(unit=sender.unit).order_by("-pk")[0]
    _store(SourceRow, (SourceRow(batch=last, row=n, cells="{}", outcome=RowOutcome.UNMATCHED, reason="没有这个人")
                       for n in range(1, 1_001)))  # fmt: skip


def _store(model: type[models.Model], rows: Iterator[Any]) -> None:
    while lot := list(islice(rows, _LOT)):
        model._default_manager.bulk_create(lot)
