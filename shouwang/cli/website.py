"""Django from the command line: set up once, its commands run, its tables brought up to date."""

from __future__ import annotations

import io
import os
from pathlib import Path

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from shouwang.units.errors import ShouwangError


class TablesBehind(ShouwangError):
    code = "WEB-01"
    what = "数据库还没有建好，或比程序旧：有 {count} 项变更没有执行，例如 {example}。"
    why = "带着旧表运行会出错，也可能写坏数据。"
    do = "请先备份，再执行 shouwang manage migrate。"


def ready(kind: str = "", home: Path | None = None) -> None:
    """Set Django up, for another kind of installation or data directory than the environment says if so wished."""
    if kind:
        os.environ["SHOUWANG_ENV"] = kind
    if home is not None:
        os.environ["SHOUWANG_HOME"] = str(home.resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwang.config.settings")
    django.setup()


def migrate() -> None:
    """Create or update every table."""
    call_command("migrate", interactive=False, verbosity=0, stdout=io.StringIO())


def require_tables() -> None:
    """Raises TablesBehind where the database does not fit the program."""
    executor = MigrationExecutor(connection)
    waiting = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    connection.close()
    if waiting:
        raise TablesBehind(count=len(waiting), example=str(waiting[0]))


def lay_out_assets() -> None:
    """Styles and scripts where the web server takes them from, under the names of this version; nothing to do where they are
    served from where they lie. Without it a fresh installation, or one just updated, has no page at all.
    """
    if not settings.WHITENOISE_USE_FINDERS:
        call_command("collectstatic", interactive=False, verbosity=0, stdout=io.StringIO())
