"""How feeds, batches and their rows are told."""

from __future__ import annotations

from shouwang.policy.feed import STANDARD, Feed, feeds
from shouwang.registry.models import BatchState, RowOutcome, SourceBatch
from shouwang.terms.tables import Column, Type
from shouwang.web.tables import Tag

_TONES = {
    BatchState.STAGED: "middle", BatchState.MAPPING: "middle", BatchState.CONFIRMED: "brand", BatchState.REFUSED: "high",
}  # fmt: skip
#: Outcome -> what it means for the sender.
OUTCOME_HELP = {
    RowOutcome.MATCHED: "按身份证号或姓名加出生日期找到了人，入库后计入",
    RowOutcome.ACCEPTED: "按户编号或人员编号对上了，入库后计入",
    RowOutcome.UNMATCHED: "没有找到这个人；由团办在比对工作台判定，也可以改好再报",
    RowOutcome.AMBIGUOUS: "对得上的不止一人，不猜；由团办判定",
    RowOutcome.DUPLICATE: "与本文件前面的一行完全相同，只计一次",
    RowOutcome.UNCHANGED: "台账里已有同样的内容，不重复计入",
    RowOutcome.REJECTED: "内容读不懂或编号没有登记，不计入；请按“怎样改”改好再报",
    RowOutcome.REFUSED: "团办判定不是本团的人，不计入",
}
_FORMATS = {
    Type.ID_NUMBER: "18位，单元格格式设为“文本”", Type.MONEY: "数字，单位元，最多两位小数", Type.DATE: "如 2020-05-14",
    Type.QUARTER: "如 2020Q1 或 2020年第一季度", Type.YEAR: "四位年份，如 2020", Type.YES_NO: "是、否",
}  # fmt: skip


def state_tag(batch: SourceBatch) -> Tag:
    """The state of a batch."""
    return Tag(BatchState(batch.state).label, _TONES.get(BatchState(batch.state), "plain"))


def feed_title(batch: SourceBatch) -> str:
    """What kind of file it is; the id where its feed is no longer declared."""
    found = feeds().get(batch.feed) if batch.feed else STANDARD.get(batch.table)
    return found.title if found else batch.feed or batch.table


def format_words(column: Column) -> str:
    """How a cell of a column is written."""
    if column.choices:
        return "填其中一个：" + "、".join(
            written for written in column.choices if not written.isascii() or len(written) == 1
        )
    if column.usual:
        return "一般填：" + "、".join(column.usual[:8]) + ("等" if len(column.usual) > 8 else "")
    return _FORMATS.get(column.type, "文字")


def must_words(feed: Feed, column: Column) -> str:
    """Whether a cell may be blank."""
    if column.required:
        return "必填"
    if feed.by_person and column in feed.key:
        return "没有时填后两列" if column.name == "id_number" else "没有身份证号时必填"
    return "可空"


def choices_of(column: Column) -> list[str]:
    """What a cell may be chosen from; nothing for free text."""
    if column.type is Type.YES_NO:
        return ["是", "否"]
    return [written for written in column.choices if not (written.isascii() and len(written) > 1)]
