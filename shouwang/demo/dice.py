"""How chance enters the made-up regiment: whole numbers only, so that every machine throws the same.

The raw bits of Philox and the mixing of SeedSequence are the two parts of numpy that promise never to change; nothing
else of its random module is used. No binary float is rounded anywhere on the way to a figure.
"""

from __future__ import annotations

from math import exp, prod
from statistics import NormalDist
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Shape: TypeAlias = int | tuple[int, ...]

#: Probabilities are given as so many in 100 000.
PER = 100_000
#: Spread factors are given as so many in 10 000.
UNIT = 10_000


def spread_table(sigma: float, steps: int = 1024) -> Ints:
    """Factors (in 1/10 000) of a log-normal spread with median 1, as equally likely quantiles."""
    normal = NormalDist()
    return np.array([round(UNIT * exp(sigma * normal.inv_cdf((k + 0.5) / steps))) for k in range(steps)], np.int64)


class Dice:
    """Throws for one topic of one chunk of households; another topic never disturbs them."""

    def __init__(self, seed: int, chunk: int, topic: str) -> None:
        self._bits = np.random.Philox(np.random.SeedSequence([seed, chunk, crc32(topic.encode())]))

    def raw(self, shape: Shape) -> Ints:
        """Whole numbers from 0 to 2**32 - 1."""
        count = shape if isinstance(shape, int) else prod(shape)
        bits: Ints = (self._bits.random_raw(count) >> np.uint64(32)).astype(np.int64)
        return bits.reshape(shape)

    def between(self, low: int | Ints, high: int | Ints, shape: Shape) -> Ints:
        """Whole numbers from `low` to `high`, both included; either may be an array."""
        span: Ints = np.asarray(high, np.int64) - low + 1
        drawn: Ints = low + ((self.raw(shape) * span) >> 32)
        return drawn

    def chance(self, per: int | Ints, shape: Shape) -> Flags:
        """True so many times in 100 000."""
        hit: Flags = ((self.raw(shape) * PER) >> 32) < per
        return hit

    def pick(self, weights: tuple[int, ...] | Ints, shape: Shape) -> Ints:
        """Positions in `weights`, each as likely as its weight."""
        edges = np.cumsum(np.asarray(weights, np.int64))
        throw = (self.raw(shape) * int(edges[-1])) >> 32
        return np.asarray(np.searchsorted(edges, throw, side="right"), np.int64)

    def pick_row(self, weights: Ints, row: Ints) -> Ints:
        """Positions along the second axis of `weights`, each household by the weights of its own row."""
        edges = np.cumsum(weights, axis=1)[row]
        throw = (self.raw(len(row)) * edges[:, -1]) >> 32
        return np.asarray((edges <= throw[:, None]).sum(axis=1), np.int64)

    def spread(self, table: Ints, shape: Shape) -> Ints:
        """Factors from a `spread_table`, in 1/10 000."""
        factors: Ints = table[(self.raw(shape) * len(table)) >> 32]
        return factors
