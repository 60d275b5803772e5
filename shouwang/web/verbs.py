"""The audit trail's verbs and facts in Chinese. Pages of other floors add theirs with `VERBS.update(…)`."""

from __future__ import annotations

VERBS: dict[str, str] = {
    "access.denied": "越权访问被拒",
    "account.created": "开设账号",
    "account.disabled": "停用账号",
    "audit.anchored": "生成审计锚点",
    "audit.verified": "验证审计链",
    "backup.drilled": "恢复演练",
    "backup.made": "备份",
    "backup.restored": "从备份恢复",
    "factor.confirmed": "绑定动态口令",
    "factor.enrolled": "申请绑定动态口令",
    "factor.refused": "动态口令不对",
    "factor.reset": "重置动态口令",
    "factor.verified": "动态口令通过",
    "keys.retired": "停用旧密钥",
    "keys.rotated": "更换密钥",
    "kinship.declared": "申报亲属",
    "kinship.withdrawn": "撤回亲属申报",
    "password.changed": "修改密码",
    "password.reset": "重置密码",
    "post.chosen": "改用岗位",
    "post.ended": "终止岗位",
    "post.granted": "授予岗位",
    "proof.given": "重输密码通过",
    "proof.refused": "重输密码不对",
    "session.begun": "登录",
    "session.ended": "退出",
    "session.refused": "登录被拒",
    "token.issued": "生成开通码",
    "token.redeemed": "使用开通码",
    "unit.closed": "撤销单位",
    "unit.created": "设立单位",
}
FACTS: dict[str, str] = {
    "after": "改后", "asked": "所求", "before": "改前", "checked": "核对条数", "code": "代码", "console": "控制台操作人",
    "degree": "亲等", "ends_on": "任期至", "found": "结论", "known": "用户名存在", "level": "层级", "name": "名称", "on": "日期",
    "path": "地址", "reason": "事由", "relation": "关系", "role": "角色", "seq": "序号", "starts_on": "任期自",
    "taken_over": "挤下另一处登录", "unit_code": "单位代码", "user": "用户名", "username": "用户名", "why": "原因",
}  # fmt: skip


def words_of(verb: str) -> str:
    """A verb in Chinese; one nobody has translated is shown as it is recorded."""
    return VERBS.get(verb, verb)
