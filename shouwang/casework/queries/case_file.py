"""The file of one case: its page, the family, the figures and reasons it rests on, and which of its records count."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from shouwang.accounts import audit
from shouwang.accounts.models import User
from shouwang.casework.desk import Desk, needed
from shouwang.casework.models import LIVE, Case, ClueLine, Relief, RunLine, StepRecord
from shouwang.casework.queries.case_lists import heads_of, why_not_open
from shouwang.casework.queries.cases import CasePage, case_page
from shouwang.casework.queries.runs import latest_run
from shouwang.casework.signing import current_members
from shouwang.policy.procedure import Procedure
from shouwang.policy.procedure_json import Frozen
from shouwang.registry.models import Document, Membership


@dataclass(frozen=True, slots=True)
class CaseFile:
    """Everything about one case for somebody who may see it. `standing`: the record that counts for each step.

    `line`: the household in the screening the clue rests on, else in the last one. `why_not_again`: of a case that is over.
    """

    page: CasePage
    frozen: Frozen
    head: str
    members: tuple[Membership, ...]
    line: RunLine | None
    findings: tuple[ClueLine, ...]
    standing: dict[str, StepRecord]
    basis: dict[str, Any] | None
    papers: tuple[Document, ...]
    why_not_again: str

    @property
    def case(self) -> Case:
        return self.page.case

    @property
    def procedure(self) -> Procedure:
        return self.frozen.procedure

    @property
    def reliefs(self) -> tuple[Relief, ...]:
        return self.page.reliefs


def case_file(user: User, number: str) -> CaseFile | None:
    """One case by its number, None outside one's units. That it was looked at is recorded."""
    rows = Case.objects.visible_to(user).select_related(
        "household__unit", "household__regiment", "version", "clue__run", "opened_by__user", "opened_by__unit", "previous",
        "confirmation__record",
    )  # fmt: skip
    case = rows.filter(number=number).first()
    if case is None:
        return None
    page = case_page(user, case)
    desk = Desk.look(case)
    household = case.household
    confirmation = getattr(case, "confirmation", None)
    members = current_members(household).select_related("person").order_by("member_number")
    run = (case.clue.run if case.clue else None) or latest_run(household.regiment)
    file = CaseFile(
        page, desk.frozen, heads_of([household.pk]).get(household.pk, ""), tuple(members),
        RunLine.objects.filter(run=run, household=household).select_related("run").first() if run else None,
        findings_of(case), _standing(desk, page.history),
        json.loads(confirmation.snapshot) if confirmation else None,
        tuple(Document.objects.visible_to(user).filter(household=household).select_related("uploaded_by")),
        "" if case.status in LIVE else why_not_open(user, household),
    )  # fmt: skip
    audit.note(by=user, verb="case.read", target=case, unit=household.unit)
    return file


def findings_of(case: Case) -> tuple[ClueLine, ...]:
    """What speaks for a case: what people reported, and what the screening found that the clue rests on now."""
    if case.clue is None:
        return ()
    lines = case.clue.lines.select_related("run", "by")
    return tuple(line for line in lines if line.run_id is None or line.run_id == case.clue.run_id)


def is_complete(procedure: Procedure, record: StepRecord) -> bool:
    """Whether a record has the signatures it needs, and nobody refused."""
    signatures = list(record.signatures.all())
    agreed = sum(signature.agrees for signature in signatures)
    return agreed == len(signatures) and agreed >= needed(procedure, record.step)


def _standing(desk: Desk, history: tuple[StepRecord, ...]) -> dict[str, StepRecord]:
    """Of each step that stands, its last complete record."""
    done = [record for record in history if is_complete(desk.procedure, record)]
    return {record.step: record for record in done if record.step in desk.state.standing}
