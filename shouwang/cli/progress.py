"""Long work shows where it is, on a terminal only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

stderr = Console(stderr=True)


@contextmanager
def stages() -> Iterator[Callable[[str], None]]:
    """A function to name the stage that begins; it shows nothing in a pipe."""
    if not stderr.is_terminal:
        yield lambda stage: None
        return
    with stderr.status("开始…") as status:
        yield lambda stage: status.update(f"{stage}…")
