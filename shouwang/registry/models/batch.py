"""What departments send: one batch a file, one row for every line that a person may have to look at.

A batch is the switch for all that came with it: facts count while their batch is confirmed, and only then. Confirming and
undoing therefore change one row, and nothing is ever deleted.
"""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from shouwang.accounts.crypto import EncryptedTextField
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped, _Row


class BatchState(models.TextChoices):
    QUEUED = "queued", "等待读取"
    READING = "reading", "读取中"
    MAPPING = "mapping", "待对应列"
    STAGED = "staged", "待确认"
    PUBLISHING = "publishing", "入库中"
    CONFIRMED = "confirmed", "已入库"
    UNDONE = "undone", "已撤销"
    REFUSED = "refused", "没有收"


#: States in which nothing of a file counts or ever will: it may be sent again.
GONE = (BatchState.UNDONE, BatchState.REFUSED)
#: States in which the worker has something to do.
WORKING = (BatchState.QUEUED, BatchState.READING, BatchState.PUBLISHING)


class SourceBatch(models.Model):
    """一批：一个文件的一次上报。同一文件（sha256）的同一种资料，在撤销之前只收一次。

    这一行也是后台任务的队列；办到哪里在 `BatchWork`。
    """

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="上报单位", related_name="+")
    division = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False)
    regiment = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False)
    company = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False)
    department = models.CharField("部门代码", max_length=40, blank=True, default="")
    table = models.CharField("表", max_length=20)
    feed = models.CharField("资料种类", max_length=40, blank=True, default="", help_text="空白为标准表。")
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("文件指纹", max_length=64)
    state = models.CharField("状态", max_length=10, choices=BatchState, default=BatchState.STAGED)
    as_of = models.DateField("资料截至")
    counts = models.JSONField("行数", default=dict)
    notices = models.JSONField("提示", default=list)
    mapping = models.JSONField("列的对应", default=dict, blank=True, help_text="资料的列 → 文件里的列名。")

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.SOURCE_VIEW, department="department")

    class Meta:
        verbose_name = verbose_name_plural = "批次"
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(
                name="batch_same_file_once",
                fields=["regiment", "table", "feed", "sha256"],
                condition=~Q(state__in=[BatchState.UNDONE, BatchState.REFUSED]),
            ),
            models.CheckConstraint(name="batch_state_known", condition=Q(state__in=BatchState.values)),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                fields=["id"], name="batch_to_work_off", condition=Q(state__in=["queued", "reading", "publishing"])
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class BatchWork(models.Model):
    """批次办到哪里：进度，办理它的进程最近一次报平安，没有收的原因，供与上一批比较的概况。"""

    batch = models.OneToOneField(SourceBatch, models.PROTECT, primary_key=True, related_name="work")
    progress = models.CharField("进度", max_length=60, blank=True, default="")
    done = models.PositiveIntegerField("已办行数", default=0)
    total = models.PositiveIntegerField("总行数", default=0)
    beat_at = models.DateTimeField("最近报平安", null=True, blank=True, editable=False)
    problem = models.CharField("没有收的原因", max_length=600, blank=True, default="")
    measures = models.JSONField("概况", default=dict, blank=True, help_text="行数、对不上的行数、金额中位数。")

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.SOURCE_VIEW, via="batch__", department="batch__department")

    class Meta:
        verbose_name = verbose_name_plural = "批次进度"


class BatchBody(models.Model):
    """批次的原文件，密文。与登记分开，列清单时不必读出；没有收或已撤销的批次不留原文件。"""

    batch = models.OneToOneField(SourceBatch, models.PROTECT, primary_key=True, related_name="body")
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content_key = EncryptedTextField("文件密钥")
    sealed = models.BinaryField("密文")
    top = models.BinaryField("各工作表的开头，密文", default=b"", help_text="列名对不上时留着，供人对应。")

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.SOURCE_VIEW, via="batch__", department="batch__department")

    class Meta:
        verbose_name = verbose_name_plural = "原文件"


class ColumnMemory(models.Model):
    """一个单位的一种资料，上次是怎样对应列的；下次照用，可以改。"""

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+")
    department = models.CharField("部门代码", max_length=40, blank=True, default="")
    feed = models.CharField("资料种类", max_length=40)
    headers = models.JSONField("资料的列 → 文件里的列名")

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.SOURCE_VIEW, via="unit__", department="department")

    class Meta:
        verbose_name = verbose_name_plural = "列的对应"
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(name="column_memory_once", fields=["unit", "department", "feed"])
        ]


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
    UNCHANGED = "unchanged", "没有变化"
    REJECTED = "rejected", "退回"
    REFUSED = "refused", "判定不是"


#: Outcomes with which a row becomes a fact when its batch is confirmed.
TAKEN = (RowOutcome.ACCEPTED, RowOutcome.MATCHED)
#: Outcomes the sender may put right and send again.
BAD = (RowOutcome.REJECTED, RowOutcome.UNMATCHED, RowOutcome.AMBIGUOUS)
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
        """Those that count: entered by a person, or of a batch that is confirmed and not undone.

        A row counts only for whom it is decided to be: taken back on the workbench, or given to somebody else since, its
        former facts stay on record and count no longer.
        """
        return self.filter(_stands(self.model))


@cache
def _stands(model: type[models.Model]) -> Q:
    """The condition of `standing`, the same at every call: a household's page asks for it ten times."""
    confirmed = SourceBatch.objects.filter(state=BatchState.CONFIRMED).values("pk")
    rows = SourceRow.objects.filter(batch=OuterRef("batch"), row=OuterRef("row"))
    owner = owner_of(model)
    anothers = Q(**{f"{owner}__isnull": False}) & ~Q(**{owner: OuterRef(owner)})
    return Q(batch=None) | Q(batch__in=confirmed) & ~Exists(rows.filter(~Q(outcome__in=TAKEN) | anothers))


def owner_of(model: type[models.Model]) -> str:
    """Whose a fact is: a person's where it names one, else a household's (events, the dwelling)."""
    return "person" if any(one.name == "person" for one in model._meta.get_fields()) else "household"


def posted_once(name: str, owner: str) -> models.UniqueConstraint:
    """One row of a batch is posted once for one owner, however often publishing is resumed or a decision is made anew."""
    known = Q(batch__isnull=False) & Q(**{f"{owner}__isnull": False})
    return models.UniqueConstraint(name=name, fields=["batch", "row", owner], condition=known)
