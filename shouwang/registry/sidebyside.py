"""Two spellings side by side, with the characters that differ; of citizen numbers no more is shown than that takes."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import SequenceMatcher

from shouwang.accounts.redact import redact
from shouwang.units import identity
from shouwang.units.text import normalise

#: A digit or two written wrongly, or two swapped, is a slip of the pen; more are two numbers, and none of them is shown.
SLIPS = 2
#: Characters, each with whether it differs from the other side.
Spelling = list[tuple[str, bool]]


def spelled_apart(left: str, right: str) -> tuple[Spelling, Spelling]:
    """Both texts with what differs marked."""
    ours: Spelling = []
    theirs: Spelling = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        ours += [(char, kind != "equal") for char in left[a:b]]
        theirs += [(char, kind != "equal") for char in right[c:d]]
    return ours, theirs


def masked_apart(left: str, right: str) -> tuple[Spelling, Spelling]:
    """Two citizen numbers: masked, but for characters that differ by a slip of the pen."""
    apart = slips(left, right)
    few = apart is not None and apart <= SLIPS
    marks = [a != b for a, b in zip(left, right, strict=True)] if few else []
    return _masked(left, marks), _masked(right, marks)


def slips(left: str, right: str) -> int | None:
    """In how many places two citizen numbers differ; None where one is missing or of another length."""
    if not left or not right or len(left) != len(right):
        return None
    return sum(a != b for a, b in zip(left, right, strict=True))


def masked_cells(cells: Mapping[str, object]) -> dict[str, str]:
    """Cells of a file as they may be shown: the citizen number masked, and any number that strayed into another cell."""
    told = {name: normalise(str(value)) for name, value in cells.items() if value is not None}
    return {
        name: identity.mask(identity.spell(value)) if name == "id_number" else redact(value)
        for name, value in told.items()
    }


def _masked(number: str, marks: list[bool]) -> Spelling:
    hidden = identity.mask(number)
    if not marks:
        return [(char, False) for char in hidden]
    return [
        (char if differs else cover, differs) for char, cover, differs in zip(number, hidden, marks, strict=True)
    ]  # fmt: skip
