"""Scratch folders: private, gone when the work is done, and gone too when the process that made them was killed.

They hold people's data in the clear (trust: residual data), so an abandoned one must not outlive its owner by long. Each is
locked by the process that uses it; the kernel lets go of the lock when that process dies, however it dies, and whoever makes
the next scratch folder removes those that nobody holds.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_PREFIX = "shouwang-"
_LOCK = ".held"


@contextmanager
def scratch_folder(name: str = "") -> Iterator[Path]:
    """A new folder only this account may enter (mode 0700), removed afterwards. `name` is for people who look at the disk."""
    sweep()
    folder = Path(tempfile.mkdtemp(prefix=f"{_PREFIX}{name}"))
    held = os.open(folder / "new", os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
    fcntl.flock(held, fcntl.LOCK_EX)
    os.rename(folder / "new", folder / _LOCK)  # named only once it is held: nobody may find it free in between
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def sweep() -> list[Path]:
    """Remove the scratch folders that nobody holds any more. Returns them."""
    gone = []
    for lock in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*/{_LOCK}"):
        if _abandoned(lock):
            shutil.rmtree(lock.parent, ignore_errors=True)
            gone.append(lock.parent)
    return gone


def _abandoned(lock: Path) -> bool:
    """Ours and held by nobody. A folder without a lock yet, or of another account, is left alone."""
    try:
        folder = lock.parent.lstat()
        if not stat.S_ISDIR(folder.st_mode) or folder.st_uid != os.getuid():
            return False
        file = os.open(lock, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return False  # its owner has just removed it
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    finally:
        os.close(file)
    return True
