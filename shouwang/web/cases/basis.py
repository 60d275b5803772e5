"""What a decision rests on: the reasons, the figures, and every earlier step; after confirmation, as it was kept that day."""

from __future__ import annotations

from datetime import date
from typing import Any

from shouwang.casework.queries import CaseFile
from shouwang.web.cases.reasons import figures_of, figures_said, kept_reasons, reasons_of, reports_of, rules_of
from shouwang.web.cases.records import standing_entries


def basis_of(file: CaseFile, step_id: str) -> dict[str, Any]:
    """The basis for deciding a step: as things stand now."""
    return {
        "figures": figures_of(file.line),
        "as_of": file.line.run.as_of if file.line else None,
        "rules": [] if any(line.rule for line in file.findings) else rules_of(file.line),
        "reasons": reasons_of(file.findings),
        "reports": reports_of(file.findings),
        "entries": standing_entries(file, step_id),
    }


def why_of(file: CaseFile) -> dict[str, Any]:
    """Why there is a case: now, or as it was kept when the case was confirmed, with the proof that nobody changed it."""
    if file.basis is None:
        now = basis_of(file, file.procedure.first.id)
        return {**now, "kept": False, "intact": None}
    run = file.basis["run"]
    figures = file.basis["figures"]
    return {
        "figures": figures_said(figures[0]) if figures else [],
        "as_of": date.fromisoformat(run["as_of"]) if run else None,
        "reasons": kept_reasons(file.basis, file.case.version.policy),
        "reports": [{"sentence": one["sentence"]} for one in file.basis["findings"] if not one["rule"]],
        "kept": True,
        "intact": file.page.intact,
        "on": file.case.confirmation.record.occurred_on,
        "sha256": file.case.confirmation.sha256,
    }
