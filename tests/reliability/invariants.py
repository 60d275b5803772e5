"""What must hold in a database at every moment, whatever was broken off: each breach told in a sentence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connections
from django.db.models import Count, QuerySet

from shouwang.accounts import audit_chain
from shouwang.accounts.models import AuditEvent
from shouwang.casework import snapshots
from shouwang.casework.desk import Desk
from shouwang.casework.models import (
    Case,
    CaseStatus,
    Clue,
    ClueLine,
    Confirmation,
    OpenStep,
    RunLine,
    RunState,
    ScreeningRun,
    Signature,
    StepRecord,
)
from shouwang.casework.models.screening import FLAGGED
from shouwang.registry.models import BatchState, MedicalBill, SourceBatch
from shouwang.registry.models.batch import GONE, TAKEN

#: Acts on a record that exists already; every other `case.*` event with a record tells of a new one.
_ON_A_RECORD = ("case.cosigned", "case.sign_refused")


def broken(alias: str = "default") -> list[str]:
    """Every breach found. Cases are worked out anew from their records only in the live database."""
    found = [*structure(alias), *imports(alias), *decisions(alias), *screenings(alias)]
    return [*found, *cases()] if alias == "default" else found


def structure(alias: str) -> Iterator[str]:
    """The file, the references, the chain."""
    if connections[alias].vendor == "sqlite":
        with connections[alias].cursor() as cursor:
            damage = [row[0] for row in cursor.execute("PRAGMA integrity_check(5)").fetchall()]
            orphans = cursor.execute("PRAGMA foreign_key_check").fetchall()
        if damage != ["ok"]:
            yield f"integrity_check: {damage}"
        if orphans:
            yield f"foreign_key_check: {orphans[:3]}"
    verdict = audit_chain.verify(using=alias, with_anchors=alias == "default")
    if not verdict.intact:
        yield verdict.explanation


def imports(alias: str) -> Iterator[str]:
    """A batch counts whole or not at all, its rows are posted once, and its confirmation is on the trail."""
    told = Counter(_targets(alias, "batch.confirmed"))
    for batch in SourceBatch.objects.using(alias).filter(table="medical", department="hospital"):
        name = f"批次 {batch.uuid}（{batch.state}）"
        rows, taken = batch.rows.count(), batch.rows.filter(outcome__in=TAKEN).count()
        facts = MedicalBill.objects.using(alias).filter(batch=batch).count()
        counts = batch.state == BatchState.CONFIRMED
        if counts and not (rows == batch.counts["read"] and taken == facts > 0):
            yield f"{name} 不完整：读 {batch.counts['read']}，行 {rows}，应入 {taken}，已入 {facts}"
        if not counts and MedicalBill.objects.using(alias).standing().filter(batch=batch).exists():
            yield f"{name} 尚未入库却已计入"
        if batch.state in (BatchState.READING, BatchState.STAGED) and facts:
            yield f"{name} 尚未确认却有 {facts} 条事实"
        if told[f"registry.sourcebatch/{batch.uuid}"] != counts:
            yield f"{name} 的入库审计有 {told[f'registry.sourcebatch/{batch.uuid}']} 条"


def decisions(alias: str) -> Iterator[str]:
    """A record, its signature and its audit event exist together."""
    told: Counter[str] = Counter()
    signed = 0
    events = AuditEvent.objects.using(alias).filter(verb__startswith="case.").values_list("verb", "facts")
    for verb, facts in events.iterator():
        record = json.loads(facts).get("record")
        if verb in _ON_A_RECORD:
            signed += 1
        elif record:
            told[record] += 1
    records = StepRecord.objects.using(alias).annotate(signatures_made=Count("signatures"))
    there = {str(uuid): made for uuid, made in records.values_list("uuid", "signatures_made")}
    for uuid, made in there.items():
        if told[uuid] != 1 or made < 1:
            yield f"办理记录 {uuid}：审计 {told[uuid]} 条，签字 {made} 个"
    for uuid in set(told) - set(there):
        yield f"审计记有办理记录 {uuid}，却没有这条记录"
    if Signature.objects.using(alias).count() != len(there) + signed:
        yield "签字数与审计不符"
    confirmed = StepRecord.objects.using(alias).filter(step="confirm", way="confirmed")
    if set(confirmed.values_list("pk", flat=True)) != set(
        Confirmation.objects.using(alias).values_list("record_id", flat=True)
    ):
        yield "确认记录与确认依据不成对"


def screenings(alias: str) -> Iterator[str]:
    """A finished run has all its lines, once, and one event; no household has a finding twice."""
    told = Counter(_targets(alias, "screening.done"))
    for run in ScreeningRun.objects.using(alias):
        lines = Counter(RunLine.objects.using(alias).filter(run=run).values_list("outcome", flat=True))
        done = run.state == RunState.DONE
        if told[f"casework.screeningrun/{run.uuid}"] != done:
            yield f"筛查 {run.uuid}（{run.state}）的完成审计有 {told[f'casework.screeningrun/{run.uuid}']} 条"
        if done and any(lines[outcome] != run.counts.get(outcome, 0) for outcome in FLAGGED):
            yield f"筛查 {run.uuid} 的结果不完整：{dict(lines)}，应为 {run.counts}"
    twice = (
        ClueLine.objects.using(alias).values("clue__household", "fingerprint", "rule", "clause").annotate(n=Count("pk"))
    )
    if again := list(twice.filter(n__gt=1, run__isnull=False)[:3]):
        yield f"同一依据提示了不止一次：{again}"
    waiting = Clue.objects.using(alias).filter(state__in=["new", "triaged"]).values("household").annotate(n=Count("pk"))
    if waiting.filter(n__gt=1).exists():
        yield "一户有不止一条待办线索"


def cases() -> Iterator[str]:
    """What is kept of a case is what its records say; what it was confirmed on is unchanged."""
    kept: dict[int, set[str]] = {}
    for case_id, step in OpenStep.objects.values_list("case_id", "step"):
        kept.setdefault(case_id, set()).add(step)
    for case in Case.objects.select_related("version", "household__unit"):
        state = Desk.look(case).state
        if set(state.open) != kept.get(case.pk, set()) or case.status != state.status:
            yield f"个案 {case.number}：{case.status}、{kept.get(case.pk)}，按记录应为 {state.status}、{state.open}"
    for confirmation in Confirmation.objects.select_related("case__household", "case__clue", "record", "case__version"):
        if not snapshots.is_intact(confirmation):
            yield f"个案 {confirmation.case.number} 的确认依据变了"
    if Case.objects.filter(status=CaseStatus.CONFIRMED, confirmation=None).exists():
        yield "有已确认而没有依据的个案"


def lost(acknowledged: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Work somebody was told is done, and is not there."""
    there = {
        "case": _uuids(Case.objects.all()),
        "received": _uuids(SourceBatch.objects.exclude(state__in=GONE)),
        "confirmed": _uuids(SourceBatch.objects.filter(state__in=[BatchState.PUBLISHING, BatchState.CONFIRMED])),
        "import": _uuids(SourceBatch.objects.filter(state=BatchState.CONFIRMED)),
        "screening": _uuids(ScreeningRun.objects.filter(state=RunState.DONE)),
        "decision": _uuids(StepRecord.objects.all()),
    }
    signed = {(str(uuid), name) for uuid, name in Signature.objects.values_list("record__uuid", "user__username")}
    for ack in acknowledged:
        kind = ack["done"]
        if kind == "signature":
            kept = (ack["record"], ack["user"]) in signed
        else:
            kept = ack.get("batch") or ack.get("run") or ack.get("record") or ack.get("case")
            kept = kept in there[kind]
        if not kept:
            yield f"已答复而丢失：{dict(ack)}"


def _uuids(rows: QuerySet[Any]) -> set[str]:
    return {str(uuid) for uuid in rows.values_list("uuid", flat=True)}


def _targets(alias: str, verb: str) -> list[str]:
    return list(AuditEvent.objects.using(alias).filter(verb=verb).values_list("target", flat=True))
