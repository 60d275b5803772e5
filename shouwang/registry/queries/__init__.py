"""Reads of this floor. Every one begins with what the user may see; nothing here takes a bare table."""

from shouwang.registry.queries.batches import (
    Effect,
    FeedLine,
    RowLine,
    bad_rows_of,
    batch_for,
    batch_list,
    batches_for,
    effect_of,
    feed_lines,
    line_of,
    may_send,
    outcomes_now,
    row_list,
    rows_for,
    sending_unit,
    tops_for,
)
from shouwang.registry.queries.household import HouseholdPage, household_for, household_page, ledger_page
from shouwang.registry.queries.lists import (
    HouseholdFilter,
    HouseholdLine,
    companies_for,
    households_for,
    registry_counts,
)
from shouwang.registry.queries.naming import beside_heads, of_household_called
from shouwang.registry.queries.paging import CAP, Page
from shouwang.registry.queries.parts import MemberPage, document_for, entry_for, event_for, member_for, member_page
from shouwang.registry.queries.workbench import workbench_rows

__all__ = [
    "CAP",
    "Effect",
    "FeedLine",
    "HouseholdFilter",
    "HouseholdLine",
    "HouseholdPage",
    "MemberPage",
    "Page",
    "RowLine",
    "bad_rows_of",
    "batch_for",
    "batch_list",
    "batches_for",
    "beside_heads",
    "companies_for",
    "document_for",
    "effect_of",
    "entry_for",
    "event_for",
    "feed_lines",
    "household_for",
    "household_page",
    "households_for",
    "ledger_page",
    "line_of",
    "may_send",
    "member_for",
    "member_page",
    "of_household_called",
    "outcomes_now",
    "registry_counts",
    "row_list",
    "rows_for",
    "sending_unit",
    "tops_for",
    "workbench_rows",
]
