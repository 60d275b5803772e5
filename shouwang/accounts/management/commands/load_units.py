"""Build the unit tree from a table."""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from shouwang.accounts.actions import create_unit
from shouwang.accounts.models import Unit
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Level
from shouwang.units.errors import ShouwangError

_LEVELS = {**{level.value: level for level in Level}, **{level.label: level for level in Level}}


class BadUnitRow(ShouwangError):
    code = "UNI-05"
    what = "{file} 第{line}行不能用：{reason}。整个文件都没有导入。"
    do = "表头为 code,name,level,parent,department；level 写 corps、division、regiment、company、department 之一。"


class Command(BaseCommand):
    help = "从 CSV（code,name,level,parent,department）建立单位树；已有的代码跳过，可重复执行。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        made = 0
        with path.open(encoding="utf-8-sig", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                made += self._load(path.name, line, {key: (value or "").strip() for key, value in row.items() if key})
        self.stdout.write(f"新建 {made} 个单位，共有 {Unit.objects.count()} 个。")

    def _load(self, file: str, line: int, row: dict[str, str]) -> bool:
        code = row.get("code", "")
        if Unit.objects.filter(code=code).exists():
            return False
        level = _LEVELS.get(row.get("level", ""))
        parent = Unit.objects.filter(code=row.get("parent", "")).first() if row.get("parent") else None
        if not code or level is None or (row.get("parent") and parent is None):
            reason = "缺代码" if not code else "层级不认识" if level is None else f"上级 {row['parent']} 还没有出现"
            raise BadUnitRow(file=file, line=line, reason=reason)
        department = row.get("department", "")
        create_unit(
            by=Console(), code=code, name=row.get("name", code), level=level, parent=parent, department=department
        )
        return True
