"""What happened to a household and what was kept of it: events, files, and everything in order of days."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from shouwang.registry.queries import HouseholdPage
from shouwang.web.households.tables import address
from shouwang.web.households.words import size_words
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import day, moment

_KINDS = {"change": "变动", "event": "变故", "document": "附件"}


def events(page: HouseholdPage, *, may: bool) -> Table:
    """What befell the household, the newest first."""
    rows = [
        Row(
            [
                Cell(one.cause),
                Cell(day(one.occurred_on)),
                Cell(one.note or "—"),
                Cell(one.recorded_by.display_name if one.recorded_by else "—"),
            ],
            url=address(page.household, "withdraw", one.uuid) if may else "",
        )
        for one in reversed(page.events)
    ]
    note = "点事由可撤回误登的一次。" if may and rows else ""
    columns = [Column("事由"), Column("发生日期", "short"), Column("说明"), Column("登记人", "short")]
    return Table(
        "变故",
        columns,
        rows,
        empty=Empty("没有登记变故", "因病、因灾、失业等，在“办理”里登记。"),
        note=note,
        compact=True,
    )


def documents(page: HouseholdPage) -> Table:
    """Files kept about the household; each name is its download."""
    rows = [
        Row(
            [
                Cell(one.title, note=one.file_name if one.file_name != one.title else ""),
                Cell(size_words(one.size)),
                Cell(one.uploaded_by.display_name if one.uploaded_by else "—"),
                Cell(moment(one.uploaded_at)),
            ],
            url=reverse("web:household_document", args=[page.household.uuid, one.uuid]),
        )
        for one in page.documents
    ]
    columns = [Column("名称"), Column("大小", "short"), Column("上传人", "short"), Column("上传时间", "short")]
    return Table(
        "附件",
        columns,
        rows,
        empty=Empty("没有附件", "诊断书、残疾证等，可在“办理”里上传。"),
        note="每次下载都有记录。",
        compact=True,
    )


def timeline(page: HouseholdPage) -> list[dict[str, Any]]:
    """What happened, the newest first: the day, what, and who recorded it."""
    told = []
    for one in page.timeline:
        by = getattr(one.what, "recorded_by", None) or getattr(one.what, "uploaded_by", None)
        told.append(
            {
                "day": one.day,
                "kind": _KINDS[one.kind],
                "text": one.text,
                "who": by.display_name if by else "数据包或服务器控制台",
            }
        )
    return told
