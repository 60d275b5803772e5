"""Restore a backup to an empty place."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shouwang.accounts import backup
from shouwang.accounts.origin import Console


class Command(BaseCommand):
    help = "把备份恢复到一个空目录（PostgreSQL 为一个新库名），并与清单逐表核对；不动现有数据。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--to", required=True, help="空目录；PostgreSQL 写新库名")

    def handle(self, *args: Any, **options: Any) -> None:
        certificate = backup.restore(by=Console(), backup=options["file"], place=options["to"])
        self.stdout.write(certificate.sentence())
