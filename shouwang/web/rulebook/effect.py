"""What a change would do, as a page shows it: outcomes before and after, who enters and leaves, by unit, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import holds
from shouwang.casework import effects, queries, versions
from shouwang.casework.models import Move, RunLine, RunState, ScreeningRun
from shouwang.casework.queries import Heads
from shouwang.policy.book import RuleBook, policy_of
from shouwang.policy.procedure import procedure_on
from shouwang.units.text import reading_order
from shouwang.web.cases.reasons import OUTCOMES
from shouwang.web.guard import PersonalRequest
from shouwang.web.nav import address_of
from shouwang.web.paging import Page
from shouwang.web.rulebook.saying import handbook
from shouwang.web.screenings.lines import BY_SCORE
from shouwang.web.screenings.words import CHANGED, heads_words, job_of, outcome_tag, value_words
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import day
from shouwang.web.worklists.tabs import Tab

MOVES = (Move.ENTERED, Move.LEFT, Move.MOVED)
STALE = "这次试算由旧版本所做，请重新试算。"
_OUTCOMES = ("met", "suspected", "special", "unknown", "not_met")
_COLUMNS = (Column("户"), Column("单位"), Column("改后", "short"), Column("人口", "number"), Column("变了什么"))


def effect_context(request: PersonalRequest, run: ScreeningRun) -> dict[str, Any]:
    """The simulation as far as it is: its progress, its result, or that it must be done anew."""
    if run.state != RunState.DONE:
        return {"job": job(run)}
    if effects.is_stale(run):
        return {"stale": STALE}
    user, effect = request.user, run.counts
    asked = request.GET.get("move", "")
    move = Move(asked) if asked in MOVES else Move.ENTERED
    page = BY_SCORE.page(queries.effect_lines(user, run, move), request.GET)
    return {
        "effect": {str(move): heads_words(_heads(effect, move)) for move in MOVES},
        "nothing": not any(effect.get(move) for move in MOVES),
        "outcomes": _outcomes(effect),
        "units": _units(effect["by_unit"]),
        "tabs": [
            Tab(str(one.label), effect.get(one, 0), f"{request.path}?move={one}#results", one == move) for one in MOVES
        ],
        "table": _table(user, page, run, move),
        "as_of": run.as_of,
        "export_url": _export_url(user, run),
    }  # fmt: skip


def _export_url(user: User, run: ScreeningRun) -> str:
    return reverse("web:effect_export", args=[run.uuid]) if holds(user, Permission.EXPORT) else ""


def job(run: ScreeningRun) -> dict[str, Any]:
    """The simulation as `ui/job.html` takes it."""
    return job_of(run, reverse("web:parameter_progress", args=[run.uuid]), f"按 {day(run.as_of)} 的资料试算")


def tried_words(run: ScreeningRun) -> list[str]:
    """What a simulation set otherwise than it is in force: `监测线改为9000.00元`."""
    book = RuleBook.of(run.policy, run.as_of, run.parameters)
    return [
        f"施行的办法改为{policy_of(value).title}"
        if name == versions.POLICY
        else f"{book.series(name).label}改为{book.series(name).unit.words(book.parameters[name])}"
        for name, value in queries.tried_by(run).items()
    ]


def touches(policy_id: str, name: str, run: ScreeningRun) -> str:
    """What a parameter can change at all: the result of a screening, only a limit, or the procedure."""
    if name == versions.POLICY:
        return "policy"
    book = RuleBook.of(policy_id, run.as_of)
    return "screening" if handbook(book).rules_using(name) else "limit"


def steps_changed(run: ScreeningRun, new: str) -> dict[str, list[str]]:
    """The steps another policy adds and leaves out."""
    old = versions.policy_on(run.unit, run.as_of)
    was, now = ([step.title for step in procedure_on(policy_of(one), policy_of(one).since).steps] for one in (old, new))
    return {"added": [one for one in now if one not in was], "gone": [one for one in was if one not in now]}


def _heads(effect: Mapping[str, Any], move: Move) -> Heads:
    return Heads(effect.get(move, 0), effect["people"].get(move, 0))


def _outcomes(effect: Mapping[str, Any]) -> Table:
    """Each outcome before and after, households and people."""

    def of(counts: Mapping[str, int], name: str) -> Cell:
        return Cell(heads_words(Heads(counts.get(name, 0), counts.get(f"people_{name}", 0))))

    before, after = effect["before"], effect["after"]
    rows = [Row([Cell(OUTCOMES[name]), of(before, name), of(after, name)]) for name in _OUTCOMES]
    return Table("全团结论", [Column("结论"), Column("现行", "number"), Column("改后", "number")], rows, compact=True)


def _units(by_unit: Mapping[str, Mapping[str, int]]) -> Table:
    rows = [
        Row([Cell(unit), *(Cell(heads_words(Heads(cells[move], cells[f"people_{move}"]))) for move in MOVES)])
        for unit, cells in sorted(by_unit.items(), key=lambda one: reading_order(one[0]))
    ]
    columns = [Column("单位"), *(Column(str(move.label), "number") for move in MOVES)]
    return Table("各单位", columns, rows, empty=Empty("没有户受影响", "改后每一户的结论都与现行相同。"), compact=True)


def _table(user: User, page: Page[RunLine], run: ScreeningRun, move: Move) -> Table:
    heads = queries.heads_of([line.household_id for line in page.rows])
    rules = {rule.id: rule.title for rule in RuleBook.of(run.policy, run.as_of).rules}
    rows = [
        Row(
            [
                Cell(line.household.number, note=heads.get(line.household_id, "")), Cell(line.household.unit.name),
                Cell(tag=outcome_tag(line)), Cell("—" if line.members is None else f"{line.members} 人"),
                Cell(changes_words(line, rules)),
            ],
            address_of("web:household", line.household.uuid),
        )
        for line in page.rows
    ]  # fmt: skip
    return Table(f"{move.label}的户", _COLUMNS, rows, page, Empty(f"没有{move.label}的户", "看另外两张名单。"))


def changes_words(line: RunLine, rules: Mapping[str, str]) -> str:
    told = [
        _turned(CHANGED[name], value_words(name, was, rules), value_words(name, now, rules))
        for name, (was, now) in line.moved.items()
        if name in CHANGED
    ]
    return (
        "；".join(told)
        or f"按现行的值不命中；改后{value_words('rules_met', line.rules_met or line.rules_suspected, rules)}"
    )


def _turned(label: str, was: str, now: str) -> str:
    """`档次 监测线以上 → 较低一档`; nothing is said to be nothing: a dash beside an arrow is read as neither."""
    none = ("", "—")
    return f"{label} {'无' if was in none else was} → {'无' if now in none else now}"
