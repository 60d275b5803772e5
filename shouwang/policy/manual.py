"""The reference pages, written from the code: rules, parameters, tables, clauses. `python -m shouwang.policy.manual`.

Nothing on these pages is typed by hand; a test fails when they are older than the code.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

from shouwang.policy.book import POLICIES, Policy, RuleBook
from shouwang.policy.clauses import Clause, instrument
from shouwang.policy.coverage import Excuse, citations, excuses
from shouwang.policy.forms import Figure, Rule
from shouwang.policy.parameters import ParameterSeries, parameters_of
from shouwang.policy.words import words_of
from shouwang.terms import nodes as n
from shouwang.terms.render import Renderer
from shouwang.terms.tables import TABLES, Column, Table
from shouwang.units.collect import declared

FOLDER = Path("docs/generated")
COMMAND = "make docs"
#: The policy the pages are about. One that builds on it shares its rules and figures.
DOCUMENTED = "qituan-2020"
_PARTS = {
    "accounts": "账户与权限",
    "casework": "个案",
    "assistance": "帮扶",
    "reports": "报表",
    "screening": "筛查",
    "sources": "数据来源",
}
_ROUTES = {"": "无（专项或提示）"}


# ---- rules.md


def rules_page(policy: Policy) -> str:
    """Every rule: its clause in full, how it is worked out, what it says, what it rests on."""
    book = RuleBook.of(policy.id, _latest(policy))
    lines = [f"# 规则 · {policy.title}", "", _generated(), ""]
    for rule in book.rules:
        lines += _rule(book, rule)
    lines += ["## 数字", "", "规则和句子里用到的数字，每个只有一个定义。", ""]
    for figure in book.figures.values():
        lines += _figure(book, figure)
    lines += ["## 疑问", "", "只提请核对，不决定任何一户的结果（`questions.csv`）。", ""]
    for question in book.questions:
        lines += [f"### {question.title}", "", f"`{question.id}` · 依据 {_to(question.clause)}", ""]
        lines += [
            f"条件：{_renderer(book).formula(question.node)}",
            "",
            f"> {_sentence(book, question.sentence.pieces)}",
            "",
        ]
    return "\n".join(lines)


def _rule(book: RuleBook, rule: Rule) -> list[str]:
    clause = book.clause(rule.clause)
    lines = [f"## {rule.order}. {rule.title}", ""]
    lines += [
        f"`{rule.id}` · 依据 {_to(rule.clause)} · 途径 {_ROUTES.get(rule.route, rule.route)} · 自 {rule.since} 起",
        "",
    ]
    lines += [f"> 〔{clause.id}〕 {clause.text}", "", f"判断：{_renderer(book).formula(rule.node)}。", ""]
    lines += ["| 结论 | 怎么说 |", "| --- | --- |"]
    lines += [f"| {o.label} | {_sentence(book, s.pieces)} |" for o, s in rule.sentences.items()]
    lines += [f"| 提示 `{note}` | {_renderer(book).formula(held.node)} |" for note, held in rule.notes]
    figures = "、".join(f"[{figure.title}](#{figure.title})" for figure in book.figures_of(rule))
    used = "、".join(f"[{book.series(p).label}](parameters.md#{p})" for p in book.parameters_used(rule))
    asked = "、".join(book.rule(other).title for other in _asked(rule))
    lines += ["", f"用到的数字：{figures or '无'}。", "", f"用到的参数：{used or '无'}。", ""]
    return [*lines, f"用到的规则：{asked}。", ""] if asked else lines


def _asked(rule: Rule) -> list[str]:
    """The rules whose outcome this one asks for."""
    return list(dict.fromkeys(node.rule for node in n.walk(rule.node) if isinstance(node, n.OutcomeOf)))


def _figure(book: RuleBook, figure: Figure) -> list[str]:
    head = f"`{figure.id}` · 单位 {figure.measure.value} · 依据 {_to(figure.clause)}"
    formula = f"算法：{_renderer(book).formula(figure.node)}。"
    return [f"### {figure.title}", "", head, "", f"{figure.meaning}。", "", formula, ""]


def _sentence(book: RuleBook, pieces: Iterable[tuple[str, str]]) -> str:
    """A sentence with the names of its slots in brackets."""
    return "".join(text + (f"〔{_slot(book, slot)}〕" if slot else "") for text, slot in pieces)


def _slot(book: RuleBook, slot: str) -> str:
    return book.series(slot.removeprefix("p.")).label if slot.startswith("p.") else book.figures[slot].title


def _renderer(book: RuleBook) -> Renderer:
    return Renderer(words_of(book))


def _latest(policy: Policy) -> date:
    """The day from which everything declared is in force."""
    values = [value.since for series in parameters_of(policy.package).values() for value in series.values]
    return max([policy.since, *values, *(rule.since for rule in declared(f"shouwang.policy.{policy.package}", Rule))])


# ---- parameters.md


def parameters_page(policy: Policy) -> str:
    """Every parameter: its values by date, unit, clause, and whose reading it is where the text gives no figure."""
    lines = [f"# 参数 · {policy.title}", "", _generated(), ""]
    lines += ["`--set 名称=值` 可在一次筛查中改用别的值。“自定”表示原文没有数值，是地方的读法。", ""]
    for series in parameters_of(policy.package).values():
        lines += _parameter(series)
    return "\n".join(lines)


def _parameter(series: ParameterSeries) -> list[str]:
    unit = {"1": "比例"}.get(series.unit.value, series.unit.value)
    lines = [f"## {series.name}", "", f"**{series.label}** · 单位 {unit}", "", f"{series.meaning}。", ""]
    lines += ["| 自 | 值 | 依据 | 自定 |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {value.since} | {series.unit.words(value.held)} | {_to(value.clause)} | {value.discretion or '否，原文所定'} |"
        for value in series.values
    ]
    return [*lines, ""]


# ---- tables.md


def tables_page() -> str:
    """The data dictionary: every table and column of a data package."""
    lines = ["# 数据字典", "", _generated(), ""]
    lines += ["每张表一个文件：`名称.csv`、`名称.xlsx` 或 `名称.parquet`；表头用中文名或英文名都行，次序不限。", ""]
    for table in TABLES:
        lines += _table(table)
    return "\n".join(lines)


def _table(table: Table) -> list[str]:
    owner = "按户编号归户" if table.keyed_by == "household" else "按身份证号，或姓名和出生日期，匹配到成员"
    lines = [
        f"## {table.title} `{table.name}`",
        "",
        f"{table.meaning}{'必须有这张表。' if table.required else ''}{owner}。",
        "",
    ]
    lines += ["| 列 | 英文名 | 类型 | 必填 | 空白 | 含义 | 取值 |", "| --- | --- | --- | --- | --- | --- | --- |"]
    return [*lines, *(_column(column) for column in table.columns), ""]


def _column(column: Column) -> str:
    required = "必填" + ("，不得重复" if column.unique else "") if column.required else ""
    cells = (
        column.header,
        f"`{column.name}`",
        column.type.value,
        required,
        _blank(column),
        column.meaning,
        _written(column),
    )
    return f"| {' | '.join(cells)} |"


def _blank(column: Column) -> str:
    """What a blank cell stands for."""
    if column.required:
        return "退回该行"
    if isinstance(column.default, bool):
        return "是" if column.default else "否"
    if "空白" in column.meaning:
        return "见含义"
    return "不明" if column.default is None else str(column.default)


def _written(column: Column) -> str:
    """What may be written, and how it is stored where that differs; for free text, what is usual."""
    if column.usual:
        return f"常用：{'、'.join(column.usual)}；其他写法照录" + ("；多项用、连接" if column.several else "")
    chinese = {shown: stored for shown, stored in column.choices.items() if shown != stored}
    return "、".join(f"{shown} `{stored}`" for shown, stored in chinese.items()) or "、".join(column.choices)


# ---- clauses.md


def clauses_page(package: str) -> str:
    """Every clause: what implements it, or why nothing does."""
    cited, excused, partly = citations(package), excuses(package), excuses(package, "partly")
    clauses = instrument(package).values()
    body = [one for one in clauses if not one.is_heading]
    done = sum(one.id in cited for one in body)
    lines = ["# 条款对照", "", _generated(), ""]
    lines += [f"正文 {len(body)} 条：{done} 条已写成规则、数字、疑问、参数或步骤，{len(body) - done} 条另有说明。", ""]
    for one in clauses:
        left = partly if one.id in cited else excused
        lines += _heading(one) if one.is_heading else _clause(one, cited.get(one.id, []), left.get(one.id))
    return "\n".join(lines)


def _heading(clause: Clause) -> list[str]:
    return [f"{'#' * (len(clause.headings) + 1)} 〔{clause.id}〕 {clause.text}", ""] if clause.text else []


def _clause(clause: Clause, cited: list[str], excuse: Excuse | None) -> list[str]:
    lines = [f'<a id="{clause.id}"></a>**〔{clause.id}〕** {clause.text}', ""]
    if cited:
        lines.append(f"- 实施：{'、'.join(cited)}。")
    if excuse:
        lines.append(f"- {'只实施了一部分' if cited else '没有写成规则或步骤'}：{excuse.reason}{_carried(excuse)}")
    if not cited and not excuse:
        lines.append("- **没有实施，也没有说明。**")
    return [*lines, ""]


def _carried(excuse: Excuse) -> str:
    return f"由{_PARTS[excuse.part]}承担（{excuse.state}）。" if excuse.part else "不需要程序承担。"


# ---- all of them


def pages() -> dict[str, Callable[[], str]]:
    """File name -> its page."""
    policy = POLICIES[DOCUMENTED]
    return {
        "rules.md": lambda: rules_page(policy),
        "parameters.md": lambda: parameters_page(policy),
        "tables.md": tables_page,
        "clauses.md": lambda: clauses_page(policy.package),
    }


def write(folder: Path) -> None:
    """Write every page into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, page in pages().items():
        (folder / name).write_text(page().rstrip("\n") + "\n", encoding="utf-8", newline="\n")


def _generated() -> str:
    return f"<!-- 由程序生成，请勿手改。更新：{COMMAND} -->"


def _to(clause_id: str) -> str:
    return f"[{clause_id}](clauses.md#{clause_id})"


if __name__ == "__main__":
    write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER)
