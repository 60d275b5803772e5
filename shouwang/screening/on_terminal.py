"""An explanation on a terminal with colours; the same lines as the plain text."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from shouwang.screening.aloud import lines
from shouwang.screening.reasons import Explanation

_STYLES = {"household": "bold reverse", "head": "bold cyan", "rule": "bold"}


def print_explanation(explanation: Explanation, console: Console) -> None:
    """Print the explanation; what a package brings in is never taken for markup."""
    for line in lines(explanation):
        console.print(Text("  " * line.indent + line.text, style=_STYLES.get(line.kind, "")), soft_wrap=False)
