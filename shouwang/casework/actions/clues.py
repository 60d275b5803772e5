"""Dealing with clues: taking note, not opening a case, merging, reporting one (七团办法 二/四, 四/一)."""

from __future__ import annotations

import hashlib
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models import Post, Unit, User
from shouwang.accounts.roles import Level, Permission
from shouwang.accounts.scope import require
from shouwang.casework import ranking, signing, versions
from shouwang.casework.actions.lapses import stay_on_list
from shouwang.casework.errors import ClueDone, ClueItself, ReasonNeeded
from shouwang.casework.models import Clue, ClueAct, ClueLine, ClueSource, ClueState
from shouwang.policy import workdays
from shouwang.policy.book import policy_of
from shouwang.policy.procedure import procedure_on
from shouwang.registry.actions.events import record_event
from shouwang.registry.actions.locking import lock
from shouwang.registry.models import Event, Household

WAITING = (ClueState.NEW, ClueState.TRIAGED)


def take(clue: Clue, seen: int | None = None) -> Clue:
    """The clue, locked and still waiting. Raises ClueDone with who was first and when."""
    lock(clue.household_id)
    row = Clue.objects.select_for_update(of=("self",), no_key=True).select_related("household__unit").get(pk=clue.pk)
    if row.state not in WAITING or (seen is not None and seen != row.revision):
        raise _done(row)
    return row


def close(clue: Clue, state: ClueState, by: User, post: Post, reason: str = "", into: Clue | None = None) -> None:
    """Take a waiting clue off the list: the update names the states it may come from, so two cannot both win."""
    waiting = Clue.objects.filter(pk=clue.pk, state__in=WAITING)
    if not waiting.update(state=state, revision=F("revision") + 1):
        raise _done(clue)
    ClueAct(clue=clue, verb=state, reason=reason[:400], into=into, by=by, post=post).save(force_insert=True)
    clue.refresh_from_db()


@transaction.atomic
def triage_clue(*, by: User, clue: Clue, note: str, revisit_on: date | None = None, seen: int | None = None) -> Clue:
    """Take note of a clue and say what is to be done; it stays on the list."""
    row = take(clue, seen)
    post = _may(by, row)
    stay_on_list(row, revisit_on or row.due_on or timezone.localdate())
    ClueAct(clue=row, verb=ClueState.TRIAGED, reason=note[:400], revisit_on=revisit_on, by=by, post=post).save(
        force_insert=True
    )
    _audit(by, post, row, "clue.triaged", reason=note)
    return row


@transaction.atomic
def dismiss_clue(*, by: User, clue: Clue, reason: str, seen: int | None = None) -> Clue:
    """Decide that a clue makes no case, with a reason. The same facts do not raise it again."""
    row = take(clue, seen)
    post = _may(by, row)
    if not reason.strip():
        raise ReasonNeeded(what_for="不立案")
    close(row, ClueState.DISMISSED, by, post, reason)
    _audit(by, post, row, "clue.dismissed", reason=reason)
    return row


@transaction.atomic
def merge_clue(*, by: User, clue: Clue, into: Clue, reason: str, seen: int | None = None) -> Clue:
    """A clue is about the same matter as another one (a household that was split, one reported twice)."""
    row = take(clue, seen)
    post = _may(by, row)
    require(by, Permission.CLUE_VIEW, into.household.unit)
    if into.pk == row.pk:
        raise ClueItself()
    close(row, ClueState.MERGED, by, post, reason, into)
    _audit(by, post, row, "clue.merged", into=str(into.uuid), reason=reason)
    return row


@transaction.atomic
def record_refusal(
    *, by: User, clue: Clue, reason: str, revisit_on: date | None = None, seen: int | None = None
) -> Clue:
    """The family does not want to apply: the clue stays, with a day for the next visit."""
    row = take(clue, seen)
    post = _may(by, row)
    if not reason.strip():
        raise ReasonNeeded(what_for="不愿申报")
    day = revisit_on or limit_from(row.household.regiment, timezone.localdate(), "revisit")
    stay_on_list(row, day)
    ClueAct(clue=row, verb="declined", reason=reason[:400], revisit_on=day, by=by, post=post).save(force_insert=True)
    _audit(by, post, row, "clue.declined", reason=reason, revisit_on=day)
    return row


@transaction.atomic
def report_clue(
    *, by: User, household: Household, sentence: str, source: ClueSource = ClueSource.EVENT, cause: str = "",
    occurred_on: date | None = None,
) -> Clue:  # fmt: skip
    """A cadre, a department or the family itself says something about a household: one more line, never a second clue.

    With a cause and a day it is also an event of the household, which the next screening counts (二/二/p1). What a
    department says becomes an event only when somebody who visits records it.
    """
    household = lock(household.pk)
    department = department_of(by)
    post = require(by, Permission.CLUE_REPORT, household.unit, department)
    if not sentence.strip():
        raise ReasonNeeded(what_for="线索内容")
    told = told_as(cause, occurred_on, sentence)
    if cause and occurred_on and post.unit.level != Level.DEPARTMENT:
        _event_once(by, household, occurred_on, cause, sentence.strip())
    source = ClueSource.DEPARTMENT if post.unit.level == Level.DEPARTMENT else source
    clue = add_line(household, source, department, told, by)
    _audit(by, post, clue, "clue.reported", source=str(source))
    return clue


def add_line(household: Household, source: ClueSource, department: str, told: str, by: User) -> Clue:
    """Put what was said on the waiting clue of a household, which is made if there is none."""
    today = timezone.localdate()
    print_ = hashlib.sha256(f"{source}|{department}|{by.pk}|{told}".encode()).hexdigest()
    clue = Clue.objects.filter(household=household, state__in=WAITING).first()
    if clue is None:
        clue = Clue(household=household, source=source, department=department, fingerprint=print_, raised_on=today)
        clue.due_on = limit_from(household.regiment, today, "triage")
        clue.save(force_insert=True)
    ClueLine.objects.get_or_create(
        clue=clue, fingerprint=print_, rule="",
        defaults={"source": source, "department": department, "sentence": told, "by": by},
    )  # fmt: skip
    return ranking.rank(clue)


def _event_once(by: User, household: Household, day: date, cause: str, note: str) -> None:
    """The event, unless the same one has been recorded already (a form sent twice)."""
    if not Event.objects.filter(household=household, occurred_on=day, cause=cause, note=note, voids=None).exists():
        record_event(by=by, household=household, occurred_on=day, cause=cause, note=note)


def told_as(cause: str, occurred_on: date | None, sentence: str) -> str:
    """`因病（2020-05-12）：住院手术，自付三万元`."""
    when = f"（{occurred_on}）" if occurred_on else ""
    return f"{cause}{when}：{sentence.strip()}" if cause else sentence.strip()


def department_of(by: User) -> str:
    """The code of the department somebody acts for; empty for everybody else."""
    posts = signing.effective_posts(by)
    return next((post.unit.department for post in posts if post.unit.level == Level.DEPARTMENT), "")


def _may(by: User, clue: Clue) -> Post:
    post = require(by, Permission.CLUE_REPORT, clue.household.unit)
    signing.recuse(by, clue.household)
    return post


def limit_from(regiment: Unit, day: date, which: str) -> date:
    """The end of a limit the procedure in force names (`triage`, `revisit`)."""
    book = versions.book_on(regiment, day)
    name = getattr(procedure_on(policy_of(book.policy.id), day), which)
    return workdays.after(day, book.parameters[name], book.series(name).unit)


def _done(clue: Clue) -> ClueDone:
    row = Clue.objects.get(pk=clue.pk)
    last = row.acts.select_related("by").order_by("pk").last()
    who = last.by.display_name if last else "系统"
    when = timezone.localtime(last.at if last else timezone.now())
    return ClueDone(who=who, when=f"{when:%m月%d日 %H:%M}", state=ClueState(row.state).label)


def _audit(by: User, post: Post, clue: Clue, verb: str, **facts: object) -> None:
    audit.record(by=by, post=post, verb=verb, target=clue, unit=clue.household.unit, **facts)
