"""Sessions: begun by a login, ended by time, by another login or by hand (GB/T 22239 身份鉴别 b, ASVS V7)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models import User

STARTED, SEEN, PROVED, POST = "started_at", "seen_at", "proved_at", "post"
#: A session is written at most this often for being used.
_SEEN_EVERY = timedelta(seconds=60)
#: How long one proof of the second factor serves sensitive acts.
PROOF_LASTS = timedelta(minutes=10)


def begin(request: HttpRequest, user: User) -> bool:
    """Log a person in here and out everywhere else. True when another session was taken over."""
    with transaction.atomic():
        auth.login(request, user)
        user = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        taken_over = user.session_key != ""
        _adopt(request, user)
        audit.record(by=user, verb="session.begun", target=user, taken_over=taken_over)
    stamp(request, STARTED)
    stamp(request, SEEN)
    return taken_over


def keep_after_password_change(request: HttpRequest, user: User) -> None:
    """A new password ends all sessions but the one it was set in."""
    auth.update_session_auth_hash(request, user)
    _adopt(request, user)


def end(request: HttpRequest, why: str) -> None:
    """Log out, and free the account if this was its session."""
    user = request.user
    if isinstance(user, User):
        with transaction.atomic():
            User.objects.filter(pk=user.pk, session_key=request.session.session_key or "-").update(session_key="")
            audit.record(by=user, verb="session.ended", target=user, why=why)
    auth.logout(request)


def why_over(request: HttpRequest, user: User) -> tuple[str, str]:
    """Why this session may not go on: a word for the record and a sentence for the person; two empty texts if it may."""
    started, seen = _stamped(request, STARTED), _stamped(request, SEEN)
    now = timezone.now()
    if started is None or seen is None or now - started > settings.SESSION_ABSOLUTE:
        return "absolute", "这次登录已满 8 小时，请重新登录。"
    if now - seen > settings.SESSION_IDLE:
        return "idle", "您已 15 分钟没有操作，为防他人冒用已自动退出，请重新登录。"
    if user.session_key == "":
        return "revoked", "您的账号已在别处退出，或密码已被重置，请重新登录。"
    if user.session_key != request.session.session_key:
        when = f"{timezone.localtime(user.last_login):%H:%M}" if user.last_login else "刚才"
        return (
            "taken_over",
            f"您的账号 {when} 在另一处登录，这里已退出。如不是您本人，请立即登录改密码并告知安全管理员。",
        )
    return "", ""


def touch(request: HttpRequest) -> None:
    """Remember that the session is in use."""
    seen = _stamped(request, SEEN)
    if seen is None or timezone.now() - seen > _SEEN_EVERY:
        stamp(request, SEEN)


def stamp(request: HttpRequest, name: str) -> None:
    request.session[name] = timezone.now().isoformat()


def is_freshly_proved(request: HttpRequest) -> bool:
    """Whether the person has proved who they are within the last minutes, by token or password."""
    proved = _stamped(request, PROVED)
    return proved is not None and timezone.now() - proved <= PROOF_LASTS


def _stamped(request: HttpRequest, name: str) -> datetime | None:
    text = request.session.get(name)
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _adopt(request: HttpRequest, user: User) -> None:
    user.session_key = request.session.session_key or ""
    user.save(update_fields=["session_key"])
