"""The ranked list of clues: one a household, the most urgent first, with the reasons for its place."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework import queries
from shouwang.casework.models import Clue, ClueState
from shouwang.registry.queries import beside_heads
from shouwang.web.cases.reasons import OUTCOMES
from shouwang.web.cases.words import due_tag
from shouwang.web.clues import departments
from shouwang.web.clues.forms import CluesFilter
from shouwang.web.clues.words import WAITING, state_tag
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.households.words import in_the_home, noted
from shouwang.web.nav import address_of
from shouwang.web.paging import Keyset, Page
from shouwang.web.tables import Act, Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import day
from shouwang.web.worklists.tabs import Tab

BY_RANK = Keyset("score", newest_first=True)
#: The tabs, in the order of a clue's life.
TABS = (*ClueState.choices, ("all", "全部"))

_NONE_YET = Empty(
    "还没有线索", "团办公室筛查以后，命中和疑似的户列在这里；部门通报、走访看到的，也可以在上面“报送线索”。"
)


@needs(Permission.CLUE_VIEW, Permission.CLUE_REPORT)
def clues(request: PersonalRequest) -> HttpResponse:
    """线索：按先后排列，一户一条。部门只看自己通报的。"""
    user = request.user
    if not holds(user, Permission.CLUE_VIEW):
        return departments.reports(request)
    form = CluesFilter(request.GET, units=visible_places(user))
    state, asked = form.state_asked, form.conditions
    rows = queries.clue_list(user, **asked)
    counts = queries.clue_states(rows)
    rows = rows if state == "all" else rows.filter(state=state)
    page = BY_RANK.page(rows, request.GET, sum(counts.values()) if state == "all" else counts.get(state, 0))
    context = {
        "form": form,
        "tabs": _tabs(request.GET, state, counts),
        "table": _table(user, page, state, asked.get("text", ""), filtered=form.in_use or bool(sum(counts.values()))),
        "may_report": holds(user, Permission.CLUE_REPORT),
        "may_place": holds(user, Permission.PERSON_SEARCH) and queries.reports_for(user).exists(),
    }
    return render(request, "clues/list.html", context)


def _tabs(query: QueryDict, state: str, counts: dict[str, int]) -> list[Tab]:
    return [
        Tab(label, sum(counts.values()) if name == "all" else counts.get(name, 0), _address(query, name), name == state)
        for name, label in TABS
    ]


def _address(query: QueryDict, state: str) -> str:
    kept = query.copy()
    for name in ("after", "before"):
        kept.pop(name, None)
    kept["state"] = state
    return f"{reverse('web:clues')}?{kept.urlencode()}"


def _table(user: User, page: Page[Clue], state: str, text: str, *, filtered: bool) -> Table:
    homes = [clue.household_id for clue in page.rows]
    heads = queries.heads_of(homes)
    called = beside_heads(text, homes, heads)
    bulk = state in WAITING and holds(user, Permission.CLUE_REPORT)
    rows = [_row(clue, heads.get(clue.household_id, ""), called.get(clue.household_id, ())) for clue in page.rows]
    columns = [
        Column("户"), Column("单位"), Column("筛查结论", "short"), Column("先后分", "number"), Column("为什么排在这里"),
        Column("状态", "short"), Column("期限", "short"),
    ]  # fmt: skip
    return Table(
        "线索", columns, rows, page,
        Empty("没有这样的线索", "换一个状态或放宽条件再看。") if filtered else _NONE_YET,
        acts=(Act("安排走访", reverse("web:clues_arrange")),) if bulk else (),
        note="分数只定先后，不定结果。",
    )  # fmt: skip


def _row(clue: Clue, head: str, called: tuple[str, ...]) -> Row:
    waiting = clue.state in WAITING
    cells: list[Any] = [
        Cell(clue.household.number, note=noted(head, in_the_home(called))), Cell(clue.household.unit.name),
        Cell(OUTCOMES.get(clue.outcome, clue.get_source_display())), Cell(str(clue.score)),
        Cell("；".join(clue.reasons) or "—", note="" if clue.still_found else "最近一次筛查不再命中"),
        Cell(tag=state_tag(clue)),
        Cell(day(clue.due_on), tag=due_tag(clue.due_on)) if waiting and clue.due_on else Cell("—"),
    ]  # fmt: skip
    return Row(cells, address_of("web:clue", clue.uuid), str(clue.uuid))
