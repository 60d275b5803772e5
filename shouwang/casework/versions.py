"""Which policy, figures and procedure hold in a regiment on a day, and the version a case is stamped with."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.casework.models import ChangeState, ParameterChange, ProcedureVersion
from shouwang.casework.models.parameter import POLICY as POLICY
from shouwang.policy import procedure_json
from shouwang.policy.book import RuleBook, policy_of
from shouwang.policy.book import fingerprint as policy_fingerprint
from shouwang.policy.parameters import parameters_of
from shouwang.policy.procedure import procedure_on
from shouwang.policy.procedure_json import Frozen

FIRST_POLICY = "qituan-2020"


def screening_day() -> date:
    """The day screenings are as of unless somebody names another: today, or the day a trial installation is set to."""
    return settings.SCREENING_DAY or timezone.localdate()


def policy_on(regiment: Unit, day: date) -> str:
    """The id of the policy in force in a regiment."""
    chosen = _signed(regiment, day).filter(name=POLICY).order_by("from_date", "pk").last()
    return chosen.value if chosen else FIRST_POLICY


def overrides_on(regiment: Unit, policy: str, day: date) -> dict[str, str]:
    """The parameters changed in a regiment, as they hold on a day: the last signed value of each."""
    changes = _signed(regiment, day).filter(policy=policy).exclude(name=POLICY).order_by("from_date", "pk")
    return dict(changes.values_list("name", "value"))


def book_on(regiment: Unit, day: date, policy: str = "", changed: dict[str, str] | None = None) -> RuleBook:
    """The rule book of a regiment on a day; `policy` and `changed` try something else out."""
    policy = policy or policy_on(regiment, day)
    return RuleBook.of(policy, day, overrides_on(regiment, policy, day) | (changed or {}))


def version_on(regiment: Unit, day: date) -> ProcedureVersion:
    """The procedure and limits of a regiment on a day, as a row that never changes. Call inside a transaction."""
    book = book_on(regiment, day)
    procedure = procedure_on(policy_of(book.policy.id), day)
    package = book.policy.package
    text = procedure_json.write(procedure_json.freeze(procedure, parameters_of(package), book.parameters))
    version, _ = ProcedureVersion.objects.get_or_create(
        sha256=procedure_json.fingerprint(text),
        defaults={"policy": book.policy.id, "policy_sha256": policy_fingerprint(package), "definition": text},
    )
    return version


#: What a version says, by its fingerprint. The text is long, the same in most cases, and never changes.
_READ: dict[str, Frozen] = {}


def frozen(version: ProcedureVersion) -> Frozen:
    """The procedure and limits of a version."""
    if version.sha256 not in _READ:
        _READ[version.sha256] = procedure_json.read(version.definition)
    return _READ[version.sha256]


def frozen_versions(rows: QuerySet[ProcedureVersion] | None = None) -> dict[int, Frozen]:
    """Versions by their primary key, in its order: those of `rows`, or all."""
    rows = ProcedureVersion.objects.all() if rows is None else rows
    # The text of one that was never read is fetched then, once a process.
    return {version.pk: frozen(version) for version in rows.defer("definition")}


def _signed(regiment: Unit, day: date):  # type: ignore[no-untyped-def]
    return ParameterChange.objects.filter(unit=regiment, state=ChangeState.SIGNED, from_date__lte=day)
