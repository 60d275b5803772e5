"""Which fonts may set a PDF? Those GB/T 9704 names where the machine has them, else the nearest free ones, else none.

The named fonts are not free to ship: an office that owns them puts the files into SHOUWANG_HOME/fonts. Fonts are looked for
once a process and again when that folder changes; it takes a second.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import typst
from django.conf import settings

from shouwang.documents.errors import FontsMissing

#: By use, the standard's own fonts under the names that systems give them.
STANDARD = {
    "title": ("方正小标宋简体", "FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"),
    "body": (
        "仿宋_GB2312",
        "FangSong_GB2312",
        "FangSong",
        "仿宋",
        "STFangsong",
        "华文仿宋",
        "FZFangSong-Z02S",
        "FZFangSong-Z02",
    ),
    "strong": ("黑体", "SimHei", "STHeiti", "华文黑体", "FZHei-B01S", "FZHei-B01"),
}
_SERIF = ("Noto Serif CJK SC", "Source Han Serif SC", "Source Han Serif CN", "思源宋体", "Noto Serif SC", "SimSun", "宋体",
          "Songti SC", "AR PL UMing CN")  # fmt: skip
_SANS = ("Noto Sans CJK SC", "Source Han Sans SC", "Source Han Sans CN", "思源黑体", "Noto Sans SC", "Microsoft YaHei", "PingFang SC",
         "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Droid Sans Fallback")  # fmt: skip
#: What stands in for them, the nearest first.
STAND_IN = {"title": _SERIF + _SANS, "body": _SERIF + _SANS, "strong": _SANS + _SERIF}


@dataclass(frozen=True)
class FontSet:
    """The fonts found, the family for each use, and whether they are the standard's own."""

    found: typst.Fonts
    families: dict[str, str]
    standard: bool


def font_set() -> FontSet:
    """The fonts of this machine. Raises FontsMissing where none of them has Chinese."""
    folder = own_folder()
    stamp = tuple(sorted((path.name, path.stat().st_mtime_ns) for path in folder.glob("*"))) if folder.is_dir() else ()
    found = _search(folder, stamp)
    families = set(found.families())
    chosen = {use: _first(STANDARD[use] + STAND_IN[use], families) for use in STANDARD}
    if not all(chosen.values()):
        raise FontsMissing(folder=folder)
    standard = all(chosen[use] in STANDARD[use] for use in ("title", "body"))
    return FontSet(found, chosen, standard)


def own_folder() -> Path:
    """Where an installation puts fonts it may use."""
    return Path(settings.SHOUWANG_HOME) / "fonts"


@lru_cache(maxsize=4)
def _search(folder: Path, stamp: tuple[tuple[str, int], ...]) -> typst.Fonts:
    """`stamp` is the state of the folder, so that a new font is seen without a restart."""
    own = [folder] if stamp else []
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=own)


def _first(names: Iterable[str], there: set[str]) -> str:
    return next((name for name in names if name in there), "")
