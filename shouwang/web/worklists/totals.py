"""统计: totals by unit, households and people together. No household can be reached from here."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from shouwang.accounts.models import Unit, User
from shouwang.accounts.queries import visible_places
from shouwang.accounts.redact import FEWEST
from shouwang.accounts.roles import Permission
from shouwang.casework.queries import MEASURES, Statistics, statistics, territories
from shouwang.casework.queries.statistics import Cell, UnitLine
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.tables import Cell as Shown
from shouwang.web.tables import Column, Empty, Row, Table
from shouwang.web.templatetags.ui import households_people

#: Figures older than this can be counted again from the page.
AGAIN = timedelta(minutes=1)


@needs(Permission.AGGREGATE_VIEW)
def totals(request: PersonalRequest) -> HttpResponse:
    """统计：各单位的线索和个案，户数人数并列。"""
    asked = _unit(request.user, request.GET.get("unit", ""))
    found = statistics(request.user, asked, fresh="fresh" in request.GET)
    context = {
        "found": found,
        "table": _table(found),
        "again_url": f"{_address(asked)}&fresh=1" if timezone.now() - found.counted_at > AGAIN else "",
        "above": _above(request.user, found),
    }
    return render(request, "worklists/totals.html", context)


def _unit(user: User, asked: str) -> Unit:
    """The unit asked for, if it lies within the posts that allow totals; else the topmost of those."""
    own = territories(user).first()
    if own is None:
        raise Http404("没有可看的单位。")
    if not asked:
        return own
    try:
        wanted = UUID(asked)
    except ValueError:
        raise Http404("没有这个单位。") from None
    unit = visible_places(user).filter(uuid=wanted).first()
    if unit is None:
        raise Http404("没有这个单位，或您无权查看。")
    return unit


def _above(user: User, found: Statistics) -> list[dict[str, str]]:
    """The way back up, as far as the person may see."""
    chain, unit = [], found.unit.parent
    while unit is not None and visible_places(user).filter(pk=unit.pk).exists():
        chain.append({"label": unit.name, "url": _address(unit)})
        unit = unit.parent
    return chain[::-1]


def _table(found: Statistics) -> Table:
    rows = [_row(line) for line in found.lines]
    if len(rows) > 1:
        rows.append(Row([Shown("合计"), *(Shown(_words(found.totals[name])) for name in MEASURES)]))
    columns = [Column("单位"), *(Column(label, "number") for label in MEASURES.values())]
    return Table(f"{found.unit.name}各单位", columns, rows, empty=Empty("没有下级单位", "这个单位下面还没有设立单位。"))


def _row(line: UnitLine) -> Row:
    cells = [Shown(line.unit.name), *(Shown(_words(line.cells[name])) for name in MEASURES)]
    return Row(cells, _address(line.unit) if line.deeper else "")


def _words(cell: Cell) -> str:
    if cell.households is None:
        return f"少于 {FEWEST}"
    return str(households_people(cell.households, cell.people))


def _address(unit: Unit) -> str:
    return f"{address_of('web:statistics')}?unit={unit.uuid}"
