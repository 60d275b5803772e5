"""What has no meaning cannot be written: refused while the rule book loads, never taken to match every household."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import ibis
import pytest

from shouwang.policy.book import RuleBook, UnknownPolicy
from shouwang.policy.forms import MET, Decision, Figure, Measure, Rule, Sentence, decide, figure, question, rule
from shouwang.policy.parameters import BadParameterValue, Names, UnknownParameter
from shouwang.policy.results import some
from shouwang.screening import expressions
from shouwang.screening.compile import Compiler
from shouwang.terms import evaluate, render
from shouwang.terms import nodes as n
from shouwang.terms import tables as t
from shouwang.terms.build import Rows, Term, choose, joined, larger
from shouwang.terms.context import AS_OF, WINDOW, WINDOW_TEXT, Context, UnknownName
from shouwang.terms.evaluate import Evaluator
from tests.readers import both

members, ledger, events = Rows(t.MEMBERS), Rows(t.LEDGER), Rows(t.EVENTS)
medical, school, insurance = Rows(t.MEDICAL), Rows(t.SCHOOL), Rows(t.INSURANCE)
water = Term(n.Field(t.HOUSEHOLDS, "water_safe"))
amount, kind = ledger.amount, ledger.kind

REFUSED: dict[str, Callable[[], Any]] = {
    "两张表的行相比": lambda: members.joined_on < events.occurred_on,
    "两张表的条件相连": lambda: (members.joined_on < AS_OF) & (events.occurred_on < AS_OF),
    "行与户相连": lambda: (amount > 0) & water,
    "条件里提到别的表": lambda: ledger.where(members.joined_on.known()).count(),
    "条件里提到户": lambda: ledger.where(water).count(),
    "对户求和": lambda: Rows(t.HOUSEHOLDS).count(),
    "小数": lambda: amount < 0.5,
    "小数常数": lambda: n.Value(0.5),  # type: ignore[arg-type]
    "参数取小数的份额": lambda: Term(n.Parameter("spend_ratio")).of(amount),
    "份额当金额用": lambda: Term(n.Parameter("spend_ratio", ratio=True)) * amount,
    "and": lambda: (amount > 0) and (amount < 5),
    "or": lambda: (amount > 0) or (amount < 5),
    "not": lambda: not (amount > 0),
    "连写的比较": lambda: 0 < amount < 5,
    "if": lambda: 1 if amount > 0 else 2,
    "空的列表": lambda: kind.is_in(),
    "空的开头": lambda: members.schooling.starts_with(""),
    "没有开头": lambda: members.schooling.starts_with(),
    "列表里不是文字": lambda: members.schooling.is_in(5),  # type: ignore[arg-type]
    "选项里没有的值": lambda: kind.is_in("工资性收入"),
    "选项等于没有的值": lambda: insurance.status == "参宝",
    "最近一条偏好没有的值": lambda: school.latest(school.status, by=school.as_of, preferred="退学"),
    "规则没有的结论": lambda: Term(n.OutcomeOf("income_below_line")) == "hit",
    "不同种类相比": lambda: amount < "5",
    "日期与数相比": lambda: members.birth_date < 5,
    "真假比大小": lambda: water < True,
    "文字比大小": lambda: members.name < "王",
    "金额在期间内": lambda: amount.within(WINDOW),
    "季度在日期内": lambda: ledger.quarter.within(AS_OF),
    "金额覆盖期间": lambda: amount.cover(WINDOW),
    "金额缺季度": lambda: amount.missing_from(WINDOW),
    "金额的季度集": lambda: ledger.quarters(amount),
    "以数为条件": lambda: amount.only_if(amount),
    "以数筛行": lambda: ledger.where(amount).count(),
    "文字求和": lambda: ledger.total(kind),
    "文字除以数": lambda: kind.per(amount),
    "文字与数取大": lambda: larger(kind, amount),
    "两种填补": lambda: amount.or_else("无"),
    "没有情形的选择": lambda: choose(otherwise="x"),
    "情形不是条件": lambda: choose((amount, "x"), otherwise="y"),
    "情形不同种类": lambda: choose((amount > 0, "x"), otherwise=1),
    "没有可连的文字": lambda: joined(separator=";"),
    "以数为条件的文字": lambda: joined((amount, "x"), separator=";"),
    "空句子": lambda: n.Text(()),
    "数当句子": lambda: n.Text((n.Value(5),)),
    "未知的比较": lambda: n.Compare("!=", n.Value(1), n.Value(2)),
    "未知的运算": lambda: n.Arithmetic("/", n.Value(1), n.Value(2)),
    "逐行不同的年龄线": lambda: members.birth_date.age_at_least(Term(n.Field(t.INSURANCE, "year"))),
    "不属于成员的最近一条": lambda: events.latest(events.cause, by=events.occurred_on, preferred="因病"),
}


@pytest.mark.parametrize("wrong", REFUSED, ids=str)
def test_ill_formed_terms_cannot_be_built(wrong: str) -> None:
    """不成话的词一写就错，说明是哪里不对。"""
    with pytest.raises(n.TermError) as refused:
        REFUSED[wrong]()
    assert len(str(refused.value)) > 15


def test_a_chained_comparison_is_taught() -> None:
    """用了 and 或连写的比较，错误里写出该怎么写。"""
    with pytest.raises(n.TermError, match=r"Use & \| ~ instead of and.*\(a < b\) & \(b < c\)"):
        bool(amount > 0)


@pytest.mark.parametrize("table", t.TABLES, ids=lambda table: table.name)
def test_unknown_fields_are_refused(table: t.Table) -> None:
    """没有的列，哪张表都不认。"""
    with pytest.raises(KeyError, match=f"{table.name} has no column nothing"):
        Rows(table)["nothing"]


def _documented(function: Callable[[], Any], text: str) -> Callable[[], Any]:
    function.__doc__ = text
    function.__name__ = "tried"
    return function


def test_declarations_must_be_of_a_household() -> None:
    """规则、数字、疑问都须归到一户；逐行的值、单位不对的值、可能没有结论的规则，一概不收。"""
    by_row = _documented(lambda: decide((members.joined_on < AS_OF, MET)), "名称\n\n命中：是。")
    maybe = _documented(lambda: Decision(Term(n.Field(t.HOUSEHOLDS, "dwelling_grade"))), "名称\n\n命中：是。")
    unbrought = _documented(lambda: medical.total(medical.self_paid), "名称：含义")
    unmeasured = _documented(lambda: WINDOW_TEXT, "名称：含义")
    for wrong in (
        lambda: rule(clause="x", order=1)(by_row),
        lambda: rule(clause="x", order=1)(maybe),
        lambda: figure(clause="x", measure=Measure.YUAN)(unbrought),
        lambda: figure(clause="x", measure=Measure.YUAN)(unmeasured),
        lambda: figure(clause="x", measure=Measure.TEXT)(_documented(lambda: WINDOW_TEXT, "没有冒号")),
        lambda: question(clause="x", order=1)(_documented(lambda: ledger.count(), "名称\n\n句子。")),
        lambda: rule(clause="x", order=1)(_documented(lambda: decide((ledger.exist(), MET)), "")),
    ):
        with pytest.raises(n.TermError):
            wrong()


def test_unknown_names_are_refused() -> None:
    """没有的办法、参数、规则、数字、期间、时点：都报名字，不运行。"""
    context = Context(date(2020, 5, 20), {})
    for name in (context.parameter, context.rule, context.moment, context.span):
        with pytest.raises(UnknownName, match="“nothing”"):
            name("nothing")
    with pytest.raises(AttributeError, match="no parameter nothing"):
        _ = Names("qituan_2020").nothing
    with pytest.raises(UnknownPolicy, match="qituan-2020"):
        RuleBook.of("nothing", date(2020, 5, 20))
    with pytest.raises(UnknownParameter, match=r"nothing.*monitoring_line"):
        RuleBook.of(both.POLICY, date(2020, 5, 20), {"nothing": "1"})
    with pytest.raises(UnknownName, match="“nothing”"):
        both.book_of(date(2020, 5, 20)).sentence(Sentence.parse("共{nothing}。"))


@pytest.mark.parametrize("text", ["", "abc", "NaN", "Infinity", "-1", "0.001", "1e30", "八千", "8000元"])
def test_bad_parameter_values_are_refused(text: str) -> None:
    """参数值不是数、是负数、小数太多、大得离谱：报错并给出例子。"""
    with pytest.raises(BadParameterValue, match="monitoring_line"):
        RuleBook.of(both.POLICY, date(2020, 5, 20), {"monitoring_line": text})


def test_both_readers_refuse_what_cannot_be_resolved() -> None:
    """引用落空的词，两种读法都拒绝，不会当成“每一户都命中”（peers 0.3）。"""
    context = Context(date(2020, 5, 20), {})
    rows = {table.name: both.bulk().tables[table.name] for table in t.TABLES}
    asked: tuple[Term, ...] = (
        ledger.total(amount) < Term(n.Parameter("nothing")),
        Term(n.OutcomeOf("nothing")) == "met",
        ledger.where(ledger.quarter.within(Term(n.Span("Z")))).count() > 0,
        events.where(events.occurred_on < Term(n.Moment("nothing", n.Kind.DAY))).exist(),
    )
    for term in asked:
        with pytest.raises(UnknownName):
            Evaluator(context).read(term.node)
        with pytest.raises(UnknownName):
            Compiler(context, rows).relation({"x": term.node})


def test_no_rows_is_nobody_not_everybody() -> None:
    """没有任何规则时谁也不命中；对着空的台账，“存在”为假，“合计小于零”为假。"""
    facts = {"households": both.row_of(t.HOUSEHOLDS, household_id="1"), "members": [], "ledger": [], "events": []}
    terms = {
        "none": some((), MET).node,
        "exist": ledger.exist().node,
        "less": (ledger.total(amount) < 0).node,
        "unknown": (Term(n.Field(t.HOUSEHOLDS, "water_safe")) | ledger.exist()).node,
    }
    expected = {"none": False, "exist": False, "less": False, "unknown": None}
    key: both.Key = (date(2020, 5, 20), ())
    assert both.plain_answers(both.evaluator_of(key), terms, [facts])["1"] == expected
    assert both.bulk_answers(key, terms, [facts])["1"] == expected


def test_every_node_has_every_reader() -> None:
    """每一种词，逐户读法、中文读法和编译读法都认得；编译读法另外处理四种汇总。"""
    abstract = {n.Node, n.Aggregate, n.Truth}
    kinds = {cls for cls in vars(n).values() if isinstance(cls, type) and issubclass(cls, n.Node)} - abstract
    # A span is never read by itself, only inside the nodes that use it.
    assert set(evaluate._READERS) == kinds - {n.Span}
    assert set(render._READERS) == kinds
    aggregates = {cls for cls in kinds if issubclass(cls, n.Aggregate)}
    assert set(expressions._READERS) == kinds - {n.Span} - aggregates
    assert {cls.__name__ for cls in aggregates} == {"Total", "Count", "QuartersSeen", "Latest"}


def test_rules_are_compiled_without_being_named_twice() -> None:
    """一个名字只有一个词：规则书里同名的词就是同一个词。"""
    book = both.book_of(date(2020, 5, 20))
    held: dict[str, n.Node] = {}
    for term in both.terms_of((date(2020, 5, 20), ())).values():
        for node in n.walk(term):
            if isinstance(node, n.Named):
                assert held.setdefault(node.name, node) is node, node.name
    declared: list[Rule | Figure] = [*book.rules, *book.figures.values()]
    assert {item.node.name for item in declared} <= set(held)


def test_three_valued_logic_is_the_same_in_both_readers() -> None:
    """是、否、不明的“且、或、非”共十五种组合，两种读法与克莱尼逻辑一致。"""
    truths = {"是": True, "否": False, "不明": None}
    facts, expected = [], {}
    for a_name, a in truths.items():
        for b_name, b in truths.items():
            one = f"{a_name}{b_name}"
            row = both.row_of(t.HOUSEHOLDS, household_id=one, water_safe=a, dwelling_grade=_grade(b))
            facts.append({"households": row, "members": [], "ledger": [], "events": []})
            expected[one] = {
                "both": _kleene(min, a, b),
                "either": _kleene(max, a, b),
                "not": None if a is None else not a,
            }
    left, right = water, Term(n.Field(t.HOUSEHOLDS, "dwelling_grade")).is_in("A")
    terms = {"both": (left & right).node, "either": (left | right).node, "not": (~left).node}
    key: both.Key = (date(2020, 5, 20), ())
    assert both.plain_answers(both.evaluator_of(key), terms, facts) == expected
    assert both.bulk_answers(key, terms, facts) == expected


def _grade(truth: bool | None) -> str | None:
    return None if truth is None else ("A" if truth else "D")


def _kleene(pick: Callable[[float, float], float], a: bool | None, b: bool | None) -> bool | None:
    """False, unknown, true in order: `and` is the smaller, `or` the larger."""
    value = pick(*(0.5 if truth is None else float(truth) for truth in (a, b)))
    return None if value == 0.5 else bool(value)


def test_the_compiler_never_makes_a_float() -> None:
    """编译出的式子里没有浮点列：金额只作整数的加、减、乘、比较。"""
    key: both.Key = (date(2020, 5, 20), ())
    relation = Compiler(both.book_of(*key).context, both.bulk().tables).relation(both.terms_of(key))
    kinds = {name: dtype for name, dtype in relation.schema().items() if dtype.is_floating()}
    assert kinds == {}
    assert isinstance(relation, ibis.Table)


def test_what_several_aggregates_ask_of_a_row_is_worked_out_once() -> None:
    """成员是否计入，二十来个数字都问：查询里只判断三次（截至当日、其中的适龄儿童、一年前）。"""
    key: both.Key = (date(2020, 5, 20), ())
    relation = Compiler(both.book_of(*key).context, both.bulk().tables).relation(both.terms_of(key))
    query = str(ibis.to_sql(relation, dialect="duckdb"))
    assert query.count('"shares_budget"\n') == 3
