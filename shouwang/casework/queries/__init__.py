"""Reads of this floor. Every one takes the person first and shows only what the posts of that person reach."""

from shouwang.casework.queries.cases import case_for, case_list, case_page, done_by, overdue, touched_by
from shouwang.casework.queries.clues import clue_for, clue_list, clue_results
from shouwang.casework.queries.inbox import Task, inbox_counts, inbox_for
from shouwang.casework.queries.runs import compare_runs, latest_run, runs_for
from shouwang.casework.queries.suspicion import (
    disordered,
    never_seen,
    off_book,
    recorded_late,
    should_be_covered,
    suspicion_counts,
)

__all__ = [
    "Task",
    "case_for",
    "case_list",
    "case_page",
    "clue_for",
    "clue_list",
    "clue_results",
    "compare_runs",
    "disordered",
    "done_by",
    "inbox_counts",
    "inbox_for",
    "latest_run",
    "never_seen",
    "off_book",
    "overdue",
    "recorded_late",
    "runs_for",
    "should_be_covered",
    "suspicion_counts",
    "touched_by",
]
