"""Where is a task done? The nouns of `casework.queries.tasks` and the pages they stand for."""

from __future__ import annotations

from shouwang.casework.queries.tasks import Task
from shouwang.web.nav import address_of

#: Noun -> name of the page; what tells the thing apart goes into the address.
PAGES = {
    "case": "web:case",
    "clue": "web:clue",
    "report": "web:report",
    "change": "web:parameter_change",
    "batch": "web:batch",
    "suspicion": "web:suspicion",
    "sources": "web:sources",
    "screenings": "web:screenings",
}


def place_of(task: Task) -> str:
    """The address of the page where a task is done; empty while there is no such page."""
    noun, *rest = task.at
    if noun == "sign":
        record, number = rest
        return address_of("web:case_sign", number, record) or address_of("web:case", number)
    if noun == "matching":
        address = address_of("web:matching")
        return f"{address}?batch={rest[0]}" if address else ""
    return address_of(PAGES[noun], *rest) if noun in PAGES else ""
