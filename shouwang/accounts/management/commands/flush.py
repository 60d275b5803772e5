"""Django's `flush` empties every table. In a test that is right; anywhere else it would wipe the audit trail."""

from typing import Any

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
        triggers.remove(connection)
        try:
            super().handle(*args, **options)
        finally:
            triggers.install(connection)
