"""What is going on with a household, at the top of its page: clue and reasons, case, open conflicts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from shouwang.accounts.models import User
from shouwang.casework.models import Case, CaseStatus, Clue, ClueState
from shouwang.casework.models.case import LIVE
from shouwang.casework.queries import case_list, clue_list
from shouwang.casework.queries.cases import status_words
from shouwang.registry.queries import HouseholdPage
from shouwang.web.cases.reasons import reasons_of, reports_of
from shouwang.web.nav import address_of
from shouwang.web.templatetags.ui import day

_WAITING = (ClueState.NEW, ClueState.TRIAGED)


@dataclass
class GoingOn:
    """`banners`: what somebody must know first. `why`: the reasons of the current clue, for `ui/reasons.html`."""

    banners: list[dict[str, str]] = field(default_factory=list)
    clue: Clue | None = None
    clue_url: str = ""
    why: list[dict[str, Any]] = field(default_factory=list)
    reports: list[dict[str, Any]] = field(default_factory=list)
    cases: list[dict[str, Any]] = field(default_factory=list)

    def say(self, kind: str, title: str, text: str, url: str = "", label: str = "") -> None:
        """Put one banner at the top."""
        self.banners.append({"kind": kind, "title": title, "text": text, "url": url, "label": label})


def going_on(user: User, page: HouseholdPage) -> GoingOn:
    """Everything casework and the registry hold open about a household, of what the user may see."""
    told, one = GoingOn(), page.household
    if one.closed_on:
        told.say("info", "已销户", f"{day(one.closed_on)}销户，档案只供查看。")
    cases = list(case_list(user).filter(household=one))
    for case in cases:
        told.cases.append({"case": case, "status": status_words(case), "url": address_of("web:case", case.number)})
        if case.status in LIVE:
            _say_case(told, case)
    told.clue = _current(user, page)
    if told.clue is not None:
        _say_clue(told, told.clue, opened=any(case.status in LIVE for case in cases))
    if page.conflicts:
        names = "、".join(dict.fromkeys(conflict.header for conflict in page.conflicts))
        told.say(
            "warn", f"{len(page.conflicts)} 项情况各来源说法不一", f"{names}。请核实后判定。", "#conflicts", "去判定"
        )
    if not told.banners:
        told.say("info", "目前没有待办的事", "没有待处理的线索、在办的个案和互相矛盾的资料。")
    return told


def _current(user: User, page: HouseholdPage) -> Clue | None:
    """The clue that waits, else the newest that was not merged into another."""
    rows = clue_list(user, gone=True).filter(household=page.household).exclude(state=ClueState.MERGED)
    clues = list(rows.prefetch_related("lines__run", "lines__by").order_by("-pk")[:20])
    return next((clue for clue in clues if clue.state in _WAITING), clues[0] if clues else None)


def _say_case(told: GoingOn, case: Case) -> None:
    kind = "warn" if case.status == CaseStatus.ACTIVE else "info"
    due = f"，全程应在 {day(case.due_on)} 前办完" if case.status == CaseStatus.ACTIVE else ""
    url = address_of("web:case", case.number)
    told.say(kind, f"个案 {case.number}", f"{status_words(case)}{due}。", url, "看个案" if url else "")


def _say_clue(told: GoingOn, clue: Clue, *, opened: bool) -> None:
    lines = list(clue.lines.all())
    newest = [line for line in lines if line.fingerprint == clue.fingerprint]
    told.why, told.reports = reasons_of(newest or lines), reports_of(lines)
    told.clue_url = address_of("web:clue", clue.uuid)
    if clue.state not in _WAITING or opened:
        return
    found = "" if clue.still_found else "最近一次筛查已不再命中。"
    text = f"{clue.get_source_display()}，{day(clue.raised_on)}产生，{clue.get_state_display()}。{found}"
    told.say(
        "grave" if clue.outcome == "met" else "warn",
        "有一条线索等待处理",
        text,
        told.clue_url,
        "看线索" if told.clue_url else "",
    )
