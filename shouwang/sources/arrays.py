"""How do Python's values become an Arrow array? Texts by Arrow's builder, others by their bytes, as Arrow lays them out.

`pa.array` does the same, but loads pandas to look at the first list, which takes longer than reading a small package.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa

#: The buffers of values of one kind, that of which are known aside.
_Layout = Callable[[Sequence[Any], pa.DataType], list[Any]]
_EPOCH = date(1970, 1, 1).toordinal()


def array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Text, whole numbers, dates or truths, each of them or None, as an array of that kind."""
    if kind == pa.string():
        builder = pa.lib.StringBuilder()
        builder.append_values(values)
        return builder.finish()
    known = _bits([value is not None for value in values]) if None in values else None
    layout: _Layout = _LAYOUTS.get(kind, _numbers)
    parts = [known, *layout(values, kind)]
    buffers = [None if part is None else pa.py_buffer(part) for part in parts]
    return pa.Array.from_buffers(kind, len(values), buffers)


def _numbers(values: Sequence[int | None], kind: pa.DataType) -> list[Any]:
    return [np.array([0 if value is None else value for value in values], np.dtype(str(kind)))]


def _dates(values: Sequence[date | None], _: pa.DataType) -> list[Any]:
    """Days since 1970."""
    return [np.array([0 if value is None else value.toordinal() - _EPOCH for value in values], np.int32)]


def _truths(values: Sequence[bool | None], _: pa.DataType) -> list[Any]:
    return [_bits([bool(value) for value in values])]


def _bits(truths: list[bool]) -> np.ndarray:
    return np.packbits(np.array(truths, bool), bitorder="little")


_LAYOUTS: dict[pa.DataType, _Layout] = {
    pa.date32(): _dates,
    pa.bool_(): _truths,
}
