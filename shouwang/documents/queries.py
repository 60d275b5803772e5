"""Which papers a person may have of a case. The person first; outside one's units there is no case."""

from __future__ import annotations

from dataclasses import dataclass

from shouwang.accounts.models import User
from shouwang.accounts.roles import Permission
from shouwang.accounts.scope import post_for
from shouwang.casework.models import Case
from shouwang.casework.queries import case_for as visible_case
from shouwang.documents.dossier import Dossier
from shouwang.documents.kinds import FILING, Entry, entries


@dataclass(frozen=True, slots=True)
class Shelf:
    """The papers of one case for one person. `full`: the person may have them with whole citizen numbers."""

    case: Case
    head: str
    entries: tuple[Entry, ...]
    full: bool


def case_for(user: User, number: str) -> Case | None:
    """A case with all that papers read of it; None outside one's units."""
    return visible_case(user, number)


def papers_of(user: User, case: Case) -> Shelf:
    """The papers of a case; the filing only for those who may export, because it names other households."""
    dossier = Dossier.open(case)
    files = may_file(user, dossier)
    listed = tuple(entry for entry in entries(dossier) if files or entry.kind != FILING)
    return Shelf(case, dossier.head, listed, may_unmask(user, case))


def may_file(user: User, dossier: Dossier) -> bool:
    return post_for(user, Permission.EXPORT, dossier.regiment) is not None


def may_unmask(user: User, case: Case) -> bool:
    return post_for(user, Permission.PERSON_UNMASK, case.household.unit) is not None
