"""Access tokens: made by their owner for one of their own posts, shown once, revoked at any time (ASVS V6, V7).

A token opens what the post opens, less what needs a fresh second factor (`roles.NOT_BY_TOKEN`): whoever finds one can
neither carry lists away nor decide a case.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.crypto import BlindIndex
from shouwang.accounts.models import AccessToken, Post, User
from shouwang.accounts.models.audit import Result
from shouwang.accounts.origin import Origin
from shouwang.units.errors import ShouwangError

LONGEST = timedelta(days=90)
#: A person has few programs; more tokens than this are forgotten ones.
MOST = 10
#: Makes a token recognisable to people and to scanners of leaked secrets.
PREFIX = "swt_"
#: The use of a token is noted at most this often; every request is in the audit trail anyway.
_NOTED_EVERY = timedelta(minutes=1)
_DIGEST = BlindIndex("access-token", str.strip)


class TokenRefused(ShouwangError):
    code = "TOK-01"
    what = "令牌没有生成：{reason}。"
    do = "请改正后重试。"


class NoSuchToken(ShouwangError):
    code = "TOK-02"
    what = "您没有这个令牌，或者它已经作废。"


@transaction.atomic
def issue_access_token(*, by: User, post: Post, name: str, days: int) -> tuple[AccessToken, str]:
    """A new token for one of one's own current posts. The token itself is returned here and never again."""
    reason = _why_not(by, post, name, days)
    if reason:
        raise TokenRefused(reason=reason)
    raw = PREFIX + secrets.token_hex(24)
    now = timezone.now()
    token = AccessToken(
        user=by, post=post, name=name.strip(), digest=_DIGEST.token(raw), created_at=now,
        expires_at=now + timedelta(days=days),
    )  # fmt: skip
    token.save(force_insert=True)
    audit.record(
        by=by,
        post=post,
        verb="access_token.issued",
        target=token,
        unit=post.unit,
        name=token.name,
        ends_on=token.expires_at.date(),
    )
    return token, raw


@transaction.atomic
def revoke_access_token(*, by: User, token: AccessToken) -> AccessToken:
    """One's own token stops working at once."""
    row = AccessToken.objects.select_for_update(no_key=True).filter(pk=token.pk, user=by, revoked_at=None).first()
    if row is None:
        raise NoSuchToken()
    row.revoked_at = timezone.now()
    row.save(update_fields=["revoked_at"])
    audit.record(by=by, verb="access_token.revoked", target=row, unit=row.post.unit, name=row.name)
    return row


def redeem_access_token(raw: str, *, path: str) -> User | None:
    """The person a token stands for, acting in its post; None for one that does not hold. Either is recorded."""
    token = (
        AccessToken.objects.select_related("user__unit", "post__unit")
        .filter(digest__in=_DIGEST.tokens(raw) if raw.startswith(PREFIX) else [])
        .first()
    )
    if token is None or not token.is_live or not token.user.is_active or not token.post.is_current():
        refused = {"by": token.user, "target": token} if token else {"by": None}
        audit.note(verb="access_token.refused", result=Result.DENIED, path=path, **refused)
        return None
    user, post = token.user, token.post
    post.through_token = True
    user.acting_post = post
    _note_use(token)
    audit.note(by=user, verb="access_token.used", target=token, unit=post.unit, path=path)
    return user


def _note_use(token: AccessToken) -> None:
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > _NOTED_EVERY:
        AccessToken.objects.filter(pk=token.pk).update(last_used_at=now, last_used_ip=Origin.here().ip)


def _why_not(by: User, post: Post, name: str, days: int) -> str:
    if post.user_id != by.pk or not post.is_current():
        return "只能用自己现任的岗位"
    if not name.strip():
        return "要写明是哪个程序用的"
    if not 1 <= days <= LONGEST.days:
        return f"有效期最长 {LONGEST.days} 天"
    live = AccessToken.objects.filter(user=by, revoked_at=None, expires_at__gt=timezone.now())
    return f"已有 {MOST} 个有效的令牌，请先作废不用的" if live.count() >= MOST else ""
