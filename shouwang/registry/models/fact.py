"""Dated facts about people and households: value, day, source. Append-only; what holds is the latest."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope
from shouwang.registry.models.batch import SourceBatch, Standing
from shouwang.registry.models.household import Household, Person

YES, NO = "是", "否"


class FactSource(models.TextChoices):
    SELF = "self", "本人申报"
    VISIT = "visit", "干部走访"
    DEPARTMENT = "department", "部门数据"
    PACKAGE = "package", "数据包"
    SETTLED = "settled", "核定"


class PersonKind(models.TextChoices):
    """The columns of `terms.tables.MEMBERS` that may change while a person stays where they are."""

    HEALTH = "health", "健康状况"
    DISABILITY_GRADE = "disability_grade", "残疾等级"
    LABOUR = "labour", "劳动技能"
    WILLING_TO_WORK = "willing_to_work", "务工意愿"
    CAN_LEAVE_HOME = "can_leave_home", "能否外出"
    SCHOOLING = "schooling", "在校生状况"
    MEDICAL_INSURANCE = "medical_insurance", "医疗保险"


class HouseholdKind(models.TextChoices):
    DWELLING_GRADE = "dwelling_grade", "住房等级"
    WATER_SAFE = "water_safe", "饮水安全"


class Fact(models.Model):
    """What both kinds of fact have. Yes and no are kept as 是 and 否."""

    value = models.CharField("内容", max_length=200)
    as_of = models.DateField("截至日期")
    source = models.CharField("来源", max_length=10, choices=FactSource)
    department = models.CharField("部门代码", max_length=40, blank=True, default="")
    reason = models.CharField("说明", max_length=400, blank=True, default="")
    entered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", db_index=False)
    entered_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)
    batch = models.ForeignKey(SourceBatch, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField("来源行号", null=True, blank=True)

    objects = Standing.as_manager()

    class Meta:
        abstract = True


def _checks(name: str, owner: str, kinds: list[str]) -> list[Any]:
    return [
        # Serves the look-up by owner and kind too: there are millions of facts, and every index costs.
        models.UniqueConstraint(name=f"{name}_posted_once", fields=[owner, "kind", "batch", "row"]),
        models.CheckConstraint(name=f"{name}_kind_known", condition=Q(kind__in=kinds)),
        models.CheckConstraint(name=f"{name}_says_something", condition=~Q(value="")),
        models.CheckConstraint(
            name=f"{name}_settled_with_reason", condition=~Q(source=FactSource.SETTLED) | ~Q(reason="")
        ),
    ]


def _said_later(name: str, owner: str) -> models.Index:
    """What was said after the first package, or beside it: every contradiction has a part in it, a full load costs nothing."""
    return models.Index(name=name, fields=[owner, "kind"], condition=~Q(source=FactSource.PACKAGE))


class PersonFact(Fact):
    """人的一项情况：某日、某来源说是什么。"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="facts", db_index=False)
    kind = models.CharField("项目", max_length=20, choices=PersonKind)

    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="person__home__")

    class Meta:
        verbose_name = verbose_name_plural = "人员情况"
        constraints: ClassVar[list[Any]] = _checks("person_fact", "person", PersonKind.values)
        indexes: ClassVar[list[models.Index]] = [_said_later("person_fact_said_later", "person")]


class HouseholdFact(Fact):
    """户的一项情况：某日、某来源说是什么。"""

    household = models.ForeignKey(Household, models.PROTECT, related_name="facts", db_index=False)
    kind = models.CharField("项目", max_length=20, choices=HouseholdKind)

    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="household__")

    class Meta:
        verbose_name = verbose_name_plural = "户情况"
        constraints: ClassVar[list[Any]] = _checks("household_fact", "household", HouseholdKind.values)
        indexes: ClassVar[list[models.Index]] = [_said_later("household_fact_said_later", "household")]
