"""The filing package for the division: the report, the list of households, and the minutes of every one of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from shouwang.documents import docx, pdf
from shouwang.documents.filing import Filing, household_list, report
from shouwang.documents.records import paper_of_step

_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def name_of(filing: Filing) -> str:
    """`备案报告-七扶办1号`, or with the number of the case before it has a document number."""
    filed = filing.first.standing("file")
    mark = filed.evidence["document"] if filed else filing.first.case.number
    return f"{filing.step.document}-{mark.replace('/', '')}"


def packed(filing: Filing, when: datetime) -> bytes:
    """The package; the same filing gives the same bytes."""
    out = BytesIO()
    with ZipFile(out, "w") as package:
        for name, content in _files(filing, when):
            package.writestr(ZipInfo(name, _ZIP_EPOCH), content, ZIP_DEFLATED)
    return out.getvalue()


def _files(filing: Filing, when: datetime) -> Iterator[tuple[str, bytes]]:
    paper = report(filing)
    yield f"{filing.step.document}.docx", docx.render(paper, when)
    yield f"{filing.step.document}.pdf", pdf.render(paper, when)
    yield "备案名单.xlsx", household_list(filing)
    for dossier in filing.dossiers:
        step = dossier.step("confirm")
        minutes = paper_of_step(dossier, step)
        yield f"{step.document}/{dossier.case.number}.docx", docx.render(minutes, when)
        yield f"{step.document}/{dossier.case.number}.pdf", pdf.render(minutes, when)
