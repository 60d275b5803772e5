"""The audit trail: written with the act or the act fails; chained by HMAC; anchored outside the database.

GB/T 22239 安全审计 a–d, ASVS V16. `record` inside the transaction of an act, `note` for reads and refusals, which have no
transaction of their own. `audit_chain.verify` finds what was changed afterwards.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.utils import timezone as clock

from shouwang.accounts.crypto import MAC_ALGORITHMS, mac
from shouwang.accounts.keyring import KeyRing, ring
from shouwang.accounts.models import AuditEvent, Post, Unit, User
from shouwang.accounts.models.audit import Result
from shouwang.accounts.origin import Console, Origin
from shouwang.accounts.redact import redact
from shouwang.accounts.triggers import FIRST_PREV
from shouwang.units.errors import ShouwangError

Actor = User | Console
#: One lock for the whole chain on PostgreSQL ("shouwang" in ASCII); SQLite's IMMEDIATE transaction is lock enough.
_CHAIN_LOCK = 0x73686F7577616E67
_CLOCK_SLACK = timedelta(minutes=5)


class AuditOutsideTransaction(ShouwangError):
    code = "AUD-01"
    what = "程序错误：“{verb}”的审计记录不在办理它的同一个事务里，已拒绝。"
    do = "请联系开发人员：办理和留痕要么都成，要么都不成。"


class ClockBehind(ShouwangError):
    code = "AUD-02"
    what = "服务器时钟（{now}）比最后一条审计记录（{last}）还早，本次办理没有保存。"
    why = "时钟倒退会使办理先后说不清楚。"
    do = "请系统管理员校准服务器时间后重试。"


class UnspeakableFact(ShouwangError):
    code = "AUD-03"
    what = "程序错误：审计内容里有不能规范书写的值（{kind}）。"
    do = "请联系开发人员：只用文字、整数、是否、日期，金额用整数分。"


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the chain: what an anchor keeps."""

    seq: int
    mac: str
    recorded_at: datetime | None


def audit_ring() -> KeyRing:
    """The keys of the chain."""
    return ring(settings.SHOUWANG_KEYS / "audit.ring", MAC_ALGORITHMS[settings.SHOUWANG_CRYPTO])


def record(
    *,
    by: Actor | None,
    verb: str,
    target: models.Model | str | None = None,
    unit: Unit | None = None,
    post: Post | None = None,
    occurred_at: datetime | None = None,
    policy_version: str = "",
    result: Result = Result.DONE,
    **facts: Any,
) -> AuditEvent:
    """Append one event. Must run inside the transaction of the act it tells of: both are saved or neither.

    `facts` say what happened, with `before` and `after` (or their hashes) where something changed. Identity and phone
    numbers in them are masked. The lock is held until the transaction ends, so call this last.
    """
    connection = transaction.get_connection()
    if not connection.in_atomic_block:
        raise AuditOutsideTransaction(verb=verb)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_CHAIN_LOCK])
    last = head()
    user = by if isinstance(by, User) else None
    post = post or (user.acting_post if user else None)
    here = Origin.here()
    if isinstance(by, Console):
        facts["console"] = by.name
    event = AuditEvent(
        seq=last.seq + 1,
        recorded_at=_now_after(last),
        occurred_at=occurred_at,
        actor=user,
        post=post,
        unit=unit or _unit_of(target) or (post.unit if post else None) or (user.unit if user else None),
        ip=here.ip,
        request_id=here.request_id,
        verb=verb,
        target=name_of(target),
        facts=redact(canonical(facts)),
        policy_version=policy_version,
        result=result,
        prev_mac=last.mac,
    )
    event.mac = seal(event, audit_ring())
    event.save(force_insert=True)
    return event


def note(*, by: Actor | None, verb: str, **details: Any) -> AuditEvent:
    """Record a read, a search, a refusal: something that has no transaction of its own."""
    with transaction.atomic():
        return record(by=by, verb=verb, **details)


def head(using: str = DEFAULT_DB_ALIAS) -> Head:
    """The last event of the chain, or its empty beginning."""
    row = AuditEvent.objects.using(using).order_by("-seq").values_list("seq", "mac", "recorded_at").first()
    return Head(*row) if row else Head(0, FIRST_PREV, None)


def seal(event: AuditEvent, keys: KeyRing) -> str:
    """The event's MAC under the current key: `hmac-sm3:<key id>:<hex>`."""
    return seal_values(
        {field.attname: getattr(event, field.attname) for field in AuditEvent._meta.concrete_fields}, keys
    )


def seal_values(values: Mapping[str, Any], keys: KeyRing, key_id: str = "") -> str:
    """The MAC of an event given as column values; the stored `mac` itself takes no part."""
    key = keys.key(key_id) if key_id else keys.current
    message = canonical({name: value for name, value in values.items() if name != "mac"})
    return f"{key.algorithm}:{key.id}:{mac(key, message.encode())}"


def canonical(value: Any) -> str:
    """JSON with one spelling: sorted keys, no spaces, UTC times, no floats."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def name_of(target: models.Model | str | None) -> str:
    """`accounts.user/<public id>`: never an internal number, which could be counted through."""
    if target is None or isinstance(target, str):
        return target or ""
    return f"{target._meta.label_lower}/{getattr(target, 'uuid', target.pk)}"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, (date, UUID, Decimal)):
        return str(value)
    raise UnspeakableFact(kind=type(value).__name__)


def _now_after(last: Head) -> datetime:
    """Now, but never before the last event: order is by number, and times agree with it."""
    now = clock.now()
    if last.recorded_at is None or now >= last.recorded_at:
        return now
    if last.recorded_at - now > _CLOCK_SLACK:
        raise ClockBehind(now=f"{clock.localtime(now):%F %T}", last=f"{clock.localtime(last.recorded_at):%F %T}")
    return last.recorded_at


def _unit_of(target: models.Model | str | None) -> Unit | None:
    if isinstance(target, Unit):
        return target
    unit = getattr(target, "unit", None)
    return unit if isinstance(unit, Unit) else None
