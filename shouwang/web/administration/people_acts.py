"""What administrators do to accounts and posts. Each page asks once and says what it did; actions decide who may."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_variables

from shouwang.accounts import actions
from shouwang.accounts.access import step_up
from shouwang.accounts.models import Post, User
from shouwang.accounts.queries import visible_units
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import require
from shouwang.units.errors import ShouwangError
from shouwang.web.administration.forms import AccountForm, PostForm
from shouwang.web.administration.people import visible_person
from shouwang.web.forms import ReasonForm
from shouwang.web.guard import PersonalRequest, needs


@needs(Permission.ACCOUNT_MANAGE)
@sensitive_variables("password")
def account_new(request: PersonalRequest) -> HttpResponse:
    """开设账号；一次性密码只在这一页显示一次。"""
    form = AccountForm(_sent(request), units=visible_units(request.user).filter(closed_on=None))
    if request.method == "POST" and form.is_valid():
        opened = _try(form, lambda: actions.create_account(by=request.user, **form.cleaned_data))
        if opened:
            user, password = opened
            return _once(request, user, password, "账号已开设")
    return _ask(request, form, "开设账号", "开设", lead="账号本身没有任何权限；岗位由安全管理员另行授予。")


@needs(Permission.PASSWORD_RESET)
@step_up
@sensitive_variables("password")
def password_reset(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """重置密码；新的一次性密码只显示一次。"""
    shown = _person_for(request, uuid, Permission.PASSWORD_RESET)
    form = forms.Form(_sent(request))
    if request.method == "POST" and form.is_valid():
        password = _try(form, lambda: actions.reset_password(by=request.user, user=shown))
        if password:
            return _once(request, shown, password, "密码已重置")
    lead = "重置后原密码立即失效，正在进行的登录会被退出。请先核实来人身份。"
    return _ask(request, form, "重置密码", "重置密码", lead=lead, shown=shown, grave=True)


@needs(Permission.FACTOR_RESET)
def factor_reset(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """重置动态口令：手机丢了、换了。"""
    shown = _person_for(request, uuid, Permission.FACTOR_RESET)
    form = ReasonForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        done = _try(form, lambda: actions.reset_totp(by=request.user, user=shown, **form.cleaned_data) or True)
        if done:
            return _done(request, shown, f"{shown.display_name}的动态口令已重置，下次登录时重新绑定。")
    lead = "重置后，他下次登录要重新绑定。请先核实来人身份。"
    return _ask(request, form, "重置动态口令", "重置动态口令", lead=lead, shown=shown, grave=True)


@needs(Permission.ACCOUNT_MANAGE)
def account_disable(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """停用账号。"""
    shown = _person_for(request, uuid, Permission.ACCOUNT_MANAGE)
    form = ReasonForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        done = _try(form, lambda: actions.disable_account(by=request.user, user=shown, **form.cleaned_data))
        if done:
            return _done(request, shown, f"{shown.display_name}的账号已停用。")
    lead = "停用后立即不能登录；他办过的事和留下的记录都还在。"
    return _ask(request, form, "停用账号", "停用账号", lead=lead, shown=shown, grave=True)


@needs(Permission.POST_GRANT)
@step_up
def post_grant(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """授予岗位。"""
    shown = _person_for(request, uuid, Permission.POST_GRANT)
    units = visible_units(request.user).filter(closed_on=None)
    initial = {"unit": shown.unit.uuid}
    form = PostForm(_sent(request), units=units, initial=initial)
    if request.method == "POST" and form.is_valid():
        post = _try(form, lambda: actions.grant_post(by=request.user, user=shown, **form.cleaned_data))
        if post:
            return _done(request, shown, f"已授予{shown.display_name}“{post}”岗位。")
    return _ask(request, form, "授予岗位", "授予", lead="权限只来自岗位，到期自动失效。", shown=shown)


@needs(Permission.POST_GRANT)
@step_up
def post_end(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """提前终止岗位。"""
    post = get_object_or_404(Post.objects.visible_to(request.user).select_related("unit", "user"), uuid=uuid)
    require(request.user, Permission.POST_GRANT, post.unit)
    form = ReasonForm(_sent(request))
    if request.method == "POST" and form.is_valid():
        done = _try(form, lambda: actions.end_post(by=request.user, post=post, **form.cleaned_data))
        if done:
            return _done(request, post.user, f"{post.user.display_name}的“{post}”岗位已终止。")
    lead = f"终止“{post}”后，这个岗位的权限立即失效。"
    return _ask(request, form, "终止岗位", "终止岗位", lead=lead, shown=post.user, grave=True)


def _sent(request: PersonalRequest) -> QueryDict | None:
    """What was posted, even if it is nothing: a form without fields is sent too."""
    return request.POST if request.method == "POST" else None


def _person_for(request: PersonalRequest, uuid: UUID, permission: Permission) -> User:
    shown = visible_person(request.user, uuid)
    require(request.user, permission, shown.unit)
    return shown


def _try(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What the action gives, or None with its refusal on the form. A denied territory stays a 404."""
    try:
        return act()
    except ShouwangError as error:
        if error.code == "ACC-01":
            raise
        form.add_error(None, str(error))
        return None


def _ask(request: PersonalRequest, form: forms.Form, title: str, button: str, **more: Any) -> HttpResponse:
    return render(request, "people/act.html", {"form": form, "heading": title, "button": button, **more})


def _once(request: PersonalRequest, shown: User, password: str, title: str) -> HttpResponse:
    return render(request, "people/password.html", {"shown": shown, "password": password, "heading": title})


def _done(request: PersonalRequest, shown: User, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("web:person", uuid=shown.uuid)
