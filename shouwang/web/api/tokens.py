"""我的访问令牌: what programs of mine may act for me; made with a fresh proof of identity, shown once, revoked here."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables

from shouwang.accounts import actions
from shouwang.accounts.access import step_up
from shouwang.accounts.actions.tokens import LONGEST
from shouwang.accounts.models import AccessToken, Post, User
from shouwang.accounts.queries import tokens_of
from shouwang.accounts.roles import NOT_BY_TOKEN
from shouwang.accounts.scope import effective_posts
from shouwang.units.errors import ShouwangError
from shouwang.web.guard import PersonalRequest
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags.ui import day, moment

COLUMNS = (
    Column("名称"), Column("岗位"), Column("有效至", "short"), Column("最近使用", "short"), Column("状态", "short"),
)  # fmt: skip


class TokenForm(forms.Form):
    """哪个程序用、以哪个岗位、多久。"""

    name = forms.CharField(label="哪个程序用", max_length=60, help_text="例如“医院每月上报程序”，以后作废时认得出。")
    post = forms.ChoiceField(label="以哪个岗位")
    days = forms.IntegerField(
        label="有效几天",
        min_value=1,
        max_value=LONGEST.days,
        initial=30,
        help_text=f"最长 {LONGEST.days} 天，到期另生成。",
    )

    def __init__(self, *args: object, posts: list[Post], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.posts = {str(post.uuid): post for post in posts}
        self.fields["post"].choices = [(uuid, str(post)) for uuid, post in self.posts.items()]  # type: ignore[attr-defined]

    def clean_post(self) -> Post:
        return self.posts[self.cleaned_data["post"]]


def tokens(request: PersonalRequest) -> HttpResponse:
    """我的访问令牌：有哪些、谁在用。"""
    context = {
        "table": _table(request.user),
        "posts": effective_posts(request.user),
        "never": [permission.label for permission in sorted(NOT_BY_TOKEN)],
        "described": reverse("web:api:openapi"),
    }
    return render(request, "tokens/list.html", context)


@step_up
@sensitive_variables("raw")
def token_new(request: PersonalRequest) -> HttpResponse:
    """生成令牌；只在这一页显示一次。"""
    user = request.user
    form = TokenForm(request.POST if request.method == "POST" else None, posts=effective_posts(user))
    if request.method == "POST" and form.is_valid():
        try:
            token, raw = actions.issue_access_token(by=user, **form.cleaned_data)
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            return render(request, "tokens/once.html", {"token": token, "raw": raw})
    status = 422 if form.errors else 200
    return render(
        request, "tokens/act.html", {"form": form, "button": "生成令牌", "heading": "生成令牌"}, status=status
    )


def token_revoke(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """作废令牌。"""
    token = tokens_of(request.user).filter(uuid=uuid, revoked_at=None).first()
    if token is None:
        raise Http404("您没有这个令牌，或者它已经作废。")
    if request.method == "POST":
        actions.revoke_access_token(by=request.user, token=token)
        messages.success(request, f"令牌“{token.name}”已作废，用它的程序立即不能再调用。")
        return redirect("web:tokens")
    context = {
        "form": forms.Form(),
        "button": "作废",
        "heading": f"作废令牌：{token.name}",
        "token": token,
        "grave": True,
    }
    return render(request, "tokens/act.html", context)


def _table(user: User) -> Table:
    rows = [
        Row(
            [
                Cell(token.name, note=f"{day(token.created_at)}生成"), Cell(str(token.post)), Cell(day(token.expires_at)),
                Cell(moment(token.last_used_at), note=token.last_used_ip) if token.last_used_at else Cell("从未使用"),
                Cell(tag=_state(token)),
            ],
            url=reverse("web:token_revoke", args=[token.uuid]) if token.revoked_at is None else "",
        )
        for token in tokens_of(user)
    ]  # fmt: skip
    nothing = Empty("还没有令牌", "只在网页上办事的，不需要令牌。让程序代您上报、查询的，才生成一个。")
    return Table("令牌", COLUMNS, rows, None, nothing)


def _state(token: AccessToken) -> Tag:
    if token.revoked_at is not None:
        return Tag("已作废")
    if not token.is_live:
        return Tag("已过期")
    return Tag("有效", "brand") if token.post.is_current() else Tag("岗位已到期")
