"""How a screening is said: its state, range and totals, and the figures of a household in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shouwang.casework.models import Purpose, RunLine, RunState, ScreeningRun
from shouwang.casework.models.screening import FLAGGED, KEPT
from shouwang.casework.queries import Heads
from shouwang.policy.book import POLICIES
from shouwang.web.cases.reasons import OUTCOMES, TIERS
from shouwang.web.tables import Tag
from shouwang.web.templatetags.ui import amount, households_people

TONES = {"met": "high", "suspected": "middle", "special": "low", "unknown": "plain", "not_met": "none"}
_STATE_TONES = {RunState.DONE: "brand", RunState.FAILED: "high"}
#: What a run's line says of a household, in words: name -> heading.
CHANGED = {
    "net_income": "家庭纯收入（元）",
    "base_income": "对照收入（元）",
    "rigid": "刚性支出（元）",
    "members": "共同生活人口",
    "outcome": "结论",
    "tier": "档次",
    "rules_met": "命中的规则",
    "rules_suspected": "疑似的规则",
}
_AMOUNTS = {"net_income", "base_income", "rigid"}


def state_tag(run: ScreeningRun) -> Tag:
    state = RunState(run.state)
    return Tag(state.label, _STATE_TONES.get(state, "plain"))


def outcome_tag(line: RunLine) -> Tag:
    return Tag(OUTCOMES.get(line.outcome, line.outcome), TONES.get(line.outcome, "plain"))


def range_words(run: ScreeningRun, *, whole: bool) -> str:
    """Which households were worked out; how many of a regiment is told to those who see all of it."""
    recomputed = run.counts.get("recomputed")
    if whole and run.purpose == Purpose.CHANGED and recomputed is not None:
        return f"有变动的 {recomputed:,} 户重算，其余沿用上次"
    return Purpose(run.purpose).label


def fingerprint_words(run: ScreeningRun) -> str:
    """The hash of the results, where they are those of every household."""
    return run.result_sha256 if run.purpose == Purpose.WHOLE else ""


def policy_title(run: ScreeningRun) -> str:
    return POLICIES[run.policy].title if run.policy in POLICIES else run.policy


def who(run: ScreeningRun) -> str:
    return run.started_by.display_name if run.started_by else "命令行"


def heads_words(heads: Heads | None) -> str:
    """`12 户 48 人`; nobody is a dash, and people nobody counted are not made up."""
    if heads is None or not heads.households:
        return "—"
    return f"{heads.households:,} 户" if heads.people is None else households_people(heads.households, heads.people)


def totals_words(totals: Mapping[str, Heads]) -> str:
    """The outcomes of a run in one line."""
    told = [
        f"{OUTCOMES[name]} {heads_words(totals[name])}" for name in KEPT if name in totals and totals[name].households
    ]
    return "，".join(told) or "没有命中、疑似和专项的户"


def flagged(cells: Mapping[str, Heads]) -> Heads:
    """命中, 疑似 and 专项 together."""
    return sum((cells[name] for name in FLAGGED if name in cells), Heads())


def job_of(run: ScreeningRun, url: str, title: str) -> dict[str, Any]:
    """A run as `ui/job.html` takes it. Only writing is counted: how far the engine is, it does not say."""
    states = {RunState.QUEUED: "waiting", RunState.RUNNING: "running", RunState.DONE: "done", RunState.FAILED: "failed"}
    counting = run.state == RunState.RUNNING and run.progress.startswith("写")
    return {
        "url": url, "title": title, "state": states[RunState(run.state)], "sentence": run.progress,
        "done": run.done, "total": run.total if counting else 0,
    }  # fmt: skip


def value_words(name: str, value: Any, rules: Mapping[str, str]) -> str:
    """One compared value: an amount in yuan, a word, the titles of rules; not known is a dash."""
    if value is None or value == "":
        return "—"
    if name in _AMOUNTS:
        return amount(value)
    if name.startswith("rules_"):
        return "、".join(rules.get(rule, rule) for rule in value.split(";"))
    return OUTCOMES.get(value) or TIERS.get(value) or str(value)
