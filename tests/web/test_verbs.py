"""Everything the audit trail records has words: no code is shown where a person reads what was done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shouwang.policy.book import POLICIES
from shouwang.policy.procedure import procedure_on
from shouwang.web.verbs import target_words, words_of

CODE = Path(__file__).parents[2] / "shouwang"
_RECORDED = re.compile(r'(?:verb=|_audit\([^)\n]*)"([a-z_]+\.[a-z_]+)"')


def recorded() -> set[str]:
    return {verb for file in CODE.rglob("*.py") for verb in _RECORDED.findall(file.read_text(encoding="utf-8"))}


def test_every_recorded_verb_has_words() -> None:
    verbs = recorded()
    assert len(verbs) > 60 and {"paper.made", "clue.merged"} <= verbs, "the search itself must find them"
    assert sorted(verb for verb in verbs if words_of(verb) == verb) == []


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.id)
def test_every_step_is_said_by_its_title(policy: object) -> None:
    procedure = procedure_on(policy, policy.since)  # type: ignore[arg-type, attr-defined]
    for one in (*procedure.steps, *procedure.doors):
        assert not re.search(r"[a-z]", words_of(f"case.{one.id}")), one.id


def test_what_it_was_done_to_is_said_in_words() -> None:
    assert target_words("casework.case/1b2c") == "个案 1b2c"
    assert target_words("restored-backup") == "restored-backup" and target_words("") == ""
