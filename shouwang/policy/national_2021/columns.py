"""The household row of the results: the same as under 七团办法."""

from shouwang.policy.qituan_2020.columns import columns

__all__ = ["columns"]
