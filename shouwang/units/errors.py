"""How an error looks: what is wrong, where, why it matters, what to do. Always in Chinese, always with a code."""

from __future__ import annotations

import errno
from dataclasses import dataclass, field
from string import Formatter
from typing import Any, ClassVar

#: What the system says when a file cannot be read or written.
_SYSTEM = {
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘是只读的",
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "磁盘配额已满",
    errno.EIO: "磁盘读写出错",
    errno.ENOENT: "找不到",
    errno.ENOTDIR: "不是文件夹",
    errno.EISDIR: "是文件夹，不是文件",
    errno.ENAMETOOLONG: "名称太长",
    errno.EMFILE: "打开的文件太多",
}


def system_words(error: OSError) -> str:
    """Why the system refused, in Chinese where it is one of the usual reasons."""
    return _SYSTEM.get(error.errno or 0) or error.strerror or type(error).__name__


class ShouwangError(Exception):
    """An error a person can act on.

    A subclass writes `code`, `what`, and where useful `why` and `do`, as templates over the keyword arguments it is
    raised with. A template that names an argument nobody gave is a programming error and fails loudly.
    """

    code: ClassVar[str] = "SW-00"
    what: ClassVar[str] = "出错了。"
    why: ClassVar[str] = ""
    do: ClassVar[str] = ""

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.sentence())

    def part(self, template: str) -> str:
        """One template filled in. Raises KeyError when a fact is missing."""
        return Formatter().vformat(template, (), self.facts)

    def sentence(self) -> str:
        """The whole message: what, why, what to do, and the code to quote when asking for help."""
        parts = [self.part(self.what), self.part(self.why), self.part(self.do)]
        return "".join(part for part in parts if part) + f"〔{self.code}〕"


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of one cell: a value, or the reason it could not be read and what to do about it."""

    value: Any = None
    reason: str = ""
    advice: str = ""

    @property
    def failed(self) -> bool:
        return bool(self.reason)


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know about a file that did not cost a row: a skipped title, an ignored column."""

    file: str
    message: str
    row: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def sentence(self) -> str:
        where = f"{self.file} 第{self.row}行" if self.row else self.file
        return f"{where}：{self.message}"
