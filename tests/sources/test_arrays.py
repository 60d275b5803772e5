"""Arrow arrays made of Python's values: the same as Arrow makes itself, without pandas."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouwang.sources.arrays import array

_VALUES: dict[pa.DataType, st.SearchStrategy[Any]] = {
    pa.string(): st.text(st.characters(exclude_categories=["Cs"])),
    pa.int64(): st.integers(-(2**63), 2**63 - 1),
    pa.int16(): st.integers(-(2**15), 2**15 - 1),
    pa.date32(): st.dates(date(1, 1, 1), date(9999, 12, 31)),
    pa.bool_(): st.booleans(),
}


@pytest.mark.parametrize("kind", _VALUES, ids=str)
@given(data=st.data())
def test_arrays_are_those_that_arrow_makes(kind: pa.DataType, data: st.DataObject) -> None:
    values = data.draw(st.lists(st.none() | _VALUES[kind]))
    made = array(values, kind)
    made.validate(full=True)
    assert made.equals(pa.array(values, kind))
    assert made.null_count == values.count(None)


def test_a_number_too_large_for_its_kind_is_refused() -> None:
    with pytest.raises(OverflowError):
        array([2**15], pa.int16())


def test_pandas_is_not_loaded() -> None:
    said = (
        "import sys, pyarrow as pa\n"
        "from shouwang.sources.arrays import array\n"
        "array(['a', None], pa.string()), array([1], pa.int64()), array([None], pa.date32())\n"
        "print('pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
