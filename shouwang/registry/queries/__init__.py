"""Reads of this floor. Every one begins with what the user may see; nothing here takes a bare table."""

from shouwang.registry.queries.batches import batch_for, batches_for, rows_for, workbench_rows
from shouwang.registry.queries.household import HouseholdPage, household_for, household_page, ledger_page
from shouwang.registry.queries.lists import HouseholdFilter, HouseholdLine, households_for
from shouwang.registry.queries.paging import CAP, Page

__all__ = [
    "CAP",
    "HouseholdFilter",
    "HouseholdLine",
    "HouseholdPage",
    "Page",
    "batch_for",
    "batches_for",
    "household_for",
    "household_page",
    "households_for",
    "ledger_page",
    "rows_for",
    "workbench_rows",
]
