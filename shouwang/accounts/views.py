"""Account pages: log in and out, password, second factor, the post acted in, relatives, the first administrator."""

from __future__ import annotations

import io

import segno
from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST
from django_otp import login as remember_device

from shouwang.accounts import actions, audit, sessions
from shouwang.accounts.access import before_obligations
from shouwang.accounts.forms import (
    BootstrapForm,
    KinshipForm,
    LoginForm,
    PasswordForm,
    ReenterPasswordForm,
    TokenForm,
)
from shouwang.accounts.middleware import must_change_password
from shouwang.accounts.models import TotpDevice, User
from shouwang.accounts.models.audit import Result
from shouwang.accounts.models.people import Relation
from shouwang.accounts.scope import effective_posts
from shouwang.units.errors import ShouwangError


class SignedInRequest(HttpRequest):
    """For type checkers: behind LoginRequiredMiddleware there is always a person."""

    user: User


class Login(LoginView):
    """登录。"""

    template_name = "accounts/login.html"
    authentication_form = LoginForm

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        user = form.get_user()
        assert isinstance(user, User)
        if sessions.begin(self.request, user):
            messages.info(self.request, "这个账号原在别处的登录已退出。")
        return redirect(self.get_success_url())

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        # A name nobody has is not recorded: it is often a password typed into the wrong field.
        name = str(form.data.get("username", "")).strip().lower()
        user = User.objects.filter(username=name).first()
        why = ",".join(error.code or "" for error in form.non_field_errors().as_data())
        audit.note(by=None, verb="session.refused", target=user, result=Result.DENIED, why=why, known=user is not None)
        return super().form_invalid(form)


login = before_obligations(sensitive_post_parameters("password")(Login.as_view()))


@before_obligations
@require_POST
def logout(request: SignedInRequest) -> HttpResponse:
    """退出，并让浏览器清掉本系统留下的东西。"""
    sessions.end(request, why="by hand")
    messages.info(request, "已退出。")
    response = redirect("accounts:login")
    response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@before_obligations
@sensitive_post_parameters("old", "new", "again")
def password(request: SignedInRequest) -> HttpResponse:
    """改密码；首次登录和到期时必须先改。"""
    must = must_change_password(request.user)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _check_own_password(request, form.cleaned_data["old"])
            user = actions.change_password(by=request.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"])
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            sessions.keep_after_password_change(request, user)
            messages.success(request, "密码已修改。")
            return redirect(settings.LOGIN_REDIRECT_URL if must else "accounts:home")
    return render(request, "accounts/password.html", {"form": form, "must": must})


@before_obligations
def enrol(request: SignedInRequest) -> HttpResponse:
    """绑定动态口令。换绑要先用旧的验证过。"""
    has_one = TotpDevice.objects.filter(user=request.user, confirmed=True).exists()
    if has_one and not sessions.is_freshly_proved(request):
        return redirect(f"{reverse('accounts:second_factor')}?next={reverse('accounts:enrol')}")
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = actions.confirm_totp(by=request.user, token=form.cleaned_data["token"])
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            return _proved(request, device, "动态口令已绑定。")
    device = _unconfirmed(request.user) or actions.enrol_totp(by=request.user)
    return render(request, "accounts/enrol.html", {"form": form, "device": device, "shown_token": _shown(device)})


@before_obligations
def enrol_code(request: SignedInRequest) -> HttpResponse:
    """绑定用的二维码（SVG）。"""
    device = _unconfirmed(request.user)
    if device is None:
        raise Http404
    image = io.BytesIO()
    segno.make(device.config_url, error="m").save(image, kind="svg", scale=5, border=4, svgclass=None, lineclass=None)
    return HttpResponse(image.getvalue(), content_type="image/svg+xml")


@before_obligations
@sensitive_post_parameters("password", "token")
def second_factor(request: SignedInRequest) -> HttpResponse:
    """登录的第二步，也是敏感操作前的再次验证；没有动态口令的岗位重输密码。"""
    mine = TotpDevice.objects.filter(user=request.user, confirmed=True).first()
    form: forms.Form = (TokenForm if mine else ReenterPasswordForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device = _prove(request, form)
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            return _proved(request, device, "")
    context = {"form": form, "next": request.GET.get("next", ""), "shown_token": _shown(mine)}
    return render(request, "accounts/second_factor.html", context)


class PasswordWrong(ShouwangError):
    code = "USR-07"
    what = "密码不对。"
    do = "请重新输入；连续错 5 次要等 15 分钟。"


def home(request: SignedInRequest) -> HttpResponse:
    """我的账号：现任岗位、亲属申报、密码与动态口令。"""
    user = request.user
    context = {
        "posts": user.posts.current().select_related("unit"),
        "kinships": user.kinships.filter(withdrawn_at=None),
        "has_device": TotpDevice.objects.filter(user=user, confirmed=True).exists(),
    }
    return render(request, "accounts/home.html", context)


@require_POST
def choose_post(request: SignedInRequest) -> HttpResponse:
    """换一个现任岗位办事。"""
    user = request.user
    user.acting_post = None
    wanted = request.POST.get("post", "")
    post = next((post for post in effective_posts(user) if str(post.uuid) == wanted), None)
    if post is None:
        raise Http404
    request.session[sessions.POST] = wanted
    audit.note(by=user, verb="post.chosen", target=post, post=post)
    return redirect(settings.LOGIN_REDIRECT_URL)


def kinship(request: SignedInRequest) -> HttpResponse:
    """申报亲属。"""
    form = KinshipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            facts = {**form.cleaned_data, "relation": Relation(form.cleaned_data["relation"])}
            actions.declare_kinship(by=request.user, **facts)
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "亲属已申报。")
            return redirect("accounts:home")
    return render(request, "accounts/kinship.html", {"form": form})


@login_not_required
@before_obligations
@sensitive_post_parameters("token", "password")
def bootstrap(request: HttpRequest) -> HttpResponse:
    """用一次性开通码开设第一名管理员。"""
    form = BootstrapForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.redeem_token(**form.cleaned_data)
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "管理员账号已开设，请登录并绑定动态口令。")
            return redirect("accounts:login")
    return render(request, "accounts/bootstrap.html", {"form": form})


def _shown(device: TotpDevice | None) -> str:
    """The token itself, in the trial only: nobody trying the system has an authenticator bound to a made-up person."""
    return device.next_token() if device is not None and settings.SHOW_TOKENS else ""


def _unconfirmed(user: User) -> TotpDevice | None:
    found: TotpDevice | None = TotpDevice.objects.filter(user=user, confirmed=False).order_by("-pk").first()
    return found


def _prove(request: SignedInRequest, form: forms.Form) -> TotpDevice | None:
    if isinstance(form, TokenForm):
        return actions.verify_totp(by=request.user, token=form.cleaned_data["token"])
    _check_own_password(request, form.cleaned_data["password"])
    audit.note(by=request.user, verb="proof.given", target=request.user)
    return None


def _check_own_password(request: SignedInRequest, password: str) -> None:
    """Through authenticate, so that guessing on a captured session is counted and locked like guessing at the door."""
    if authenticate(request, username=request.user.get_username(), password=password) is None:
        audit.note(by=request.user, verb="proof.refused", target=request.user, result=Result.DENIED)
        raise PasswordWrong()


def _proved(request: SignedInRequest, device: TotpDevice | None, message: str) -> HttpResponse:
    if device is not None:
        remember_device(request, device)
    sessions.stamp(request, sessions.PROVED)
    if message:
        messages.success(request, message)
    target = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else settings.LOGIN_REDIRECT_URL)
