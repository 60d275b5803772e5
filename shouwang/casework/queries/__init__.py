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
from shouwang.casework.queries.changes import (
    affected_lines,
    change_for,
    changes_for,
    effect_lines,
    is_in_force,
    signed_in,
    trials_for,
    tried_by,
    value_before,
    why_not_sign,
)
from shouwang.casework.queries.clue_page import CluePage, arrangeable, clue_page
from shouwang.casework.queries.clues import clue_acts_by, clue_counts, clue_for, clue_list, clue_results, clue_states
from shouwang.casework.queries.comparison import COMPARED, Difference, Pair, move_totals, pair_for
from shouwang.casework.queries.inbox import Inbox, Task, inbox_of
from shouwang.casework.queries.reports import BECAME, report_for, report_results, reports_for
from shouwang.casework.queries.run_lines import LineFilter, UnitLine, by_rule, by_unit, clues_of, lines_for
from shouwang.casework.queries.runs import Heads, latest_run, run_for, runs_for, sees_all_of, totals_of, trial_for
from shouwang.casework.queries.statistics import MEASURES, Statistics, statistics, territories
from shouwang.casework.queries.suspicion import (
    disordered,
    never_seen,
    off_book,
    recorded_late,
    should_be_covered,
)
from shouwang.casework.queries.suspicion_lists import SUSPICIONS, Suspicion, suspicions_for, suspicions_lately

__all__ = [
    "BECAME",
    "COMPARED",
    "MEASURES",
    "SUSPICIONS",
    "CaseFile",
    "CaseFilter",
    "CluePage",
    "Difference",
    "Heads",
    "Inbox",
    "LineFilter",
    "Pair",
    "Statistics",
    "Suspicion",
    "Task",
    "UnitLine",
    "affected_lines",
    "arrangeable",
    "by_rule",
    "by_unit",
    "case_counts",
    "case_file",
    "case_for",
    "case_list",
    "case_page",
    "change_for",
    "changes_for",
    "clue_acts_by",
    "clue_counts",
    "clue_for",
    "clue_list",
    "clue_page",
    "clue_results",
    "clue_states",
    "clues_of",
    "disordered",
    "done_by",
    "effect_lines",
    "find_cases",
    "heads_of",
    "inbox_of",
    "is_in_force",
    "latest_run",
    "lines_for",
    "move_totals",
    "never_seen",
    "off_book",
    "overdue",
    "pair_for",
    "recorded_late",
    "report_for",
    "report_results",
    "reports_for",
    "run_for",
    "runs_for",
    "sees_all_of",
    "should_be_covered",
    "signed_in",
    "statistics",
    "steps_in_use",
    "suspicions_for",
    "suspicions_lately",
    "territories",
    "totals_of",
    "touched_by",
    "trial_for",
    "trials_for",
    "tried_by",
    "value_before",
    "why_not_open",
    "why_not_sign",
]
