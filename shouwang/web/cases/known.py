"""What a form need not ask: what this person wrote last time, what an earlier step says about the same thing, who is writing."""

from __future__ import annotations

from datetime import date
from typing import Any

from shouwang.accounts.models import User
from shouwang.casework.evidence import in_words
from shouwang.casework.models import StepRecord
from shouwang.casework.queries import CaseFile
from shouwang.policy.procedure import Field, Kind, Step
from shouwang.web.cases.forms import Known


def known_for(file: CaseFile, step: Step, user: User) -> Known:
    """Known before a step is filled in. What somebody else wrote stands beside the field and is never filled in for one."""
    last = next((record for record in reversed(file.page.history) if record.step == step.id and record.evidence), None)
    mine = last is not None and last.by_id == user.pk
    initial: dict[str, Any] = {
        one.name: user.display_name for one in step.fields if one.kind is Kind.PEOPLE and one.least
    }
    if last is not None and mine:
        initial |= {one.name: _typed(one, last.evidence[one.name]) for one in step.fields if one.name in last.evidence}
    hints = {one.name: _hint(file, step, one) for one in step.fields}
    return Known(initial, {name: hint for name, hint in hints.items() if hint}, again=mine)


def day_from(file: CaseFile, step: Step, earliest: date | None) -> date | None:
    """The first day a step may carry: that of the steps it follows, or the end of what it waits for."""
    names = [entry.partition(":")[0] for entry in step.after]
    days = [file.standing[name].occurred_on for name in names if name in file.standing]
    return max([*days, *([earliest] if earliest else [])], default=None)


def _hint(file: CaseFile, step: Step, one: Field) -> str:
    """What the last step before this one that asked the same thing says."""
    earlier = [file.standing[name] for name in file.procedure.before(step.id) if name in file.standing]
    same = next((record for record in reversed(earlier) if _asks(file, record, one)), None)
    if same is None:
        return ""
    said = in_words([one], same.evidence)
    return f"“{file.procedure.by_id[same.step].title}”写的是：{said[0][1]}。"


def _asks(file: CaseFile, record: StepRecord, one: Field) -> bool:
    same = (field for field in file.procedure.by_id[record.step].fields if field.name == one.name)
    return one.name in record.evidence and any(field.label == one.label for field in same)


def _typed(one: Field, value: Any) -> Any:
    return "、".join(value) if one.kind is Kind.PEOPLE else value
