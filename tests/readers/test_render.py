"""Reader 2 says every term in Chinese, and refuses what it has no words for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest

from shouwang.policy.book import RuleBook
from shouwang.policy.words import words_of
from shouwang.terms import nodes as n
from shouwang.terms import tables as t
from shouwang.terms.build import Rows, Term, choose, joined, larger, named
from shouwang.terms.context import AS_OF, WINDOW, Context, UnknownName
from shouwang.terms.render import Renderer, Words

members, ledger, events, medical, school = map(Rows, (t.MEMBERS, t.LEDGER, t.EVENTS, t.MEDICAL, t.SCHOOL))
income = named("figure.income", ledger.where(ledger.kind.is_in("wage_income")).total(ledger.amount))
line, share = Term(n.Parameter("line")), Term(n.Parameter("share", ratio=True))
heads = members.count()
water = Term(n.Field(t.HOUSEHOLDS, "water_safe"))
grade = Term(n.Field(t.HOUSEHOLDS, "dwelling_grade"))

WORDS = Words(
    figures={"figure.income": "家庭纯收入"},
    rules={"low": "收入低"},
    parameters={"line": "监测线", "share": "比例"},
    amount=lambda name, held: {"line": f"{held // 100}元", "share": f"{held // 100}%"}[name],
    constants={"met": "命中", "unknown": "资料不足"},
)
CONTEXT = Context(date(2020, 5, 20), {"line": 800000, "share": 6000})

SAID = [
    (income < line * heads, "家庭纯收入 < 监测线 × 人员的人数"),
    (income <= 0, "家庭纯收入 ≤ 0"),
    (~(income < line), "家庭纯收入 ≥ 监测线"),
    (income > share.of(income), "家庭纯收入 > 比例 × 家庭纯收入"),
    (income - (income - line), "家庭纯收入 － （家庭纯收入 － 监测线）"),
    ((income + line) * heads, "（家庭纯收入 + 监测线） × 人员的人数"),
    (income.per(heads), "家庭纯收入 ÷ 人员的人数，向下取整"),
    (larger(income, line), "家庭纯收入与监测线中较大的"),
    (income.or_else(line), "家庭纯收入；不明时为监测线"),
    (income.only_if(heads > 0), "家庭纯收入；只在有人员时算出，否则不明"),
    (choose((water, "met"), otherwise="unknown"), "若饮水安全，则为命中；否则为资料不足"),
    (Term(n.OutcomeOf("low")) == "met", "“收入低”的结论为命中"),
    (events.where(events.occurred_on <= AS_OF).exist(), "有变故〔发生日期不晚于截至日〕"),
    (ledger.where(ledger.quarter.within(WINDOW)).count(), "收支台账〔季度在计算期内〕的笔数"),
    (ledger.quarters(ledger.quarter).cover(WINDOW), "计算期的每个季度都有收支台账"),
    (ledger.quarters(ledger.quarter).missing_from(WINDOW), "计算期中没有收支台账的季度"),
    (ledger.quarters(ledger.quarter), "有收支台账的季度"),
    (
        ledger.where(ledger.kind.is_in(*t.INCOME_KINDS)).total(ledger.amount),
        "收支台账〔类别为工资性收入、生产经营性收入、财产性收入、转移性收入之一〕的金额合计",
    ),
    (
        members.where(members.shares_budget).total(medical.total(medical.self_paid)),
        "人员〔共同生活〕的医疗费用结算的个人自付合计之和",
    ),
    (
        members.where(school.latest(school.status, by=school.as_of, preferred="辍学").is_in("辍学")).count(),
        "人员〔学籍中截至日期最近一条的学籍状态（同日的以辍学为准）为辍学〕的人数",
    ),
    (members.where(members.schooling.starts_with("本科", "硕士")).exist(), "有人员〔在校生状况以本科、硕士开头〕"),
    (members.where(members.birth_date.age_at_least(6)).count(), "人员〔按出生日期截至日已满6〕的人数"),
    (members.where(~members.birth_date.age_at_least(6)).count(), "人员〔按出生日期截至日未满6〕的人数"),
    (members.where(~members.birth_date.known()).count(), "人员〔出生日期未填〕的人数"),
    (grade.known() & (water | ~water), "住房等级已填，且（饮水安全，或并非饮水安全）"),
    (grade.is_in("C", "D"), "住房等级为C或D"),
    (Term(n.Value(False)) | water, "饮水安全"),
    (joined((water, "水"), (grade.known(), "房"), separator="、"), "依次列出：水（若饮水安全）、房（若住房等级已填）"),
    (income.hundredths(), "家庭纯收入"),
    (Term(n.Digits(heads.node)), "人员的人数"),
    (Term(n.Json(income.node)), "家庭纯收入"),
    (Term(n.Text((n.Value("收入"), income.hundredths().node))), "“收入〔家庭纯收入〕”"),
    (AS_OF, "截至日"),
    (WINDOW, "计算期"),
]


@pytest.mark.parametrize(("term", "said"), SAID, ids=[said for _, said in SAID])
def test_a_term_is_said_in_chinese(term: Term, said: str) -> None:
    assert Renderer(WORDS).formula(term.node) == said


def test_every_node_type_is_among_the_examples() -> None:
    shown = {type(node) for term, _ in SAID for node in n.walk(term.node)}
    known = {
        kind
        for kind in vars(n).values()
        if isinstance(kind, type) and issubclass(kind, n.Node) and not kind.__subclasses__()
    }
    assert known - shown == set()


def test_with_a_context_a_parameter_shows_its_value() -> None:
    said = Renderer(WORDS, CONTEXT).formula((income < line * heads).node)
    assert said == "家庭纯收入 < 监测线（8000元） × 人员的人数"
    assert "比例（60%）" in Renderer(WORDS, CONTEXT).formula((income > share.of(line)).node)


def test_a_figure_is_opened_once_and_called_by_title_inside_others() -> None:
    assert Renderer(WORDS).formula(income.node) == "收支台账〔类别为工资性收入〕的金额合计"
    assert Renderer(WORDS).say(income.node).text == "家庭纯收入"


@pytest.mark.parametrize("term", [named("figure.nobody", income), Term(n.Parameter("nothing"))])
def test_what_has_no_name_is_refused(term: Term) -> None:
    with pytest.raises(UnknownName):
        Renderer(WORDS).say(term.node)


def test_a_node_nobody_taught_this_reader_is_refused() -> None:
    @dataclass(frozen=True, eq=False)
    class Strange(n.Node):
        pass

    with pytest.raises(n.TermError, match="Strange"):
        Renderer(WORDS).say(Strange())


@pytest.mark.parametrize("as_of", [date(2020, 5, 20), date(2020, 7, 1), date(2026, 1, 1)])
def test_every_rule_figure_question_and_column_of_the_policy_is_said(as_of: date) -> None:
    book = RuleBook.of("qituan-2020", as_of)
    reader = Renderer(words_of(book), book.context)
    for item in (*book.rules, *book.figures.values(), *book.questions, *book.columns):
        said = reader.formula(item.node)
        assert said, item.id
        assert "None" not in said, item.id


def test_the_first_rule_reads_as_the_clause_does() -> None:
    book = RuleBook.of("qituan-2020", date(2020, 5, 20))
    said = Renderer(words_of(book), book.context).formula(book.rule("income_below_line").node)
    assert said.startswith("若家庭纯收入 < 监测线（8000.00元） × 人均的分母，则为命中；否则为不命中")
