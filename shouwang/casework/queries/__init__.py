"""Reads of this floor. Every one takes the person first and shows only what the posts of that person reach."""

from shouwang.casework.queries.case_file import CaseFile, case_file
from shouwang.casework.queries.case_lists import (
    CaseFilter,
    case_counts,
    find_cases,
    heads_of,
    steps_in_use,
    why_not_open,
)
from shouwang.casework.queries.cases import case_for, case_list, case_page, done_by, overdue, touched_by
from shouwang.casework.queries.clue_page import CluePage, arrangeable, clue_page
from shouwang.casework.queries.clues import clue_acts_by, clue_for, clue_list, clue_results, clue_states
from shouwang.casework.queries.inbox import Task, inbox_by_kind, inbox_counts, inbox_for
from shouwang.casework.queries.reports import BECAME, report_for, report_results, reports_for
from shouwang.casework.queries.runs import compare_runs, latest_run, runs_for
from shouwang.casework.queries.statistics import MEASURES, Statistics, statistics, territories
from shouwang.casework.queries.suspicion import (
    disordered,
    never_seen,
    off_book,
    recorded_late,
    should_be_covered,
    suspicion_counts,
)
from shouwang.casework.queries.suspicion_lists import SUSPICIONS, Suspicion, suspicions_for

__all__ = [
    "BECAME",
    "MEASURES",
    "SUSPICIONS",
    "CaseFile",
    "CaseFilter",
    "CluePage",
    "Statistics",
    "Suspicion",
    "Task",
    "arrangeable",
    "case_counts",
    "case_file",
    "case_for",
    "case_list",
    "case_page",
    "clue_acts_by",
    "clue_for",
    "clue_list",
    "clue_page",
    "clue_results",
    "clue_states",
    "compare_runs",
    "disordered",
    "done_by",
    "find_cases",
    "heads_of",
    "inbox_by_kind",
    "inbox_counts",
    "inbox_for",
    "latest_run",
    "never_seen",
    "off_book",
    "overdue",
    "recorded_late",
    "report_for",
    "report_results",
    "reports_for",
    "runs_for",
    "should_be_covered",
    "statistics",
    "steps_in_use",
    "suspicion_counts",
    "suspicions_for",
    "territories",
    "touched_by",
    "why_not_open",
]
