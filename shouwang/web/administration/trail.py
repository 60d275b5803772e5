"""The audit trail for auditors: find events, read one, verify the chain, print an anchor."""

from __future__ import annotations

import json
from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from shouwang.accounts import audit
from shouwang.accounts.audit_chain import Anchor, anchor, verify
from shouwang.accounts.models import AuditEvent, User
from shouwang.accounts.models.audit import Result
from shouwang.accounts.queries import visible_units
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.units.errors import ShouwangError
from shouwang.web.administration.forms import TrailFilter
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.paging import Keyset
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags.ui import moment
from shouwang.web.verbs import FACTS, VERBS, target_words, words_of

NEWEST = Keyset("pk", newest_first=True)


class AnchorForm(forms.Form):
    """An anchor on paper, as it was printed."""

    anchors = forms.CharField(
        label="打印件上的锚点", required=False, widget=forms.Textarea(attrs={"rows": "2"}),
        help_text="一行一个，写作 序号:校验码。本机锚点文件里的会自动核对，不用再输。",
    )  # fmt: skip


@needs(Permission.AUDIT_VIEW)
def trail(request: PersonalRequest) -> HttpResponse:
    """审计记录。"""
    user = request.user
    form = TrailFilter(request.GET, units=visible_units(user), verbs=sorted(VERBS.items(), key=lambda pair: pair[1]))
    events = AuditEvent.objects.visible_to(user).select_related("actor", "unit", "post__unit")
    page = NEWEST.page(_asked_for(events, form.values), request.GET)
    return render(request, "trail/list.html", {"form": form, "table": _table(page), "may_verify": _may_verify(user)})


@needs(Permission.AUDIT_VIEW)
def event(request: PersonalRequest, seq: int) -> HttpResponse:
    """一条审计记录的全部内容。"""
    events = AuditEvent.objects.visible_to(request.user).select_related("actor", "unit", "post__unit")
    found = get_object_or_404(events, pk=seq)
    facts = [
        {"label": FACTS.get(name, name), "value": _plain(value)} for name, value in json.loads(found.facts).items()
    ]
    context = {"event": found, "words": words_of(found.verb), "target": target_words(found.target), "facts": facts}
    return render(request, "trail/event.html", context)


@needs(Permission.AUDIT_VERIFY)
def check(request: PersonalRequest) -> HttpResponse:
    """验证审计链，用话说出结果。"""
    form = AnchorForm(request.POST or None)
    verdict = None
    if request.method == "POST" and form.is_valid():
        try:
            typed = [Anchor.typed(line) for line in form.cleaned_data["anchors"].split() if line]
            verdict = verify(typed)
        except ShouwangError as error:
            form.add_error("anchors", str(error))
        else:
            result = Result.DONE if verdict.intact else Result.FAILED
            audit.note(
                by=request.user, verb="audit.verified", result=result, checked=verdict.checked, found=verdict.sentence()
            )
    return render(request, "trail/check.html", {"form": form, "verdict": verdict, "when": timezone.now()})


@needs(Permission.AUDIT_VERIFY)
@require_POST
def make_anchor(request: PersonalRequest) -> HttpResponse:
    """生成锚点，打印留存或抄送师市。"""
    made = anchor()
    audit.note(by=request.user, verb="audit.anchored", seq=made.seq)
    messages.success(request, "锚点已生成并写入锚点文件。请打印本页，送出本机保管。")
    return render(request, "trail/anchor.html", {"anchor": made})


def _may_verify(user: User) -> bool:
    return user.acting_post is not None and post_for(user, Permission.AUDIT_VERIFY, user.acting_post.unit) is not None


def _asked_for(events: QuerySet[AuditEvent], values: dict[str, Any]) -> QuerySet[AuditEvent]:
    if person := values.get("person"):
        named = User.objects.filter(Q(username=person.strip().lower()) | Q(display_name__contains=person.strip()))
        events = events.filter(actor__in=named)
    if since := values.get("since"):
        events = events.filter(recorded_at__gte=_midnight(since))
    if until := values.get("until"):
        events = events.filter(recorded_at__lt=_midnight(until + timedelta(days=1)))
    same: dict[str, Any] = {name: values[name] for name in ("verb", "unit", "result") if name in values}
    if target := values.get("target"):
        same["target__contains"] = target.strip()
    return events.filter(**same)


def _midnight(day: Any) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _table(page: Any) -> Table:
    rows = [
        Row(
            [
                Cell(words_of(one.verb), note=f"第 {one.seq} 条"),
                Cell(moment(one.recorded_at)),
                Cell(_who(one), note=str(one.post) if one.post else ""),
                Cell(one.unit.name if one.unit else "—"),
                Cell(one.ip or "—"),
                Cell(tag=Tag(one.get_result_display(), "plain" if one.result == Result.DONE else "middle")),
            ],
            url=address_of("web:event", one.seq),
        )
        for one in page.rows
    ]
    columns = [
        Column("行为"),
        Column("时间", "short"),
        Column("人员"),
        Column("单位"),
        Column("地址", "short"),
        Column("结果", "short"),
    ]
    return Table("审计记录", columns, rows, page, Empty("没有符合条件的审计记录"), compact=True)


def _who(one: AuditEvent) -> str:
    if one.actor:
        return f"{one.actor.display_name}（{one.actor.username}）"
    return "服务器控制台" if '"console"' in one.facts else "未登录"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
