"""报师市备案: the report on all households filed under one document number, their list, and the package of it all.

Households are filed together when their filing bears the same 文号; before that, those confirmed by the same minutes.
A filing is a report, not a request for approval (二/五/2), and the report says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time
from io import BytesIO

import xlsxwriter
from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.casework.models import Case, CaseStatus
from shouwang.casework.queries import case_list
from shouwang.documents.dossier import Dossier
from shouwang.documents.paper import Paper, Paragraph, table
from shouwang.documents.words import BLANK, day_in_table, people_count
from shouwang.policy.procedure import Step

_COLUMNS = (
    ("序号", 6), ("户主", 12), ("公民身份号码", 22), ("户编号", 16), ("单位", 16), ("人口", 8), ("风险原因", 24), ("确认日期", 16),
    ("会议纪要编号", 22),
)  # fmt: skip


@dataclass(frozen=True)
class Filing:
    """The households of one report: the case it was asked for, and those filed with it."""

    first: Dossier
    dossiers: tuple[Dossier, ...]
    step: Step

    @property
    def rows(self) -> list[tuple[str, ...]]:
        return [(str(place), *_row(one)) for place, one in enumerate(self.dossiers, start=1)]


def filing_of(user: User, case: Case, *, full: bool = False) -> Filing:
    """The filing a case belongs to, with the cases the person may see."""
    reader = user.display_name
    first = Dossier.open(case, full=full, reader=reader)
    numbers = sorted({case.number, *_together(user, first)})
    cases = (
        case_list(user).filter(number__in=numbers).select_related("clue__run", "household__division").order_by("number")
    )
    dossiers = tuple(first if one.pk == case.pk else Dossier.open(one, full=full, reader=reader) for one in cases)
    return Filing(first, dossiers, first.step("file"))


def _together(user: User, first: Dossier) -> Sequence[str]:
    """The numbers of the cases that go to the division with this one."""
    filed, confirmed = first.standing("file"), first.standing("confirm")
    record = filed or confirmed
    name = "document" if filed else "minutes"
    if record is None or not record.evidence.get(name):
        return ()
    rows = case_list(user).filter(
        household__regiment=first.regiment, status=CaseStatus.CONFIRMED, records__step=record.step,
        **{f"records__evidence__{name}": record.evidence[name]},
    )  # fmt: skip
    alike = [Dossier.open(one) for one in rows.distinct()]
    return [one.case.number for one in alike if _says(one, record.step, name) == record.evidence[name]
            and bool(one.standing("file")) == bool(filed)]  # fmt: skip


def _says(dossier: Dossier, step: str, name: str) -> str | None:
    record = dossier.standing(step)
    return record.evidence.get(name) if record else None


def report(filing: Filing) -> Paper:
    """备案报告, an official letter to the division."""
    first, filed = filing.first, filing.first.standing("file")
    number = filed.evidence["document"] if filed else BLANK
    minutes = "、".join(dict.fromkeys(_minutes(one) for one in filing.dossiers))
    households, people = len(filing.dossiers), sum(len(one.members) for one in filing.dossiers)
    division = first.division.name if first.division else BLANK
    shown = [(row[0], row[1], row[4], row[5], row[6], row[7]) for row in filing.rows]
    columns = (("序号", 2), ("户主", 4), ("单位", 5), ("人口", 2), ("风险原因", 4), ("确认日期", 7))
    pieces = ("关于", first.regiment.name, "监测对象", "认定情况的", filing.step.document)
    return Paper(
        kind=filing.step.id, title="".join(pieces), pieces=pieces, number=number,
        head=first.office, addressee=f"{division}扶贫开发领导小组办公室",
        day=filed.occurred_on if filed else None, signed=first.office,
        blocks=(
            Paragraph(f"按照{first.policy_title}，现将我团近期认定的监测对象报告如下，请予备案。"),
            Paragraph(
                f"经本人申报，连队（社区）走访评估，相关部门比对，入户核查，{first.group}会议确认（纪要编号：{minutes}），"
                f"共纳入监测对象{households}户{people}人。帮扶自确认之日起开始。"
            ),
            table(columns, shown),
            Paragraph("以上各户的申报、走访、评估、比对、核查和确认资料均已归档备查。"),
        ),
        enclosures=("备案名单", "确认会议纪要"),
        named={"文号": number, "户数": str(households), "人数": str(people), "纪要编号": minutes},
        footnote=first.caution,
    )  # fmt: skip


def household_list(filing: Filing) -> bytes:
    """备案名单 as a workbook; every text is a string cell, so nothing is run or rounded."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties(
            {"title": "备案名单", "created": made_at(filing.first).astimezone(UTC).replace(tzinfo=None)}
        )
        head = book.add_format({"bold": True, "border": 1, "text_wrap": True})
        sheet = book.add_worksheet("备案名单")
        sheet.freeze_panes(1, 0)
        sheet.set_footer(f"&C{filing.first.caution}")
        for place, (heading, width) in enumerate(_COLUMNS):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, heading, head)
        for line, row in enumerate(filing.rows, start=1):
            for place, text in enumerate(row):
                sheet.write_string(line, place, text)
    return out.getvalue()


def made_at(dossier: Dossier) -> datetime:
    """The moment put into a file: of the last record, so that the same case gives the same bytes."""
    last = dossier.records[-1].recorded_at if dossier.records else None
    return last or timezone.make_aware(datetime.combine(dossier.case.opened_on, time()))


def _row(dossier: Dossier) -> tuple[str, ...]:
    head = next((member for member in dossier.members if member.name == dossier.head), None)
    confirmed = dossier.standing("confirm")
    return (
        dossier.head, head.number if head else BLANK, dossier.case.household.number, dossier.company.name,
        people_count(len(dossier.members)), _causes(dossier), day_in_table(confirmed.occurred_on if confirmed else None),
        _minutes(dossier),
    )  # fmt: skip


def _causes(dossier: Dossier) -> str:
    assessed = dossier.standing("assess")
    return "、".join(assessed.evidence.get("causes", [])) if assessed else BLANK


def _minutes(dossier: Dossier) -> str:
    return _says(dossier, "confirm", "minutes") or BLANK
