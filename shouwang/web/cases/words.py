"""How a case is said: its status, what is due when, who may do a step, and why a person may not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.utils import timezone

from shouwang.accounts.models import User
from shouwang.casework.models import Case, CaseStatus
from shouwang.casework.queries.cases import StepView
from shouwang.policy.procedure import Signer
from shouwang.web.tables import Tag
from shouwang.web.templatetags.ui import day

#: Work goes on, somebody contests, it is over: never the colour of a risk that nobody assessed.
TONES = {CaseStatus.ACTIVE: "brand", CaseStatus.CONFIRMED: "brand", CaseStatus.APPEALED: "middle"}
#: So many days before a limit ends it is marked.
SOON = 2


def status_tag(case: Case) -> Tag:
    status = CaseStatus(case.status)
    return Tag(status.label, TONES.get(status, "plain"))


def due_tag(due_on: date | None, *, running: bool = True) -> Tag | None:
    """How long there is left, marked once it is nearly over; none where nothing is due any more."""
    if due_on is None or not running:
        return None
    left = (due_on - timezone.localdate()).days
    if left < 0:
        return Tag(f"超期 {-left} 天", "high")
    words = "今天到期" if left == 0 else f"还有 {left} 天"
    return Tag(words, "middle" if left <= SOON else "plain")


def titles(signers: Iterable[Signer]) -> str:
    """`连（社区）两委和帮扶干部或团办`."""
    return "或".join(dict.fromkeys(signer.title for signer in signers))


def why_not(user: User, view: StepView) -> str:
    """Why a person may neither do nor sign an open step; empty where they may."""
    if view.can_act or view.can_sign:
        return ""
    waiting = view.open.record if view.open else None
    if view.why_not:
        return f"{view.why_not}。由其他{titles(view.step.signers)}办理。" if waiting is None else f"{view.why_not}。"
    if waiting is not None:
        if any(signature.user_id == user.pk for signature in waiting.signatures.all()):
            return f"您已签字，等另一名{titles(view.step.signers)}核对签字。"
        return f"{waiting.by.display_name}已录入，等另一名{titles(view.step.signers)}核对签字。"
    return f"由{titles(view.step.signers)}办理，您现在的岗位不能办理。"


def until(due_on: date | None) -> str:
    """`11月27日前`, with the year where it is another one."""
    if due_on is None:
        return ""
    words = day(due_on)
    this_year = f"{timezone.localdate().year}年"
    return f"{words.removeprefix(this_year)}前"
