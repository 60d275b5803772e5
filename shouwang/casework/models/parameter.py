"""Changes of a policy's parameters in one regiment: proposed with a reason, tried out, signed by a second person."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import Scope, Scoped
from shouwang.casework.models.screening import ScreeningRun
from shouwang.policy.book import policy_of
from shouwang.policy.parameters import ParameterSeries, parameters_of

#: The name under which the choice of policy itself is changed: like any parameter, by two people and from a date.
POLICY = "policy"


class ChangeState(models.TextChoices):
    PROPOSED = "proposed", "待复核"
    SIGNED = "signed", "已生效或待生效"
    REJECTED = "rejected", "不同意"
    WITHDRAWN = "withdrawn", "提出人已撤回"


class ParameterChange(models.Model):
    """一项参数从某日起改用的值。先试算后复核，提出人和复核人不能是同一人；旧值不改，按日期取用。

    Until somebody has decided, who proposed it may withdraw it; then `decided_by` is the proposer, and only then.
    """

    uuid = models.UUIDField("公开编号", default=uuid.uuid4, unique=True, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, verbose_name="团", related_name="+")
    policy = models.CharField("办法", max_length=40)
    name = models.CharField("参数", max_length=60)
    value = models.CharField("新值", max_length=60)
    from_date = models.DateField("自何日起")
    reason = models.CharField("理由", max_length=400)
    proposed_by = models.ForeignKey(User, models.PROTECT, verbose_name="提出人", related_name="+")
    proposed_at = models.DateTimeField("提出时间", default=timezone.now, editable=False)
    run = models.ForeignKey(ScreeningRun, models.PROTECT, verbose_name="试算", related_name="+")
    effect = models.JSONField("试算结果", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=ChangeState, default=ChangeState.PROPOSED)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, verbose_name="办结人", related_name="+")
    decided_at = models.DateTimeField("办结时间", null=True, blank=True)
    decision = models.CharField("意见或理由", max_length=400, blank=True, default="")

    objects = Scoped.as_manager()
    scope: ClassVar[Scope] = Scope(Permission.CASE_VIEW, via="unit__")

    class Meta:
        verbose_name = verbose_name_plural = "参数修改"
        ordering = ("-pk",)
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                name="change_second_person_or_own_withdrawal",
                condition=Q(decided_by=None)
                | Q(state="withdrawn", decided_by=F("proposed_by"))
                | (~Q(state="withdrawn") & ~Q(decided_by=F("proposed_by"))),
            ),
            models.CheckConstraint(
                name="change_decided_by_somebody_sometime",
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | (~Q(state="proposed") & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="change_signed_after_simulation", condition=~Q(state="signed") | Q(effect__isnull=False)
            ),
            models.CheckConstraint(name="change_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.label}改为{self.value_words}（自{self.from_date}起）"

    @property
    def is_policy(self) -> bool:
        """Whether it is the policy itself that is changed."""
        return self.name == POLICY

    @property
    def label(self) -> str:
        """What is changed, in words."""
        if self.is_policy:
            return "施行的办法"
        return self._series.label if self._series else self.name

    @property
    def value_words(self) -> str:
        """The new value with its unit."""
        if self.is_policy:
            return policy_of(self.value).title
        return self._series.unit.words(self._series.read(self.value)) if self._series else self.value

    @property
    def _series(self) -> ParameterSeries | None:
        """The parameter as the policy declares it; None for one that a later edition of the program has dropped."""
        return parameters_of(policy_of(self.policy).package).get(self.name)
