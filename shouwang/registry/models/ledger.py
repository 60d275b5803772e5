"""The ledger of a household and what befell it. Append-only: triggers refuse changes (七团办法 二/四/3)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope
from shouwang.registry.models.batch import SourceBatch, Standing, posted_once
from shouwang.registry.models.household import Change, Household, Person
from shouwang.terms.tables import CAUSES, LEDGER_KINDS
from shouwang.units.money import LARGEST_FEN
from shouwang.units.periods import quarter

KINDS = [(english, chinese) for chinese, english in LEDGER_KINDS.items()]
#: Quarters anybody can mean.
FIRST_QUARTER, LAST_QUARTER = quarter(1900, 1), quarter(2199, 4)


class LedgerEntry(models.Model):
    """一笔收支，金额单位：分。只增不改：记错了，另记一笔冲销（`corrects`）。

    分户、并户时的转出转入也是一笔（`transfer`），自 `counts_from` 起计入，此前的口径不变。
    """

    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="ledger", db_index=False)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    quarter = models.PositiveSmallIntegerField("季度")
    kind = models.CharField("类别", max_length=20, choices=KINDS)
    amount_fen = models.BigIntegerField("金额（分）")
    one_off = models.BooleanField("一次性", default=False)
    source = models.CharField("来源", max_length=200, blank=True, default="")
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrected_by", db_index=False
    )
    transfer = models.ForeignKey(Change, models.PROTECT, null=True, blank=True, related_name="entries", db_index=False)
    counts_from = models.DateField("计入自", null=True, blank=True)
    batch = models.ForeignKey(SourceBatch, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField("来源行号", null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)

    objects = Standing.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="household__")

    class Meta:
        verbose_name = verbose_name_plural = "收支"
        constraints: ClassVar[list[Any]] = [
            posted_once("entry_posted_once", "person"),
            models.UniqueConstraint(
                name="entry_of_all_posted_once", fields=["batch", "row"], condition=Q(batch__isnull=False, person=None)
            ),
            models.UniqueConstraint(
                name="entry_corrected_once", fields=["corrects"], condition=Q(corrects__isnull=False)
            ),
            models.CheckConstraint(name="entry_kind_known", condition=Q(kind__in=[kind for kind, _ in KINDS])),
            models.CheckConstraint(
                name="entry_quarter_possible", condition=Q(quarter__gte=FIRST_QUARTER, quarter__lte=LAST_QUARTER)
            ),
            models.CheckConstraint(
                name="entry_amount_possible", condition=Q(amount_fen__gte=-LARGEST_FEN, amount_fen__lte=LARGEST_FEN)
            ),
            models.CheckConstraint(
                name="entry_counts_from_with_transfer",
                condition=Q(transfer=None, counts_from=None) | Q(transfer__isnull=False, counts_from__isnull=False),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["household", "quarter", "id"], name="entry_by_household"),
            models.Index(fields=["transfer"], name="entry_by_transfer", condition=Q(transfer__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.amount_fen}"


class Event(models.Model):
    """一次变故。登记错了，另记一行作废它（`voids`）。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="events")
    occurred_on = models.DateField("发生日期")
    cause = models.CharField("事由", max_length=10, choices=[(cause, cause) for cause in CAUSES])
    note = models.CharField("说明", max_length=1000, blank=True, default="")
    counts_from = models.DateField("计入自", null=True, blank=True, help_text="分户、并户带来的，自变动之日起计入。")
    voids = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="voided_by", db_index=False)
    batch = models.ForeignKey(SourceBatch, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField("来源行号", null=True, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    recorded_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)

    objects = Standing.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="household__")

    class Meta:
        verbose_name = verbose_name_plural = "变故"
        ordering = ("occurred_on", "pk")
        constraints: ClassVar[list[Any]] = [
            posted_once("event_posted_once", "household"),
            models.UniqueConstraint(name="event_voided_once", fields=["voids"], condition=Q(voids__isnull=False)),
            models.CheckConstraint(name="event_cause_known", condition=Q(cause__in=CAUSES)),
            models.CheckConstraint(name="event_not_voiding_itself", condition=Q(voids=None) | ~Q(voids=F("id"))),
        ]

    def __str__(self) -> str:
        return f"{self.occurred_on} {self.cause}"
