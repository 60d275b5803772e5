"""Households, people, who belonged where and when, and what changed (七团办法 二/四/3).

A household carries scope columns, and everything about it is reached through it, so a household that moves takes its
history along; its cases and clues have them too, kept by the database (`casework.scope_columns`). A person is reached
through `home`, the household they are in, or were in last.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from shouwang.accounts.crypto import EncryptedTextField
from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped
from shouwang.registry.models.batch import SourceBatch

HEAD = "户主"


class Sex(models.TextChoices):
    MALE = "male", "男"
    FEMALE = "female", "女"


class Household(models.Model):
    """户。户编号全团唯一；销户不删除。`unit`、范围列和 `version` 只由 actions 写。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField("户编号", max_length=100, unique=True)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="连队", related_name="households")
    division = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False, db_index=False)
    regiment = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False, db_index=False)
    company = models.ForeignKey(Unit, models.PROTECT, null=True, related_name="+", editable=False, db_index=False)
    opened_on = models.DateField("立户日期", null=True, blank=True, help_text="空白为不详。")
    closed_on = models.DateField("销户日期", null=True, blank=True)
    version = models.PositiveIntegerField("版本", default=1, help_text="每办一次加一；两人同时办理时，后一人会被告知。")
    batch = models.ForeignKey(SourceBatch, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField("来源行号", null=True, blank=True)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW)

    class Meta:
        verbose_name = verbose_name_plural = "户"
        ordering = ("number",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="household_closed_after_opened",
                condition=Q(closed_on=None) | Q(closed_on__gte=F("opened_on")) | Q(opened_on=None),
            ),
            models.CheckConstraint(name="household_has_number", condition=~Q(number="")),
            models.CheckConstraint(name="household_version_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(name="household_company_is_unit", condition=Q(company=None) | Q(unit=F("company"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # A page of the list is a range of one of these; how many are open is told from it without reading a household.
            models.Index(fields=["division", "number", "closed_on"], name="household_open_by_division"),
            models.Index(fields=["regiment", "number", "closed_on"], name="household_open_by_regiment"),
            models.Index(fields=["company", "number", "closed_on"], name="household_open_by_company"),
            # Whose household is it, is it open, and in which unit below is it counted? PostgreSQL answers from these alone.
            models.Index(fields=["division", "id", "closed_on", "regiment"], name="household_keys_of_division"),
            models.Index(fields=["regiment", "id", "closed_on", "company"], name="household_keys_of_regiment"),
        ]

    def __str__(self) -> str:
        return self.number


class Person(models.Model):
    """人。身份证号加密存放，只能按盲索引查；`citizen_index` 空白表示没有有效的号码。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField("姓名", max_length=100)
    name_tokens = models.CharField("姓名分字", max_length=200, editable=False)
    citizen = EncryptedTextField("身份证号", blank=True, default="")
    citizen_index = models.CharField("身份证号索引", max_length=60, blank=True, default="", editable=False)
    birth_date = models.DateField("出生日期", null=True, blank=True)
    sex = models.CharField("性别", max_length=6, choices=Sex, blank=True, default="")
    ethnicity = models.CharField("民族", max_length=20, blank=True, default="")
    died_on = models.DateField("死亡日期", null=True, blank=True)
    home = models.ForeignKey(
        Household, models.PROTECT, null=True, blank=True, verbose_name="所在户", related_name="people", db_index=False
    )

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="home__")

    class Meta:
        verbose_name = verbose_name_plural = "人"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="person_has_name", condition=~Q(name="")),
            models.CheckConstraint(
                name="person_died_after_birth",
                condition=Q(died_on=None) | Q(birth_date=None) | Q(died_on__gte=F("birth_date")),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["citizen_index"], name="person_by_citizen", condition=~Q(citizen_index="")),
            models.Index(fields=["name", "birth_date"], name="person_by_name_and_birth"),
            # Of a common name every household is asked for itself, without reading a person.
            models.Index(fields=["home", "name_tokens"], name="person_names_by_home"),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """谁、在哪一户、何时起、何时止。离开只填离开日期；写错了，旧行作废（superseded_at），另记一行。

    分户、并户时人带着自己的收支走：新的一行 `continues` 旧的一行，并从 `counted_from`（空白为一直）起计入新户的人口。
    """

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="memberships")
    person = models.ForeignKey(Person, models.PROTECT, verbose_name="人", related_name="memberships")
    member_number = models.CharField("人员编号", max_length=100)
    relation = models.CharField("与户主关系", max_length=100, blank=True, default="")
    shares_budget = models.BooleanField("共同生活", default=True)
    registered_here = models.BooleanField("户籍在本团", null=True)
    resident_here = models.BooleanField("常住", null=True)
    joined_on = models.DateField("加入日期", null=True, blank=True, help_text="空白为一直是。")
    left_on = models.DateField("离开日期", null=True, blank=True)
    continues = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="continued_by")
    counted_from = models.DateField("计入人口自", null=True, blank=True)
    superseded_at = models.DateTimeField("作废时间", null=True, blank=True)
    batch = models.ForeignKey(SourceBatch, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    row = models.PositiveIntegerField("来源行号", null=True, blank=True)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="household__")

    class Meta:
        verbose_name = verbose_name_plural = "成员"
        ordering = ("household", "member_number")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="membership_left_after_joined",
                condition=Q(left_on=None) | Q(joined_on=None) | Q(left_on__gte=F("joined_on")),
            ),
            models.CheckConstraint(
                name="membership_counted_from_continues", condition=Q(counted_from=None) | Q(continues__isnull=False)
            ),
            models.CheckConstraint(name="membership_has_number", condition=~Q(member_number="")),
            models.UniqueConstraint(
                name="membership_number_once", fields=["member_number"], condition=Q(superseded_at=None)
            ),
            models.UniqueConstraint(
                name="membership_one_open_a_person", fields=["person"], condition=Q(left_on=None, superseded_at=None)
            ),
            models.UniqueConstraint(
                name="membership_one_head",
                fields=["household"],
                condition=Q(relation=HEAD, left_on=None, superseded_at=None),
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # People are counted by household, and who of a household is there is asked, without looking at a row.
            models.Index(
                fields=["household", "left_on", "resident_here", "registered_here"],
                name="membership_by_household",
                condition=Q(superseded_at=None),
            ),
        ]

    def __str__(self) -> str:
        return self.member_number


class ChangeKind(models.TextChoices):
    OPENED = "opened", "立户"
    BIRTH = "birth", "出生"
    MARRIAGE_IN = "marriage_in", "婚入"
    MOVE_IN = "move_in", "迁入"
    DEATH = "death", "死亡"
    MARRIAGE_OUT = "marriage_out", "婚出"
    MOVE_OUT = "move_out", "迁出"
    UNIT_MOVED = "unit_moved", "转连队"
    SPLIT = "split", "分户"
    MERGED = "merged", "并户"
    CLOSED = "closed", "销户"
    CORRECTED = "corrected", "更正"


ARRIVALS = (ChangeKind.BIRTH, ChangeKind.MARRIAGE_IN, ChangeKind.MOVE_IN)
DEPARTURES = (ChangeKind.DEATH, ChangeKind.MARRIAGE_OUT, ChangeKind.MOVE_OUT)


class Change(models.Model):
    """户的一次变动：何日、何事、谁记的。只增不改；户的来历由此而来。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    household = models.ForeignKey(Household, models.PROTECT, verbose_name="户", related_name="changes")
    kind = models.CharField("变动", max_length=14, choices=ChangeKind)
    occurred_on = models.DateField("变动日期")
    membership = models.ForeignKey(Membership, models.PROTECT, null=True, blank=True, related_name="changes")
    other_household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="+")
    from_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    to_unit = models.ForeignKey(Unit, models.PROTECT, null=True, blank=True, related_name="+")
    #: Of a split or merger, on the side people leave: how many of how many budget-sharing members went. Lines that are
    #: nobody's in particular are divided so, those entered later as well.
    moved = models.PositiveSmallIntegerField("带走人数", null=True, blank=True)
    moved_of = models.PositiveSmallIntegerField("原有人数", null=True, blank=True)
    reason = models.CharField("说明", max_length=400, blank=True, default="")
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="登记人")
    recorded_at = models.DateTimeField("登记时间", default=timezone.now, editable=False)

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.HOUSEHOLD_VIEW, via="household__")

    class Meta:
        verbose_name = verbose_name_plural = "变动"
        ordering = ("occurred_on", "pk")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="change_move_has_both_units",
                condition=Q(kind=ChangeKind.UNIT_MOVED, from_unit__isnull=False, to_unit__isnull=False)
                | (~Q(kind=ChangeKind.UNIT_MOVED) & Q(from_unit=None, to_unit=None)),
            ),
            models.CheckConstraint(
                name="change_names_other_household",
                condition=Q(kind__in=[ChangeKind.SPLIT, ChangeKind.MERGED], other_household__isnull=False)
                | (~Q(kind__in=[ChangeKind.SPLIT, ChangeKind.MERGED]) & Q(other_household=None)),
            ),
            models.CheckConstraint(
                name="change_share_whole",
                condition=Q(moved=None, moved_of=None)
                | Q(other_household__isnull=False, moved__isnull=False, moved_of__gte=F("moved")) & Q(moved_of__gte=1),
            ),
            models.CheckConstraint(
                name="change_not_with_itself", condition=Q(other_household=None) | ~Q(other_household=F("household"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household}{self.get_kind_display()}"
