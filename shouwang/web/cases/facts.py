"""What stands beside a case: the family, the case itself, what was given, and the procedure it follows."""

from __future__ import annotations

from typing import Any

from shouwang.casework.queries import CaseFile
from shouwang.web.cases.reasons import figures_of, reasons_of, reports_of
from shouwang.web.nav import address_of
from shouwang.web.templatetags.ui import day


def side_of(file: CaseFile, *, with_reasons: bool) -> dict[str, Any]:
    """The side column of every page about a case."""
    return {
        "household_url": address_of("web:household", file.case.household.uuid),
        "household": household_facts(file),
        "members": member_lines(file),
        "figures": figures_of(file.line) if with_reasons else [],
        "as_of": file.line.run.as_of if file.line and with_reasons else None,
        "reasons": reasons_of(file.findings) if with_reasons else [],
        "reports": reports_of(file.findings) if with_reasons else [],
    }


def household_facts(file: CaseFile) -> list[dict[str, str]]:
    household = file.case.household
    return [
        {"label": "户编号", "value": household.number},
        {"label": "户主", "value": file.head or "没有登记"},
        {"label": "连队", "value": household.unit.name},
        {"label": "在册成员", "value": f"{len(file.members)} 人"},
    ]


def member_lines(file: CaseFile) -> list[str]:
    """Each member in one line: name, relation, year of birth."""
    lines = []
    for member in file.members:
        born = f"{member.person.birth_date.year}年生" if member.person.birth_date else ""
        lines.append("，".join(part for part in (member.person.name, member.relation, born) if part))
    return lines


def case_facts(file: CaseFile) -> list[dict[str, str]]:
    """When it was opened, by whom, from what, under which rules."""
    case = file.case
    opened = case.opened_by
    clue_url = address_of("web:clue", case.clue.uuid) if case.clue else ""
    facts = [
        {"label": "立案", "value": day(case.opened_on), "note": f"{opened.user.display_name}（{opened}）"},
        {"label": "全程时限", "value": day(case.due_on)},
        {"label": "由来", "value": case.clue.get_source_display() + "线索" if case.clue else "直接立案", "url": clue_url,
         "action": "看线索"},
        {"label": "程序", "value": file.procedure.title, "note": f"{file.page.policy_title}；版本 {case.version.sha256[:16]}"},
    ]  # fmt: skip
    if case.previous:
        facts.append(
            {"label": "原个案", "value": case.previous.number, "url": address_of("web:case", case.previous.number),
             "action": "查看"}
        )  # fmt: skip
    later = [{"label": "后来的个案", "value": one.number, "url": address_of("web:case", one.number), "action": "查看"}
             for one in case.later.all()]  # fmt: skip
    return facts + later
