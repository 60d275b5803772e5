"""The audit trail in Chinese: what was done, to what, and the facts of it."""

from __future__ import annotations

from functools import lru_cache

from django.apps import apps

from shouwang.policy.book import POLICIES
from shouwang.policy.procedure import procedure_on

VERBS: dict[str, str] = {
    "access.denied": "越权访问被拒",
    "access_token.issued": "生成访问令牌",
    "access_token.refused": "访问令牌无效",
    "access_token.revoked": "作废访问令牌",
    "access_token.used": "用访问令牌调用接口",
    "account.created": "开设账号",
    "account.disabled": "停用账号",
    "audit.anchored": "生成审计锚点",
    "audit.verified": "验证审计链",
    "backup.drilled": "恢复演练",
    "backup.made": "备份",
    "backup.restored": "从备份恢复",
    "batch.acknowledged": "确认入库前写明理由",
    "batch.bad_rows_asked": "准备要改的行",
    "batch.bad_rows_taken": "下载要改的行",
    "batch.columns_assigned": "对应列",
    "batch.compared_again": "重新比对部门文件",
    "batch.confirmed": "部门文件入库",
    "batch.received": "上报部门文件",
    "batch.refused": "没有收部门文件",
    "batch.staged": "读好部门文件",
    "batch.undone": "撤销一批部门文件",
    "case.cosigned": "第二人签字",
    "case.opened": "立案",
    "case.read": "查看个案",
    "case.sign_refused": "拒绝签字",
    "clue.declined": "记录不愿申报",
    "clue.dismissed": "线索核查后不立案",
    "clue.merged": "并入另一条线索",
    "clue.reported": "报送线索",
    "clue.triaged": "安排走访",
    "conflict.settled": "判定来源不一致",
    "document.read": "下载附件",
    "document.recorded": "上传附件",
    "event.recorded": "登记变故",
    "event.withdrawn": "撤回变故",
    "fact.recorded": "登记情况",
    "factor.confirmed": "绑定动态口令",
    "factor.enrolled": "申请绑定动态口令",
    "factor.refused": "动态口令不对",
    "factor.reset": "重置动态口令",
    "factor.verified": "动态口令通过",
    "head.changed": "更换户主",
    "household.merged": "并户",
    "household.moved": "整户迁移",
    "household.read": "查看户档案",
    "household.registered": "登记新户",
    "household.split": "分户",
    "keys.retired": "停用旧密钥",
    "keys.rotated": "更换密钥",
    "kinship.declared": "申报亲属",
    "kinship.withdrawn": "撤回亲属申报",
    "ledger.posted": "记收支",
    "ledger.reversed": "冲销收支",
    "match.decided": "判定疑难比对",
    "match.taken_back": "撤回疑难比对的判定",
    "member.added": "增加成员",
    "member.corrected": "更正成员",
    "member.removed": "成员离开",
    "package.loaded": "装入数据包",
    "paper.made": "生成文书",
    "parameter.proposed": "提出参数修改",
    "parameter.rejected": "不同意参数修改",
    "parameter.retried": "重新试算",
    "parameter.signed": "复核参数修改",
    "parameter.tried": "试算参数",
    "parameter.withdrawn": "撤回参数修改",
    "password.changed": "修改密码",
    "password.reset": "重置密码",
    "person.read": "查看成员",
    "person.revealed": "显示完整身份证号",
    "person.searched": "查人",
    "post.chosen": "改用岗位",
    "post.ended": "终止岗位",
    "post.granted": "授予岗位",
    "proof.given": "重输密码通过",
    "proof.refused": "重输密码不对",
    "registry.exported": "导出户籍台账",
    "relief.recorded": "登记救助",
    "report.answered": "答复部门通报",
    "report.placed": "把部门通报归到户",
    "report.sent": "部门通报",
    "results.exported": "导出部门成效",
    "screening.asked": "发起筛查",
    "screening.done": "筛查完成",
    "screening.exported": "导出筛查名单",
    "screening.failed": "筛查失败",
    "session.begun": "登录",
    "session.ended": "退出",
    "session.refused": "登录被拒",
    "simulation.exported": "导出试算影响的户",
    "suspicion.exported": "导出疑点清单",
    "token.issued": "生成开通码",
    "token.redeemed": "使用开通码",
    "unit.closed": "撤销单位",
    "unit.created": "设立单位",
    "visit.recorded": "记录走访",
}
FACTS: dict[str, str] = {
    "columns": "列的对应", "counts": "各结果行数", "feed": "资料种类", "file": "文件名", "rows": "行数", "sha256": "文件指纹",
    "size": "字节数", "table": "表",
    "kind": "项目", "number": "身份证号", "person": "人员", "row": "行号", "verdict": "判定",
    "after": "改后", "asked": "所求", "before": "改前", "checked": "核对条数", "code": "代码", "console": "控制台操作人",
    "degree": "亲等", "ends_on": "任期至", "found": "结论", "known": "用户名存在", "level": "层级", "name": "名称", "on": "日期",
    "path": "地址", "reason": "事由", "relation": "关系", "role": "角色", "seq": "序号", "starts_on": "任期自",
    "taken_over": "挤下另一处登录", "unit_code": "单位代码", "user": "用户名", "username": "用户名", "why": "原因",
}  # fmt: skip


def words_of(verb: str) -> str:
    """A verb in Chinese; a step of a procedure by its title; one nobody has translated is shown as it is recorded."""
    return VERBS.get(verb) or _steps().get(verb.removeprefix("case."), verb)


def target_words(target: str) -> str:
    """`casework.case/<public id>` as `个案 <public id>`; anything else as it is recorded."""
    label, _, key = target.partition("/")
    try:
        return f"{apps.get_model(label)._meta.verbose_name} {key}"
    except (LookupError, ValueError):
        return target


@lru_cache(maxsize=1)
def _steps() -> dict[str, str]:
    """The steps and doors of every procedure there is or was, by their id."""
    procedures = [procedure_on(policy, policy.since) for policy in POLICIES.values()]
    return {one.id: one.title for procedure in procedures for one in (*procedure.steps, *procedure.doors)}
