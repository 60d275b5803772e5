"""Households and who belongs to them, the ledger, dated facts, documents, and batches of departments' rows."""

from shouwang.registry.models.bad_rows import BadRowsBook
from shouwang.registry.models.batch import (
    BatchBody,
    BatchState,
    BatchStep,
    BatchWork,
    ColumnMemory,
    RowOutcome,
    SourceBatch,
    SourceRow,
)
from shouwang.registry.models.document import Document, DocumentBody
from shouwang.registry.models.fact import FactSource, HouseholdFact, HouseholdKind, PersonFact, PersonKind
from shouwang.registry.models.household import Change, ChangeKind, Household, Membership, Person, Sex
from shouwang.registry.models.ledger import Event, LedgerEntry
from shouwang.registry.models.papers import InsuranceRecord, MedicalBill, SchoolRecord

__all__ = [
    "BadRowsBook",
    "BatchBody",
    "BatchState",
    "BatchStep",
    "BatchWork",
    "Change",
    "ChangeKind",
    "ColumnMemory",
    "Document",
    "DocumentBody",
    "Event",
    "FactSource",
    "Household",
    "HouseholdFact",
    "HouseholdKind",
    "InsuranceRecord",
    "LedgerEntry",
    "MedicalBill",
    "Membership",
    "Person",
    "PersonFact",
    "PersonKind",
    "RowOutcome",
    "SchoolRecord",
    "Sex",
    "SourceBatch",
    "SourceRow",
]
