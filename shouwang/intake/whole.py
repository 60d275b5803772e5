"""How does a folder of results appear? All its files together, or none: a broken run leaves what was there."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """A folder to write into whose files appear in `out` all together, once everything is written."""
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".writing-", dir=out))
    try:
        yield draft
        for file in sorted(draft.iterdir()):
            os.replace(file, out / file.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
        if made and not any(out.iterdir()):
            out.rmdir()
