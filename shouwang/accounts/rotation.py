"""Changing the key of sealed columns while people work (GB/T 39786 密钥管理).

First a new key becomes the current one and everything written from then on uses it; then old values are sealed again in
small transactions; at last the old key, no longer used anywhere, can be removed. Each step can be repeated.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import or_

from django.apps import apps
from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Cast

from shouwang.accounts import audit
from shouwang.accounts.audit import Actor
from shouwang.accounts.crypto import FIELD_ALGORITHMS, EncryptedTextField, Sealed, field_ring
from shouwang.accounts.keyring import KeyRing
from shouwang.units.errors import ShouwangError

_CHUNK = 500


class KeyStillUsed(ShouwangError):
    code = "KEY-05"
    what = "密钥 {key_id} 还在使用：{where}。"
    why = "现在移除，这些数据就永远无法读取。"
    do = "请先执行 rotate_keys，全部换成新密钥后再移除。"


def rotate(*, by: Actor, new_key: bool = True) -> int:
    """Seal every value under the newest key, after making one unless an interrupted run is resumed. Returns the count."""
    keys = field_ring()
    if new_key:
        keys = keys.with_new_key(FIELD_ALGORITHMS[settings.SHOUWANG_CRYPTO])
    done = sum(_reseal(model, names, keys) for model, names in sealed_columns())
    audit.note(by=by, verb="keys.rotated", key_id=keys.current_id, values=done)
    return done


def retire(*, by: Actor, key_id: str) -> None:
    """Remove an old key that no value needs any more."""
    used = [f"{model._meta.verbose_name}{count}条" for model, count in _uses(key_id)]
    if used:
        raise KeyStillUsed(key_id=key_id, where="、".join(used))
    field_ring().without(key_id)
    audit.note(by=by, verb="keys.retired", key_id=key_id)


def sealed_columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Every table with sealed columns, and their names."""
    for model in apps.get_models():
        names = [f.attname for f in model._meta.local_concrete_fields if isinstance(f, EncryptedTextField)]
        if names and model._meta.managed and not model._meta.proxy:
            yield model, names


def _reseal(model: type[models.Model], names: list[str], keys: KeyRing) -> int:
    done, last = 0, None
    while True:
        with transaction.atomic():
            rows = model._base_manager.select_for_update(no_key=True).only("pk", "uuid", *names).order_by("pk")
            chunk = list((rows if last is None else rows.filter(pk__gt=last))[:_CHUNK])
            for row in chunk:
                done += _reseal_row(row, names, keys)
        if not chunk:
            return done
        last = chunk[-1].pk


def _reseal_row(row: models.Model, names: list[str], keys: KeyRing) -> int:
    stale: dict[str, Sealed] = {}
    for name in names:
        value = row.__dict__[name]
        if isinstance(value, Sealed) and value.text and value.key_id != keys.current_id:
            field = row._meta.get_field(name)
            assert isinstance(field, EncryptedTextField)
            place = field.place(row)
            stale[name] = Sealed.of(value.open(place), place, keys)
    if stale:
        type(row)._base_manager.filter(pk=row.pk).update(**stale)
    return len(stale)


def _uses(key_id: str) -> Iterator[tuple[type[models.Model], int]]:
    """How many rows of each table hold a value sealed under a key."""
    for model, names in sealed_columns():
        sealed_so = [Q(**{f"{name}_text__startswith": f"S1${key_id}$"}) for name in names]
        as_text = {f"{name}_text": Cast(name, models.TextField()) for name in names}
        count = model._base_manager.annotate(**as_text).filter(reduce(or_, sealed_so)).count()
        if count:
            yield model, count
