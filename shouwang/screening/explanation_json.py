"""An explanation as JSON: for the web system, notebooks and tests.

`format` is 1. Keys are the field names of `reasons`; they are only added to, never renamed:

- `policy, policy_title, as_of, before_signing`; `household`: the columns of `households.csv`, amounts in fen;
- `rules`: `id, title, outcome (met|suspected|not_met|unknown), sentence, route, clause, clause_text, formula`,
  `parameters` (`name, label, text, unit, clause, meaning, discretion, changed`), `named` (ids of the figures it mentions itself),
  `figures` (`id, title, unit, value, text, clause, meaning, formula, rows`; `value` in fen, people, hundredths of a per
  cent, true/false or text; `rows`: `table, file, row, member, cells` as pairs of header and text),
  `notes` (`id, text, clause, clause_text`),
  `scales` (`title, figure, now, heads, bands, table, cells, columns, income, texts`; a band is `first, last, outcome`: for
  additions from `first` to `last` fen, null without end, the rule has that outcome),
  `turns` (`text, outcome`), `pending` (`ways` of missing facts, `known_figure, known_part, scale, answers, texts`) or null;
- `questions`: sentences; `missing`: `key, title, blocks, settles` (rule ids), those that block most rules first.
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from typing import Any

from shouwang.screening.reasons import Explanation

FORMAT = 1


def to_json(explanation: Explanation) -> dict[str, Any]:
    """The explanation as values that `json.dumps` takes."""
    plain: dict[str, Any] = _plain(explanation)
    return {"format": FORMAT} | plain


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value
