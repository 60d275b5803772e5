"""Enrolling, proving and resetting the second factor (GB/T 22239 身份鉴别 d, ASVS 6.3.3)."""

from __future__ import annotations

import secrets

from django.db import transaction
from django_otp import verify_token

from shouwang.accounts import audit
from shouwang.accounts.actions.people import NotOnOneself
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.models import TotpDevice, User
from shouwang.accounts.models.audit import Result
from shouwang.accounts.roles import Permission
from shouwang.units.errors import ShouwangError


class TokenWrong(ShouwangError):
    code = "OTP-01"
    what = "动态口令不对，或者已经用过。"
    do = "请等手机上换出下一组六位数字再输入；连续出错要等待片刻。若一直不对，请检查手机时间是否准确。"


class NothingToConfirm(ShouwangError):
    code = "OTP-02"
    what = "没有等待确认的动态口令。"
    do = "请回到“绑定动态口令”页面重新开始。"


@transaction.atomic
def enrol_totp(*, by: User) -> TotpDevice:
    """A new seed that counts only after its first token has been shown."""
    TotpDevice.objects.filter(user=by, confirmed=False).delete()
    device = TotpDevice(user=by, name="手机动态口令", confirmed=False, seed=secrets.token_hex(20))
    device.save(force_insert=True)
    audit.record(by=by, verb="factor.enrolled", target=device)
    return device


def confirm_totp(*, by: User, token: str) -> TotpDevice:
    """Prove the new device; it takes the place of any older one."""
    device = TotpDevice.objects.filter(user=by, confirmed=False).order_by("-pk").first()
    if device is None:
        raise NothingToConfirm()
    proved = _prove(by, device, token, verb="factor.confirmed")
    return proved


def verify_totp(*, by: User, token: str) -> TotpDevice:
    """Prove possession of the confirmed device. A token counts once; a wrong one is recorded and slows the next."""
    device = TotpDevice.objects.filter(user=by, confirmed=True).first()
    if device is None:
        raise NothingToConfirm()
    return _prove(by, device, token, verb="factor.verified")


@transaction.atomic
def reset_totp(*, by: Actor, user: User, reason: str) -> None:
    """Remove a lost device; the person enrols anew at the next login."""
    allowed = permit(by, Permission.FACTOR_RESET, user.unit)
    if isinstance(by, User) and by.pk == user.pk:
        raise NotOnOneself(what_for="重置动态口令")
    TotpDevice.objects.filter(user=user).delete()
    user.session_key = ""
    user.save(update_fields=["session_key"])
    audit.record(by=by, post=allowed, verb="factor.reset", target=user, reason=reason)


def _prove(by: User, device: TotpDevice, token: str, *, verb: str) -> TotpDevice:
    with transaction.atomic():
        proved = verify_token(by, device.persistent_id, token.strip())
        if isinstance(proved, TotpDevice):
            if not proved.confirmed:
                TotpDevice.objects.filter(user=by, confirmed=True).delete()
                proved.confirmed = True
                proved.save(update_fields=["confirmed"])
            audit.record(by=by, verb=verb, target=proved)
            return proved
        audit.record(by=by, verb="factor.refused", target=device, result=Result.DENIED)
    raise TokenWrong()
