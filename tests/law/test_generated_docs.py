"""Are the reference pages as new as the code? If not: `make docs`."""

from __future__ import annotations

from pathlib import Path

import pytest

from shouwang.policy import manual
from tests.spec import manual as spec_manual

FOLDER = Path(__file__).parents[2] / manual.FOLDER
PAGES = {name: lambda page=page: page().rstrip("\n") + "\n" for name, page in manual.pages().items()}
PAGES[spec_manual.PAGE] = spec_manual.page


@pytest.mark.parametrize("name", PAGES)
def test_generated_pages_are_current(name: str) -> None:
    """docs/generated 与代码一致；不一致就重新生成。"""
    kept = FOLDER / name
    assert kept.exists(), f"缺 {kept.name}：请运行 {manual.COMMAND}"
    assert kept.read_text(encoding="utf-8") == PAGES[name](), (
        f"{kept.name} 比代码旧：请运行 {manual.COMMAND} 并一起提交"
    )


def test_nothing_else_lies_there() -> None:
    """docs/generated 里没有手写的页。"""
    assert {path.name for path in FOLDER.iterdir()} == set(PAGES)


def test_writing_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    """生成两次，字节相同。"""
    manual.write(tmp_path / "a")
    manual.write(tmp_path / "b")
    for name in manual.pages():
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
