"""Long work shows where it is, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

stderr = Console(stderr=True)
#: In a pipe there is no window to fit into: nothing is cut or wrapped.
_PIPE_WIDTH = 240


def stdout() -> Console:
    """Where results are told."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=_PIPE_WIDTH, highlight=False)


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """A function to name the stage that begins; it shows nothing in a pipe."""
    if not stderr.is_terminal:
        yield lambda stage: None
        return
    with stderr.status("开始…") as status:
        yield lambda stage: status.update(f"{stage}…")
