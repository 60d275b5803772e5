"""What was done in a case, readable: every record with its form in words, its signatures and whether it still counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from shouwang.casework.evidence import in_words
from shouwang.casework.models import Signature, StepRecord
from shouwang.casework.queries import CaseFile
from shouwang.casework.queries.case_file import is_complete
from shouwang.policy.procedure import Step
from shouwang.web.tables import Tag
from shouwang.web.templatetags.ui import day


@dataclass(frozen=True, slots=True)
class Entry:
    """One record as it is shown. `state` says what a reader must know before anything else."""

    record: StepRecord
    title: str
    outcome: Tag | None
    state: Tag | None
    facts: list[dict[str, str]]
    signatures: tuple[Signature, ...]

    @property
    def when(self) -> datetime:
        return self.record.recorded_at


def entry_of(file: CaseFile, record: StepRecord) -> Entry:
    """A record with the words of the procedure it was made under."""
    item = file.procedure.by_id[record.step]
    title = item.title if record.round == 1 else f"{item.title}（第 {record.round} 次）"
    facts = [{"label": label, "value": text} for label, text in in_words(item.fields, record.evidence)]
    return Entry(record, title, _outcome(item, record), _state(file, record), facts, tuple(record.signatures.all()))


def entries(file: CaseFile) -> list[Entry]:
    """Everything that was done, newest first."""
    return [entry_of(file, record) for record in reversed(file.page.history)]


def standing_entries(file: CaseFile, before: str = "") -> list[Entry]:
    """The records that count, in the order of the procedure; those a step rests on where `before` names it."""
    wanted = file.procedure.before(before) if before else tuple(step.id for step in file.procedure.steps)
    return [entry_of(file, file.standing[name]) for name in wanted if name in file.standing]


def told_before(file: CaseFile, step: Step) -> list[str]:
    """What whoever does a step must know first: why it came back, who refused to sign, what was asked or contested."""
    said = []
    last = file.page.history[-1] if file.page.history else None
    for record in reversed(file.page.history):
        item = file.procedure.by_id[record.step]
        way = item.way(record.way) if isinstance(item, Step) else None
        if way is not None and way.back == step.id and record.note:
            said.append(
                f"“{item.title}”{way.label}：{record.note}（{record.by.display_name}，{day(record.occurred_on)}）"
            )
        if record.step == step.id:
            break
    if last is not None and last.step == step.id:
        said += [f"{one.user.display_name}拒签：{one.reason}" for one in last.signatures.all() if not one.agrees]
    for entry in step.after:
        name = entry.partition(":")[0]
        if (":" in entry or file.procedure.door(name)) and name in file.standing:
            said.append(f"“{file.procedure.by_id[name].title}”：{file.standing[name].note}")
    return said


def _outcome(item: object, record: StepRecord) -> Tag | None:
    way = item.way(record.way) if isinstance(item, Step) else None
    if way is None:
        return None
    return Tag(way.label, "middle" if way.back or way.reason else "brand")


def _state(file: CaseFile, record: StepRecord) -> Tag | None:
    signatures = list(record.signatures.all())
    if any(not signature.agrees for signature in signatures):
        return Tag("有人拒签，不作数")
    if not is_complete(file.procedure, record):
        return Tag("等另一人签字", "middle")
    step = file.procedure.step(record.step)
    way = step.way(record.way) if step else None
    counts = file.standing.get(record.step)
    if step is None or (way is not None and way.back) or (counts is not None and counts.pk == record.pk):
        return None
    return Tag("已退回重办")
