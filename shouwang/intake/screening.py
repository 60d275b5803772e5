"""From a package to a folder of results, whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shouwang import __version__
from shouwang.intake.account import MATCHING, QUESTIONS, Account, write_matching, write_questions, write_rejects
from shouwang.intake.facts import Facts
from shouwang.intake.previous import FINDINGS, HOUSEHOLDS, MANIFEST, TABLE, TOLD, Previous, digest, premises
from shouwang.intake.since import screen_changed
from shouwang.intake.state import write_state
from shouwang.intake.store import is_store
from shouwang.intake.whole import whole_folder
from shouwang.policy.book import RuleBook, fingerprint
from shouwang.policy.parameters import parameters_of
from shouwang.screening.engines import DuckDB, Engine
from shouwang.screening.results import Written
from shouwang.screening.run import screen


@dataclass(frozen=True)
class Screened:
    """One finished screening: what was computed and what was read."""

    book: RuleBook
    written: Written
    account: Account
    questions: int
    manifest: dict[str, Any]
    #: How it was computed, where that is worth a sentence.
    remark: str = ""


def screen_into(
    out: Path,
    facts: Facts,
    account: Account,
    book: RuleBook,
    engine: Engine,
    *,
    since: Path | None = None,
    stage: Callable[[str], None] = lambda _: None,
) -> Screened:
    """Screen the facts and write every result of contract 5 into `out`; with `since`, only what has changed is computed."""
    previous = None if since is None else Previous.open(since)
    with whole_folder(out) as folder:
        stage("逐户筛查")
        remark = ""
        if previous is not None and (remark := previous.why_not(book)):
            remark, previous = f"与上次相比，{remark}不同，已全部重算", None
        if previous is None:
            written = screen(book, engine, folder)
        else:
            written, computed = screen_changed(book, facts, previous, folder)
            remark = f"只重算了有变化的 {computed} 户"
        stage("写出结果")
        write_state(facts, written, folder)
        write_rejects(account, folder)
        if is_store(facts.folder):
            shutil.copyfile(facts.folder / MATCHING, folder / MATCHING)
        else:
            write_matching(facts, folder)
        asked = [(q.household_id, q.question, q.values) for q in account.questions]
        questions = write_questions(asked + written.questions, folder)
        computed_by = engine.name if previous is None else DuckDB.name
        manifest = _manifest(book, computed_by, written, account, questions)
        manifest |= {TOLD[name]: digest(folder / name) for name in (QUESTIONS, TABLE)} | {"premises": premises(book)}
        (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8")
    return Screened(book, written, account, questions, manifest, remark)


def _manifest(book: RuleBook, engine: str, written: Written, account: Account, questions: int) -> dict[str, Any]:
    tally = written.tally
    return {
        "policy": book.policy.id,
        "policy_title": book.policy.title,
        "policy_sha256": fingerprint(book.policy.package),
        "as_of": book.as_of.isoformat(),
        "window": str(book.context.span("W")),
        "before_signing": book.before_signing,
        "engine": engine,
        "parameters": parameters_in_force(book),
        "counts": {
            "households": tally.households,
            "members": tally.people,
            **account.counts(),
            "outcomes": dict(sorted(tally.outcomes.items())),
            "people_by_outcome": dict(sorted(tally.outcome_people.items())),
            "rules": {f"{rule}.{outcome}": count for (rule, outcome), count in sorted(tally.rules.items())},
            "boundary": tally.notes.get("boundary", 0),
            "questions": questions,
        },
        "notices": account.notices,
        TOLD[HOUSEHOLDS]: written.sha256,
        TOLD[FINDINGS]: written.findings_sha256,
        "shouwang": __version__,
        "created_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def parameters_in_force(book: RuleBook) -> dict[str, Any]:
    """Each parameter as it was used: the value as written, its unit, clause, and whether it is local discretion."""
    found = {}
    for name, series in parameters_of(book.policy.package).items():
        held, dated = book.parameters[name], series.on(book.as_of)
        found[name] = {
            "value": series.write(held),
            "unit": series.unit.value,
            "clause": dated.clause,
            "discretion": dated.discretion,
            "changed": held != dated.held,
        }
    return found
