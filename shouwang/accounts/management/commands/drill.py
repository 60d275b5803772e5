"""Prove that the newest backup can be restored."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shouwang.accounts import backup
from shouwang.accounts.origin import Console


class Command(BaseCommand):
    help = "恢复演练：把最新的备份恢复到别处，逐表核对后删除。建议每天一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, nargs="?", help="备份文件；不写则用最新的一份")

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(backup.drill(by=Console(), backup=options["file"]).sentence())
