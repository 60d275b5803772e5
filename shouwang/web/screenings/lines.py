"""The households of a run, as a table on the page and as rows of a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from shouwang.accounts.models import User
from shouwang.casework import queries
from shouwang.casework.models import RunLine
from shouwang.web.cases.reasons import TIERS
from shouwang.web.nav import address_of
from shouwang.web.paging import Keyset, Page
from shouwang.web.screenings.words import outcome_tag
from shouwang.web.sheets import Fen
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import amount

#: The most urgent first.
BY_SCORE = Keyset("score", newest_first=True)
_LOT = 500
_COLUMNS = (
    Column("户"), Column("单位"), Column("结论", "short"), Column("档次", "short"), Column("人口", "number"),
    Column("人均纯收入（元）", "number"), Column("家庭纯收入（元）", "number"), Column("对照收入（元）", "number"),
    Column("刚性支出（元）", "number"), Column("规则"), Column("线索", "short"),
)  # fmt: skip
#: The same as columns of a file: heading and width.
SHEET = (
    ("户编号", 16), ("户主", 14), ("单位", 16), ("结论", 10), ("档次", 12), ("共同生活人口", 12), ("人均纯收入（元）", 16),
    ("家庭纯收入（元）", 16), ("对照收入（元）", 16), ("刚性支出（元）", 16), ("命中的规则", 40), ("疑似的规则", 40), ("先后分", 8),
)  # fmt: skip


def table(user: User, page: Page[RunLine], rules: Mapping[str, str]) -> Table:
    """One page of households, each leading to its file and to its clue."""
    households = [line.household_id for line in page.rows]
    heads, clues = queries.heads_of(households), queries.clues_of(user, households)
    rows = []
    for line in page.rows:
        clue = clues.get(line.household_id)
        link = Cell(clue.get_state_display(), url=address_of("web:clue", clue.uuid)) if clue else Cell("—")
        rows.append(
            Row(
                [
                    Cell(line.household.number, note=heads.get(line.household_id, "")), Cell(line.household.unit.name),
                    Cell(tag=outcome_tag(line)), Cell(TIERS.get(line.tier, "—")), Cell(_count(line.members)),
                    Cell(amount(line.net_income_per_head)), Cell(amount(line.net_income)), Cell(amount(line.base_income)),
                    Cell(amount(line.rigid)), Cell(titles(line, rules) or "—"), link,
                ],
                address_of("web:household", line.household.uuid),
            )
        )  # fmt: skip
    nothing = Empty("没有这样的户", "换一个结论、规则或单位再看。")
    return Table("户", _COLUMNS, rows, page, nothing, layout="wide", compact=True, note="先后只定次序，不定结果。")


def titles(line: RunLine, rules: Mapping[str, str]) -> str:
    """The rules that name a household."""
    return "、".join(rules.get(rule, rule) for rule in _ids(line.rules_met) + _ids(line.rules_suspected))


def sheet_rows(found: QuerySet[RunLine], rules: Mapping[str, str]) -> Iterator[Sequence[Any]]:
    """Every household of a list, lot by lot."""
    waiting = found.iterator(chunk_size=_LOT)
    while lot := list(islice(waiting, _LOT)):
        heads = queries.heads_of([line.household_id for line in lot])
        for line in lot:
            yield (
                line.household.number, heads.get(line.household_id), line.household.unit.name, outcome_tag(line).text,
                TIERS.get(line.tier), line.members, Fen(line.net_income_per_head), Fen(line.net_income), Fen(line.base_income),
                Fen(line.rigid), "、".join(rules.get(rule, rule) for rule in _ids(line.rules_met)),
                "、".join(rules.get(rule, rule) for rule in _ids(line.rules_suspected)), line.score,
            )  # fmt: skip


def _ids(rules: str) -> list[str]:
    return [rule for rule in rules.split(";") if rule]


def _count(members: int | None) -> str:
    return "—" if members is None else f"{members} 人"
