"""The blocks most papers share: the household, its members, the figures, the fields of a step, who signed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.casework.models import StepRecord
from shouwang.documents.dossier import Dossier
from shouwang.documents.paper import Block, Grid, Heading, Note, Paragraph, facts, table
from shouwang.documents.words import BLANK, answer, asked, clause_words, date_words, minus, money, people_count, room
from shouwang.policy.procedure import Field, Kind, Step
from shouwang.units.periods import rolling_window

Pairs = list[tuple[str, str]]
#: The label of the day a step was done.
DONE_ON = "办理日期"
MEMBER_COLUMNS = (("姓名", 4), ("与户主关系", 3), ("性别", 2), ("出生日期", 6), ("公民身份号码", 7), ("共同生活", 2))


def place(unit: Unit) -> str:
    """`七团三连`, said once where the name of the company begins with that of the regiment."""
    above = unit.regiment
    if above is None or unit.name.startswith(above.name):
        return unit.name
    return f"{above.name}{unit.name}"


def household(dossier: Dossier) -> Pairs:
    """Who the paper is about."""
    return [
        ("户主", dossier.head),
        ("户编号", dossier.case.household.number),
        ("所在单位", place(dossier.company)),
        ("家庭人口", people_count(len(dossier.members))),
    ]


def members(dossier: Dossier) -> Grid:
    """The members as a table."""
    return table(
        MEMBER_COLUMNS,
        ((m.name, m.relation, m.sex, m.born, m.number, "是" if m.shares_budget else "否") for m in dossier.members),
    )


def figures(dossier: Dossier) -> Iterator[Block]:
    """What the screening worked out, and from what it speaks; nothing where there was no screening."""
    if not dossier.figures:
        return
    known = dossier.figures
    assert dossier.run is not None
    yield facts(
        [
            ("共同生活人口", people_count(known["members"])),
            ("家庭纯收入", money(known["net_income"])),
            ("刚性支出", money(known["rigid"])),
            ("对照收入", money(known["base_income"])),
        ]
    )
    window = rolling_window(dossier.run.as_of).words()
    missing = "空白的，是资料不足。" if None in known.values() else ""
    yield Note(f"数字出自截至{date_words(dossier.run.as_of)}的筛查，收入和支出的计算期为{window}。{missing}")


def reasons(dossier: Dossier) -> Iterator[Block]:
    """Why the household was looked at, each reason with its clause."""
    for place, found in enumerate(dossier.findings, start=1):
        source = f"依据：{clause_words(found.clause)}。" if found.clause else ""
        yield Paragraph(f"{place}．{minus(found.sentence)}{source}")


def written(dossier: Dossier, fields: tuple[Field, ...], record: StepRecord | None) -> Pairs:
    """The fields of a step with what was written into them; without a record, room to write."""
    if record is None:
        return [(field.label, room(field)) for field in fields]
    return [
        (field.label, dossier.text(answer(field, record.evidence))) for field in fields if asked(field, record.evidence)
    ]


def outcome(dossier: Dossier, step: Step, record: StepRecord | None) -> Pairs:
    """What the step ended in, why, and when."""
    if record is None:
        return [("结果", "　".join(f"□{way.label}" for way in step.ways)), ("理由或说明", room(_TEXT))]
    way = dossier.way(record)
    told = [("结果", way.label if way else record.way), (DONE_ON, date_words(record.occurred_on))]
    told += [("理由或说明", dossier.text(record.note))] if record.note else []
    return told + ([("补记原因", dossier.text(record.late_reason))] if record.late_reason else [])


_TEXT = Field("", "", Kind.TEXT)


def signatures(record: StepRecord | None, wanted: int = 1) -> Grid:
    """Who signed in the system, and room to sign on paper."""
    columns = (("姓名", 5), ("岗位", 8), ("系统签字时间", 6), ("手签", 5))
    if record is None:
        return table(columns, [(BLANK, BLANK, "", "")] * wanted)
    return table(
        columns,
        (
            (one.user.display_name, str(one.post), f"{timezone.localtime(one.signed_at):%Y-%m-%d %H:%M}", "")
            for one in record.signatures.all()
        ),
    )


def headed(text: str, *blocks: Block) -> Iterator[Block]:
    """Blocks under a heading; no heading over nothing."""
    if blocks:
        yield Heading(text)
        yield from blocks


def named(*pairs: Pairs) -> Mapping[str, str]:
    """All labels and values, for templates that place them one by one."""
    return {label: value for some in pairs for label, value in some}
