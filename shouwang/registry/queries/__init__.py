"""Reads of this floor. Every one begins with what the user may see; nothing here takes a bare table."""

from shouwang.registry.queries.batches import batch_for, batches_for, rows_for, workbench_rows
from shouwang.registry.queries.household import HouseholdPage, household_for, household_page, ledger_page
from shouwang.registry.queries.lists import (
    HouseholdFilter,
    HouseholdLine,
    companies_for,
    households_for,
    registry_counts,
)
from shouwang.registry.queries.paging import CAP, Page
from shouwang.registry.queries.parts import MemberPage, document_for, entry_for, event_for, member_for, member_page

__all__ = [
    "CAP",
    "HouseholdFilter",
    "HouseholdLine",
    "HouseholdPage",
    "MemberPage",
    "Page",
    "batch_for",
    "batches_for",
    "companies_for",
    "document_for",
    "entry_for",
    "event_for",
    "household_for",
    "household_page",
    "households_for",
    "ledger_page",
    "member_for",
    "member_page",
    "registry_counts",
    "rows_for",
    "workbench_rows",
]
