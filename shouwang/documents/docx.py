"""A paper as docx, to be edited in WPS or Word: a template file filled in.

Two templates come with the system, `paper` and `letter`: what differs between papers is their blocks, not their page. An
installation may put its own into SHOUWANG_HOME/templates, for one kind of paper (`visit.docx`) or for all (`paper.docx`); it
may loop over the blocks as ours do or place single facts by label (`{{ paper.named["户主"] }}`). A template that does not work
is an error that names the file; ours is never taken in its stead, or nobody would notice.

What stands in a template is code, written by whoever may write that folder: it runs in Jinja's sandbox, sees only the plain
values of the paper, escapes what it prints, and an unknown name is an error.
"""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile, ZipInfo

from django.conf import settings
from docx.opc.exceptions import PackageNotFoundError
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml.etree import LxmlError

from shouwang.documents.errors import TemplateBroken
from shouwang.documents.paper import Paper

LAYOUTS = Path(__file__).parent / "layouts"
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
#: What a file that is no template, or code that may not run, ends in.
_BROKEN = (
    TemplateError, LxmlError, PackageNotFoundError, BadZipFile, LookupError, ValueError, TypeError, AttributeError,
    ArithmeticError, RecursionError, OSError,
)  # fmt: skip
#: A zip cannot say an earlier day.
_ZIP_EPOCH = (1980, 1, 1, 0, 0, 0)


def render(paper: Paper, made_at: datetime) -> bytes:
    """The file. Raises TemplateBroken for a template of the installation that does not work."""
    layout = "letter" if paper.large else "paper"
    own = next((path for name in (paper.kind, layout) if (path := own_folder() / f"{name}.docx").is_file()), None)
    if own is None:
        return _filled(LAYOUTS / f"{layout}.docx", paper, made_at)
    try:
        return _filled(own, paper, made_at)
    except _BROKEN as error:
        raise TemplateBroken(file=own, reason=str(error) or type(error).__name__) from error


def own_folder() -> Path:
    """Where an installation puts templates of its own."""
    return Path(settings.SHOUWANG_HOME) / "templates"


def _filled(template: Path, paper: Paper, made_at: datetime) -> bytes:
    document = DocxTemplate(template)
    sandbox = ImmutableSandboxedEnvironment(autoescape=True, undefined=StrictUndefined)
    document.render({"paper": paper.plain()}, sandbox, autoescape=True)
    about = document.docx.core_properties
    about.title, about.author, about.last_modified_by = paper.title, paper.signed, ""
    about.created = about.modified = made_at.astimezone(UTC).replace(tzinfo=None)  # the file says Z
    out = BytesIO()
    document.save(out)
    return same_bytes(out.getvalue())


def same_bytes(package: bytes) -> bytes:
    """The package with the times of packing taken out, so that the same paper gives the same file."""
    out = BytesIO()
    with ZipFile(BytesIO(package)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(ZipInfo(name, _ZIP_EPOCH), old.read(name), ZIP_DEFLATED)
    return out.getvalue()
