"""Roles and what each may do (GB/T 22239 访问控制 c–e, 安全管理中心; 七团办法 四/一).

A role is a class with a title, a sentence a person understands, the levels it exists at and its permissions. It grants
nothing by itself: a person needs a current post (`models.Post`) that joins the role to a unit. The three administrators are
disjoint from each other and from all business.
"""

from __future__ import annotations

from functools import cache
from typing import ClassVar

from django.db import models


class Level(models.TextChoices):
    """Levels of the unit tree. The middle three are also the scope columns of every scoped table."""

    CORPS = "corps", "兵团"
    DIVISION = "division", "师市"
    REGIMENT = "regiment", "团"
    COMPANY = "company", "连（社区）"
    DEPARTMENT = "department", "部门"


class Kind(models.TextChoices):
    """Kinds of duty that one account must never combine."""

    BUSINESS = "business", "业务"
    SYSTEM = "system", "系统管理"
    SECURITY = "security", "安全管理"
    AUDIT = "audit", "审计管理"


class Permission(models.TextChoices):
    """Everything that can be allowed, in the words shown to people."""

    UNIT_VIEW = "unit.view", "看单位名录"
    HOUSEHOLD_VIEW = "household.view", "看户档案"
    HOUSEHOLD_EDIT = "household.edit", "登记和更正户档案"
    PERSON_SEARCH = "person.search", "按身份证号查人"
    PERSON_UNMASK = "person.unmask", "看完整的身份证号和电话"
    EXPORT = "export", "导出名单"
    SOURCE_UPLOAD = "source.upload", "上报本部门数据"
    SOURCE_VIEW = "source.view", "看本部门上报的数据"
    MATCH_DECIDE = "match.decide", "判定疑难比对"
    COMPARISON_ANSWER = "comparison.answer", "答复比对"
    COMPARISON_RUN = "comparison.run", "组织部门比对"
    SCREENING_RUN = "screening.run", "运行筛查"
    CLUE_VIEW = "clue.view", "看线索"
    CLUE_REPORT = "clue.report", "报送线索"
    CASE_VIEW = "case.view", "看个案"
    CASE_DECLARE = "case.declare", "代办申报"
    VISIT_RECORD = "visit.record", "记录走访"
    CASE_ASSESS = "case.assess", "综合评估"
    CASE_SUBMIT = "case.submit", "上报团场"
    ONSITE_CHECK = "case.check", "实地入户核查"
    CASE_PREPARE = "case.prepare", "准备会议材料"
    CASE_CONFIRM = "case.confirm", "确认、退回或不予认定"
    CASE_FILE = "case.file", "报师市备案"
    FILING_RECEIVE = "filing.receive", "接收备案"
    INSPECT = "inspect", "抽查督导"
    MEASURE_PROPOSE = "measure.propose", "提出帮扶措施"
    MEASURE_DELIVER = "measure.deliver", "记录措施落实"
    MEASURE_APPROVE = "measure.approve", "审定帮扶措施"
    NOTICE_POST = "notice.post", "张贴公示"
    PARAMETER_PROPOSE = "parameter.propose", "提出参数修改"
    PARAMETER_SIGN = "parameter.sign", "复核参数修改"
    REPORT_VIEW = "report.view", "看名册和报表"
    AGGREGATE_VIEW = "aggregate.view", "看汇总数"
    ACCOUNT_MANAGE = "account.manage", "开设和停用账号"
    ACCOUNT_VIEW = "account.view", "看账号名录"
    UNIT_MANAGE = "unit.manage", "维护单位树"
    BACKUP_RUN = "backup.run", "备份与恢复演练"
    JOB_VIEW = "job.view", "看后台任务"
    POST_GRANT = "post.grant", "授予和终止岗位"
    PASSWORD_RESET = "password.reset", "重置密码"
    FACTOR_RESET = "factor.reset", "重置动态口令"
    AUDIT_VIEW = "audit.view", "查看审计记录"
    AUDIT_VERIFY = "audit.verify", "验证审计链"


P = Permission
ROLES: dict[str, type[Role]] = {}


class Role:
    """One role. Subclasses register themselves under their code."""

    code: ClassVar[str]
    title: ClassVar[str]
    description: ClassVar[str]
    levels: ClassVar[frozenset[Level]]
    permissions: ClassVar[frozenset[Permission]]
    kind: ClassVar[Kind] = Kind.BUSINESS
    #: GB/T 22239 身份鉴别 d: those who decide, export or administer prove themselves with a second factor.
    second_factor: ClassVar[bool] = False

    def __init_subclass__(cls, listed: bool = True) -> None:
        if listed:
            ROLES[cls.code] = cls


_ON_THE_GROUND = {
    P.UNIT_VIEW, P.HOUSEHOLD_VIEW, P.CLUE_VIEW, P.CLUE_REPORT, P.CASE_VIEW, P.VISIT_RECORD, P.MEASURE_PROPOSE,
    P.MEASURE_DELIVER, P.CASE_DECLARE,
}  # fmt: skip
_COMMITTEE = _ON_THE_GROUND | {P.HOUSEHOLD_EDIT, P.CASE_ASSESS, P.REPORT_VIEW, P.AGGREGATE_VIEW, P.PERSON_SEARCH}
_LEADING_GROUP = {
    P.UNIT_VIEW, P.HOUSEHOLD_VIEW, P.CLUE_VIEW, P.CASE_VIEW, P.CASE_CONFIRM, P.MEASURE_APPROVE, P.REPORT_VIEW,
    P.AGGREGATE_VIEW,
}  # fmt: skip
_ADMIN_LEVELS = frozenset({Level.CORPS, Level.DIVISION, Level.REGIMENT})


class Cadre(Role):
    code, title = "cadre", "帮扶干部"
    description = "日常走访，记录情况，报送线索，提出并落实帮扶措施；不单独评估自己走访的户。"
    levels, permissions = frozenset({Level.COMPANY}), frozenset(_ON_THE_GROUND)


class CompanySecretary(Role):
    code, title = "company_secretary", "连（社区）书记"
    description = "带队走访排查，主持综合评估，把评估结果上报团场，落实本连帮扶；不能确认。"
    levels = frozenset({Level.COMPANY})
    permissions = frozenset(_COMMITTEE | {P.CASE_SUBMIT, P.NOTICE_POST, P.PERSON_UNMASK})
    second_factor = True


class CommitteeMember(Role):
    code, title = "committee_member", "连（社区）两委成员"
    description = "参加走访排查和综合评估，登记户档案；不能上报，也不能确认。"
    levels, permissions = frozenset({Level.COMPANY}), frozenset(_COMMITTEE)


class DepartmentOfficer(Role):
    code, title = "department_officer", "部门经办"
    description = "上报本部门数据，答复比对，通报支出骤增或收入骤减的家庭；看不到其他部门的数据。"
    levels = frozenset({Level.DEPARTMENT})
    permissions = frozenset(
        {P.UNIT_VIEW, P.SOURCE_UPLOAD, P.SOURCE_VIEW, P.COMPARISON_ANSWER, P.CLUE_REPORT, P.MEASURE_DELIVER}
    )


class RegimentOffice(Role):
    code, title = "regiment_office", "团办"
    description = (
        "团扶贫开发领导小组办公室：组织比对和入户核查，运行筛查，准备会议，盯办时限，报师市备案；不能单独确认。"
    )
    levels = frozenset({Level.REGIMENT})
    permissions = frozenset({
        P.UNIT_VIEW, P.HOUSEHOLD_VIEW, P.HOUSEHOLD_EDIT, P.PERSON_SEARCH, P.PERSON_UNMASK, P.EXPORT, P.SOURCE_UPLOAD,
        P.SOURCE_VIEW, P.MATCH_DECIDE, P.COMPARISON_RUN, P.SCREENING_RUN, P.CLUE_VIEW, P.CLUE_REPORT, P.CASE_VIEW,
        P.CASE_DECLARE, P.VISIT_RECORD, P.ONSITE_CHECK, P.CASE_PREPARE, P.CASE_FILE, P.MEASURE_PROPOSE, P.NOTICE_POST,
        P.PARAMETER_PROPOSE, P.REPORT_VIEW, P.AGGREGATE_VIEW,
    })  # fmt: skip
    second_factor = True


class LeadingGroupMember(Role):
    code, title = "leading_group_member", "领导小组成员"
    description = "团扶贫开发领导小组成员：对上报的个案确认、退回或不予认定，审定帮扶措施。"
    levels, permissions = frozenset({Level.REGIMENT}), frozenset(_LEADING_GROUP)
    second_factor = True


class LeadingGroupHead(Role):
    code, title = "leading_group_head", "领导小组组长"
    description = "团扶贫开发领导小组组长：主持确认，复核参数修改，指定帮扶责任人。"
    levels = frozenset({Level.REGIMENT})
    permissions = frozenset(_LEADING_GROUP | {P.PARAMETER_SIGN, P.EXPORT})
    second_factor = True


class DivisionOffice(Role):
    code, title = "division_office", "师市办"
    description = "师市扶贫开发领导小组办公室：接收备案，抽查督导，看统计；不修改团场数据。"
    levels = frozenset({Level.DIVISION})
    permissions = frozenset({
        P.UNIT_VIEW, P.HOUSEHOLD_VIEW, P.CASE_VIEW, P.CLUE_VIEW, P.FILING_RECEIVE, P.INSPECT, P.REPORT_VIEW,
        P.AGGREGATE_VIEW, P.EXPORT,
    })  # fmt: skip
    second_factor = True


class Corps(Role):
    code, title = "corps", "兵团"
    description = "看各师市、各团的汇总数；看不到户和人。"
    levels, permissions = frozenset({Level.CORPS}), frozenset({P.UNIT_VIEW, P.AGGREGATE_VIEW})


class SystemAdministrator(Role):
    code, title = "system_admin", "系统管理员"
    description = "开设和停用账号，重置动态口令，维护单位树，备份与恢复；不能授予岗位，不接触业务数据。"
    levels, kind, second_factor = _ADMIN_LEVELS, Kind.SYSTEM, True
    # Not PASSWORD_RESET: with both resets in one hand, one administrator could become anybody.
    permissions = frozenset({
        P.UNIT_VIEW, P.ACCOUNT_VIEW, P.ACCOUNT_MANAGE, P.FACTOR_RESET, P.UNIT_MANAGE, P.BACKUP_RUN, P.JOB_VIEW,
    })  # fmt: skip


class SecurityAdministrator(Role):
    code, title = "security_admin", "安全管理员"
    description = "授予和终止岗位，重置密码；不能开设账号，不接触业务数据。"
    levels, kind, second_factor = _ADMIN_LEVELS, Kind.SECURITY, True
    permissions = frozenset({P.UNIT_VIEW, P.ACCOUNT_VIEW, P.POST_GRANT, P.PASSWORD_RESET})


class Auditor(Role):
    code, title = "auditor", "审计管理员"
    description = "查看审计记录，验证审计链；不能改动任何数据。"
    levels, kind, second_factor = _ADMIN_LEVELS, Kind.AUDIT, True
    permissions = frozenset({P.UNIT_VIEW, P.ACCOUNT_VIEW, P.AUDIT_VIEW, P.AUDIT_VERIFY})


#: Permissions that need a fresh second factor each time they are used (ASVS 7.5).
STEP_UP = frozenset({P.EXPORT, P.PERSON_UNMASK, P.PARAMETER_PROPOSE, P.PARAMETER_SIGN, P.POST_GRANT, P.PASSWORD_RESET})

#: What no access token opens: the above, and deciding a case, which takes a person with a second factor.
NOT_BY_TOKEN = STEP_UP | {P.CASE_CONFIRM}


@cache
def by_token(role: type[Role]) -> type[Role]:
    """The role as a program acting for the person has it."""
    allowed = {"permissions": role.permissions - NOT_BY_TOKEN}
    return type(f"{role.__name__}ByToken", (role,), allowed, listed=False)  # type: ignore[call-overload, no-any-return]


def role_choices() -> list[tuple[str, str]]:
    """For forms and model fields."""
    return [(role.code, role.title) for role in ROLES.values()]
