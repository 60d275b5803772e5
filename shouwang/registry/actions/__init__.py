"""What can be done to the registry.

Every action takes `by=`, is one transaction and leaves one audit event. Nothing is overwritten: rows are added, closed by a
date, or superseded. Loading a whole package is in `loading`, outside: it needs DuckDB, which no web process may load.
"""

from shouwang.registry.actions.batches import (
    assign_columns,
    compare_again,
    confirm_batch,
    receive_file,
    stage_batch,
    undo_batch,
)
from shouwang.registry.actions.belonging import Newcomer
from shouwang.registry.actions.documents import read_document, record_document
from shouwang.registry.actions.events import record_event, withdraw_event
from shouwang.registry.actions.exports import export_table
from shouwang.registry.actions.facts import record_fact, settle_conflict
from shouwang.registry.actions.households import move_household, register_household
from shouwang.registry.actions.ledger import NewEntry, post_entries, reverse_entry
from shouwang.registry.actions.matches import Verdict, decide_match, take_back_match
from shouwang.registry.actions.members import add_member, change_head, change_relation, remove_member
from shouwang.registry.actions.reveal import reveal_citizen_number
from shouwang.registry.actions.splits import merge_households, split_household

__all__ = [
    "NewEntry",
    "Newcomer",
    "Verdict",
    "add_member",
    "assign_columns",
    "change_head",
    "change_relation",
    "compare_again",
    "confirm_batch",
    "decide_match",
    "export_table",
    "merge_households",
    "move_household",
    "post_entries",
    "read_document",
    "receive_file",
    "record_document",
    "record_event",
    "record_fact",
    "register_household",
    "remove_member",
    "reveal_citizen_number",
    "reverse_entry",
    "settle_conflict",
    "split_household",
    "stage_batch",
    "take_back_match",
    "undo_batch",
    "withdraw_event",
]
