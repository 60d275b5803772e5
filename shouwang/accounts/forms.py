"""Forms of the account pages. What is right is decided by the actions; the forms only ask."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.utils import timezone

from shouwang.accounts.actions.people import ONE_TIME_PASSWORD_LIVES
from shouwang.accounts.models import User
from shouwang.accounts.models.people import Relation
from shouwang.accounts.passwords import ProfileValidator

_TOKEN = {"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "8", "autofocus": True}


class LoginForm(AuthenticationForm):
    """Name and password. Whatever is wrong, the answer before the password is proved is the same sentence."""

    error_messages = {  # noqa: RUF012  # as Django declares it
        "invalid_login": "用户名或密码不对。连续错 5 次，这台电脑上的这个用户名要等 15 分钟。忘记密码请找安全管理员重置。",
        "inactive": "用户名或密码不对。",
    }

    def clean_username(self) -> str:
        return str(self.cleaned_data["username"]).strip().lower()

    def confirm_login_allowed(self, user: AbstractBaseUser) -> None:
        super().confirm_login_allowed(user)  # type: ignore[arg-type]
        assert isinstance(user, User)
        now = timezone.now()
        if user.must_change_password and now - user.password_changed_at > ONE_TIME_PASSWORD_LIVES:
            raise ValidationError("一次性密码已超过 7 天，不能再用。请找安全管理员重置。", code="expired")
        last_used = user.last_login or user.password_changed_at
        if now - max(last_used, user.password_changed_at) > settings.ACCOUNT_DORMANT_AFTER:
            raise ValidationError("账号超过 60 天没有使用，已停用。请找安全管理员重置密码后再登录。", code="dormant")


def _new_password(label: str) -> forms.CharField:
    """A password to be chosen, with what makes a good one."""
    rules = ProfileValidator(settings.PASSWORD_PROFILE).get_help_text()
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(label=label, help_text=rules, widget=widget, strip=False)


class PasswordForm(forms.Form):
    old = forms.CharField(
        label="原密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )
    new = _new_password("新密码")
    again = forms.CharField(
        label="再输一遍新密码", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("new") != cleaned.get("again"):
            self.add_error("again", "两遍新密码不一致，请重新输入。")
        return cleaned


class TokenForm(forms.Form):
    token = forms.CharField(label="动态口令（6 位数字）", widget=forms.TextInput(attrs=_TOKEN))


class ReenterPasswordForm(forms.Form):
    password = forms.CharField(
        label="登录密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}), strip=False
    )


class BootstrapForm(forms.Form):
    token = forms.CharField(label="开通码", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    username = forms.CharField(label="用户名", max_length=40)
    display_name = forms.CharField(label="姓名", max_length=40)
    password = _new_password("密码")


class KinshipForm(forms.Form):
    relation = forms.ChoiceField(label="关系", choices=Relation.choices)
    name = forms.CharField(label="亲属姓名", max_length=40)
    citizen_number = forms.CharField(
        label="亲属身份证号", max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
