"""告知信: to the family, in plain words. What was decided, why, what comes next and by when, whom to ask, how to object.

Only what the records and the procedure of the case say; a promise the policy does not make is not made here. Large print.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from shouwang.casework.models import CaseStatus, StepRecord
from shouwang.documents.dossier import Dossier
from shouwang.documents.paper import Block, Heading, Paper, Paragraph
from shouwang.documents.plain import plain
from shouwang.documents.words import BLANK, answer, clause_words, date_words

TITLE = "给您家的告知信"


@dataclass(frozen=True, slots=True)
class News:
    """What a letter tells: the result, the reasons, what comes next, one sentence each."""

    result: str
    why: tuple[str, ...]
    next: tuple[str, ...]


Writer = Callable[[Dossier, StepRecord], News]


def letter(dossier: Dossier) -> Paper | None:
    """The letter about where the case stands; None while nothing has been decided that a family must be told."""
    occasion = occasion_of(dossier)
    if occasion is None:
        return None
    write, record = occasion
    news = write(dossier, record)
    at_company = record.post.unit_id == dossier.company.pk
    return Paper(
        kind="letter", title=TITLE, number=f"编号：{dossier.case.number}", day=record.occurred_on, large=True,
        addressee=f"{_addressee(dossier)}同志", signed=dossier.company.name if at_company else dossier.office,
        blocks=tuple(_blocks(dossier, news)),
        named={"结果": news.result, "为什么": "".join(news.why), "接下来": "".join(news.next)},
    )  # fmt: skip


def occasion_of(dossier: Dossier) -> tuple[Writer, StepRecord] | None:
    """Which letter, and the record it tells of."""
    if not dossier.done:
        return None
    last, status = dossier.done[-1], dossier.desk.state.status
    if status == CaseStatus.CONFIRMED:
        confirmed = dossier.standing("confirm")
        return (_confirmed, confirmed) if confirmed else None
    if status == CaseStatus.ACTIVE:
        way = dossier.way(last)
        return (_returned, last) if way is not None and way.back else None
    return _OVER[status], last


def _confirmed(dossier: Dossier, record: StepRecord) -> News:
    division = dossier.division.name if dossier.division else "师市"
    filed = dossier.standing("file")
    due = _due(dossier, "file")
    report = f"结果已经在{date_words(filed.occurred_on)}报{division}存档。" if filed else ""
    report = report or (f"我们最晚在{date_words(due)}把结果报{division}存档。" if due else "")
    return News(
        f"您家从{date_words(record.occurred_on)}起，纳入防止返贫监测和帮扶。",
        (
            *_seen(dossier),
            f"{dossier.company.name}上门看过，有关部门查对过，团里又上门核查过，最后由团里的会议同意。",
        ),
        (
            "帮扶从这一天就开始，不用等上级答复。",
            f"{dossier.company.name}的干部会到您家，和您一起商量怎么帮。",
            *((report,) if report else ()),
            f"以后家里的收入、人口、看病、上学、住房有变化，请告诉{dossier.company.name}。",
        ),
    )


def _refused(dossier: Dossier, record: StepRecord) -> News:
    kept = record.step == "appeal_review"
    result = (
        "您的申诉已经复核，还是原来的结果：您家这次没有纳入监测和帮扶。" if kept else "您家这次没有纳入监测和帮扶。"
    )
    seen = _seen(dossier)
    why = (*(("当初我们注意到您家，是因为：", *seen, "后来核实了。") if seen else ()), _quoted(dossier, record))
    return News(result, why, (*_objection(dossier), "以后家里有了新的困难，随时可以再申请。"))


def _objection(dossier: Dossier) -> tuple[str, ...]:
    """How to object to a refusal, where the procedure of the case lets one."""
    door = dossier.desk.procedure.door("appeal")
    if door is None:
        return ()
    if door.once and door.id in dossier.desk.state.standing:
        return ("这件事已经申诉过一次，不能再申诉。",)
    return (
        f"您不同意，可以申诉一次。到{dossier.company.name}或者{dossier.regiment.name}说一声就行，写下来也行。收到以后{_appeal_limit(dossier)}内，"
        "由没有经手过的人重新看一遍，再把结果告诉您。",
    )


def _returned(dossier: Dossier, record: StepRecord) -> News:
    way = dossier.way(record)
    upheld = record.step == "appeal_review"
    result = "您的申诉有道理，您家的事要重新办。" if upheld else "您家的申请还在办，还没有最后的结果。"
    open_steps = [dossier.step(name) for name in dossier.desk.state.open]
    again = "、".join(f"“{step.title}”" for step in open_steps)
    due = _due(dossier, open_steps[0].id) if open_steps else None
    by = f"，最晚{date_words(due)}办完" if due else ""
    whole = dossier.case.due_on
    total = (f"全部办完，一般不晚于{date_words(whole)}。",) if whole >= timezone.localdate() else ()
    return News(
        result,
        (f"{date_words(record.occurred_on)}的处理是：{way.label if way else ''}。", _quoted(dossier, record)),
        (f"接下来要办{again}{by}。", *total, "需要您配合的，我们会上门。请不要着急。"),
    )


def _lapsed(dossier: Dossier, record: StepRecord) -> News:
    limit = dossier.limit(dossier.desk.procedure.revisit)
    return News(
        "您告诉我们现在不申请，所以这件事先办到这里。",
        (_quoted(dossier, record, "您说的原因是"),),
        (f"我们{limit}内会再去看您。", f"您什么时候想申请，随时告诉{dossier.company.name}就行。"),
    )


def _withdrawn(dossier: Dossier, record: StepRecord) -> News:
    return News(
        "按您的意思，申请已经撤回，不再往下办。",
        (_quoted(dossier, record, "撤回的原因是"),),
        ("以后家里有困难，随时可以再申请。",),
    )


def _closed(dossier: Dossier, record: StepRecord) -> News:
    door = dossier.desk.procedure.door(record.step)
    causes = [answer(field, record.evidence) for field in door.fields] if door else []
    return News(
        "您家的这件事已经办完，不再往下办。",
        (*(f"原因是：{cause}。" for cause in causes), _quoted(dossier, record, "说明")),
        (f"情况和上面写的不一样，请告诉{dossier.company.name}。",),
    )


def _appealed(dossier: Dossier, record: StepRecord) -> News:
    due = _due(dossier, "appeal_review")
    by = f"最晚{date_words(due)}" if due else f"收到后{_appeal_limit(dossier)}内"
    return News(
        f"您的申诉我们在{date_words(record.occurred_on)}收到了。",
        (_quoted(dossier, record, "您说的理由是"),),
        (
            f"{by}，由没有经手过的人重新看一遍，再把结果告诉您。",
            f"您有新的单据或证明，可以在这之前交给{dossier.company.name}。",
        ),
    )


_OVER: dict[str, Writer] = {
    CaseStatus.REFUSED: _refused,
    CaseStatus.LAPSED: _lapsed,
    CaseStatus.WITHDRAWN: _withdrawn,
    CaseStatus.CLOSED: _closed,
    CaseStatus.APPEALED: _appealed,
}


def _blocks(dossier: Dossier, news: News) -> Iterator[Block]:
    yield Heading("结果")
    yield Paragraph(news.result)
    yield Heading("为什么")
    yield from (Paragraph(sentence) for sentence in news.why)
    yield Heading("接下来")
    yield from (Paragraph(sentence) for sentence in news.next)
    yield Heading("不明白、不同意，找谁")
    for name in (dossier.company.name, dossier.office):
        yield Paragraph(name)
        yield Paragraph(f"电话：{BLANK * 2}")  # written in by hand: on a line of its own it is never broken
    yield Paragraph("您可以看我们记的您家的情况，记错了可以要求改。")


def _seen(dossier: Dossier) -> tuple[str, ...]:
    """What the family said, then the reasons in plain words, each with the place in the policy it rests on."""
    declared = dossier.standing("declare")
    said = dossier.text(declared.evidence.get("statement", "")).rstrip("。") if declared else ""
    parameters = dossier.parameters if dossier.findings else {}
    told = [
        plain(found, parameters) + (f"依据是办法{clause_words(found.clause)}。" if found.clause else "")
        for found in dossier.findings
    ]
    name = (f"上面说的办法，是{dossier.policy_title}。",) if any(found.clause for found in dossier.findings) else ()
    return (*((f"您申请时说：“{said}。”",) if said else ()), *dict.fromkeys(told), *name)


def _quoted(dossier: Dossier, record: StepRecord, lead: str = "理由是") -> str:
    words = dossier.text(record.note).rstrip("。")
    return f"{lead}：{words or BLANK}。"


def _addressee(dossier: Dossier) -> str:
    if dossier.head != BLANK or not dossier.members:
        return dossier.head
    return dossier.members[0].name


def _due(dossier: Dossier, step: str) -> date | None:
    """The day an open step is due; None where it is not open, has no limit, or the day has gone by."""
    due: date | None = dossier.case.open_steps.filter(step=step).values_list("due_on", flat=True).first()
    return due if due and due >= timezone.localdate() else None


def _appeal_limit(dossier: Dossier) -> str:
    review = dossier.desk.procedure.step("appeal_review")
    return dossier.limit(review.deadline) if review and review.deadline else BLANK
