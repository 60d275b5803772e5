"""What there is to do, worked out from the records: each kind of task in one class, registered by `@task_source`.

A floor above adds a kind of its own by declaring one more class; the worklist, its tabs and its counts follow.
"""

from shouwang.casework.queries.tasks import steps  # the first of the tabs, so declared first

# isort: split
from shouwang.casework.queries.tasks import clues, files, parameters, rounds
from shouwang.casework.queries.tasks.source import (
    PAGE,
    SOURCES,
    Counts,
    Pile,
    Task,
    TaskSource,
    Worker,
    by_day,
    task_source,
)

__all__ = [
    "PAGE",
    "SOURCES",
    "Counts",
    "Pile",
    "Task",
    "TaskSource",
    "Worker",
    "by_day",
    "clues",
    "files",
    "parameters",
    "rounds",
    "steps",
    "task_source",
]
