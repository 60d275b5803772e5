"""What departments send: one batch a file, one row for every line that a person may have to look at.

A batch is the switch for all that came with it: facts count while their batch is confirmed, and only then. Confirming and
undoing therefore change one row, and nothing is ever deleted.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from shouwang.accounts.crypto import EncryptedTextField
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped, _Row


class BatchState(models.TextChoices):
    READING = "reading", "读取中"
    STAGED = "staged", "待确认"
    PUBLISHING = "publishing", "入库中"
    CONFIRMED = "confirmed", "已入库"
    UNDONE = "undone", "已撤销"


class SourceBatch(models.Model):
    """一批：一个文件的一次上报。同一文件（sha256）的同一张表，在撤销之前只收一次。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="上报单位", related_name="+")
    division = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False)
    regiment = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False)
    company = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False)
    department = models.CharField("部门代码", max_length=40, blank=True, default="")
    table = models.CharField("表", max_length=20)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件指纹", max_length=64)
    state = models.CharField("状态", max_length=10, choices=BatchState, default=BatchState.STAGED)
    as_of = models.DateField("资料截至")
    counts = models.JSONField("行数", default=dict)
    notices = models.JSONField("提示", default=list)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.SOURCE_VIEW, department="department")

    class Meta:
        verbose_name = verbose_name_plural = "批次"
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                name="batch_same_file_once",
                fields=["table", "sha256"],
                condition=~Q(state=BatchState.UNDONE),
            ),
            models.CheckConstraint(name="batch_state_known", condition=Q(state__in=BatchState.values)),
        ]

    def __str__(self) -> str:
        return self.file_name


class BatchStep(models.Model):
    """批次的一步：谁在何时上报、确认、撤销，为什么。只增不改。"""

    batch = models.ForeignKey(SourceBatch, models.PROTECT, related_name="steps")
    state = models.CharField("步骤", max_length=10, choices=BatchState)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="办理人")
    at = models.DateTimeField("时间", default=timezone.now, editable=False)
    reason = models.CharField("说明", max_length=400, blank=True, default="")

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.SOURCE_VIEW, via="batch__", department="batch__department")

    class Meta:
        verbose_name = verbose_name_plural = "批次步骤"
        ordering = ("pk",)


class RowOutcome(models.TextChoices):
    ACCEPTED = "accepted", "接受"
    MATCHED = "matched", "已匹配"
    UNMATCHED = "unmatched", "未匹配"
    AMBIGUOUS = "ambiguous", "不止一人"
    DUPLICATE = "duplicate", "重复"
    REJECTED = "rejected", "退回"
    REFUSED = "refused", "判定不是"


#: Outcomes with which a row becomes a fact when its batch is confirmed.
TAKEN = (RowOutcome.ACCEPTED, RowOutcome.MATCHED)
#: Outcomes somebody may still decide.
OPEN = (RowOutcome.UNMATCHED, RowOutcome.AMBIGUOUS)


class SourceRow(models.Model):
    """一行：原样（加密）、结果、理由。单元格里有身份证号，所以整行加密。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(SourceBatch, models.PROTECT, related_name="rows")
    row = models.PositiveIntegerField("行号")
    cells = EncryptedTextField("原始内容")
    outcome = models.CharField("结果", max_length=10, choices=RowOutcome)
    how = models.CharField("匹配依据", max_length=40, blank=True, default="")
    column = models.CharField("问题列", max_length=40, blank=True, default="")
    reason = models.CharField("理由", max_length=600, blank=True, default="")
    advice = models.CharField("怎样改", max_length=400, blank=True, default="")
    citizen_index = models.CharField("身份证号索引", max_length=60, blank=True, default="", editable=False)
    household = models.ForeignKey("registry.Household", models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey("registry.Person", models.PROTECT, null=True, blank=True, related_name="+")
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("判定时间", null=True, blank=True)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.SOURCE_VIEW, via="batch__", department="batch__department")

    class Meta:
        verbose_name = verbose_name_plural = "来源行"
        ordering = ("batch", "row")
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="source_row_once", fields=["batch", "row"]),
            models.CheckConstraint(
                name="source_row_decision_whole",
                condition=Q(decided_by=None) | Q(decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="source_row_matched_to_somebody",
                condition=~Q(outcome=RowOutcome.MATCHED) | Q(person__isnull=False) | Q(household__isnull=False),
            ),
            models.CheckConstraint(
                name="source_row_says_why", condition=~Q(outcome=RowOutcome.REJECTED) | ~Q(reason="")
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["batch", "outcome", "row"], name="source_row_by_outcome"),
            models.Index(
                fields=["outcome", "id"], name="source_row_open", condition=Q(outcome__in=["unmatched", "ambiguous"])
            ),
        ]

    def __str__(self) -> str:
        return f"第{self.row}行"


class Standing(Scoped[_Row]):
    """Rows that came with a batch or were entered by a person."""

    def standing(self) -> Self:
        """Those that count: entered by a person, or of a batch that is confirmed and not undone."""
        confirmed = SourceBatch.objects.filter(state=BatchState.CONFIRMED).values("pk")
        return self.filter(Q(batch=None) | Q(batch__in=confirmed))


def posted_once(name: str, *more: str) -> models.UniqueConstraint:
    """One row of a batch is posted once, however often publishing is resumed."""
    return models.UniqueConstraint(name=name, fields=["batch", "row", *more], condition=Q(batch__isnull=False))
