"""The letter to the family: for every way a case can go, what happened, why, what comes next, whom to ask; in plain words."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shouwang.casework import actions
from shouwang.casework.models import Case
from shouwang.documents.dossier import Dossier, Finding
from shouwang.documents.letter import letter
from shouwang.documents.plain import PLAIN, TOLD_BY, plain
from shouwang.policy.book import RuleBook
from tests.casework.conftest import Staff, do
from tests.documents.conftest import Walk

pytestmark = pytest.mark.django_db
#: Words of the trade a family need not know.
JARGON = "刚性支出 人均 对照收入 监测线 研判 筛查 比对 核减 命中 疑似 两委 台账 备案 r7 income_below".split()


def words(case: Case) -> str:
    """The letter as one text, without the case number every letter bears."""
    paper = letter(Dossier.open(Case.objects.get(pk=case.pk)))
    assert paper is not None
    assert paper.large and paper.addressee == "古丽娜同志"
    said = [getattr(block, "text", "") for block in paper.blocks]
    assert [text for text in said if text in ("结果", "为什么", "接下来", "不明白、不同意，找谁")] == [
        "结果", "为什么", "接下来", "不明白、不同意，找谁",
    ]  # fmt: skip
    return "\n".join((*said, paper.signed))


def in_words(days: int) -> str:
    day = timezone.localdate() + timedelta(days=days)
    return f"{day.year}年{day.month}月{day.day}日"


def test_nothing_is_written_before_there_is_something_to_tell(case: Case, go: Walk) -> None:
    assert letter(Dossier.open(case)) is None
    assert letter(Dossier.open(go(case, "confirm"))) is None


def test_confirmed(staff: Staff, case: Case, go: Walk) -> None:
    go(case, "confirm")
    do(staff, case, "confirm")
    told = words(case)
    for sentence in (
        f"您家从{in_words(0)}起，纳入防止返贫监测和帮扶。",
        "您申请时说：“丈夫住院三个月，地里的活没人干，收入断了。”",
        "2019年4月到2020年3月，您家挣的钱去掉种地、养殖和做买卖的本钱，一共是18000元。一起过日子的有3人，平均每人6000元，"
        "低于每人8000元的标准。依据是办法第二部分（一）。",
        "您家看病的钱报销以后，自己还要出49323.60元，负担重。",
        "干部走访时了解到您家有困难。",
        "三连上门看过",
        "帮扶从这一天就开始，不用等上级答复。",
        "把结果报第一师存档。",
        "三连\n电话：＿",
        "七团扶贫开发领导小组办公室\n电话：＿",
    ):
        assert sentence in told, sentence
    assert "走访时看到丈夫住院" not in told, "what a cadre typed about the family is not sent to it"
    do(staff, case, "file")
    assert f"结果已经在{in_words(0)}报第一师存档。" in words(case)


def test_refused_and_how_to_object(staff: Staff, case: Case, go: Walk) -> None:
    go(case, "confirm")
    do(staff, case, "confirm", "refused", note="儿子已经就业，收入高于标准")
    told = words(case)
    assert "您家这次没有纳入监测和帮扶。" in told and "理由是：儿子已经就业，收入高于标准。" in told
    assert "您不同意，可以申诉一次。" in told and "收到以后15天内" in told
    assert "随时可以再申请" in told and told.endswith("七团扶贫开发领导小组办公室")


def test_refused_by_the_company_is_signed_by_the_company(staff: Staff, case: Case, go: Walk) -> None:
    go(case, "assess")
    do(staff, case, "assess", "not_recommended", note="儿子已经就业")
    assert words(case).endswith("\n三连")


def test_an_appeal_is_acknowledged_and_answered(staff: Staff, case: Case, go: Walk) -> None:
    go(case, "confirm")
    do(staff, case, "confirm", "refused", note="收入高于标准")
    actions.appeal(by=staff.cadre, case=case, reason="有一笔住院费没有算")
    told = words(case)
    assert f"您的申诉我们在{in_words(0)}收到了。" in told and "有一笔住院费没有算" in told
    assert f"最晚{in_words(15)}，由没有经手过的人重新看一遍" in told
    do(staff, case, "appeal_review", "rejected", note="住院费已经算在内")
    told = words(case)
    assert "还是原来的结果" in told and "这件事已经申诉过一次，不能再申诉。" in told and "可以申诉一次" not in told


def test_an_appeal_that_was_right_starts_the_case_again(staff: Staff, case: Case, go: Walk) -> None:
    go(case, "confirm")
    do(staff, case, "confirm", "refused", note="收入高于标准")
    actions.appeal(by=staff.cadre, case=case, reason="有一笔住院费没有算")
    do(staff, case, "appeal_review", "upheld", note="住院费确实漏算")
    assert "您的申诉有道理，您家的事要重新办。" in words(case)


def test_returned(staff: Staff, case: Case, go: Walk) -> None:
    go(case, "confirm")
    do(staff, case, "confirm", "back_to_company", note="收入没有核实")
    told = words(case)
    assert "还没有最后的结果" in told and "理由是：收入没有核实。" in told
    assert f"全部办完，一般不晚于{in_words(15)}。" in told and "最晚" in told
    do(staff, case, "assess")
    assert letter(Dossier.open(Case.objects.get(pk=case.pk))) is None, "once it moves on there is nothing new to tell"


def test_not_applied_withdrawn_closed(staff: Staff, case: Case, go: Walk) -> None:
    do(staff, case, "declare", "declined", note="怕影响孩子说亲")
    told = words(case)
    assert "您说的原因是：怕影响孩子说亲。" in told and "30天内会再去看您" in told
    again = actions.reopen_case(by=staff.cadre, case=case, reason="愿意了")
    actions.withdraw(by=staff.cadre, case=again, reason="本人找到工作")
    assert "申请已经撤回" in words(again) and "本人找到工作" in words(again)
    third = actions.reopen_case(by=staff.cadre, case=again, reason="又失业了")
    actions.close_case(by=staff.secretary, case=third, cause="moved", reason="迁往外地")
    assert "原因是：整户迁出。" in words(third)


def test_no_words_of_the_trade(staff: Staff, case: Case, go: Walk) -> None:
    """通俗：不出现行话、代码和内部编号。"""
    go(case, "confirm")
    for step, way, note in (("confirm", "back_to_company", "没有核实"), ("confirm", "refused", "收入高")):
        go(case, "confirm")
        do(staff, case, step, way, note=note)
        told = re.sub("“[^”]*”", "", words(case))  # names of steps and what the family said are quoted
        assert [word for word in JARGON if word in told] == []


def test_passed_days_are_not_promised(staff: Staff, case: Case, go: Walk, clock: object) -> None:
    """过了的日子不再写成“最晚”。"""
    go(case, "confirm")
    do(staff, case, "confirm", "back_to_company", note="收入没有核实")
    clock.pass_days(40)  # type: ignore[attr-defined]
    told = words(case)
    assert "最晚" not in told and "一般不晚于" not in told


def test_every_rule_has_a_plain_sentence_over_its_own_figures() -> None:
    """每条规则都有通俗说法；用到的数都在它的依据里。"""
    book = RuleBook.of("qituan-2020", timezone.localdate())
    assert set(PLAIN) == {rule.id for rule in book.rules}
    for rule in book.rules:
        names = set(re.findall(r"\{(\w+)", "".join(PLAIN[rule.id])))
        assert names <= {figure.id for figure in book.figures_of(rule)} | set(book.parameters), rule.id


@pytest.mark.parametrize(
    ("rule", "figures", "said"),
    [
        (
            "income_below_line",
            {"net_income": -2744700, "heads": 4, "net_income_per_head": -686175},
            "一共亏了27447元。一起过日子的有4人，平均每人亏6861.75元，",
        ),
        (
            "income_dropped",
            {"year_before": "前一年", "per_head_year_before": 4107095, "net_income_per_head": -686175},
            "平均每人收入41070.95元；2019年，本钱没有收回来，平均每人亏了6861.75元。",
        ),
        ("income_after_medical_below_line", {"income_after_medical": -1, "heads": 2}, "还差0.01元。"),
        ("rigid_spending_exceeds_income", {"rigid": 900000, "base_income": -100}, "还亏了1元，负担太重。"),
        ("rigid_spending_exceeds_income", {"rigid": 900000, "base_income": 0}, "和家里0元的收入比，"),
    ],
)
def test_a_loss_is_told_as_a_loss(rule: str, figures: dict[str, Any], said: str) -> None:
    """给居民的信里没有负数。"""
    told = plain(Finding("screening", rule, "", "原句。", {"window": "2019年", **figures}), {"monitoring_line": 800000})
    assert said in told and "-" not in told and "−" not in told


def test_a_loss_no_sentence_is_for_is_told_as_the_policy_says_it() -> None:
    finding = Finding(
        "screening", "medical_burden", "", "自付-20.00元。", {"window": "2019年", "after_insurance": -2000}
    )
    assert plain(finding, {}) == "自付−20.00元。"


def test_a_finding_that_lacks_a_figure_is_told_as_the_policy_says_it() -> None:
    lacking = Finding(
        "screening", "income_below_line", "二/一/p1", "人均低于监测线。", {"window": "2019年", "net_income": None}
    )
    unknown = Finding("screening", "some_other_rule", "", "别的原因。", {})
    assert plain(lacking, {"monitoring_line": 800000}) == "人均低于监测线。"
    assert plain(unknown, {}) == "别的原因。"
    assert set(TOLD_BY) == {"department", "event", "self"}
