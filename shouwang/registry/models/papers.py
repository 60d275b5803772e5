"""What departments say of one person: bills, school rolls, insurance rolls. Each row came with a batch."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope
from shouwang.registry.models.batch import SourceBatch, Standing, posted_once
from shouwang.registry.models.household import Person
from shouwang.terms.tables import INSURANCE_STATUSES, SCHOOL_STATUSES


class Paper(models.Model):
    """One row of a department about one person."""

    batch = models.ForeignKey(SourceBatch, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField("来源行号", null=True, blank=True)

    objects = Standing.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="person__home__")

    class Meta:
        abstract = True


class MedicalBill(Paper):
    """一笔医疗费用结算，金额单位：分。"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="bills")
    settled_on = models.DateField("结算日期")
    total = models.BigIntegerField("总费用（分）")
    basic_paid = models.BigIntegerField("基本医保支付（分）", default=0)
    catastrophic_paid = models.BigIntegerField("大病保险支付（分）", default=0)
    aid_paid = models.BigIntegerField("医疗救助支付（分）", default=0)
    self_paid = models.BigIntegerField("个人自付（分）")

    class Meta:
        verbose_name = verbose_name_plural = "医疗费用结算"
        constraints: ClassVar[list[Any]] = [posted_once("bill_posted_once", "person")]


class SchoolRecord(Paper):
    """某日的学籍状态。"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="school_records")
    status = models.CharField("学籍状态", max_length=6, choices=[(s, s) for s in SCHOOL_STATUSES])
    grade = models.CharField("年级", max_length=100, blank=True, default="")
    as_of = models.DateField("截至日期")

    class Meta:
        verbose_name = verbose_name_plural = "学籍"
        constraints: ClassVar[list[Any]] = [
            posted_once("school_posted_once", "person"),
            models.CheckConstraint(name="school_status_known", condition=Q(status__in=SCHOOL_STATUSES)),
        ]


class InsuranceRecord(Paper):
    """某年的参保状态。"""

    person = models.ForeignKey(Person, models.PROTECT, related_name="insurance_records")
    year = models.PositiveSmallIntegerField("年度")
    status = models.CharField("参保状态", max_length=6, choices=[(s, s) for s in INSURANCE_STATUSES])

    class Meta:
        verbose_name = verbose_name_plural = "参保"
        constraints: ClassVar[list[Any]] = [
            posted_once("insurance_posted_once", "person"),
            models.CheckConstraint(name="insurance_status_known", condition=Q(status__in=INSURANCE_STATUSES)),
        ]
