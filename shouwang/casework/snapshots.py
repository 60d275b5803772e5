"""What a confirmation rested on, as canonical bytes with a hash: compared again whenever it is read (C8, T7)."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from shouwang.accounts.audit import canonical
from shouwang.casework.desk import Desk
from shouwang.casework.models import Case, Confirmation, RunLine, ScreeningRun, StepRecord


def take(desk: Desk, record: StepRecord) -> Confirmation:
    """Keep what the case was confirmed on."""
    text = canonical(_basis(desk.case, record, desk.case.clue.run if desk.case.clue else None))
    row = Confirmation(case=desk.case, record=record, snapshot=text, sha256=_hash(text))
    row.save(force_insert=True)
    return row


def is_intact(confirmation: Confirmation) -> bool:
    """Whether the kept basis, and the records it tells of, are what they were."""
    run = json.loads(confirmation.snapshot)["run"]
    then = ScreeningRun.objects.filter(uuid=run["uuid"]).first() if run else None
    kept = canonical(_basis(confirmation.case, confirmation.record, then))
    return _hash(confirmation.snapshot) == confirmation.sha256 and kept == confirmation.snapshot


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _basis(case: Case, record: StepRecord, run: ScreeningRun | None) -> dict[str, Any]:
    """Only what does not change any more; the clue itself goes on, so its run of that day is named."""
    figures = RunLine.objects.filter(run=run, household=case.household).values(
        "outcome", "tier", "members", "net_income", "base_income", "rigid", "rules_met", "rules_suspected"
    )
    lines = case.clue.lines.filter(added_at__lte=record.recorded_at) if case.clue else None
    return {
        "case": case.number,
        "household": case.household.number,
        "procedure": case.version.sha256,
        "policy": case.version.policy_sha256,
        "run": {"uuid": run.uuid, "as_of": run.as_of, "result": run.result_sha256, "parameters": run.parameters}
        if run
        else None,
        "figures": list(figures),
        "findings": list(lines.values("rule", "outcome", "clause", "sentence", "fingerprint")) if lines else [],
        "records": [_told(one) for one in case.records.filter(pk__lte=record.pk).prefetch_related("signatures")],
    }


def _told(record: StepRecord) -> dict[str, Any]:
    return {
        "step": record.step,
        "round": record.round,
        "way": record.way,
        "on": record.occurred_on,
        "at": record.recorded_at,
        "evidence": record.evidence,
        "note": record.note,
        "signed": [[signature.user_id, signature.agrees] for signature in record.signatures.all()],
    }
