"""How each suspicion list is shown: its columns, and a row as cells. The export writes the same cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shouwang.casework import queries
from shouwang.casework.models import Case, ClueState, RunLine, StepRecord
from shouwang.casework.queries.suspicion import faults_of
from shouwang.casework.versions import frozen
from shouwang.registry.models import Household
from shouwang.web.cases.reasons import OUTCOMES
from shouwang.web.cases.words import due_tag, status_tag
from shouwang.web.nav import address_of
from shouwang.web.tables import Cell, Column, Row, Tag
from shouwang.web.templatetags.ui import amount, day, moment

Heads = dict[int, str]
_TONES = {"met": "high", "suspected": "middle"}


@dataclass(frozen=True, slots=True)
class Shown:
    """The columns of a list, and how a row is told. `household` gives the household of a row."""

    columns: tuple[Column, ...]
    row: Callable[[Any, Heads], Row]
    household: Callable[[Any], Household]

    def rows(self, found: Sequence[Any]) -> list[Row]:
        heads = queries.heads_of([self.household(one).pk for one in found])
        return [self.row(one, heads) for one in found]


def _of_household(household: Household, heads: Heads) -> Cell:
    return Cell(household.number, note=heads.get(household.pk, ""))


def _missed(line: RunLine, heads: Heads) -> Row:
    net = None if line.net_income is None or not line.members else line.net_income // line.members
    state = line.clue_state  # type: ignore[attr-defined]  # annotated by the query
    address = address_of("web:clue", line.clue_uuid) if line.clue_uuid else ""  # type: ignore[attr-defined]
    return Row(
        [
            _of_household(line.household, heads), Cell(line.household.unit.name),
            Cell(tag=Tag(OUTCOMES[line.outcome], _TONES.get(line.outcome, "plain"))), Cell(amount(net)),
            Cell(ClueState(state).label if state else "没有线索"), Cell(day(line.run.as_of)),
        ],
        address or address_of("web:household", line.household.uuid),
    )  # fmt: skip


def _helped(household: Household, heads: Heads) -> Row:
    times, given, last = household.times, household.given, household.last_on  # type: ignore[attr-defined]
    return Row(
        [_of_household(household, heads), Cell(household.unit.name), Cell(str(times)), Cell(amount(given)), Cell(day(last))],
        address_of("web:household", household.uuid),
    )  # fmt: skip


def _disordered(case: Case, heads: Heads) -> Row:
    return _case(case, heads, Cell("；".join(faults_of(case))))


def _stalled(case: Case, heads: Heads) -> Row:
    step = frozen(case.version).procedure.by_id.get(case.step)
    return _case(case, heads, Cell(step.title if step else "—"), Cell(day(case.due_on), tag=due_tag(case.due_on)))


def _case(case: Case, heads: Heads, *more: Cell) -> Row:
    household = case.household
    cells = [
        Cell(case.number, note=f"户{household.number} {heads.get(household.pk, '')}"),
        Cell(household.unit.name),
        Cell(tag=status_tag(case)),
    ]
    return Row([*cells, *more], address_of("web:case", case.number))


def _unseen(household: Household, heads: Heads) -> Row:
    return Row(
        [_of_household(household, heads), Cell(household.unit.name)], address_of("web:household", household.uuid)
    )


def _late(record: StepRecord, heads: Heads) -> Row:
    case = record.case
    step = frozen(case.version).procedure.by_id[record.step]
    return Row(
        [
            Cell(case.number, note=f"户{case.household.number} {heads.get(case.household_id, '')}"),
            Cell(case.household.unit.name), Cell(step.title), Cell(day(record.occurred_on)),
            Cell(moment(record.recorded_at), note=record.by.display_name), Cell(record.late_reason),
        ],
        address_of("web:case", case.number),
    )  # fmt: skip


_HOUSEHOLD, _UNIT = Column("户编号"), Column("单位")
_CASE, _STATUS = Column("个案"), Column("状态", "short")
SHOWN = {
    "should_be_covered": Shown(
        (_HOUSEHOLD, _UNIT, Column("筛查结论", "short"), Column("人均纯收入（元）", "number"), Column("线索", "short"),
         Column("筛查截至", "short")),
        _missed, lambda line: line.household,
    ),
    "off_book": Shown(
        (_HOUSEHOLD, _UNIT, Column("救助次数", "number"), Column("合计（元）", "number"), Column("最近一次", "short")),
        _helped, lambda household: household,
    ),
    "disordered": Shown((_CASE, _UNIT, _STATUS, Column("缺什么、颠倒了什么")), _disordered, lambda case: case.household),
    "never_seen": Shown((_HOUSEHOLD, _UNIT), _unseen, lambda household: household),
    "recorded_late": Shown(
        (_CASE, _UNIT, Column("步骤"), Column("办理日期", "short"), Column("录入", "short"), Column("补记原因")),
        _late, lambda record: record.case.household,
    ),
    "stalled": Shown((_CASE, _UNIT, _STATUS, Column("在哪一步"), Column("全程时限", "short")), _stalled, lambda c: c.household),
}  # fmt: skip
