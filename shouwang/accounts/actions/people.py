"""Opening and closing accounts, and their passwords (GB/T 22239 身份鉴别 a, 访问控制 b–c; ASVS V6)."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.actions.permit import permit
from shouwang.accounts.audit import Actor
from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.accounts.models import Unit, User
from shouwang.accounts.passwords import one_time_password
from shouwang.accounts.roles import Permission
from shouwang.units import identity
from shouwang.units.errors import ShouwangError

#: A password on paper that nobody used within a week is waste paper.
ONE_TIME_PASSWORD_LIVES = timedelta(days=7)


class UsernameTaken(ShouwangError):
    code = "USR-01"
    what = "用户名“{username}”已有人使用。"
    do = "请换一个用户名，例如加上单位简称。"


class PersonHasAccount(ShouwangError):
    code = "USR-02"
    what = "这个身份证号（{masked}）已经有账号。"
    why = "一人一号，才能说清每件事是谁办的。"
    do = "请使用已有账号；岗位变动只需增加或终止岗位。"


class CitizenNumberWrong(ShouwangError):
    code = "USR-03"
    what = "身份证号不对：{reason}。"
    do = "请对照身份证核对。"


class PasswordRefused(ShouwangError):
    code = "USR-04"
    what = "新密码没有保存：{reasons}"
    do = "请换一个再试。"


class OldPasswordWrong(ShouwangError):
    code = "USR-05"
    what = "原密码不对，新密码没有保存。"
    do = "请重新输入；忘记原密码请找安全管理员重置。"


class NotOnOneself(ShouwangError):
    code = "USR-06"
    what = "不能对自己的账号办理“{what_for}”。"
    do = "请由另一名管理员办理。"


def checked_citizen_number(raw: str) -> str:
    """One spelling of a citizen number; raises where it is wrong. Nothing stays nothing."""
    number = identity.spell(raw)
    if number and not identity.is_valid(number):
        raise CitizenNumberWrong(reason=identity.why_invalid(number))
    return number


def new_account(*, username: str, display_name: str, unit: Unit, phone: str = "", citizen_number: str = "") -> User:
    """An unsaved account, checked for being the only one of its name and person."""
    username = User.normalize_username(username).strip().lower()
    number = checked_citizen_number(citizen_number)
    if User.objects.filter(username=username).exists():
        raise UsernameTaken(username=username)
    if number and User.objects.filter(citizen_index__in=CITIZEN_NUMBER.tokens(number)).exists():
        raise PersonHasAccount(masked=identity.mask(number))
    user = User(username=username, display_name=display_name, unit=unit, phone=phone, citizen_number=number)
    user.citizen_index = CITIZEN_NUMBER.token(number)
    return user


@transaction.atomic
def create_account(
    *, by: Actor, username: str, display_name: str, unit: Unit, phone: str = "", citizen_number: str = ""
) -> tuple[User, str]:
    """Open an account without any right. Returns the one-time password, which is shown once and must be changed."""
    allowed = permit(by, Permission.ACCOUNT_MANAGE, unit)
    user = new_account(
        username=username, display_name=display_name, unit=unit, phone=phone, citizen_number=citizen_number
    )
    password = one_time_password()
    user.set_password(password)
    user.save(force_insert=True)
    audit.record(by=by, post=allowed, verb="account.created", target=user, username=user.username, unit_code=unit.code)
    return user, password


@transaction.atomic
def disable_account(*, by: Actor, user: User, reason: str) -> User:
    """Close an account for good reason. Its history stays."""
    allowed = permit(by, Permission.ACCOUNT_MANAGE, user.unit)
    user.is_active, user.session_key = False, ""
    user.save(update_fields=["is_active", "session_key"])
    audit.record(by=by, post=allowed, verb="account.disabled", target=user, reason=reason)
    return user


@transaction.atomic
def reset_password(*, by: Actor, user: User) -> str:
    """A new one-time password; every session of the account ends."""
    allowed = permit(by, Permission.PASSWORD_RESET, user.unit)
    if isinstance(by, User) and by.pk == user.pk:
        raise NotOnOneself(what_for="重置密码")
    password = one_time_password()
    _set_password(user, password, must_change=True)
    audit.record(by=by, post=allowed, verb="password.reset", target=user)
    return password


@transaction.atomic
def change_password(*, by: User, old: str, new: str) -> User:
    """One's own password, the old one proved first."""
    if not by.check_password(old):
        raise OldPasswordWrong()
    if old == new:
        raise PasswordRefused(reasons="与原密码相同。")
    check_password_quality(new, by)
    _set_password(by, new, must_change=False)
    audit.record(by=by, verb="password.changed", target=by)
    return by


def check_password_quality(password: str, user: User) -> None:
    """Raises PasswordRefused with every reason at once."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise PasswordRefused(reasons="".join(error.messages)) from error


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.session_key = ""
    user.save(update_fields=["password", "must_change_password", "password_changed_at", "session_key"])
