"""A one-time token for the first administrator of a kind."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.urls import reverse

from shouwang.accounts.actions import issue_token
from shouwang.accounts.models import Unit
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import ROLES, Kind
from shouwang.units.errors import ShouwangError

_ADMINISTRATORS = [role.code for role in ROLES.values() if role.kind != Kind.BUSINESS]


class NoSuchUnit(ShouwangError):
    code = "BOO-03"
    what = "没有代码为“{unit_code}”的单位。"
    do = "请先用 load_units 建立单位树，或核对代码。"


class Command(BaseCommand):
    help = "生成开设第一名管理员的一次性开通码（30 分钟有效）。三类管理员各需一个。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("role", choices=_ADMINISTRATORS, help="哪一类管理员")
        parser.add_argument("unit", help="单位代码")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"]).first()
        if unit is None:
            raise NoSuchUnit(unit_code=options["unit"])
        role = ROLES[options["role"]]
        token = issue_token(by=Console(), role=role, unit=unit)
        self.stdout.write(f"{unit} {role.title} 的开通码（30 分钟内有效，只显示这一次）：\n{token}")
        self.stdout.write(f"请在浏览器打开 {reverse('accounts:bootstrap')} 使用。")
