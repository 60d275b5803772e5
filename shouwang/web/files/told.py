"""A batch in tables and facts: counts that add up, the comparison with what is usual, its columns, who did what."""

from __future__ import annotations

from typing import Any

from shouwang.policy.feed import DEPARTMENT_NAMES
from shouwang.registry.batch_steps import work_of
from shouwang.registry.batch_stops import usual_for
from shouwang.registry.feeds import feed_of_batch
from shouwang.registry.models import BatchState, RowOutcome, SourceBatch
from shouwang.web.files.words import OUTCOME_HELP
from shouwang.web.tables import Cell, Column, Row, Table
from shouwang.web.templatetags.ui import count, day, yuan

_FINGERPRINT = 12
#: A state, as the step that led to it.
_STEPS = {
    BatchState.QUEUED: "上报", BatchState.READING: "开始读取", BatchState.MAPPING: "列名对不上，等人对应",
    BatchState.STAGED: "读好，等待确认", BatchState.PUBLISHING: "确认入库", BatchState.UNDONE: "撤销",
}  # fmt: skip


def facts(batch: SourceBatch) -> list[dict[str, Any]]:
    """What was sent, by whom, of which day."""
    feed, first = feed_of_batch(batch), batch.steps.select_related("by").first()
    by = first.by.display_name if first and first.by else "系统控制台"
    told = [
        ("资料", feed.title), ("部门", DEPARTMENT_NAMES.get(batch.department, "团办")), ("上报单位", batch.unit.name),
        ("上报人", by), ("文件", batch.file_name), ("资料截至", day(batch.as_of)),
        ("文件指纹", batch.sha256[:_FINGERPRINT]),
    ]  # fmt: skip
    return [{"label": label, "value": value} for label, value in told]


def counts_table(batch: SourceBatch, outcomes: dict[str, int]) -> Table:
    """Every row read ended in exactly one of these; the sum says so."""
    rows = [
        Row([Cell(outcome.label), Cell(count(outcomes[outcome.value])), Cell(help_)])
        for outcome, help_ in OUTCOME_HELP.items()
        if outcomes[outcome.value] or outcome in (RowOutcome.REJECTED, RowOutcome.UNMATCHED)
    ]
    total = sum(outcomes.values())
    rows.append(
        Row([Cell("合计"), Cell(count(total)), Cell(f"读入 {count(batch.counts.get('read', 0))} 行，一行不少")])
    )
    columns = [Column("结果"), Column("行数", "number"), Column("说明")]
    return Table("读到了什么", columns, rows, compact=True)


def comparison(batch: SourceBatch) -> Table | None:
    """This batch beside the last of its kind; nothing where there is nothing to hold it against."""
    usual, told = usual_for(batch), work_of(batch).measures
    if usual is None or not told:
        return None
    rows = [Row([Cell("行数"), Cell(count(told["rows"])), Cell(count(usual.rows))])]
    if told.get("median_fen") is not None:
        rows.append(Row([Cell("金额中位数"), Cell(yuan(told["median_fen"])), Cell(yuan(usual.median_fen))]))
    shares = (_share(told["unclear"], told["rows"]), _share(usual.unclear, usual.rows))
    rows.append(Row([Cell("对不上人或户的"), *map(Cell, shares)]))
    columns = [Column("项目"), Column("这一批", "number"), Column(usual.words, "number")]
    return Table("与上次相比", columns, rows, compact=True)


def _share(part: int | None, whole: int | None) -> str:
    return "—" if part is None or not whole else f"{part * 100 / whole:.1f}%"


def mapped(batch: SourceBatch) -> list[dict[str, str]]:
    """Which column of the file was read as which of ours, where somebody assigned them."""
    columns = feed_of_batch(batch).reading.columns
    return [
        {"label": column.header, "value": batch.mapping.get(column.name, "不读")} for column in columns if batch.mapping
    ]


def timeline(batch: SourceBatch) -> list[dict[str, Any]]:
    """What was done with the batch, newest first."""
    return [
        {
            "title": _STEPS.get(BatchState(one.state), BatchState(one.state).label), "when": one.at, "text": one.reason,
            "who": one.by.display_name if one.by else "系统",
        }
        for one in batch.steps.select_related("by").order_by("-pk")
    ]  # fmt: skip
