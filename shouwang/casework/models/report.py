"""What departments report of a person by citizen number, whether or not the registry knows that person (四/一)."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from shouwang.accounts.crypto import EncryptedTextField
from shouwang.accounts.models import Post, Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped
from shouwang.casework.models.clue import Clue


class ClueReport(models.Model):
    """部门按身份证号通报一件事。号码在台账里找得到的归入该户线索，找不到的留给团办核对；报送部门看不出是哪一种。

    `person_name`、号码和所报的事不改；`clue` 或 `answer` 只写一次：归入了线索，或团办写明为什么不处理。
    """

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="报送单位", related_name="+")
    division = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False)
    regiment = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False)
    company = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False)
    department = models.CharField("部门代码", max_length=40)
    person_name = models.CharField("姓名", max_length=100)
    citizen = EncryptedTextField("身份证号")
    citizen_index = models.CharField("身份证号索引", max_length=60, editable=False)
    cause = models.CharField("事由", max_length=20)
    occurred_on = models.DateField("发生日期")
    sentence = models.TextField("情况")
    by = models.ForeignKey(User, models.PROTECT, verbose_name="报送人", related_name="+")
    post = models.ForeignKey(Post, models.PROTECT, verbose_name="岗位", related_name="+")
    reported_at = models.DateTimeField("报送时间", default=timezone.now, editable=False)
    due_on = models.DateField("核对到期日")
    clue = models.ForeignKey(Clue, models.PROTECT, null=True, blank=True, verbose_name="线索", related_name="reports")
    answer = models.CharField("不处理的理由", max_length=400, blank=True, default="")
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name="核对人", related_name="+")
    settled_at = models.DateTimeField("核对时间", null=True, blank=True)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CLUE_VIEW, department="department")

    class Meta:
        verbose_name = verbose_name_plural = "部门通报"
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="report_clue_or_answer", condition=Q(clue=None) | Q(answer="")),
            models.CheckConstraint(
                name="report_answered_by_somebody",
                condition=Q(answer="") | Q(settled_by__isnull=False, settled_at__isnull=False),
            ),
            models.CheckConstraint(name="report_says_something", condition=~Q(sentence="")),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on"], name="report_waiting", condition=Q(clue=None, answer=""))
        ]

    def __str__(self) -> str:
        return f"{self.unit}：{self.person_name}"
