"""Back the database up."""

from typing import Any

from django.core.management.base import BaseCommand

from shouwang.accounts import backup
from shouwang.accounts.origin import Console


class Command(BaseCommand):
    help = "把数据库备份成一个加密文件，附内容清单。密钥目录不在其中，请另行托管。"

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"已备份到 {backup.make(by=Console())}")
