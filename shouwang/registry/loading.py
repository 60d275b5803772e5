"""A whole regiment's data package into the registry, in bulk: guard, checks and matching as on the command line.

For filling an empty regiment: one transaction, so all of it is there or nothing. What departments send later goes
through batches that people confirm (`actions.batches`). Never import this in a web process: it loads DuckDB.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions import create_unit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.intake.account import Account
from shouwang.intake.facts import Facts, Intake
from shouwang.intake.session import connect
from shouwang.registry import loading_rows, search
from shouwang.registry.bulk import next_key
from shouwang.registry.models import BatchState, BatchStep, Household, Person, SourceBatch
from shouwang.registry.models.batch import GONE
from shouwang.sources.package import Package, open_package
from shouwang.units.errors import ShouwangError
from shouwang.units.room import require_room
from shouwang.units.scratch import scratch_folder
from shouwang.units.text import reading_order

Stage = Callable[[str], None]


class UnitsUnknown(ShouwangError):
    code = "REG-01"
    what = "数据包里的这些连队，{regiment}还没有：{names}。"
    why = "户要落在连队上，谁能看、谁来办都由此而定；没有导入任何内容。"
    do = "请先建立这些单位，或核对数据包里的连队名称。"


class HouseholdsKnown(ShouwangError):
    code = "REG-02"
    what = "数据包里有 {count} 个户编号已经登记，例如 {example}。"
    why = "整包导入只用于首次建账，不会覆盖已有的户；没有导入任何内容。"
    do = "新的资料请按部门文件上报，由系统逐行比对。"


@dataclass
class Loaded:
    """What a load did. `repeated`: the same package was loaded before, and nothing was done."""

    repeated: bool = False
    read: int = 0
    accepted: int = 0
    rejected: int = 0
    households: int = 0
    people: int = 0
    batches: dict[str, SourceBatch] = field(default_factory=dict)
    notices: list[str] = field(default_factory=list)

    def sentence(self) -> str:
        if self.repeated:
            return "这个数据包已经导入过，没有重复导入。"
        return f"读 {self.read} 行，接受 {self.accepted} 行，退回 {self.rejected} 行；{self.households} 户，{self.people} 人。"


def load_package(
    *, by: Actor, unit: Unit, path: Path, as_of: date, create_units: bool = False, stage: Stage = lambda _: None
) -> Loaded:
    """Load every table of a package into a regiment. `as_of` is the day its undated facts (health, dwelling…) speak of.

    Raises a SourceError where the package cannot be used, UnitsUnknown, HouseholdsKnown, NoRoom; then nothing is stored.
    """
    allowed = permit(by, Permission.HOUSEHOLD_EDIT, unit)
    require_room(settings.SHOUWANG_HOME)
    with scratch_folder() as scratch:
        (scratch / "facts").mkdir()
        with connect(scratch) as reading:
            stage("读取文件")
            package = open_package(path, scratch / "staged")
            facts = Intake(reading, scratch / "facts").take_in(package, stage)
            stage("写入台账")
            with transaction.atomic():
                load = _Load(by, unit, path, as_of, package, facts)
                loaded = load.run(create_units, stage)
                if not loaded.repeated:
                    audit.record(
                        by=by, post=allowed, verb="package.loaded", target=unit, package=package.name, rows=loaded.read,
                        rejected=loaded.rejected, households=loaded.households, people=loaded.people,
                        files={name: batch.sha256 for name, batch in loaded.batches.items()},
                    )  # fmt: skip
        return loaded


class _Load:
    """One package on its way in, inside its transaction."""

    def __init__(self, by: Actor, unit: Unit, path: Path, as_of: date, package: Package, facts: Facts) -> None:
        self.by, self.unit, self.path, self.as_of = by, unit, path, as_of
        self.package, self.facts, self.account = package, facts, Account.of(facts)

    def run(self, create_units: bool, stage: Stage) -> Loaded:
        prints = {name: self._print(accepted.file, name) for name, accepted in self.facts.accepted.items()}
        standing = SourceBatch.objects.exclude(state__in=GONE)
        if standing.filter(table="households", sha256=prints["households"]).exists():
            return Loaded(repeated=True)
        units = self._units(create_units)
        self._refuse_known()
        files = self.account.files
        loaded = Loaded(
            read=sum(f.read for f in files), accepted=sum(f.accepted for f in files), rejected=self.account.rejected,
            notices=self.account.notices, batches={name: self._batch(name, sha) for name, sha in prints.items()},
        )  # fmt: skip
        keys = loading_rows.Keys(
            household=next_key(Household),
            person=next_key(Person),
            batches={name: batch.pk for name, batch in loaded.batches.items()},
            by=self.by.pk if isinstance(self.by, User) else None,
            at=timezone.now(),
            as_of=self.as_of,
        )
        search.pause(connection)
        rows = loading_rows.Rows(connection, self.facts, self.package, keys)
        loaded.notices += rows.write(units, self.account.rejects, stage)
        stage("建立姓名索引")
        search.rebuild(connection, keys.person - 1)
        loaded.households, loaded.people = rows.households, rows.people
        return loaded

    def _print(self, file: str, table: str) -> str:
        """The fingerprint of a table's file; of a zip, that of the archive and the table's name."""
        digest = hashlib.sha256()
        source = self.path / file if self.path.is_dir() else self.path
        with source.open("rb") as content:
            while block := content.read(1 << 20):
                digest.update(block)
        if not self.path.is_dir():
            digest.update(table.encode())
        return digest.hexdigest()

    def _units(self, create: bool) -> dict[str, Unit]:
        """The company of every name in the package."""
        names = [name for (name,) in self.facts.connection.execute("SELECT DISTINCT unit FROM households").fetchall()]
        known = {unit.name: unit for unit in Unit.objects.filter(regiment=self.unit, level=Level.COMPANY)}
        missing = sorted(set(names) - set(known), key=reading_order)
        if missing and not create:
            raise UnitsUnknown(regiment=self.unit.name, names="、".join(missing[:20]))
        for place, name in enumerate(missing, start=len(known) + 1):
            code = f"{self.unit.code}-{place:02d}"
            known[name] = create_unit(by=self.by, code=code, name=name, level=Level.COMPANY, parent=self.unit)
        return known

    def _refuse_known(self) -> None:
        """Numbers already in the registry; looked up in lots, because a package may bring a million."""
        rows = self.facts.connection.execute("SELECT household_id FROM households")
        count, example = 0, ""
        while Household.objects.exists() and (lot := [number for (number,) in rows.fetchmany(5_000)]):
            found = Household.objects.filter(number__in=lot).values_list("number", flat=True)
            count, example = count + len(found), example or next(iter(found), "")
        if count:
            raise HouseholdsKnown(count=count, example=example)

    def _batch(self, name: str, sha256: str) -> SourceBatch:
        accepted, links = self.facts.accepted[name], self.facts.links.get(name)
        counts = {"read": accepted.rows_read, "accepted": accepted.rows_accepted, "rejected": len(accepted.rejects)}
        batch = SourceBatch(
            unit=self.unit, **self.unit.scope_columns, table=name, file_name=accepted.file, sha256=sha256,
            state=BatchState.CONFIRMED, as_of=self.as_of, counts=counts | (links.counts if links else {}),
            notices=[notice.sentence() for notice in self.facts.notices if notice.file == accepted.file],
        )  # fmt: skip
        batch.save(force_insert=True)
        who = self.by if isinstance(self.by, User) else None
        BatchStep(batch=batch, state=BatchState.CONFIRMED, by=who, reason=f"整包导入：{self.package.name}").save()
        return batch
