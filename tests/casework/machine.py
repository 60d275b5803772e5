"""A case driven at random by people with many posts, some of them relatives; what must never be is checked after every act.

The invariants are written from the policy, not from the code under test: they look only at what is in the database.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import Count, Max
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shouwang.accounts.models import AuditEvent, User
from shouwang.accounts.scope import AccessDenied
from shouwang.casework import actions
from shouwang.casework.desk import Desk
from shouwang.casework.errors import CaseworkError
from shouwang.casework.models import Case, Confirmation, OpenStep, StepRecord
from shouwang.casework.snapshots import is_intact
from shouwang.registry.models import Household
from tests.casework.conftest import FORMS

#: 二(五), as a reader of the text would write it down.
BEFORE = {
    "visit": ["declare"], "assess": ["visit"], "report": ["assess"], "compare": ["report"], "check": ["compare"],
    "confirm": ["compare", "check"], "file": ["confirm"], "receipt": ["file"],
}  # fmt: skip
APART = {
    "check": ["visit", "assess", "report"],
    "confirm": ["declare", "visit", "assess", "report", "compare", "check"],
}
STEPS = [
    "declare",
    "visit",
    "assess",
    "report",
    "compare",
    "check",
    "confirm",
    "file",
    "receipt",
    "answer",
    "appeal_review",
]
people, days = st.integers(0, 9), st.sampled_from([0, 0, 0, 0, -1, -4, -7, 1])


class CaseMachine(RuleBasedStateMachine):
    """One household, whoever acts on it."""

    actors: ClassVar[list[User]]
    relative: ClassVar[User]
    household: ClassVar[Household]
    reached: ClassVar[set[str]] = set()

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.events = AuditEvent.objects.count()
        self.case = actions.open_case(by=self.actors[0], household=self.household)
        self.done, self.looked, self.last = 1, 0, self.mark()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.atomic.__exit__(None, None, None)

    def attempt(self, act: Any, **facts: Any) -> bool:
        try:
            act(**facts)
        except (CaseworkError, AccessDenied):
            return False
        self.done += 1
        return True

    def form(self, step: str, way: str) -> dict[str, Any]:
        against = {"for": 0, "against": 3} if way == "refused" and step == "confirm" else {}
        return FORMS.get(step, {}) | against

    @rule(first=people, day=days, way=st.sampled_from([0, 0, 0, 0, 1, 2, 3]), straight=st.integers(0, 5))
    def advance(self, first: int, day: int, way: int, straight: int) -> None:
        """Some steps straight on, by whoever may, then one with any outcome on any day."""
        for _ in range(straight):
            self.step_on(first, 0, 0)
        self.step_on(first, day, way)

    @rule(first=people, way=st.integers(0, 3), contested=st.booleans())
    def decide(self, first: int, way: int, contested: bool) -> None:
        """Straight on to the leading group, which decides one way or another; a refusal may be contested at once."""
        for _ in range(8):
            if OpenStep.objects.filter(case=self.case, step="confirm").exists():
                break
            self.step_on(first, 0, 0)
        self.step_on(first, 0, way)
        if contested:
            self.contest()

    def step_on(self, first: int, day: int, way: int) -> None:
        row = OpenStep.objects.filter(case=self.case).order_by("pk" if first % 3 else "-pk").first()
        if row is None:
            return
        step = Desk.look(self.case).procedure.step(row.step)
        assert step is not None
        chosen = step.ways[way % len(step.ways)].id
        on = timezone.localdate() + timedelta(days=day)
        for place in range(len(self.actors)):
            by = self.actors[(first + place) % len(self.actors)]
            facts = {"evidence": self.form(step.id, chosen), "note": "理由", "occurred_on": on}
            if row.record is not None and self.attempt(actions.cosign, by=by, record=row.record):
                return
            if row.record is None and self.attempt(
                actions.act, by=by, case=self.case, step=step.id, way=chosen, **facts
            ):
                return

    @rule(
        who=people,
        step=st.sampled_from(STEPS),
        way=st.integers(0, 3),
        day=days,
        noted=st.booleans(),
        seen=st.integers(0, 3),
    )
    def anything(self, who: int, step: str, way: int, day: int, noted: bool, seen: int) -> None:
        """Somebody tries any step, in time or not."""
        found = Desk.look(self.case).procedure.step(step)
        assert found is not None
        chosen = found.ways[way % len(found.ways)].id
        self.attempt(
            actions.act, by=self.actors[who % len(self.actors)], case=self.case, step=step, way=chosen,
            evidence=self.form(step, chosen), note="理由" if noted else "", occurred_on=timezone.localdate() + timedelta(days=day),
            seen=self.case.revision - 1 if seen == 0 else None,
        )  # fmt: skip

    @rule(who=people, door=st.sampled_from(["withdraw", "appeal", "appeal", "close"]), rare=st.integers(0, 2))
    def door(self, who: int, door: str, rare: int) -> None:
        if door == "appeal" or rare == 0:
            by = self.actors[who % len(self.actors)]
            self.attempt(
                actions.use_door, by=by, case=self.case, door=door, reason="理由", evidence=FORMS.get(door, {})
            )

    def contest(self) -> None:
        """A family that was refused does not accept it."""
        if Case.objects.get(pk=self.case.pk).status == "refused":
            self.attempt(actions.appeal, by=self.actors[0], case=self.case, reason="不服")

    @rule(who=people)
    def refuse_to_sign(self, who: int) -> None:
        row = OpenStep.objects.filter(case=self.case).exclude(record=None).first()
        if row is not None and row.record is not None:
            self.attempt(
                actions.refuse_to_sign, by=self.actors[who % len(self.actors)], record=row.record, reason="没有去"
            )

    @rule(who=people)
    def reopen(self, who: int) -> None:
        by = self.actors[who % len(self.actors)]
        if self.attempt(actions.reopen_case, by=by, case=self.case, reason="新情况"):
            self.case = Case.objects.filter(household=self.household).latest("pk")

    # ---- what must never be

    @invariant()
    def nothing_is_wrong(self) -> None:
        """After a refusal nothing has changed; after an act, everything is as the text wants it."""
        now = self.mark()
        if self.done == self.looked:
            assert now == self.last, "a refused act left something behind"
            return
        self.looked, self.last = self.done, now
        assert now[0] - self.events == self.done, "an act without its audit event, or with two"
        self.case.refresh_from_db()
        CaseMachine.reached |= {self.case.status, *self.case.records.values_list("way", flat=True)}
        self.records_follow_the_text()
        self.no_relative_signed()
        self.open_steps_are_what_the_records_say()
        self.nobody_decides_twice()

    def mark(self) -> tuple[int, ...]:
        """What any act changes: the audit trail, the records, the signatures, the case."""
        case = Case.objects.filter(household=self.household)
        counts = case.aggregate(Count("pk", distinct=True), Count("records", distinct=True), Max("revision"))
        return AuditEvent.objects.count(), *(counts[name] or 0 for name in sorted(counts))

    def records_follow_the_text(self) -> None:
        records = list(self.case.records.prefetch_related("signatures").order_by("pk"))
        complete = [record for record in records if _complete(record)]
        standing: dict[str, StepRecord] = {}
        for record in sorted(complete, key=lambda one: max(s.pk for s in one.signatures.all())):
            self.may_follow(record, standing, records)
            standing[record.step] = record
            if record.way in ("back_to_company", "upheld", "assess_again"):
                standing = {step: one for step, one in standing.items() if step in ("declare", "visit")}
            elif record.way == "check_again":
                standing = {s: one for s, one in standing.items() if s not in ("check", "confirm")}
            elif record.way == "visit_again":
                standing = {"declare": standing["declare"]}
        self._status(standing)

    def may_follow(self, record: StepRecord, standing: dict[str, StepRecord], records: list[StepRecord]) -> None:
        for earlier in BEFORE.get(record.step, []):
            assert earlier in standing, f"{record.step} without {earlier}"
            assert standing[earlier].occurred_on <= record.occurred_on, f"{record.step} dated before {earlier}"
        for apart in APART.get(record.step, []):
            assert not _signers(record) & _all_signers(records, apart), f"{record.step} by somebody who did {apart}"
        assert record.step != "visit" or len(_signers(record)) >= 2, "a visit of one"

    def _status(self, standing: dict[str, StepRecord]) -> None:
        confirmed = "confirm" in standing and standing["confirm"].way == "confirmed"
        assert self.case.status != "confirmed" or confirmed
        assert Confirmation.objects.filter(case=self.case).exists() == confirmed
        if confirmed:
            assert is_intact(self.case.confirmation)

    def no_relative_signed(self) -> None:
        assert not StepRecord.objects.filter(case__household=self.household, signatures__user=self.relative).exists()

    def open_steps_are_what_the_records_say(self) -> None:
        rows = set(OpenStep.objects.filter(case=self.case).values_list("step", flat=True))
        assert rows == set(Desk.look(Case.objects.get(pk=self.case.pk)).state.open)
        if self.case.status in ("refused", "lapsed", "withdrawn", "closed"):
            assert not rows

    def nobody_decides_twice(self) -> None:
        confirmed = self.case.records.filter(step="confirm", way="confirmed").count()
        assert confirmed <= 1
        assert (
            Case.objects.filter(household=self.household, status__in=["active", "confirmed", "appealed"]).count() <= 1
        )


def _complete(record: StepRecord) -> bool:
    signatures = list(record.signatures.all())
    return (all(s.agrees for s in signatures) and len(signatures) >= (2 if record.step == "visit" else 1)) or (
        record.step == "visit" and _followed(record)
    )


def _followed(record: StepRecord) -> bool:
    """A visit that others built upon was taken for complete, whatever its signatures."""
    return record.case.records.filter(step="assess", pk__gt=record.pk, round__gte=record.round).exists() and (
        record.case.records.filter(step="visit").latest("pk").pk == record.pk
    )


def _signers(record: StepRecord) -> set[int]:
    return {signature.user_id for signature in record.signatures.all() if signature.agrees}


def _all_signers(records: list[StepRecord], step: str) -> set[int]:
    return {s.user_id for record in records if record.step == step for s in record.signatures.all()}
