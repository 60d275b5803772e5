"""Is a batch what one would expect, after the last of its kind? Wrong units, years and people show here (trust T22).

Apart from these: rows that tell with another figure what the registry holds already. They need an answer of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from shouwang.accounts.redact import FEWEST
from shouwang.registry.batch_steps import work_of
from shouwang.registry.feeds import feed_of_batch
from shouwang.registry.models import BatchState, LedgerEntry, MedicalBill, SourceBatch
from shouwang.registry.recognise import within

#: A usual amount this many times the last one's, or as small a part of it, is more likely a slip of units than a fact.
SHIFT = 5
#: More rows in a hundred about nobody we know are more likely a wrong file than newcomers.
UNCLEAR_PERCENT = 5
_LOOKED_AT = 5_000
#: Table -> what rows and facts that look like one thing have in common, and where they differ.
_LIKE = {
    "medical": ("同一人、同一天结算", "金额"),
    "ledger": ("同一户同一人、同一季度、同一类别和来源", "金额"),
    "school": ("同一人、同一截至日期", "学籍状态或年级"),
    "insurance": ("同一人、同一年度", "参保状态"),
    "events": ("同一户、同一天、同一事由", "说明"),
}


@dataclass(frozen=True, slots=True)
class Usual:
    """What a batch is held against: the last confirmed one of its kind, or what the registry holds where there is none."""

    words: str
    median_fen: int | None
    rows: int | None = None
    unclear: int | None = None


def usual_for(batch: SourceBatch) -> Usual | None:
    """What to hold a batch against; None where nothing of its kind was ever there."""
    same = SourceBatch.objects.filter(table=batch.table, feed=batch.feed, state=BatchState.CONFIRMED)
    same = same.filter(regiment=batch.regiment_id) if batch.regiment_id else same.filter(unit=batch.unit_id)
    last = same.filter(pk__lt=batch.pk, work__measures__rows__gt=0).select_related("work").order_by("-pk").first()
    if last is not None:
        told = last.work.measures
        return Usual(f"上一批“{last.file_name}”", told.get("median_fen"), told.get("rows"), told.get("unclear"))
    amounts = _amounts_held(batch)
    return Usual(f"台账里最近 {len(amounts):,} 笔", int(median(amounts))) if len(amounts) >= FEWEST else None


def stops_of(batch: SourceBatch) -> list[str]:
    """Why a batch must not be confirmed without a written reason; usually nothing."""
    found, told = [], work_of(batch).measures
    usual, now = usual_for(batch), told.get("median_fen")
    if usual and usual.median_fen and now and usual.median_fen > 0 and now > 0:
        if now > SHIFT * usual.median_fen:
            found.append(f"金额中位数是{usual.words}的 {now / usual.median_fen:.0f} 倍，请核对单位是元还是分")
        elif usual.median_fen > SHIFT * now:
            found.append(f"金额中位数只有{usual.words}的 1/{usual.median_fen / now:.0f}，请核对单位是元还是万元")
    rows, unclear = told.get("rows") or 0, told.get("unclear") or 0
    if rows and unclear * 100 > UNCLEAR_PERCENT * rows:
        found.append(f"{rows:,} 行里有 {unclear:,} 行对不上人或户，超过 {UNCLEAR_PERCENT}%")
    return found


def like_of(batch: SourceBatch) -> int:
    """How many rows look like something the registry holds with another figure: a correction, or really another."""
    return int(work_of(batch).measures.get("like", 0))


def like_words(batch: SourceBatch) -> str:
    """What is said of them."""
    common, other = _LIKE[batch.table]
    return f"{like_of(batch):,} 行与台账里已有的{common}，只是{other}不同；入库后两边都在，{_twice(batch)}"


def others_words(batch: SourceBatch) -> str:
    """The answer that lets them count all the same."""
    return f"这些是另外的{'收支' if _is_money(batch) else '记录'}，照样记入"


def _twice(batch: SourceBatch) -> str:
    return "金额会计两次" if _is_money(batch) else "说法不一"


def _is_money(batch: SourceBatch) -> bool:
    return batch.table in ("medical", "ledger")


def _amounts_held(batch: SourceBatch) -> list[int]:
    """The latest amounts of the same kind in the registry."""
    feed = feed_of_batch(batch)
    if batch.table == "medical":
        bills = MedicalBill.objects.standing().filter(within("person__home__", batch.unit)).exclude(batch=batch)
        return list(bills.order_by("-pk").values_list("total", flat=True)[:_LOOKED_AT])
    if batch.table == "ledger" and not feed.is_standard:
        kind = feed.table.column("kind").choices[feed.fixed["kind"]]
        lines = LedgerEntry.objects.standing().filter(within("household__", batch.unit), kind=kind, amount_fen__gt=0)
        return list(lines.exclude(batch=batch).order_by("-pk").values_list("amount_fen", flat=True)[:_LOOKED_AT])
    return []
