"""People with an account, the posts they hold, and the relatives they declare."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone

from shouwang.accounts.crypto import EncryptedTextField
from shouwang.accounts.models.unit import Unit
from shouwang.accounts.roles import ROLES, Permission, Role, by_token, role_choices
from shouwang.accounts.scope import Scope, Scoped


class UserManager(BaseUserManager["User"].from_queryset(Scoped)):  # type: ignore[misc]
    """Finds people by user name. There is no create_superuser: nobody stands above the roles."""


class User(AbstractBaseUser):
    """账号。一人一号，归属一个单位；权限只来自现任岗位。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    username = models.CharField("用户名", max_length=40, unique=True)
    display_name = models.CharField("姓名", max_length=40)
    phone = EncryptedTextField("手机号", blank=True, default="")
    citizen_number = EncryptedTextField("身份证号", blank=True, default="")
    citizen_index = models.CharField("身份证号索引", max_length=60, blank=True, default="", editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="所属单位", related_name="staff")
    is_active = models.BooleanField("启用", default=True)
    must_change_password = models.BooleanField("须改密码", default=True)
    password_changed_at = models.DateTimeField("密码设置时间", default=timezone.now)
    created_at = models.DateTimeField("开设时间", default=timezone.now, editable=False)
    session_key = models.CharField("当前会话", max_length=40, blank=True, default="", editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()
    scope: ClassVar[Scope] = Scope(Permission.ACCOUNT_VIEW, via="unit__")
    #: The post this request is made in; set by the middleware, empty elsewhere.
    acting_post: Post | None = None
    #: The posts to change to, set with it.
    other_posts: Sequence[Post] = ()

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="user_name_lower_case", condition=Q(username=Lower("username"))),
            models.UniqueConstraint(
                name="user_one_account_a_person", fields=["citizen_index"], condition=~Q(citizen_index="")
            ),
        ]

    def __str__(self) -> str:
        return self.display_name


class PostQuerySet(Scoped["Post"]):
    def current(self, on: date | None = None) -> Self:
        """Posts that hold on a day (today): begun, not over, not ended early."""
        day = on or timezone.localdate()
        return self.filter(starts_on__lte=day, ends_on__gte=day, ended_at=None)


class Post(models.Model):
    """岗位：一个人、一个角色、一个单位、一段任期。到期自动失效。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, verbose_name="账号", related_name="posts")
    role = models.CharField("角色", max_length=40, choices=role_choices)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="单位", related_name="posts")
    starts_on = models.DateField("任期自")
    ends_on = models.DateField("任期至")
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name="授予人")
    granted_at = models.DateTimeField("授予时间", default=timezone.now, editable=False)
    ended_at = models.DateTimeField("提前终止时间", null=True, blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="终止人")

    objects = PostQuerySet.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.ACCOUNT_VIEW, via="unit__")
    #: Set for the length of a request made with an access token: the post then allows less.
    through_token: bool = False

    class Meta:
        verbose_name = verbose_name_plural = "岗位"
        ordering = ("starts_on", "pk")
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="post_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
            models.CheckConstraint(
                name="post_ended_by_needs_ended_at", condition=Q(ended_by=None) | Q(ended_at__isnull=False)
            ),
            models.CheckConstraint(
                name="post_not_granted_to_oneself", condition=Q(granted_by=None) | ~Q(granted_by=F("user"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit}{self.role_class.title}"

    @property
    def role_class(self) -> type[Role]:
        role = ROLES[self.role]
        return by_token(role) if self.through_token else role

    def is_current(self, on: date | None = None) -> bool:
        day = on or timezone.localdate()
        return self.ended_at is None and self.starts_on <= day <= self.ends_on


class Relation(models.TextChoices):
    """Relations an official declares; `DEGREE` says how near they are (公务员回避: 三代以内旁系血亲及近姻亲)."""

    SPOUSE = "spouse", "配偶"
    PARENT = "parent", "父母"
    CHILD = "child", "子女"
    SIBLING = "sibling", "兄弟姐妹"
    GRANDPARENT = "grandparent", "祖父母、外祖父母"
    GRANDCHILD = "grandchild", "孙子女、外孙子女"
    PARENT_IN_LAW = "parent_in_law", "配偶的父母"
    CHILD_IN_LAW = "child_in_law", "子女的配偶"
    SIBLING_IN_LAW = "sibling_in_law", "配偶的兄弟姐妹、兄弟姐妹的配偶"
    UNCLE_AUNT = "uncle_aunt", "伯叔姑舅姨"
    NEPHEW_NIECE = "nephew_niece", "侄子女、甥子女"
    COUSIN = "cousin", "堂兄弟姐妹、表兄弟姐妹"


DEGREE = {
    Relation.SPOUSE: 1, Relation.PARENT: 1, Relation.CHILD: 1, Relation.PARENT_IN_LAW: 1, Relation.CHILD_IN_LAW: 1,
    Relation.SIBLING: 2, Relation.GRANDPARENT: 2, Relation.GRANDCHILD: 2, Relation.SIBLING_IN_LAW: 2,
    Relation.UNCLE_AUNT: 3, Relation.NEPHEW_NIECE: 3, Relation.COUSIN: 3,
}  # fmt: skip


class Kinship(models.Model):
    """亲属申报：办理人申报的亲属，用身份证号盲索引比对，用于回避。只能撤回，不能删除。"""

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, models.PROTECT, verbose_name="申报人", related_name="kinships")
    relation = models.CharField("关系", max_length=20, choices=Relation)
    degree = models.PositiveSmallIntegerField("亲等")
    name = EncryptedTextField("亲属姓名")
    relative_index = models.CharField("亲属身份证号索引", max_length=60, db_index=True)
    declared_at = models.DateTimeField("申报时间", default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField("撤回时间", null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = "亲属申报"
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(name="kinship_degree_1_to_3", condition=Q(degree__gte=1, degree__lte=3)),
            models.CheckConstraint(name="kinship_names_a_person", condition=~Q(relative_index="")),
            models.UniqueConstraint(
                name="kinship_declared_once", fields=["user", "relative_index"], condition=Q(withdrawn_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}的{self.get_relation_display()}"
