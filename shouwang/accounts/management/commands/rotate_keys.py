"""Change the key of sealed columns."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from shouwang.accounts.crypto import field_ring
from shouwang.accounts.origin import Console
from shouwang.accounts.rotation import retire, rotate


class Command(BaseCommand):
    help = "更换加密栏目的密钥：新密钥立即启用，旧数据分批重新加密，期间照常使用。"

    def add_arguments(self, parser: CommandParser) -> None:
        group = parser.add_mutually_exclusive_group()
        group.add_argument("--resume", action="store_true", help="不新建密钥，只接着做上次没做完的")
        group.add_argument("--retire", metavar="编号", help="移除一把已无人使用的旧密钥")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retire"]:
            retire(by=Console(), key_id=options["retire"])
            self.stdout.write(f"密钥 {options['retire']} 已移除。")
            return
        done = rotate(by=Console(), new_key=not options["resume"])
        old = sorted(set(field_ring().keys) - {field_ring().current_id})
        self.stdout.write(
            f"已重新加密 {done} 项。旧密钥 {'、'.join(old) or '无'} 可用 --retire 移除；移除前请备份密钥目录。"
        )
