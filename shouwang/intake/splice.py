"""How do old and new lines become one file without being read? Long stretches of bytes, copied as they lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

import numpy as np

#: Where the bytes of a household come from: left out of the old file, copied from it, or from the new one.
LEFT_OUT, KEPT, FRESH = range(3)
_BLOCK = 1 << 20
Tell = Callable[[bytes], object]


def _untold(_: bytes) -> None:
    return


def interleaved(hids: np.ndarray, places: np.ndarray, old: int, fresh: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """In which order do old and new lines follow each other? One that changed has two: left out and fresh.

    `hids` and `places` are the ranks of the kept households, now and in the old file, pairwise and in any order; `old` is
    how many households the old file has; `fresh` are the ranks now of those from the new file, ascending. Returns for every
    line its source, and which it is: the lines of the old file counted first, then those of the new.
    """
    kept = np.zeros(old, bool)
    kept[places] = True
    following = np.full(old, np.iinfo(np.int64).max // 2, np.int64)
    following[places] = hids
    # A line left out is passed over before the next that is kept.
    following = np.minimum.accumulate(following[::-1])[::-1]
    order = np.argsort(np.concatenate([2 * following + kept, 2 * fresh.astype(np.int64) + 1]), kind="stable")
    sources = np.concatenate([np.where(kept, KEPT, LEFT_OUT), np.full(len(fresh), FRESH)])
    return sources[order], order


def splice(
    *,
    old: BinaryIO,
    fresh: BinaryIO,
    out: BinaryIO,
    sources: np.ndarray,
    sizes: np.ndarray,
    read: Tell = _untold,
    wrote: Tell = _untold,
) -> bool:
    """Copy household by household, in order; `read` is told all of `old`, `wrote` all of `out`.

    `sources` and `sizes` (bytes) have an entry a household, one that changed having two: left out and fresh. Returns
    whether both files were used up exactly: if not, `old` is not the file that the sizes were taken of.
    """
    starts = np.flatnonzero(np.diff(sources, prepend=-1))
    lengths = np.add.reduceat(sizes.astype(np.int64), starts) if len(starts) else starts
    for source, length in zip(sources[starts].tolist(), lengths.tolist(), strict=True):
        left = length
        while left:
            block = (fresh if source == FRESH else old).read(min(left, _BLOCK))
            if not block:
                return False
            left -= len(block)
            if source != FRESH:
                read(block)
            if source != LEFT_OUT:
                out.write(block)
                wrote(block)
    return not old.read(1) and not fresh.read(1)
