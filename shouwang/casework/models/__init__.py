"""Screening runs, clues, cases with their steps and signatures, visits, relief, parameter changes."""

from shouwang.casework.models.case import LIVE, Case, CaseStatus, OpenStep
from shouwang.casework.models.clue import Clue, ClueAct, ClueLine, ClueSource, ClueState
from shouwang.casework.models.field import Relief, ReliefKind, Visit, VisitKind
from shouwang.casework.models.parameter import ChangeState, ParameterChange
from shouwang.casework.models.procedure import ProcedureVersion
from shouwang.casework.models.record import Confirmation, Signature, StepRecord
from shouwang.casework.models.report import ClueReport
from shouwang.casework.models.screening import Move, Purpose, RunLine, RunState, ScreeningRun

__all__ = [
    "LIVE",
    "Case",
    "CaseStatus",
    "ChangeState",
    "Clue",
    "ClueAct",
    "ClueLine",
    "ClueReport",
    "ClueSource",
    "ClueState",
    "Confirmation",
    "Move",
    "OpenStep",
    "ParameterChange",
    "ProcedureVersion",
    "Purpose",
    "Relief",
    "ReliefKind",
    "RunLine",
    "RunState",
    "ScreeningRun",
    "Signature",
    "StepRecord",
    "Visit",
    "VisitKind",
]
