"""Has the registry moved on since a batch was compared with it?

Another batch of its kind that began to count meanwhile may hold the same rows, one taken out meanwhile may be the reason
why rows were left out as unchanged. Either way the comparison is void and is made again before anything counts.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet

from shouwang.accounts.models import Unit, User
from shouwang.registry.models import BatchState, BatchStep, SourceBatch
from shouwang.units.errors import ShouwangError


class ComparisonOld(ShouwangError):
    code = "BAT-11"
    conflict = True
    what = "这一批没有入库：读过以后，另一个同类文件{happened}，比对已经过时。"
    why = "照旧的比对入库，同一笔可能计两次，或一次也不计。"
    do = "请重新比对，看过新的结果再确认；没有留下原文件的，请撤销这一批，再上报一次。"


class AnotherAtWork(ShouwangError):
    code = "BAT-12"
    conflict = True
    what = "这一批没有入库：另一个同类文件正在入库。"
    do = "请等它办完，再重新比对、确认。"


def changed_since(batch: SourceBatch) -> BatchStep | None:
    """The last step by which another batch began to count, or ceased to, since this one was read."""
    read = batch.steps.filter(state=BatchState.STAGED).order_by("-pk").first()
    if read is None:
        return None
    counted = BatchStep.objects.filter(state=BatchState.CONFIRMED).values("batch")
    later = BatchStep.objects.filter(batch__in=related(batch).values("pk"), pk__gt=read.pk)
    ceased = Q(state=BatchState.UNDONE, batch__in=counted)
    return later.filter(Q(state=BatchState.CONFIRMED) | ceased).select_related("batch").order_by("-pk").first()


def refuse_old_comparison(batch: SourceBatch) -> None:
    """Before a batch counts, in the transaction that lets it. Of two batches of a regiment one is let through at a time."""
    Unit.objects.select_for_update(no_key=True).get(pk=batch.regiment_id or batch.unit_id)
    if changed := changed_since(batch):
        raise ComparisonOld(happened=_happened(changed))
    if related(batch).filter(state=BatchState.PUBLISHING).exists():
        raise AnotherAtWork()


def told(changed: BatchStep, user: User) -> str:
    """`“四月.csv”已撤销`; a file the user may not see is not named."""
    seen = SourceBatch.objects.visible_to(user).filter(pk=changed.batch_id).exists()
    return (f"“{changed.batch.file_name}”" if seen else "另一个同类文件") + _happened(changed)


def _happened(changed: BatchStep) -> str:
    return "已入库" if changed.state == BatchState.CONFIRMED else "已撤销"


def leaning_on(batch: SourceBatch) -> QuerySet[SourceBatch]:
    """Batches that count and left rows out because the registry had them already, maybe from this one. Whoever sent them."""
    counted = batch.steps.filter(state=BatchState.CONFIRMED).order_by("-pk").first()
    if counted is None:
        return SourceBatch.objects.none()
    read_later = BatchStep.objects.filter(state=BatchState.STAGED, pk__gt=counted.pk).values("batch")
    return related(batch).filter(state=BatchState.CONFIRMED, counts__unchanged__gt=0, pk__in=read_later)


def related(batch: SourceBatch) -> QuerySet[SourceBatch]:
    """The other batches of a regiment whose rows a batch's rows may meet.

    A line of the ledger says by which feed it came, so lines of different feeds never meet; those of a standard table may
    meet any.
    """
    same = SourceBatch.objects.filter(table=batch.table).exclude(pk=batch.pk)
    same = same.filter(regiment=batch.regiment_id) if batch.regiment_id else same.filter(unit=batch.unit_id)
    return same.filter(feed__in=["", batch.feed]) if batch.feed and batch.table == "ledger" else same
