"""Anchor the audit chain outside the database."""

from typing import Any

from django.core.management.base import BaseCommand

from shouwang.accounts.audit_chain import anchor


class Command(BaseCommand):
    help = "把审计链的末端记到锚点文件，并打印出来，供抄送师市或随备案表留存。建议每小时一次。"

    def handle(self, *args: Any, **options: Any) -> None:
        made = anchor()
        self.stdout.write(f"审计锚点 {made.time}\n{made.seq}:{made.mac}")
