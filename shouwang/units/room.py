"""How much room is left on a disk, and when that becomes a worry (trust R3: warn at 20 %, refuse imports at 10 %)."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from shouwang.units.errors import ShouwangError

#: Shares of the disk, and bytes beyond which a share says nothing: a tenth of a large disk is still a lot of room.
_LOW, _LOW_BYTES = 0.20, 20 << 30
_OUT, _OUT_BYTES = 0.10, 2 << 30


class NoRoom(ShouwangError):
    code = "SYS-02"
    what = "服务器磁盘只剩 {free}（{share}），暂不收新的文件。"
    why = "磁盘写满会使正在办的事中断；留下的空间要给办理和备份用。"
    do = "请系统管理员清理磁盘或换大一些的，再上报；没有丢失任何东西。"


@dataclass(frozen=True, slots=True)
class Room:
    """Free and total bytes of the disk a folder is on."""

    free: int
    total: int

    @property
    def low(self) -> bool:
        """Somebody should make room soon."""
        return self.free < min(self.total * _LOW, _LOW_BYTES)

    @property
    def out(self) -> bool:
        """What is left belongs to the work under way."""
        return self.free < min(self.total * _OUT, _OUT_BYTES)

    @property
    def share(self) -> str:
        return f"{self.free / self.total:.0%}"

    @property
    def free_words(self) -> str:
        return f"{self.free / (1 << 30):.1f} GB"


def room_in(folder: Path) -> Room:
    """The room on the disk of a folder, or of the nearest folder above it that exists."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    usage = shutil.disk_usage(there)
    return Room(usage.free, usage.total)


def require_room(folder: Path) -> None:
    """Raises NoRoom where a large intake could fill the disk."""
    room = room_in(folder)
    if room.out:
        raise NoRoom(free=room.free_words, share=room.share)
