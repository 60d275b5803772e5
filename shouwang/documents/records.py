"""The papers of the steps: application and consent, visit, assessment, comparison, check, minutes, and any other step's form.

Every step with a `document` has a paper: its household, its fields as the procedure of the case names them, its outcome and
its signatures. Steps a paper needs more for have a builder of their own; a step of a policy yet to come needs none. A step
that is open but not done gives the same paper with room to write, to take along on a visit.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from shouwang.documents import parts
from shouwang.documents.dossier import Dossier
from shouwang.documents.notice import notice
from shouwang.documents.paper import Block, Lines, Note, Paper, Paragraph, facts, table
from shouwang.documents.words import BLANK, answer, clause_words, date_words, day_in_table, people_count
from shouwang.policy.procedure import Step

StepPaper = Callable[[Dossier, Step], Paper]

#: What the papers of the steps are about, before their own name.
ABOUT = "防止返贫监测对象"
#: What a family promises and allows when it applies (二/五/1). Read out before signing.
PROMISES = (
    "1．本人申报的家庭人口、收入、支出和困难情况都是真实的。有不实的，愿意更正，并承担相应责任。",
    "2．本人和共同生活的家庭成员同意：为办理这次申报，可以向人社、医保、医疗、教育、民政、住建、银行等单位查询、核对家庭的"
    "收入、支出、就学、就医、参保、住房和资产情况。",
    "3．查询到的情况只用于防止返贫监测和帮扶，不作他用。本人可以查看、要求更正，也可以撤回申报和同意；撤回以后不再查询。",
    "4．家庭人口、收入、支出有较大变化的，本人会告诉连队（社区）。",
)
CONSENT = "以上内容已由工作人员逐条读给本人听，本人明白并同意。"


def form(dossier: Dossier, step: Step, before: tuple[Block, ...] = (), leave_out: str = "") -> Paper:
    """The paper of a step as every step has it. `before`: blocks above the fields; `leave_out`: a field told there."""
    record = dossier.standing(step.id)
    fields = tuple(field for field in step.fields if field.name != leave_out)
    about, filled = parts.household(dossier), parts.written(dossier, fields, record)
    ended = parts.outcome(dossier, step, record)
    blocks: list[Block] = [facts(about), *before, *parts.headed(step.title, facts([*filled, *ended]))]
    blocks.append(Note(f"依据：{dossier.policy_title}{clause_words(step.clause)}。"))
    blocks += parts.headed("签字", parts.signatures(record, step.signatures))
    return Paper(
        kind=step.id, title=f"{ABOUT}{step.document}", number=f"个案编号：{dossier.case.number}",
        day=record.occurred_on if record else None, blocks=tuple(blocks), named=parts.named(about, filled, ended),
    )  # fmt: skip


def application(dossier: Dossier, step: Step) -> Paper:
    """申请及承诺授权书: who applies, the members, the hardship in their own words, promises and consent."""
    record = dossier.standing(step.id)
    about, filled = parts.household(dossier), parts.written(dossier, step.fields, record)
    blocks: list[Block] = [facts(about), *parts.headed("家庭成员", parts.members(dossier))]
    blocks += parts.headed("申报情况", facts(filled))
    blocks += parts.headed("承诺和授权", *(Paragraph(words) for words in PROMISES), Paragraph(CONSENT))
    blocks.append(to_sign(record.by.display_name, record.occurred_on) if record else to_sign())
    return Paper(
        kind=step.id, title=f"{ABOUT}{step.document}", number=f"个案编号：{dossier.case.number}",
        day=record.occurred_on if record else None, blocks=tuple(blocks), named=parts.named(about, filled),
        footnote=dossier.caution,
    )  # fmt: skip


def to_sign(by: str = BLANK, day: date | None = None) -> Lines:
    """Where the family and whoever helped them sign."""
    return Lines((
        f"申请人（签字或按手印）：{BLANK * 2}",
        f"代办人（签字）：{BLANK * 2}",
        f"代办人与申请人的关系：{BLANK}",
        f"经办人：{by}",
        f"日期：{date_words(day)}",
    ))  # fmt: skip


def assessment(dossier: Dossier, step: Step) -> Paper:
    """评估表: what is known of the household stands before what the committee thinks of it."""
    known = parts.headed("收支和线索", *parts.figures(dossier), *parts.reasons(dossier))
    return form(dossier, step, tuple(known))


def comparison(dossier: Dossier, step: Step) -> Paper:
    """部门比对表: a row a department."""
    field = next(field for field in step.fields if field.name == "departments")
    record = dossier.standing(step.id)
    told = record.evidence.get("departments", []) if record else []
    shown = [
        (label, ("已答复" if value in told else "未答复") if record else "□已答复　□未答复", "")
        for value, label in field.choices
    ]
    rows = table((("部门", 8), ("答复情况", 7), ("备注", 9)), shown)
    return form(dossier, step, tuple(parts.headed("各部门答复", rows)), leave_out=field.name)


def minutes(dossier: Dossier, step: Step) -> Paper:
    """确认会议纪要: who was there, what lay before them, how they voted, what was decided and why."""
    record = dossier.standing(step.id)
    evidence = record.evidence if record else {}
    said = {field.name: answer(field, evidence) if record else BLANK for field in step.fields}
    about = parts.household(dossier)
    ended = parts.outcome(dossier, step, record)
    votes = "，".join(
        f"{field.label}{said[field.name]}票" for field in step.fields if field.name in ("for", "against", "abstained")
    )
    opening = (
        f"{date_words(record.occurred_on if record else None)}，{dossier.group}召开会议，研究{dossier.company.name}"
        f"{dossier.head}户（户编号{dossier.case.household.number}，{people_count(len(dossier.members))}）的监测认定。"
    )
    told = [(label, value) for label, value in ended if label != parts.DONE_ON]  # the minutes open with the day
    decided = (Paragraph(f"{label}：{value.rstrip('。')}。") for label, value in told)
    blocks: list[Block] = [Paragraph(opening)]
    blocks += parts.headed(
        "出席情况", Paragraph(f"到会成员：{said['attendees']}。"), Paragraph(f"回避的成员：{_none(said['recused'])}。")
    )
    blocks += parts.headed("会前程序", _before(dossier, step))
    blocks += parts.headed("家庭情况", *parts.figures(dossier), *parts.reasons(dossier))
    blocks += parts.headed("表决和结果", Paragraph(f"表决：{votes}。"), *decided)
    blocks += parts.headed("签字", parts.signatures(record))
    return Paper(
        kind=step.id, title=f"{dossier.group}{step.document}", number=said["minutes"],
        day=record.occurred_on if record else None, blocks=tuple(blocks), signed=dossier.group,
        pieces=(dossier.regiment.name, "扶贫开发领导小组", step.document),
        named=parts.named(about, parts.written(dossier, step.fields, record), ended),
    )  # fmt: skip


def _none(said: str) -> str:
    return "无" if said == "未填" else said


def _before(dossier: Dossier, step: Step) -> Block:
    """Every step that must stand before a confirmation: when, by whom, with what outcome."""
    rows = []
    for name in dossier.desk.procedure.before(step.id):
        record = dossier.standing(name)
        way = dossier.way(record) if record else None
        rows.append((
            dossier.desk.procedure.by_id[name].title, day_in_table(record.occurred_on) if record else BLANK,
            way.label if way else BLANK,
            "、".join(one.user.display_name for one in record.signatures.all()) if record else BLANK,
        ))  # fmt: skip
    return table((("步骤", 6), ("日期", 7), ("结果", 5), ("签字人", 6)), rows)


#: Builders by step; every other step with a document has `form`.
BUILDERS: dict[str, StepPaper] = {
    "declare": application,
    "assess": assessment,
    "compare": comparison,
    "confirm": minutes,
    "notice": notice,
}


def paper_of_step(dossier: Dossier, step: Step) -> Paper:
    return BUILDERS.get(step.id, form)(dossier, step)
