"""The application and consent with nothing filled in, for the door: by the procedure in force in the regiment today."""

from __future__ import annotations

from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.casework.versions import FIRST_POLICY, policy_on
from shouwang.documents.paper import Paper, Paragraph, facts, table
from shouwang.documents.parts import MEMBER_COLUMNS, headed, place
from shouwang.documents.records import ABOUT, CONSENT, PROMISES, to_sign
from shouwang.documents.words import BLANK, room
from shouwang.policy.book import policy_of
from shouwang.policy.procedure import procedure_on

_ROOM_FOR_MEMBERS = 6


def blank_application(unit: Unit) -> Paper:
    """The form of a company or regiment; the unit is all it knows."""
    today = timezone.localdate()
    policy = policy_of(policy_on(unit.regiment, today) if unit.regiment else FIRST_POLICY)
    step = procedure_on(policy, today).first
    about = [("户主", BLANK), ("户编号", BLANK), ("所在单位", place(unit)), ("家庭人口", BLANK)]
    members = table(MEMBER_COLUMNS, [("",) * len(MEMBER_COLUMNS)] * _ROOM_FOR_MEMBERS)
    return Paper(
        kind=step.id, title=f"{ABOUT}{step.document}", number="", day=None,
        blocks=(
            facts(about), *headed("家庭成员", members),
            *headed("申报情况", facts([(field.label, room(field)) for field in step.fields])),
            *headed("承诺和授权", *(Paragraph(words) for words in PROMISES), Paragraph(CONSENT)),
            to_sign(),
        ),
    )  # fmt: skip
