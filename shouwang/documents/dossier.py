"""What are papers made of? Everything a builder may ask about a case, read once: people, figures, reasons, records.

After a confirmation the members are those of that day, and the figures and reasons are those it rested on
(`Confirmation.snapshot`), whatever screenings said since.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.accounts.redact import redact
from shouwang.casework.desk import Desk
from shouwang.casework.models import Case, RunLine, ScreeningRun, StepRecord
from shouwang.casework.versions import book_on
from shouwang.documents.words import BLANK, day_in_table
from shouwang.policy.book import policy_of
from shouwang.policy.procedure import Step, Way
from shouwang.registry.models import Membership
from shouwang.registry.models.household import HEAD
from shouwang.units import identity


@dataclass(frozen=True, slots=True)
class Member:
    """One member as papers name them; the citizen number is masked unless the whole paper may show it."""

    uuid: str
    name: str
    relation: str
    sex: str
    born: str
    number: str
    shares_budget: bool


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason the household was looked at, as the screening or a person put it."""

    source: str
    rule: str
    clause: str
    sentence: str
    figures: Mapping[str, Any]


@dataclass(frozen=True)
class Dossier:
    """A case as papers see it. `full`: with whole citizen numbers; then the paper names `reader`, who asked for them."""

    case: Case
    desk: Desk
    records: tuple[StepRecord, ...]
    full: bool = False
    reader: str = ""

    @classmethod
    def open(cls, case: Case, *, full: bool = False, reader: str = "") -> Dossier:
        rows = case.records.select_related("by", "post__unit").prefetch_related(
            "signatures__user", "signatures__post__unit"
        )
        return cls(case, Desk.look(case), tuple(rows.order_by("pk")), full, reader)

    @property
    def caution(self) -> str:
        """What a paper with whole numbers says at its foot, so that a copy that gets about tells whose it was."""
        return f"含完整身份证号，由{self.reader}生成，按规定传送和保管，不得外传。" if self.full else ""

    # ---- where

    @property
    def company(self) -> Unit:
        return self.case.household.unit

    @cached_property
    def regiment(self) -> Unit:
        unit = self.case.household.regiment
        assert unit is not None, "a case is opened in a regiment"
        return unit

    @cached_property
    def division(self) -> Unit | None:
        return self.case.household.division

    @property
    def group(self) -> str:
        """The body that confirms (二/五/2)."""
        return f"{self.regiment.name}扶贫开发领导小组"

    @property
    def office(self) -> str:
        return f"{self.group}办公室"

    @property
    def policy_title(self) -> str:
        return policy_of(self.case.version.policy).title

    # ---- who

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """Who belonged to the household on the day of the confirmation, else today; the head first."""
        confirmed = self.standing("confirm")
        day = confirmed.occurred_on if confirmed else timezone.localdate()
        came, stays = Q(joined_on=None) | Q(joined_on__lte=day), Q(left_on=None) | Q(left_on__gt=day)
        there = Membership.objects.filter(came & stays, household=self.case.household)
        rows = there.filter(superseded_at=None).select_related("person").order_by("member_number")
        return tuple(self._member(row) for row in sorted(rows, key=lambda row: row.relation != HEAD))

    def _member(self, row: Membership) -> Member:
        person = row.person
        number = person.citizen if self.full else identity.mask(person.citizen) if person.citizen else ""
        return Member(
            str(person.uuid), person.name, row.relation or BLANK, person.get_sex_display(),
            day_in_table(person.birth_date) or BLANK, number or BLANK, row.shares_budget,
        )  # fmt: skip

    @property
    def head(self) -> str:
        """The head of the household by name; where the register names none, a line to fill in."""
        return next((member.name for member in self.members if member.relation == HEAD), BLANK)

    # ---- what was done

    def standing(self, step_id: str) -> StepRecord | None:
        """The record by which a step stands."""
        if step_id not in self.desk.state.standing:
            return None
        return next(record for record in reversed(self.done) if record.step == step_id)

    @cached_property
    def done(self) -> tuple[StepRecord, ...]:
        """The records with all the signatures they need, in order."""
        return tuple(record for record in self.records if self._is_complete(record))

    def _is_complete(self, record: StepRecord) -> bool:
        step = self.desk.procedure.step(record.step)
        said = [signature.agrees for signature in record.signatures.all()]
        return all(said) and len(said) >= (step.signatures if step else 1)

    def step(self, step_id: str) -> Step:
        found = self.desk.procedure.step(step_id)
        assert found is not None, step_id
        return found

    def way(self, record: StepRecord) -> Way | None:
        """The outcome of a record; None for what was done through a door."""
        step = self.desk.procedure.step(record.step)
        return step.way(record.way) if step else None

    def limit(self, name: str) -> str:
        """A limit of time in words: `15天`."""
        return self.desk.limit(name).words()

    def text(self, words: str) -> str:
        """Words somebody typed, with any citizen or phone number in them masked."""
        return words if self.full else redact(words)

    # ---- why

    @cached_property
    def snapshot(self) -> Mapping[str, Any] | None:
        """What the confirmation rested on."""
        confirmation = getattr(self.case, "confirmation", None)
        return json.loads(confirmation.snapshot) if confirmation else None

    @cached_property
    def run(self) -> ScreeningRun | None:
        """The screening the figures come from."""
        if self.snapshot is not None:
            kept = self.snapshot["run"]
            return ScreeningRun.objects.filter(uuid=kept["uuid"]).first() if kept else None
        return self.case.clue.run if self.case.clue else None

    @cached_property
    def figures(self) -> Mapping[str, int | None]:
        """net_income, base_income, rigid (fen) and members as the screening had them; empty without one."""
        names = ("members", "net_income", "base_income", "rigid")
        if self.snapshot is not None:
            return {name: row[name] for row in self.snapshot["figures"] for name in names}
        row = RunLine.objects.filter(run=self.run, household=self.case.household).values(*names).first()
        return row or {}

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The reasons of the clue the case was opened on, once each."""
        if self.case.clue is None:
            return ()
        lines = self.case.clue.lines.order_by("pk")
        if self.snapshot is not None:
            kept = {(one["rule"], one["fingerprint"]) for one in self.snapshot["findings"]}
            lines = [line for line in lines if (line.rule, line.fingerprint) in kept]
        else:
            lines = [line for line in lines if line.run_id is None or line.run_id == self.case.clue.run_id]
        return tuple(
            Finding(line.source, line.rule, line.clause, self.text(_ended(line.sentence)), line.figures)
            for line in lines
        )

    @cached_property
    def parameters(self) -> Mapping[str, int]:
        """The figures of the policy in force when the household was screened, or the case opened."""
        day: date = self.run.as_of if self.run else self.case.opened_on
        changed = self.run.parameters if self.run else {}
        return book_on(self.regiment, day, self.case.version.policy, changed).parameters


def _ended(sentence: str) -> str:
    return f"{sentence.rstrip('。')}。"
