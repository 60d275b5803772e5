"""Making a document: permission, the file, and one audit event that says who made what, with the hash of the file.

Making one reads and does not write, so the event stands alone (`audit.note`) and comes last: no event, no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models import Post, User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import effective_posts, require
from shouwang.casework.models import Case
from shouwang.casework.snapshots import is_intact
from shouwang.documents import docx, package, pdf
from shouwang.documents.consent import blank_application
from shouwang.documents.dossier import Dossier
from shouwang.documents.errors import BasisChanged, NoProofForNumbers, NoSuchPaper, PaperNotYet
from shouwang.documents.filing import Filing, filing_of, made_at, report
from shouwang.documents.kinds import FILING, LETTER, WITH_NUMBERS, Entry, State, build, entries
from shouwang.documents.paper import Paper

#: What a paper can be had as; the filing also as a package.
FORMS = {"docx": docx, "pdf": pdf}
PACKAGE = "zip"
#: Papers that rest on the confirmation and are refused where its basis was changed (trust C8).
_ON_CONFIRMATION = frozenset({"confirm", FILING, LETTER})


@dataclass(frozen=True, slots=True)
class MadeFile:
    """A finished file."""

    name: str
    content: bytes
    content_type: str


def make_paper(*, by: User, case: Case, kind: str, form: str, full: bool = False) -> MadeFile:
    """One document of a case. `full`: with whole citizen numbers, for those who may see them and papers that need them."""
    dossier = Dossier.open(case, full=full, reader=by.display_name)
    post = _permit(by, dossier, kind, full)
    entry = next((entry for entry in entries(dossier) if entry.kind == kind), None)
    if entry is None or (form not in FORMS and (kind, form) != (FILING, PACKAGE)):
        raise NoSuchPaper(where=f"个案{case.number}", kind=kind if entry is None else f"{entry.title}（{form}）")
    _check(dossier, entry, full)
    filing = filing_of(by, case, full=full) if kind == FILING else None
    for one in filing.dossiers if filing else (dossier,):
        _check_basis(one, entry)
    made = _made(dossier, entry, form, filing)
    audit.note(
        by=by, post=post, verb="paper.made", target=case, unit=dossier.company, number=case.number, kind=kind, form=form,
        full=full, sha256=hashlib.sha256(made.content).hexdigest(),
        cases=[one.case.number for one in filing.dossiers] if filing else [case.number],
        people=_shown(filing.dossiers if filing else (dossier,)) if full else [],
    )  # fmt: skip
    return made


def read_letter(*, by: User, case: Case) -> Paper:
    """The letter to the family as a page; reading it is recorded as making it would be."""
    dossier = Dossier.open(case)
    post = _permit(by, dossier, LETTER, full=False)
    entry = next(entry for entry in entries(dossier) if entry.kind == LETTER)
    _check(dossier, entry, full=False)
    _check_basis(dossier, entry)
    paper = build(dossier, LETTER)
    assert paper is not None, "an entry that may be made has a paper"
    audit.note(
        by=by, post=post, verb="paper.made", target=case, unit=dossier.company, number=case.number, kind=LETTER, form="page",
        full=False, sha256=hashlib.sha256(paper.json().encode()).hexdigest(),
    )  # fmt: skip
    return paper


def make_blank_application(*, by: User, form: str) -> MadeFile:
    """The application and consent with nothing filled in, for the door."""
    held = (post for post in effective_posts(by) if Permission.CASE_DECLARE in post.role_class.permissions)
    post = next(held, None) or require(by, Permission.CASE_DECLARE, by.unit)
    if form not in FORMS:
        raise NoSuchPaper(where="", kind=form)
    paper = blank_application(post.unit)
    made = _file(
        paper, f"{paper.title}（空白）", form, timezone.make_aware(datetime.combine(timezone.localdate(), time()))
    )
    audit.note(
        by=by, post=post, verb="paper.made", unit=post.unit, kind="consent", form=form, full=False,
        sha256=hashlib.sha256(made.content).hexdigest(),
    )  # fmt: skip
    return made


def _permit(by: User, dossier: Dossier, kind: str, full: bool) -> Post:
    """The post that allows it; the filing leaves the regiment and names other households, so it is an export."""
    unit = dossier.case.household.unit
    post = (
        require(by, Permission.EXPORT, dossier.regiment) if kind == FILING else require(by, Permission.CASE_VIEW, unit)
    )
    return require(by, Permission.PERSON_UNMASK, unit) if full else post


def _shown(dossiers: Iterable[Dossier]) -> list[str]:
    """Whose whole number the paper may have: people have a right to know who looked (PIPL 45)."""
    return [member.uuid for one in dossiers for member in one.members]


def _check(dossier: Dossier, entry: Entry, full: bool) -> None:
    if full and entry.kind not in WITH_NUMBERS:
        raise NoProofForNumbers(title=entry.title)
    if entry.state is State.LATER:
        raise PaperNotYet(title=entry.title, waiting=entry.waiting)


def _check_basis(dossier: Dossier, entry: Entry) -> None:
    """Raises BasisChanged where a paper rests on a confirmation whose records are not what they were."""
    confirmation = getattr(dossier.case, "confirmation", None)
    if entry.kind in _ON_CONFIRMATION and confirmation is not None and not is_intact(confirmation):
        raise BasisChanged(case=dossier.case.number, title=entry.title)


def _made(dossier: Dossier, entry: Entry, form: str, filing: Filing | None) -> MadeFile:
    when = made_at(dossier)
    if filing is not None:
        if form == PACKAGE:
            return MadeFile(f"{package.name_of(filing)}.zip", package.packed(filing, when), "application/zip")
        return _file(report(filing), package.name_of(filing), form, when)
    paper = build(dossier, entry.kind)
    assert paper is not None, "an entry that may be made has a paper"
    blank = "（待填）" if entry.state is State.BLANK else ""
    return _file(paper, f"{entry.title}{blank}-{dossier.case.number}", form, when)


def _file(paper: Paper, name: str, form: str, when: datetime) -> MadeFile:
    layout = FORMS[form]
    return MadeFile(f"{name}.{form}", layout.render(paper, when), layout.CONTENT_TYPE)
