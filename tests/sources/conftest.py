"""What do the tests of this floor share? A guard against readers that start when they must not."""

from __future__ import annotations

from collections.abc import Generator

import pytest

from shouwang.sources import limited


@pytest.fixture
def no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails the test when a reader process is asked for."""

    def refuse(module: str, arguments: list[str], file: str) -> Generator[limited.Message, None, None]:
        raise AssertionError(f"{module} was started for {file}")
        yield {}

    monkeypatch.setattr(limited, "ask", refuse)
