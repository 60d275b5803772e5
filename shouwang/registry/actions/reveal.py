"""Showing a whole citizen number: a permission, a reason, and a record of it (GB/T 35273 7.2)."""

from __future__ import annotations

from django.db import transaction

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.roles import Permission
from shouwang.registry.actions.facts import NobodyAtHome
from shouwang.registry.models import Person
from shouwang.units.errors import ShouwangError


class RevealReasonNeeded(ShouwangError):
    code = "REG-95"
    what = "查看完整的身份证号要写明用途。"
    why = "每次查看都会留下记录，本人有权知道谁看过。"


@transaction.atomic
def reveal_citizen_number(*, by: Actor, person: Person, reason: str) -> str:
    """The citizen number of a person, in full."""
    if person.home is None:
        raise NobodyAtHome(name=person.name)
    allowed = permit(by, Permission.PERSON_UNMASK, person.home.unit)
    if not reason.strip():
        raise RevealReasonNeeded()
    audit.record(by=by, post=allowed, verb="person.revealed", target=person, unit=person.home.unit, reason=reason)
    number: str = person.citizen
    return number
