"""The first administrators of an empty system: no default account, a token from the server's console instead.

GB/T 22239 访问控制 b (no default accounts), ASVS 6.3.2.
"""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.people import check_password_quality, new_account
from shouwang.accounts.actions.posts import RoleNotHere, check_place
from shouwang.accounts.models import OneTimeToken, Post, Unit, User
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Kind, Level, Role
from shouwang.units.errors import ShouwangError

TOKEN_LIVES = timedelta(minutes=30)
FIRST_TERM = timedelta(days=365)


class AdministratorExists(ShouwangError):
    code = "BOO-01"
    what = "“{unit}”已有现任{role}，不能再用开通码。"
    why = "开通码只用来开设第一名管理员，此后岗位由安全管理员授予。"
    do = "请由安全管理员授予岗位；若管理员都已离任，请先终止其岗位。"


class TokenUseless(ShouwangError):
    """One sentence for unknown, used and expired alike."""

    code = "BOO-02"
    what = "开通码不对、已用过或已过 30 分钟。"
    do = "请在服务器上重新执行 bootstrap_admin 生成。"


@transaction.atomic
def issue_token(*, by: Console, role: type[Role], unit: Unit) -> str:
    """A token that opens one administrator's account within half an hour; only its digest is kept."""
    if role.kind == Kind.BUSINESS:
        raise RoleNotHere(role=role.title, unit=unit.name, level=Level(unit.level).label, allowed="三类管理员")
    check_place(role, unit)
    if Post.objects.current().filter(role=role.code, unit=unit, user__is_active=True).exists():
        raise AdministratorExists(unit=unit.name, role=role.title)
    raw = secrets.token_urlsafe(24)
    now = timezone.now()
    token = OneTimeToken(role=role.code, unit=unit, digest=_digest(raw), created_at=now, expires_at=now + TOKEN_LIVES)
    token.save(force_insert=True)
    audit.record(by=by, verb="token.issued", target=unit, role=role.code)
    return raw


@transaction.atomic
def redeem_token(*, token: str, username: str, display_name: str, password: str) -> User:
    """Open the account the token stands for, with its post, and use the token up."""
    found = OneTimeToken.objects.select_for_update(no_key=True).filter(digest=_digest(token.strip())).first()
    if found is None or found.used_at is not None or found.expires_at <= timezone.now():
        raise TokenUseless()
    user = new_account(username=username, display_name=display_name, unit=found.unit)
    check_password_quality(password, user)
    user.set_password(password)
    user.must_change_password = False
    user.save(force_insert=True)
    today = timezone.localdate()
    post = Post(user=user, role=found.role, unit=found.unit, starts_on=today, ends_on=today + FIRST_TERM)
    post.save(force_insert=True)
    found.used_at = timezone.now()
    found.save(update_fields=["used_at"])
    audit.record(by=user, verb="token.redeemed", target=post, post=post, username=user.username, role=found.role)
    return user


def _digest(raw: str) -> str:
    """Unkeyed is enough: the token has 192 random bits."""
    return hashlib.sha256(raw.encode()).hexdigest()
