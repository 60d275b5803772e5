"""七团办法 二(五) 监测程序, clause by clause: what must come before what, who signs, and what each step asks for."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from shouwang.accounts.models import AuditEvent, User
from shouwang.accounts.scope import AccessDenied
from shouwang.casework import actions
from shouwang.casework.errors import (
    AwaitsSignature,
    CaseOver,
    Changed,
    DoneBefore,
    DoorShut,
    EvidenceRefused,
    LateNeedsReason,
    LiveCaseExists,
    MustBeApart,
    NoSuchStep,
    NotYet,
    ReasonNeeded,
    SignedBefore,
    WrongDay,
    WrongSigner,
)
from shouwang.casework.models import Case, Clue, RunLine, ScreeningRun, StepRecord
from shouwang.casework.snapshots import is_intact
from tests.accounts.conftest import hold
from tests.casework.conftest import DOERS, FORMS, MakeHouse, Staff, do, open_of, walk

pytestmark = pytest.mark.django_db
ORDER = ["declare", "visit", "assess", "report", "compare", "check", "confirm", "file", "receipt"]


def test_the_whole_way(staff: Staff, case: Case) -> None:
    """二/五：本人申报、连走访、两委评估、上报、部门比对、实地核查、领导小组确认、报师市备案、回执。"""
    seen = []
    while opened := open_of(case):
        assert len(opened) == 1
        seen += opened
        do(staff, case, opened[0])
    assert seen == ORDER
    assert (case.status, case.step) == ("confirmed", "")
    assert case.compared_on and case.checked_on and case.confirmed_on
    assert is_intact(case.confirmation)
    verbs = list(
        AuditEvent.objects.filter(target=f"casework.case/{case.uuid}").order_by("seq").values_list("verb", flat=True)
    )
    assert verbs == [
        "case.opened", "case.declare", "case.visit", "case.cosigned", "case.assess", "case.report", "case.compare",
        "case.check", "case.confirm", "case.file", "case.receipt",
    ]  # fmt: skip
    assert {e.policy_version for e in AuditEvent.objects.filter(verb__startswith="case.")} == {str(case.version)}


@pytest.mark.parametrize("step", ORDER[1:])
def test_no_step_before_its_time(staff: Staff, case: Case, step: str) -> None:
    """二/五：不能跳步。除了第一步，哪一步都不能先办；错误里写明缺什么。"""
    before = walk(staff, case, "declare").revision
    with pytest.raises(NotYet, match="本人申报"):
        do(staff, case, step)
    case.refresh_from_db()
    assert (case.revision, case.records.count()) == (before, 0)


def test_confirmation_without_onsite_check_is_refused(staff: Staff, case: Case) -> None:
    """二/五/2（示例17）：比对做了、没有实地核查，不能确认。"""
    walk(staff, case, "check")
    with pytest.raises(NotYet, match="缺“实地入户核查”"):
        do(staff, case, "confirm")


@pytest.mark.parametrize("step", ORDER)
def test_a_step_is_done_once(staff: Staff, case: Case, step: str) -> None:
    """办过的步骤不能再办；错误说明谁在何时办的。"""
    walk(staff, case, step)
    do(staff, case, step)
    with pytest.raises(DoneBefore, match=DOERS[step]) as refused:
        do(staff, case, step)
    assert refused.value.status == 409


@pytest.mark.parametrize("step", ORDER)
def test_nobody_else_signs(staff: Staff, case: Case, step: str) -> None:
    """四/一：每一步只有规定的角色能办；本单位的其他人被告知由谁办，外单位的人连个案都看不到。"""
    walk(staff, case, step)
    allowed = {
        "declare": {"cadre", "member2", "secretary", "office2"},
        "visit": {"cadre", "member2", "secretary"},
        "assess": {"member2", "secretary"},
        "report": {"secretary"},
        "compare": {"office2"},
        "check": {"office2"},
        "confirm": {"leader2", "head"},
        "file": {"office2"},
        "receipt": {"division"},
    }[step]
    inside = {"cadre", "member2", "secretary", "office2", "leader2", "head", "division"}
    outside = {"corps", "hospital", "cadre_c2", "secretary_c2", "office_r8", "leader_r8", "division_d2"}
    chosen = FORMS.get(step, {})
    way = case_way(case, step)
    for name in sorted((inside | outside) - allowed):
        expected = WrongSigner if name in inside else AccessDenied
        with pytest.raises(expected):
            actions.act(by=staff[name], case=case, step=step, way=way, evidence=chosen)
    assert case.records.filter(step=step).count() == 0


def case_way(case: Case, step: str) -> str:
    return {"declare": "declared", "visit": "visited", "assess": "recommended", "report": "reported",
            "compare": "compared", "check": "checked", "confirm": "confirmed", "file": "filed", "receipt": "received"}[step]  # fmt: skip


def test_two_visitors_sign(staff: Staff, case: Case) -> None:
    """二/五/1：走访须两人签字；一人签了不算办完，同一人不能签两次，别人不能另录一份。"""
    walk(staff, case, "visit")
    record = actions.act(by=staff.cadre, case=case, step="visit", way="visited", evidence=FORMS["visit"])
    case.refresh_from_db()
    assert open_of(case) == ["visit"]
    with pytest.raises(SignedBefore):
        actions.cosign(by=staff.cadre, record=record)
    with pytest.raises(AwaitsSignature, match="cadre"):
        actions.act(by=staff.member, case=case, step="visit", way="visited", evidence=FORMS["visit"])
    with pytest.raises(WrongSigner):
        actions.cosign(by=staff.office, record=record)
    actions.cosign(by=staff.member, record=record)
    assert open_of(case) == ["assess"]
    with pytest.raises(DoneBefore):
        actions.cosign(by=staff.secretary, record=record)


def test_the_second_visitor_may_refuse(staff: Staff, case: Case) -> None:
    """拒签须写理由；拒签后那条记录不算数，可以重新录入，旧的留着。"""
    walk(staff, case, "visit")
    record = actions.act(by=staff.cadre, case=case, step="visit", way="visited", evidence=FORMS["visit"])
    with pytest.raises(ReasonNeeded):
        actions.refuse_to_sign(by=staff.secretary, record=record, reason=" ")
    actions.refuse_to_sign(by=staff.secretary, record=record, reason="我没有去")
    assert open_of(case) == ["visit"]
    with pytest.raises(DoneBefore):
        actions.cosign(by=staff.member, record=record)
    do(staff, case, "visit")
    assert list(case.records.filter(step="visit").values_list("round", flat=True)) == [1, 2]


def test_duties_are_kept_apart(staff: Staff, case: Case) -> None:
    """C13：核查人不是评估人，确认人没有经手前面任何一步，比对的人可以核查。"""
    both = staff.make("both", "company_secretary", "c1")
    actions_post(staff, both, "regiment_office", "r7")
    actions_post(staff, both, "leading_group_member", "r7")
    walk(staff, case, "assess")
    actions.act(by=both, case=case, step="assess", way="recommended", evidence=FORMS["assess"])
    walk(staff, case, "compare")
    with pytest.raises(MustBeApart, match="两委评估"):
        actions.act(by=both, case=case, step="compare", way="compared", evidence=FORMS["compare"])
    do(staff, case, "compare")
    with pytest.raises(MustBeApart):
        actions.act(by=both, case=case, step="check", way="checked", evidence=FORMS["check"])
    actions.act(by=staff.office, case=case, step="check", way="checked", evidence=FORMS["check"])
    with pytest.raises(MustBeApart):
        actions.act(by=both, case=case, step="confirm", way="confirmed", evidence=FORMS["confirm"])


def actions_post(staff: Staff, user: User, role: str, at: str) -> None:
    hold(user, role, staff.cadre.unit.parent if at == "r7" else staff.cadre.unit)


def test_returned_to_the_company(staff: Staff, case: Case) -> None:
    """二/五/2：领导小组退回须写理由；评估以后的步骤全部重办，走访和申报仍算数，旧记录都在。"""
    walk(staff, case, "confirm")
    with pytest.raises(ReasonNeeded):
        do(staff, case, "confirm", "back_to_company", note="")
    do(staff, case, "confirm", "back_to_company", note="收入没有核实")
    assert (case.status, open_of(case)) == ("active", ["assess"])
    assert case.compared_on is case.checked_on is case.confirmed_on is None
    walk(staff, case, "confirm")
    do(staff, case, "confirm")
    assert case.status == "confirmed"
    rounds = dict.fromkeys(case.records.values_list("step", "round"))
    assert {("assess", 2), ("report", 2), ("compare", 2), ("check", 2), ("confirm", 2)} <= set(rounds)
    assert ("visit", 2) not in rounds


def test_returned_for_another_check(staff: Staff, case: Case) -> None:
    """二/五/2：退回重新核查，只重做核查。"""
    walk(staff, case, "confirm")
    do(staff, case, "confirm", "check_again", note="照片不清")
    assert open_of(case) == ["check"]
    assert case.compared_on is not None


def test_refused_with_reason_then_appealed(staff: Staff, case: Case) -> None:
    """不予认定须写理由；本人申诉一次，由没有经手的人复核，成立的从评估重来，不成立的维持。"""
    walk(staff, case, "confirm")
    do(staff, case, "confirm", "refused", note="收入高于监测线，无刚性支出")
    assert (case.status, open_of(case)) == ("refused", [])
    with pytest.raises(CaseOver):
        do(staff, case, "file")
    actions.appeal(by=staff.cadre, case=case, reason="有一笔住院费没有算")
    assert open_of(case) == ["appeal_review"]
    with pytest.raises(MustBeApart):
        actions.act(by=staff.office, case=case, step="appeal_review", way="upheld", note="同意")
    do(staff, case, "appeal_review", "upheld", note="住院费确实漏算")
    assert (case.status, open_of(case)) == ("active", ["assess"])
    walk(staff, case, "confirm")
    do(staff, case, "confirm", "refused", note="仍不符合")
    actions.appeal(by=staff.cadre, case=case, reason="不服")
    do(staff, case, "appeal_review", "rejected", note="维持")
    assert case.status == "refused"
    with pytest.raises(DoorShut, match="已办过一次"):
        actions.appeal(by=staff.cadre, case=case, reason="还不服")


def test_not_recommended_by_the_company_may_be_appealed(staff: Staff, case: Case) -> None:
    """二/五/1：两委不建议纳入也是一个结果，须写理由，本人可以申诉。"""
    walk(staff, case, "assess")
    do(staff, case, "assess", "not_recommended", note="儿子已就业")
    assert case.status == "refused"
    actions.appeal(by=staff.secretary, case=case, reason="儿子已失业")
    assert open_of(case) == ["appeal_review"]


def test_withdrawn_and_opened_again(staff: Staff, case: Case) -> None:
    """撤回后不能再办；有新情况另立新案，旧案不动，两案相连。"""
    walk(staff, case, "assess")
    with pytest.raises(LiveCaseExists):
        actions.open_case(by=staff.cadre, household=case.household)
    with pytest.raises(CaseOver):
        actions.reopen_case(by=staff.cadre, case=case, reason="提前")
    actions.withdraw(by=staff.cadre, case=case, reason="本人找到工作")
    case.refresh_from_db()
    assert (case.status, open_of(case)) == ("withdrawn", [])
    with pytest.raises(CaseOver):
        do(staff, case, "assess")
    with pytest.raises(DoorShut):
        actions.withdraw(by=staff.cadre, case=case, reason="再撤")
    again = actions.reopen_case(by=staff.cadre, case=case, reason="又失业了")
    assert (again.previous, again.status, open_of(again)) == (case, "active", ["declare"])


def test_filing_is_a_report_not_an_approval(staff: Staff, case: Case) -> None:
    """二/五/2（示例18）：确认即算数，没有回执也算数；师市提出疑问，核实答复，认定不受影响。"""
    walk(staff, case, "confirm")
    do(staff, case, "confirm")
    assert case.status == "confirmed"
    do(staff, case, "file")
    do(staff, case, "receipt", "queried", note="人口数对不上")
    assert (case.status, open_of(case)) == ("confirmed", ["answer"])
    do(staff, case, "answer", note="已核，分户所致")
    assert (case.status, open_of(case)) == ("confirmed", ["receipt"])
    do(staff, case, "receipt")
    assert (case.status, open_of(case)) == ("confirmed", [])


def test_declined(staff: Staff, house: MakeHouse) -> None:
    """二/五/1（示例16）：不愿申报的，个案作罢，线索留着，到期再访；没有申报就不能走访上报。"""
    clue = actions.report_clue(by=staff.cadre, household=house(), sentence="人均约六千五百元")
    case = actions.open_case_from_clue(by=staff.cadre, clue=clue)
    with pytest.raises(ReasonNeeded):
        do(staff, case, "declare", "declined", note="")
    do(staff, case, "declare", "declined", note="怕影响孩子说亲")
    clue.refresh_from_db()
    assert (case.status, clue.state) == ("lapsed", "triaged")
    assert clue.due_on == timezone.localdate() + timedelta(days=30)
    assert clue.acts.get(verb="declined").reason == "怕影响孩子说亲"
    with pytest.raises(CaseOver):
        do(staff, case, "visit")
    again = actions.declare(by=staff.secretary, household=clue.household, clue=clue, evidence=FORMS["declare"])
    assert again.case != case and open_of(again.case) == ["visit"]


def test_declined_without_a_clue_leaves_one(staff: Staff, case: Case) -> None:
    """直接立案而不愿申报的，也留下线索，不会没了下文。"""
    do(staff, case, "declare", "declined", note="不愿意")
    clue = Clue.objects.get(household=case.household)
    assert (clue.state, clue.lines.get().sentence) == ("triaged", f"曾立案{case.number}，本人不愿申报：不愿意")


def test_a_later_screening_does_not_touch_the_basis(staff: Staff, house: MakeHouse) -> None:
    """确认以后线索还会随筛查更新，确认依据仍是当天的那一份。"""
    home = house()
    runs = [
        ScreeningRun.objects.create(
            unit=home.regiment, policy="qituan-2020", policy_sha256="x", as_of=timezone.localdate()
        )
        for _ in range(2)
    ]
    for run, income in zip(runs, (1000, 2000), strict=True):
        RunLine.objects.create(run=run, household=home, outcome="met", net_income=income)
    clue = actions.report_clue(by=staff.cadre, household=home, sentence="困难")
    Clue.objects.filter(pk=clue.pk).update(run=runs[0])
    case = actions.open_case_from_clue(by=staff.cadre, clue=clue)
    walk(staff, case, "confirm")
    do(staff, case, "confirm")
    assert '"net_income":1000' in case.confirmation.snapshot
    Clue.objects.filter(pk=clue.pk).update(run=runs[1])
    assert is_intact(Case.objects.get(pk=case.pk).confirmation)
    RunLine.objects.filter(run=runs[0]).update(net_income=999)
    assert not is_intact(Case.objects.get(pk=case.pk).confirmation)


def test_an_agent_may_apply(staff: Staff, house: MakeHouse) -> None:
    """二/五/1：可以代办，须写明代办人是谁、什么关系；没有同意核查的不算申报。"""
    form = {**FORMS["declare"], "applicant": "agent"}
    with pytest.raises(EvidenceRefused, match="代办人姓名：必须填写") as refused:
        actions.declare(by=staff.cadre, household=house(), evidence=form)
    assert set(refused.value.facts["problems"]) == {"agent", "agent_relation"}
    record = actions.declare(
        by=staff.cadre, household=house(), evidence={**form, "agent": "张三", "agent_relation": "邻居"}
    )
    assert record.evidence["agent"] == "张三"
    with pytest.raises(EvidenceRefused, match="不同意核查"):
        actions.declare(by=staff.cadre, household=house(), evidence={**FORMS["declare"], "consent": "no"})


def test_forms_are_typed(staff: Staff, case: Case) -> None:
    """每一步要什么凭据由程序定：缺的、选错的、票数不对的，逐项说明；没要的不存。"""
    walk(staff, case, "assess")
    bad = {"attendees": "周一", "food": "大概", "causes": ["因病", "其他"], "opinion": "", "身份证": "659"}
    with pytest.raises(EvidenceRefused) as refused:
        do(staff, case, "assess", evidence=bad)
    problems = refused.value.facts["problems"]
    assert problems["attendees"] == "至少2人" and problems["cause_note"] == "必须填写"
    assert {"food", "clothing", "opinion"} <= set(problems)
    record = do(staff, case, "assess", evidence={**FORMS["assess"], "身份证": "659"})
    assert "身份证" not in record.evidence
    walk(staff, case, "confirm")
    with pytest.raises(EvidenceRefused, match="票数合计"):
        do(staff, case, "confirm", evidence={**FORMS["confirm"], "for": 2})
    with pytest.raises(EvidenceRefused, match="没有过半"):
        do(staff, case, "confirm", evidence={**FORMS["confirm"], "for": 1, "against": 2})
    do(staff, case, "confirm", "refused", evidence={**FORMS["confirm"], "for": 1, "against": 2}, note="多数不同意")
    assert case.status == "refused"


def test_unknown_steps_and_outcomes(staff: Staff, case: Case) -> None:
    """程序里没有的步骤和结果一律拒绝：七团办法没有公示。"""
    with pytest.raises(NoSuchStep, match="notice"):
        actions.act(by=staff.secretary, case=case, step="notice", way="posted")
    with pytest.raises(NoSuchStep):
        actions.act(by=staff.cadre, case=case, step="declare", way="approved")


def test_dates_are_in_order(staff: Staff, case: Case) -> None:
    """T6：办理日期不能在将来，不能早于前一步；补记超过七天须说明，录入时间另存。"""
    today = timezone.localdate()
    with pytest.raises(WrongDay, match="还没有到"):
        do(staff, case, "declare", occurred_on=today + timedelta(days=1))
    with pytest.raises(LateNeedsReason, match="8天"):
        do(staff, case, "declare", occurred_on=today - timedelta(days=8))
    do(staff, case, "declare", occurred_on=today - timedelta(days=2))
    with pytest.raises(WrongDay, match="早于“本人申报”"):
        do(staff, case, "visit", occurred_on=today - timedelta(days=3))
    record = do(staff, case, "visit", occurred_on=today - timedelta(days=2))
    assert record.occurred_on < timezone.localdate(record.recorded_at) == today
    other = actions.reopen_case(by=staff.cadre, case=withdrawn(staff, case), reason="重来")
    late = do(staff, other, "declare", occurred_on=today - timedelta(days=9), late_reason="停电")
    assert late.late_reason == "停电"


def withdrawn(staff: Staff, case: Case) -> Case:
    actions.withdraw(by=staff.cadre, case=case, reason="撤")
    return case


def test_a_stale_page_is_told(staff: Staff, case: Case) -> None:
    """两人同时打开一页：后提交的人被告知谁在何时办了什么。"""
    seen = case.revision
    do(staff, case, "declare", seen=seen)
    with pytest.raises(Changed, match="cadre于.*本人申报"):
        do(staff, case, "visit", seen=seen)


def test_closed_because_the_family_moved(staff: Staff, case: Case) -> None:
    """二/四/3：整户迁出可以办结；没有原因的不行，办结后不能再办。"""
    walk(staff, case, "confirm")
    with pytest.raises(EvidenceRefused):
        actions.use_door(by=staff.secretary, case=case, door="close", reason="走了")
    actions.close_case(by=staff.secretary, case=case, cause="moved", reason="迁往阿克苏")
    case.refresh_from_db()
    assert case.status == "closed"
    with pytest.raises(CaseOver):
        do(staff, case, "confirm")


def test_the_database_refuses_what_must_never_be(staff: Staff, case: Case) -> None:
    """T5：绕过程序直接写库也不行：没有比对核查的确认、早于核查的确认、一户两案、改删办理记录。"""
    walk(staff, case, "check")
    today = timezone.localdate()
    raw = Case.objects.filter(pk=case.pk)
    for columns in (
        {"status": "confirmed"},
        {"status": "confirmed", "confirmed_on": today},
        {"confirmed_on": today, "checked_on": None},
        {"confirmed_on": today, "compared_on": today, "checked_on": today + timedelta(days=1)},
        {"status": "approved"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            raw.update(**columns)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(
            number="x",
            household=case.household,
            version=case.version,
            opened_on=today,
            opened_by=case.opened_by,
            due_on=today,
        )
    record = StepRecord.objects.filter(case=case).latest("pk")
    for statement in (
        "UPDATE casework_steprecord SET way = 'x' WHERE id = %s",
        "DELETE FROM casework_signature WHERE record_id = %s",
        "UPDATE casework_procedureversion SET definition = '' WHERE id >= %s - 1000000",
    ):
        with pytest.raises(DatabaseError, match="只增不改"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [record.pk])


def test_a_changed_basis_is_seen(staff: Staff, case: Case) -> None:
    """C8：确认依据有指纹；确认后谁改了记录（这里拆了触发器来改），一比便知。"""
    walk(staff, case, "confirm")
    do(staff, case, "confirm")
    assert is_intact(case.confirmation)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("DROP TRIGGER casework_steprecord_no_update")
        StepRecord.objects.filter(case=case, step="assess").update(evidence={"opinion": "改过"})
        assert not is_intact(Case.objects.get(pk=case.pk).confirmation)
