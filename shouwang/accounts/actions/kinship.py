"""Declaring relatives, so that nobody decides about their own (优亲厚友的防范)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.people import checked_citizen_number
from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.models import Kinship, User
from shouwang.accounts.models.people import DEGREE, Relation
from shouwang.units.errors import ShouwangError


class RelativeNeeded(ShouwangError):
    code = "KIN-01"
    what = "申报亲属要写明姓名和身份证号。"
    why = "没有身份证号，就无法与户档案比对，也就无法提醒回避。"
    do = "请补全后再提交；号码只存比对码，不存原文。"


class DeclaredBefore(ShouwangError):
    code = "KIN-02"
    what = "这位亲属已经申报过，关系是{relation}。"
    do = "如关系写错，请先撤回再申报。"


class NotYours(ShouwangError):
    code = "KIN-03"
    what = "只能撤回自己申报的、尚未撤回的亲属。"


@transaction.atomic
def declare_kinship(*, by: User, relation: Relation, name: str, citizen_number: str) -> Kinship:
    """Declare one relative of one's own."""
    number = checked_citizen_number(citizen_number)
    if not number or not name.strip():
        raise RelativeNeeded()
    known = by.kinships.filter(withdrawn_at=None, relative_index__in=CITIZEN_NUMBER.tokens(number)).first()
    if known is not None:
        raise DeclaredBefore(relation=known.get_relation_display())
    kinship = Kinship(user=by, relation=relation, degree=DEGREE[Relation(relation)], name=name.strip())
    kinship.relative_index = CITIZEN_NUMBER.token(number)
    kinship.save(force_insert=True)
    audit.record(by=by, verb="kinship.declared", target=kinship, relation=str(relation), degree=kinship.degree)
    return kinship


@transaction.atomic
def withdraw_kinship(*, by: User, kinship: Kinship, reason: str) -> Kinship:
    """Take back a declaration made in error; it stays on record."""
    if kinship.user_id != by.pk or kinship.withdrawn_at is not None:
        raise NotYours()
    kinship.withdrawn_at = timezone.now()
    kinship.save(update_fields=["withdrawn_at"])
    audit.record(by=by, verb="kinship.withdrawn", target=kinship, reason=reason)
    return kinship
