"""Two screenings side by side: who entered, who left, which figure moved from what to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.queries import visible_places
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework import queries
from shouwang.casework.models import Move, RunLine, RunState
from shouwang.casework.queries import Difference, LineFilter, Pair
from shouwang.policy.book import RuleBook
from shouwang.web.cases.reasons import OUTCOMES
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.nav import address_of
from shouwang.web.paging import Page
from shouwang.web.screenings.forms import PairForm
from shouwang.web.screenings.lines import BY_SCORE
from shouwang.web.screenings.words import CHANGED, heads_words, outcome_tag, value_words
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.worklists.tabs import Tab

MOVES = queries.COMPARED
#: So many runs can be chosen from; older ones are reached from their own page.
_OFFERED = 60
_LOT = 500
_COLUMNS = (
    Column("户"),
    Column("单位"),
    Column("先", "short"),
    Column("后", "short"),
    Column("人口", "number"),
    Column("变了什么"),
)
SHEET = (
    ("户编号", 16), ("户主", 14), ("单位", 16), ("变化", 10), ("先", 10), ("后", 10), ("共同生活人口", 12), ("变了什么", 80),
)  # fmt: skip


@needs(Permission.CLUE_VIEW)
def screening_compare(request: PersonalRequest) -> HttpResponse:
    """两次筛查对照。"""
    user = request.user
    form, pair = asked(request)
    if pair is None:
        return render(request, "screenings/nothing_to_compare.html", {"back": reverse("web:screenings")})
    wanted, move = LineFilter(unit=form.values.get("unit")), move_asked(request)
    kept, by_unit = _address(pair, wanted), pair.by_unit(user, wanted)
    totals = queries.move_totals(by_unit)
    page = BY_SCORE.page(pair.lines(user, move, wanted), request.GET, totals[move].households)
    context = {
        "form": form,
        "pair": pair,
        "tabs": _tabs(pair, wanted, move, totals),
        "table": _table(pair, page, move),
        "units": _units(by_unit),
        "same_day": pair.before.as_of == pair.after.as_of,
        "export_url": f"{reverse('web:screening_compare_export')}?{kept}&move={move}"
        if holds(user, Permission.EXPORT)
        else "",
    }
    return render(request, "screenings/compare.html", context)


def asked(request: PersonalRequest) -> tuple[PairForm, Pair | None]:
    """The form, filled with the pair that is shown, and the pair itself."""
    user = request.user
    done = list(queries.runs_for(user).filter(state=RunState.DONE)[:_OFFERED])
    form = PairForm(request.GET, units=visible_places(user), runs=done)
    pair = queries.pair_for(user, _named(request, "earlier"), _named(request, "later"))
    if pair is not None:
        shown = request.GET.copy()
        shown["earlier"], shown["later"] = str(pair.before.uuid), str(pair.after.uuid)
        form = PairForm(shown, units=visible_places(user), runs=_with(done, pair))
    return form, pair


def _named(request: PersonalRequest, name: str) -> UUID | None:
    """The run the address names, also one too old to be offered; what does not read counts as not named."""
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def move_asked(request: PersonalRequest) -> Move:
    """Which of the three lists."""
    move = request.GET.get("move", "")
    return Move(move) if move in MOVES else Move.ENTERED


def _with(done: list[Any], pair: Pair) -> list[Any]:
    """The runs to choose from, those that are shown among them."""
    return done + [run for run in (pair.after, pair.before) if run not in done]


def _tabs(pair: Pair, wanted: LineFilter, shown: Move, totals: Mapping[Move, queries.Heads]) -> list[Tab]:
    kept, address = _address(pair, wanted), reverse("web:screening_compare")
    return [
        Tab(str(move.label), totals[move].households, f"{address}?{kept}&move={move}", move == shown) for move in MOVES
    ]


def _address(pair: Pair, wanted: LineFilter) -> str:
    unit = {"unit": wanted.unit.uuid} if wanted.unit else {}
    return urlencode({"earlier": pair.before.uuid, "later": pair.after.uuid, **unit})


def _table(pair: Pair, page: Page[RunLine], move: Move) -> Table:
    heads = queries.heads_of([line.household_id for line in page.rows])
    rules = titles_of(pair)
    rows = [
        Row(
            [
                Cell(one.line.household.number, note=heads.get(one.line.household_id, "")),
                Cell(one.line.household.unit.name), _stood(one.was), _stood(one.now),
                Cell("—" if one.line.members is None else f"{one.line.members} 人"),
                Cell("；".join(_changes(one, rules)) or _why(one)),
            ],
            address_of("web:household", one.line.household.uuid),
        )
        for one in pair.told(page.rows, move)
    ]  # fmt: skip
    return Table(
        f"{move.label}的户", _COLUMNS, rows, page, Empty(f"没有{move.label}的户", "换一对筛查，或看另外两张名单。")
    )


def _stood(line: RunLine | None) -> Cell:
    return Cell("不在名单") if line is None else Cell(tag=outcome_tag(line))


def _changes(one: Difference, rules: Mapping[str, str]) -> list[str]:
    """`家庭纯收入（元） 8,287.00 → 8,288.00`, one for each thing that changed; the outcomes stand in their own columns."""
    return [
        f"{CHANGED[name]} {value_words(name, was, rules)} → {value_words(name, now, rules)}"
        for name, (was, now) in one.changes.items()
        if name != "outcome"
    ]


def _why(one: Difference) -> str:
    if one.was is None:
        return "上次不命中，或还没有这一户"
    return "这次不命中，或已经销户" if one.now is None else "数字没有变"


def _units(found: Mapping[str, Mapping[Move, queries.Heads]]) -> Table:
    rows = [Row([Cell(unit), *(Cell(heads_words(cells.get(move))) for move in MOVES)]) for unit, cells in found.items()]
    if len(rows) > 1:
        totals = queries.move_totals(found)
        rows.append(Row([Cell("合计"), *(Cell(heads_words(totals[move])) for move in MOVES)]))
    columns = [Column("单位"), *(Column(str(move.label), "number") for move in MOVES)]
    return Table("各单位", columns, rows, empty=Empty("两次筛查没有差别", "没有户进出，也没有数字变动。"), compact=True)


def titles_of(pair: Pair) -> dict[str, str]:
    """The rules of both runs by id."""
    books = [RuleBook.of(run.policy, run.as_of) for run in (pair.before, pair.after)]
    return {rule.id: rule.title for book in books for rule in book.rules}


def sheet_rows(pair: Pair, user: User, wanted: LineFilter) -> Iterator[Sequence[Any]]:
    """All three lists, one after the other, lot by lot."""
    rules = titles_of(pair)
    for move in MOVES:
        waiting = pair.lines(user, move, wanted).iterator(chunk_size=_LOT)
        while lot := list(islice(waiting, _LOT)):
            heads = queries.heads_of([line.household_id for line in lot])
            for one in pair.told(lot, move):
                household = one.line.household
                yield (
                    household.number, heads.get(household.pk), household.unit.name, str(move.label), _word(one.was),
                    _word(one.now), one.line.members, "；".join(_changes(one, rules)) or _why(one),
                )  # fmt: skip


def _word(line: RunLine | None) -> str:
    return "不在名单" if line is None else OUTCOMES.get(line.outcome, line.outcome)
