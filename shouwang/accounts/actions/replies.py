"""An act that a program may send again because it never saw the answer: done once, answered the same each time (T18)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from shouwang.accounts.models import StoredReply, User
from shouwang.units.errors import ShouwangError

#: After this nobody repeats a request in good faith.
KEPT = timedelta(days=30)


class KeyReused(ShouwangError):
    code = "TOK-03"
    what = "操作编号 {key} 已经用在另一个请求上，这次没有办理。"
    why = "一个编号只代表一件事；重发时内容必须完全相同。"
    do = "请为新的操作另取一个编号（UUID）。"


@transaction.atomic
def once(*, by: User, key: UUID, asked: bytes, act: Callable[[], str]) -> tuple[str, bool]:
    """The reply of `act`, and whether it was done now. An act that raises leaves no reply and may be tried again.

    The act runs in the same transaction as its reply is kept in, so there is never one without the other.
    """
    print_ = hashlib.sha256(asked).hexdigest()
    StoredReply.objects.filter(user=by, made_at__lt=timezone.now() - KEPT).delete()
    reply = StoredReply(user=by, key=key, asked=print_)
    try:
        with transaction.atomic():
            # First of all: on PostgreSQL a second request waits here for the first.
            reply.save(force_insert=True)
    except IntegrityError:
        kept = StoredReply.objects.get(user=by, key=key)
        if kept.asked != print_:
            raise KeyReused(key=key) from None
        return kept.body, False
    reply.body = act()
    reply.save(update_fields=["body"])
    return reply.body, True
