"""逐条说明: every rule asked of one household, as of any day, with the rows behind each figure and what would change it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from shouwang.accounts.roles import Permission
from shouwang.casework.queries.explanation import explanation_of
from shouwang.casework.versions import screening_day
from shouwang.policy.forms import MET, NOT_MET, SUSPECTED, UNKNOWN
from shouwang.registry.queries import household_for
from shouwang.screening.aloud import figures_shown, places, rows_behind
from shouwang.screening.reasons import Explanation, FigureReason, Missing, RowBehind, RuleReason
from shouwang.screening.telling import turn_texts
from shouwang.screening.wording import HOUSEHOLD_OUTCOMES, TIERS
from shouwang.web.forms import FilterForm
from shouwang.web.guard import PersonalRequest, needs
from shouwang.web.tables import Cell, Column, Empty, Row, Table
from shouwang.web.templatetags.ui import grouped, period_words, route_number, yuan

#: What somebody has to act upon comes first.
_URGENCY = (MET, SUSPECTED, UNKNOWN)
_TONES = {"met": "high", "suspected": "middle", "special": "middle", "unknown": "plain", "not_met": "none"}


class DayForm(FilterForm):
    """As of which day."""

    on = forms.DateField(label="截至日期", widget=forms.DateInput(attrs={"type": "date"}))


@dataclass(frozen=True, slots=True)
class Shown:
    """One rule as the page says it: its reason, the figures worth showing, and what is missing or would change it."""

    rule: RuleReason
    figures: list[dict[str, str]]
    missing: list[str]
    how: str
    changes: list[str]


@needs(Permission.HOUSEHOLD_VIEW)
def household_why(request: PersonalRequest, uuid: UUID) -> HttpResponse:
    """一户的逐条说明。"""
    shown = household_for(request.user, uuid)
    day = screening_day()
    form = DayForm(request.GET if request.GET.get("on") else {"on": day.isoformat()})
    found = explanation_of(shown, form.values.get("on", day))
    rules = [_shown(rule) for rule in found.rules]
    context = {
        "shown": shown,
        "found": found,
        "form": form,
        "outcome": HOUSEHOLD_OUTCOMES[found.household["outcome"]],
        "tone": _TONES[found.household["outcome"]],
        "facts": _facts(found),
        "missing": _missing(found),
        "urgent": sorted((one for one in rules if one.rule.outcome is not NOT_MET), key=_urgency),
        "others": [one for one in rules if one.rule.outcome is NOT_MET],
        "rows": _rows(found),
    }
    return render(request, "households/why.html", context)


def _urgency(one: Shown) -> int:
    return _URGENCY.index(one.rule.outcome)


def _shown(rule: RuleReason) -> Shown:
    pending = rule.pending
    ways = pending.ways if pending else ()
    missing = [f"{'或者只缺' if n else '还缺'}：{'、'.join(one.title for one in way)}" for n, way in enumerate(ways)]
    how = "；".join(pending.texts) if pending else ""
    changes = ["；".join(scale.texts) for scale in rule.scales] + list(turn_texts(rule.turns))
    return Shown(rule, [_figure(one) for one in figures_shown(rule)], missing, how, changes)


def _figure(one: FigureReason) -> dict[str, str]:
    return {"title": one.title, "text": grouped(one.text), "places": places(one.rows), "meaning": one.meaning}


def _facts(found: Explanation) -> list[dict[str, str]]:
    row = found.household
    head = grouped(f"{row['net_income_per_head']} 元") if row["net_income_per_head"] else "不明"
    values = [
        ("计算期", period_words(row["window"]), ""),
        ("共同生活人口", f"{row['members']} 人", ""),
        ("家庭纯收入", yuan(row["net_income_fen"]), ""),
        ("人均纯收入", head, TIERS[row["tier"] or ""]),
        ("对照收入", yuan(row["base_income_fen"]), period_words(row["base_period"] or "")),
        ("刚性支出", yuan(row["rigid_fen"]), ""),
        (
            "途径",
            "、".join(f"途径{route_number(one)}" for one in row["route"].split("+")) if row["route"] else "无",
            "",
        ),
    ]
    return [{"label": label, "value": value, "note": note} for label, value, note in values]


def _missing(found: Explanation) -> list[dict[str, str]]:
    titles = {rule.id: rule.title for rule in found.rules}
    return [{"title": fact.title, "text": _blocks(fact, titles)} for fact in found.missing]


def _blocks(fact: Missing, titles: dict[str, str]) -> str:
    alone = "；补上这一项就能判断" if fact.settles == fact.blocks else ""
    return f"影响 {len(fact.blocks)} 条规则：{'、'.join(titles[rule] for rule in fact.blocks)}{alone}"


def _rows(found: Explanation) -> Table:
    """Every row behind a figure, once."""
    lines = [_row(row) for row in rows_behind(found)]
    columns: Sequence[Column] = (Column("资料"), Column("第几行", "number"), Column("是谁的"), Column("内容"))
    return Table(
        "数据出处",
        columns,
        lines,
        empty=Empty("没有用到任何一行资料", "请先登记收支和情况。"),
        compact=True,
        layout="wide",
    )


def _row(row: RowBehind) -> Row:
    cells = "，".join(f"{header} {text}" for header, text in row.cells)
    return Row([Cell(row.file), Cell(str(row.row or "")), Cell(row.member or "全户"), Cell(cells or "在册")])
