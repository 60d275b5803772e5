"""疑点清单: what the inspectors would find, found first. Every list with its meaning, clause, number and rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.access import step_up
from shouwang.accounts.models import Unit, User
from shouwang.accounts.origin import Origin
from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import effective_posts, holds
from shouwang.casework.queries import SUSPICIONS, Suspicion, suspicions_lately
from shouwang.casework.queries.suspicion_lists import WATCHERS
from shouwang.registry.queries import CAP
from shouwang.web.forms import FilterForm, ReasonForm, UnitField
from shouwang.web.guard import PersonalRequest, needs, refuse
from shouwang.web.paging import Keyset, Page
from shouwang.web.sheets import LARGEST, SheetFull, download
from shouwang.web.tables import Cell, Empty, Row, Table
from shouwang.web.worklists.suspicion_rows import SHOWN
from shouwang.web.worklists.totals import AGAIN

P = Permission
EVERYBODY = (P.CASE_PREPARE, P.CASE_CONFIRM, P.CASE_SUBMIT, P.INSPECT, P.VISIT_RECORD)
_LOT = 500
#: A list of suspicions is counted so far: each row is looked up in several tables.
COUNTED = 5_000


class SuspicionFilter(FilterForm):
    unit = UnitField(label="单位", empty_label="辖区内全部单位")

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


@needs(*WATCHERS)
def suspicions(request: PersonalRequest) -> HttpResponse:
    """疑点清单：各张清单的定义、依据和数目，与首页上的一致。"""
    counted_at, found = suspicions_lately(request.user, held_by(request.user), fresh="fresh" in request.GET)
    lists = [
        {"one": one, "count": counted(count), "url": reverse("web:suspicion", args=[one.kind])} for one, count in found
    ]
    again = f"{reverse('web:suspicions')}?fresh=1" if timezone.now() - counted_at > AGAIN else ""
    context = {"lists": lists, "counted_at": counted_at, "again_url": again}
    return render(request, "worklists/suspicions.html", context)


@needs(*EVERYBODY)
def suspicion(request: PersonalRequest, kind: str) -> HttpResponse:
    """一张疑点清单。"""
    one = _list_for(request.user, kind)
    form = SuspicionFilter(request.GET, units=visible_places(request.user))
    unit = form.values.get("unit")
    order = Keyset(one.order, newest_first=one.kind == "recorded_late", count_up_to=COUNTED)
    page = order.page(one.found(request.user, unit), request.GET)
    query = urlencode({"unit": unit.uuid}) if unit else ""
    context = {
        "one": one,
        "form": form,
        "table": _table(one, page),
        "export_url": f"{reverse('web:suspicion_export', args=[kind])}?{query}"
        if holds(request.user, P.EXPORT)
        else "",
        "may_see_all": bool(held_by(request.user) & WATCHERS),
        "now": timezone.now(),
    }
    return render(request, "worklists/suspicion.html", context)


@needs(P.EXPORT)
@step_up
def suspicion_export(request: PersonalRequest, kind: str) -> HttpResponse:
    """导出一张疑点清单，内容随单位条件；写明用途，记入审计。"""
    one = _list_for(request.user, kind)
    unit = SuspicionFilter(request.GET, units=visible_places(request.user)).values.get("unit")
    form = ReasonForm(request.POST if request.method == "POST" else None)
    rows = one.found(request.user, unit)
    if request.method == "POST" and form.is_valid():
        return _file(request, one, unit, form.cleaned_data["reason"])
    context = {
        "one": one, "form": form, "count": rows.count(), "unit": unit.name if unit else "辖区内全部单位",
        "back": f"{reverse('web:suspicion', args=[kind])}?{request.GET.urlencode()}", "action": request.get_full_path(),
    }  # fmt: skip
    return render(request, "worklists/export.html", context)


def counted(number: int) -> str:
    """A number counted up to CAP: `10,000 以上` beyond it."""
    return f"{number:,}" if number <= CAP else f"{CAP:,} 以上"


def held_by(user: User) -> frozenset[Permission]:
    """What the posts of a person allow, anywhere."""
    return frozenset().union(*(post.role_class.permissions for post in effective_posts(user)))


def _list_for(user: User, kind: str) -> Suspicion:
    """A list the person may open; 404 for any other."""
    if kind not in SUSPICIONS:
        raise Http404("没有这张清单。")
    one = SUSPICIONS[kind]
    if not one.watchers & held_by(user):
        refuse(user, sorted(one.watchers)[0])
    return one


def _table(one: Suspicion, page: Page[Any]) -> Table:
    shown = SHOWN[one.kind]
    return Table(one.title, shown.columns, shown.rows(page.rows), page, Empty("没有发现", "这张清单现在是空的。"))


def _file(request: PersonalRequest, one: Suspicion, unit: Unit | None, reason: str) -> HttpResponse:
    shown, found = SHOWN[one.kind], one.found(request.user, unit).order_by(one.order, "pk")
    count = found.count()
    if count > LARGEST:
        raise SheetFull(title=one.title, limit=LARGEST)
    about = [
        ("清单", f"{one.title}：{one.definition}"), ("导出人", f"{request.user.display_name}（{request.user.username}）"),
        ("岗位", str(request.user.acting_post or "")), ("导出时间", timezone.now()),
        ("单位", unit.name if unit else "辖区内全部单位"), ("用途", reason), ("行数", count),
        ("请求号", Origin.here().request_id), ("提醒", "内有个人信息，只作上述用途，用后删除。"),
    ]  # fmt: skip
    columns = [(column.label, 20) for column in shown.columns]
    columns.insert(1, ("户主", 20))
    made = download(one.title, columns, _cells(one, found), about)
    audit.note(
        by=request.user, verb="suspicion.exported", unit=unit, target=one.kind, count=count, reason=reason,
    )  # fmt: skip
    return made


def _cells(one: Suspicion, found: Any) -> Iterator[list[str]]:
    """The cells of the page as text, the note of the first one as a column of its own."""
    shown = SHOWN[one.kind]
    for start in range(0, found.count(), _LOT):
        for row in shown.rows(list(found[start : start + _LOT])):
            yield _flat(row)


def _flat(row: Row) -> list[str]:
    first, *rest = row.cells
    return [first.text, first.note, *(_text(cell) for cell in rest)]


def _text(cell: Cell) -> str:
    tag = cell.tag.text if cell.tag else ""
    return " ".join(part for part in (tag, cell.text, cell.note) if part)
