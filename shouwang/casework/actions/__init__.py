"""What can be done in casework. Every action takes `by=`, is one transaction and leaves one audit event."""

from shouwang.casework.actions.cases import declare, open_case, open_case_from_clue, reopen_case
from shouwang.casework.actions.clues import dismiss_clue, merge_clue, record_refusal, report_clue, triage_clue
from shouwang.casework.actions.doors import appeal, close_case, use_door, withdraw
from shouwang.casework.actions.field import record_relief, record_visit
from shouwang.casework.actions.parameters import (
    approve_parameter_change,
    propose_parameter_change,
    reject_parameter_change,
    simulate_again,
    try_parameter,
    withdraw_parameter_change,
)
from shouwang.casework.actions.reports import answer_report, place_report, report_person
from shouwang.casework.actions.screening import run_screening
from shouwang.casework.actions.steps import act, cosign, refuse_to_sign, rehearse

__all__ = [
    "act",
    "answer_report",
    "appeal",
    "approve_parameter_change",
    "close_case",
    "cosign",
    "declare",
    "dismiss_clue",
    "merge_clue",
    "open_case",
    "open_case_from_clue",
    "place_report",
    "propose_parameter_change",
    "record_refusal",
    "record_relief",
    "record_visit",
    "refuse_to_sign",
    "rehearse",
    "reject_parameter_change",
    "reopen_case",
    "report_clue",
    "report_person",
    "run_screening",
    "simulate_again",
    "triage_clue",
    "try_parameter",
    "use_door",
    "withdraw",
    "withdraw_parameter_change",
]
