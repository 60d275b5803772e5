"""Django's `flush` empties every table. In a test that is right; anywhere else it would wipe the audit trail."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.commands import flush
from django.db import connections

from shouwang.accounts import triggers
from shouwang.units.errors import ShouwangError


class FlushRefused(ShouwangError):
    code = "DB-02"
    what = "没有执行 flush：它会清空全部数据，包括审计记录。"
    do = "如要重建演示环境，请删除整个数据目录后重新初始化。"


class Command(flush.Command):
    help = "清空测试数据库；其他环境拒绝执行。"

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.SHOUWANG_ENV != "test":
            raise FlushRefused()
        connection = connections[options["database"]]
        guards = [triggers, *_append_only()]
        for guard in guards:
            guard.remove(connection)
        try:
            super().handle(*args, **options)
        finally:
            for guard in guards:
                guard.install(connection)


def _append_only() -> list[ModuleType]:
    """The `append_only` module of every app that has one."""
    names = (f"{config.name}.append_only" for config in apps.get_app_configs() if config.name.startswith("shouwang."))
    return [import_module(name) for name in names if find_spec(name)]
