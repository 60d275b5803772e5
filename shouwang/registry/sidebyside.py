"""Two spellings side by side, with the characters that differ; of citizen numbers no more is shown than that takes."""

from __future__ import annotations

from difflib import SequenceMatcher

from shouwang.units import identity

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
    """Two citizen numbers: masked, but for characters that differ where one stands for one."""
    alike = bool(left and right) and len(left) == len(right)
    marks = [a != b for a, b in zip(left, right, strict=True)] if alike else []
    return _masked(left, marks), _masked(right, marks)


def _masked(number: str, marks: list[bool]) -> Spelling:
    hidden = identity.mask(number)
    if not marks:
        return [(char, False) for char in hidden]
    # So many differences are two numbers, not a slip of the pen; then none of it is shown.
    few = sum(marks) <= len(marks) // 3
    return [
        (char if differs and few else cover, differs)
        for char, cover, differs in zip(number, hidden, marks, strict=True)
    ]
