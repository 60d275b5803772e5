"""Reports of departments by citizen number: sent and followed by the department, placed by the regiment's office.

The department is answered the same way whoever the number belongs to, and sees of its reports only what became of them.
"""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import AccessDenied, effective_posts, holds
from shouwang.casework import actions, queries
from shouwang.casework.models import ClueReport
from shouwang.casework.queries import BECAME
from shouwang.registry.queries import household_for
from shouwang.units import identity
from shouwang.units.errors import ShouwangError
from shouwang.web.cases.words import due_tag
from shouwang.web.clues.forms import AnswerForm, FindForm, PersonReportForm
from shouwang.web.clues.reporting import households_called
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.paging import Keyset, Page
from shouwang.web.tables import Cell, Column, Empty, Row, Table, Tag
from shouwang.web.templatetags.ui import day, moment
from shouwang.web.worklists.tabs import Tab

NEWEST = Keyset("pk", newest_first=True)
RECEIVED = "已收到。由所在连队或团办核实，办理情况会列在这里。"


@needs(Permission.CLUE_REPORT)
def reports(request: PersonalRequest) -> HttpResponse:
    """部门通报：报了什么，办理得怎样。部门只看本部门的。"""
    user = request.user
    became = request.GET.get("became", "")
    became = became if became in BECAME else ""
    counts = queries.report_results(user)
    page = NEWEST.page(queries.reports_for(user, became).select_related("unit", "clue"), request.GET)
    context = {
        "tabs": _tabs(became, counts),
        "table": _table(page, reads=holds(user, Permission.PERSON_SEARCH)),
        "may_send": of_department(user),
    }
    return render(request, "clues/reports.html", context)


@needs(Permission.CLUE_REPORT)
def report_new(request: PersonalRequest) -> HttpResponse:
    """按身份证号通报一件事。"""
    if not of_department(request.user):
        return redirect("web:clue_new")
    form = PersonReportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.report_person(by=request.user, **form.cleaned_data)
        except AccessDenied:
            raise
        except ShouwangError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, RECEIVED)
            return redirect("web:reports")
    return render(request, "clues/report_new.html", {"form": form}, status=422 if form.errors else 200)


@needs(Permission.PERSON_SEARCH)
def report(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """一件对不上户的通报：找到户归入，或写明为什么不处理。"""
    found = _the_report(request.user, uuid)
    find = FindForm(request.GET if "text" in request.GET else None, initial={"text": found.person_name})
    answer = AnswerForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and answer.is_valid():
        try:
            actions.answer_report(by=request.user, report=found, **answer.cleaned_data)
        except AccessDenied:
            raise
        except ShouwangError as error:
            answer.add_error(None, str(error))
        else:
            messages.success(request, "已办理为不处理，理由留在通报里。")
            return redirect("web:reports")
    asked = find.is_bound and find.is_valid()
    offered = households_called(request.user, find.cleaned_data["text"]) if asked else []
    context = {
        "report": found,
        "find": find,
        "asked": asked,
        "offered": offered,
        "form": answer,
        "facts": _facts(found),
    }
    return render(request, "clues/place.html", context, status=422 if answer.errors else 200)


@needs(Permission.PERSON_SEARCH)
def report_place(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """把一件通报归入一户。"""
    found = _the_report(request.user, uuid)
    try:
        household = household_for(request.user, UUID(request.POST.get("household", "")))
    except ValueError:
        raise Http404("没有这一户。") from None
    try:
        placed = actions.place_report(by=request.user, report=found, household=household)
    except AccessDenied:
        raise
    except ShouwangError as error:
        messages.error(request, str(error))
        return redirect("web:report", uuid=uuid)
    messages.success(request, f"已归入户{household.number}的线索。")
    assert placed.clue is not None
    return redirect("web:clue", uuid=placed.clue.uuid)


def of_department(user: User) -> bool:
    """Whether somebody acts for a department."""
    return any(post.unit.level == Level.DEPARTMENT for post in effective_posts(user))


def _the_report(user: User, uuid: UUID) -> ClueReport:
    found = queries.report_for(user, str(uuid))
    if found is None:
        raise Http404("没有这件通报，或者已经办理。")
    return found


def _tabs(became: str, counts: dict[str, int]) -> list[Tab]:
    address = reverse("web:reports")
    whole = Tab("全部", sum(counts.values()), address, not became)
    return [whole, *(Tab(w, counts.get(n, 0), f"{address}?became={n}", n == became) for n, w in BECAME.items())]


def _table(page: Page[ClueReport], *, reads: bool) -> Table:
    """`reads`: for the office, with the way to the clue, or to the page where a household is found."""
    rows = [
        Row(
            [
                Cell(one.person_name, note=identity.mask(one.citizen)), Cell(one.unit.name), Cell(one.cause),
                Cell(one.sentence, note=f"发生于{day(one.occurred_on)}"), Cell(moment(one.reported_at)),
                Cell(tag=Tag(BECAME[one.became], "brand" if one.became == "confirmed" else "plain")),  # type: ignore[attr-defined]
            ],
            _place(one) if reads else "",
        )
        for one in page.rows
    ]  # fmt: skip
    columns = [
        Column("姓名"), Column("部门"), Column("事由", "short"), Column("情况"), Column("报送时间", "short"),
        Column("办理情况", "short"),
    ]  # fmt: skip
    return Table(
        "部门通报", columns, rows, page, Empty("还没有通报", "支出骤增、收入骤减的家庭，请及时通报（四（一））。")
    )


def _place(one: ClueReport) -> str:
    if one.clue is not None:
        return reverse("web:clue", args=[one.clue.uuid])
    return "" if one.answer else reverse("web:report", args=[one.uuid])


def _facts(one: ClueReport) -> list[dict[str, object]]:
    values = (
        ("报送部门", one.unit.name), ("报送人", one.by.display_name), ("姓名", one.person_name),
        ("身份证号", identity.mask(one.citizen)), ("事由", one.cause), ("发生日期", day(one.occurred_on)),
        ("情况", one.sentence), ("报送时间", moment(one.reported_at)), ("核对期限", day(one.due_on)),
    )  # fmt: skip
    tag = due_tag(one.due_on)
    return [
        {"label": label, "value": value, "note": tag.text if tag and label == "核对期限" else ""}
        for label, value in values
    ]
