"""Verify the audit chain against itself, the anchors file and anchors typed from paper."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shouwang.accounts.audit_chain import Anchor, verify


class Command(BaseCommand):
    help = "验证审计链：逐条核对，并与锚点比较。断开时退出码为 1。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", action="append", default=[], help="打印件上的锚点，写作 序号:校验码；可给多个")

    def handle(self, *args: Any, **options: Any) -> None:
        verdict = verify(Anchor.typed(text) for text in options["anchor"])
        (self.stdout if verdict.intact else self.stderr).write(verdict.sentence())
        if not verdict.intact:
            raise SystemExit(1)
