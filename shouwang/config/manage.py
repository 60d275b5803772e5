"""Django's management commands: `python -m shouwang.config.manage <command>`."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line

from shouwang.units.errors import ShouwangError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; an error of ours is a sentence, not a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwang.config.settings")
    try:
        execute_from_command_line(list(arguments or sys.argv))
    except ShouwangError as error:
        print(error, file=sys.stderr)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
