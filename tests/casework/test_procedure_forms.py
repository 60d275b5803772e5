"""The general form of a procedure: every clause resolves, every permission and limit exists, ill-formed ones cannot be built."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from shouwang.accounts.roles import ROLES, Level, Permission
from shouwang.policy import procedure_json, workdays
from shouwang.policy.book import POLICIES, Policy, RuleBook, fingerprint
from shouwang.policy.clauses import clause
from shouwang.policy.parameters import Unit, parameters_of
from shouwang.policy.procedure import Act, Procedure, Signer, Step, Way, procedure_on
from shouwang.policy.procedure_json import limits_named

DAY = date(2022, 1, 4)
BOTH = pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.id)


def of(policy: Policy) -> Procedure:
    return procedure_on(policy, DAY)


@BOTH
def test_every_citation_resolves_and_every_name_exists(policy: Policy) -> None:
    """每一步、每道旁门的条款查得到；权限真有、那一级真有角色持有；时限都是参数，写明是谁的读法。"""
    procedure = of(policy)
    known = parameters_of(policy.package)
    for item in (*procedure.steps, *procedure.doors):
        assert clause(policy.package, item.clause).text
        for signer in item.signers:
            held = [role for role in ROLES.values() if Level(signer.level) in role.levels]
            assert any(Permission(signer.permission) in role.permissions for role in held), item.id
        assert len({field.name for field in item.fields}) == len(item.fields)
    for name in limits_named(procedure):
        value = known[name].on(DAY)
        assert known[name].unit in (Unit.DAYS, Unit.WORKDAYS)
        assert value.discretion and clause(policy.package, value.clause)


@BOTH
def test_all_of_the_text_s_steps_come_before_confirmation(policy: Policy) -> None:
    """二/五：确认之前，申报、走访、评估、上报、比对、核查一步不少；新办法多了评议和公示。"""
    needed = {"declare", "visit", "assess", "report", "compare", "check"}
    extra = {"review", "notice", "notice_end"} if policy.id == "national-2021" else set()
    assert set(of(policy).before("confirm")) == needed | extra
    assert set(of(policy).before("file")) == needed | extra | {"confirm"}


def test_nothing_can_be_confirmed_by_whoever_did_something_before() -> None:
    """C13：确认人与前面每一步的人分开；核查人与评估人分开；两种办法都一样。"""
    for policy in POLICIES.values():
        steps = {step.id: step for step in of(policy).steps}
        assert {"declare", "visit", "assess", "report", "compare", "check"} <= set(steps["confirm"].apart)
        assert {"visit", "assess"} <= set(steps["check"].apart)
        assert "confirm" in steps["file"].apart
        assert all(step.recuse for step in steps.values())


@BOTH
def test_the_written_form_reads_back(policy: Policy) -> None:
    """存下来的程序读回来一模一样；时限改一天，指纹就变。"""
    series, held = parameters_of(policy.package), dict(RuleBook.of(policy.id, DAY).parameters)
    frozen = procedure_json.freeze(of(policy), series, held)
    text = procedure_json.write(frozen)
    assert procedure_json.read(text) == frozen
    other = procedure_json.write(procedure_json.freeze(of(policy), series, held | {"days_total": 16}))
    assert procedure_json.fingerprint(text) != procedure_json.fingerprint(other)


def test_ill_formed_procedures_cannot_be_built() -> None:
    """写错的程序造不出来：步骤重名、引用不存在的步骤、没有签字人、互相等待。"""
    signer, way = (Signer("case.assess", "company", "两委"),), (Way("done", "办完"),)
    step = Step("a", "甲", "二/五/1", "办", signer, way)
    base = Procedure("x", DAY, "x", "二/五", (step,))
    for steps in (
        (step, step),
        (replace(step, after=("z",)),),
        (replace(step, signers=()),),
        (replace(step, ways=(Way("w", "w", back="z"),)),),
        (replace(step, ways=(Way("w", "w", status="done"),)),),
        (replace(step, signatures=0),),
    ):
        with pytest.raises(Exception, match="step|steps"):
            replace(base, steps=steps)
    circle = replace(base, steps=(replace(step, after=("b",)), replace(step, id="b", after=("a",))))
    with pytest.raises(Exception, match="circle"):
        circle.before("a")


def test_faults_are_told_in_words() -> None:
    """缺漏和倒置都说得出来。"""
    procedure = of(POLICIES["qituan-2020"])
    days = {"declare": 1, "visit": 3, "assess": 2, "confirm": 9}
    standing = {step: Act(step, "", date(2020, 6, day)) for step, day in days.items()}
    told = procedure.faults(standing)
    assert "“连（社区）走访”（2020-06-03）晚于“两委评估”（2020-06-02）" in told
    assert "已办“领导小组确认”，缺“实地入户核查”" in told


@pytest.mark.parametrize(
    ("start", "amount", "unit", "expected"),
    [
        (date(2020, 5, 14), 5, Unit.DAYS, date(2020, 5, 19)),
        (date(2020, 5, 14), 2, Unit.WORKDAYS, date(2020, 5, 18)),  # over a weekend
        (date(2020, 4, 30), 1, Unit.WORKDAYS, date(2020, 5, 6)),  # 劳动节 1—5 日
        (date(2020, 4, 24), 1, Unit.WORKDAYS, date(2020, 4, 26)),  # 星期日调休上班
        (date(2020, 9, 30), 1, Unit.WORKDAYS, date(2020, 10, 9)),  # 国庆、中秋
        (date(2020, 12, 31), 1, Unit.WORKDAYS, date(2021, 1, 4)),  # 元旦放到 3 日
        (date(2026, 2, 13), 1, Unit.WORKDAYS, date(2026, 2, 14)),  # 星期六调休上班
        (date(2030, 1, 4), 1, Unit.WORKDAYS, date(2030, 1, 7)),  # no arrangement yet: weekends only
        (date(2020, 6, 1), 0, Unit.WORKDAYS, date(2020, 6, 1)),
    ],
)
def test_limits_in_days_and_working_days(start: date, amount: int, unit: Unit, expected: date) -> None:
    """时限从次日起算；工作日按国务院放假安排，没有登记安排的年份按周末。"""
    assert workdays.after(start, amount, unit) == expected
    assert workdays.is_arranged(start) == (start.year <= 2026)


def test_the_second_policy_has_the_first_s_rules() -> None:
    """national-2021 沿用七团的规则、数字和收入线，程序不同，指纹不同。"""
    first, second = (RuleBook.of(name, DAY) for name in ("qituan-2020", "national-2021"))
    assert [rule.id for rule in first.rules] == [rule.id for rule in second.rules]
    assert set(first.parameters) < set(second.parameters)
    assert all(second.parameters[name] == value for name, value in first.parameters.items())
    assert fingerprint("qituan_2020") != fingerprint("national_2021")
    assert second.clause("二/一/p1").text == first.clause("二/一/p1").text
    assert "转述" in second.clause("国/一/3").text
    assert Unit.WORKDAYS.words(2) == "2个工作日" and Unit.DAYS.words(5) == "5天"
