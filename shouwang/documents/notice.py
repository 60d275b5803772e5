"""公示: the one paper strangers read. An allow-list: surname, unit, number of persons, period, whom to tell. Nothing else."""

from __future__ import annotations

from shouwang.documents.dossier import Dossier
from shouwang.documents.paper import Paper, Paragraph, table
from shouwang.documents.words import BLANK, date_words, people_count
from shouwang.policy.procedure import Step


def notice(dossier: Dossier, step: Step) -> Paper:
    """The notice of one household; the last day is worked out from the day it was posted."""
    record = dossier.standing(step.id)
    waiting = next((s for s in dossier.desk.procedure.steps if s.wait and s.wait[0] == step.id), None)
    last = dossier.desk.earliest(waiting) if record and waiting else None
    period = f"{date_words(record.occurred_on if record else None)}至{date_words(last)}"
    shown = [(_veiled(dossier.head), dossier.company.name, people_count(len(dossier.members)), "拟纳入监测对象")]
    return Paper(
        kind=step.id, title=f"防止返贫监测对象{step.document}", number="",
        day=record.occurred_on if record else None, signed=dossier.company.name,
        blocks=(
            Paragraph(f"经本人申请、入户走访和民主评议，现将拟纳入监测的家庭予以公示，接受监督。公示期：{period}。"),
            table((("户主", 6), ("单位", 7), ("人口", 4), ("类别", 7)), shown),
            Paragraph("如有异议，请在公示期内向以下单位反映，口头、书面都可以。反映人的情况予以保密。"),
            Paragraph(f"受理单位：{dossier.company.name}、{dossier.office}"),
            Paragraph(f"电话：{BLANK * 2}"),  # written in by hand: on a line of its own it is never broken
        ),
        named={"户主": _veiled(dossier.head), "所在单位": dossier.company.name, "公示期": period},
    )  # fmt: skip


def _veiled(name: str) -> str:
    """`张**`."""
    return name if name == BLANK else name[0] + "＊" * (len(name) - 1)
