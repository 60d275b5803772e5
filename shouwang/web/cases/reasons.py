"""Why is there a case? The findings of the screening with their figures, and what people reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from shouwang.casework.models import ClueLine, RunLine
from shouwang.policy.book import RuleBook
from shouwang.policy.forms import Figure, Measure
from shouwang.units.money import yuan
from shouwang.web.templatetags.ui import yuan as yuan_words

_KEPT = ("outcome", "tier", "members", "net_income", "base_income", "rigid")
TIERS = {"severe": "较重一档", "low": "较低一档", "above": "监测线以上"}
OUTCOMES = {"met": "命中", "suspected": "疑似", "special": "专项", "unknown": "资料不足", "not_met": "不命中"}


@lru_cache(maxsize=32)
def _book(policy: str, as_of: date) -> RuleBook:
    """A book takes some milliseconds to put together, and a page has many reasons."""
    return RuleBook.of(policy, as_of)


def reasons_of(findings: Iterable[ClueLine]) -> list[dict[str, Any]]:
    """The findings of rules, as `ui/reasons.html` takes them."""
    return [
        _reason(line.rule, line.outcome, line.clause, line.sentence, line.figures, line.run.policy, line.run.as_of)
        for line in findings
        if line.rule and line.run
    ]


def reports_of(findings: Iterable[ClueLine]) -> list[dict[str, Any]]:
    """What departments, cadres and families said in their own words."""
    return [
        {
            "sentence": line.sentence,
            "source": line.get_source_display(),
            "who": line.by.display_name if line.by else "",
            "when": line.added_at,
        }
        for line in findings
        if not line.rule
    ]


def figures_of(line: RunLine | None) -> list[dict[str, str]]:
    """The figures of a household in a screening."""
    if line is None:
        return []
    return figures_said({name: getattr(line, name) for name in _KEPT})


def rules_of(line: RunLine | None) -> list[str]:
    """The titles of the rules a screening found of a household."""
    if line is None:
        return []
    found = {*line.rules_met.split(";"), *line.rules_suspected.split(";")}
    return [rule.title for rule in _book(line.run.policy, line.run.as_of).rules if rule.id in found]


def figures_said(values: Mapping[str, Any]) -> list[dict[str, str]]:
    """A row of figures in words; what is not known is a dash."""
    members = values.get("members")
    return [
        {"title": "筛查结论", "text": OUTCOMES.get(values.get("outcome") or "", "—")},
        {"title": "收入档次", "text": TIERS.get(values.get("tier") or "", "—")},
        {"title": "共同生活人口", "text": "—" if members is None else f"{members} 人"},
        {"title": "家庭纯收入", "text": yuan_words(values.get("net_income"))},
        {"title": "对照收入", "text": yuan_words(values.get("base_income"))},
        {"title": "刚性支出", "text": yuan_words(values.get("rigid"))},
    ]


def kept_reasons(basis: Mapping[str, Any], policy: str) -> list[dict[str, Any]]:
    """The findings as they were kept on the day of confirmation."""
    run = basis["run"]
    return [
        _reason(
            one["rule"], one["outcome"], one["clause"], one["sentence"], {}, policy, date.fromisoformat(run["as_of"])
        )
        for one in basis["findings"]
        if one["rule"] and run
    ]


def _reason(
    rule: str, outcome: str, clause: str, sentence: str, values: Mapping[str, Any], policy: str, as_of: date
) -> dict[str, Any]:
    book = _book(policy, as_of)
    title = next((one.title for one in book.rules if one.id == rule), rule)
    shown = [
        {"title": book.figures[name].title, "text": words}
        for name, value in values.items()
        if name in book.figures and (words := _measured(book.figures[name], value))
    ]
    return {"title": title, "outcome": outcome, "sentence": sentence, "clause": clause, "figures": shown}


def _measured(figure: Figure, value: Any) -> str:
    """A figure with its unit. Texts are in the sentence already, and what is not known says nothing."""
    if value is None:
        return ""
    if figure.measure is Measure.YUAN:
        return yuan_words(value)
    if figure.measure is Measure.PERCENT:
        return f"{yuan(value)}%"
    return f"{value} 人" if figure.measure is Measure.PEOPLE else ""
