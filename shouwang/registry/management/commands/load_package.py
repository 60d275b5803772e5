"""Fill an empty registry of a regiment from a data package, as an office has its households before it has this system."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from shouwang.accounts.models import Unit
from shouwang.accounts.origin import Console
from shouwang.accounts.roles import Level
from shouwang.registry import planner
from shouwang.registry.loading import load_package
from shouwang.units.errors import ShouwangError


class NoSuchRegiment(ShouwangError):
    code = "REG-30"
    what = "没有代码为“{unit_code}”的团。"
    do = "请先用 load_units 建立单位树，或核对代码。"


class Command(BaseCommand):
    help = "把一个数据包（文件夹或 zip）的户、人员、收支和部门资料装入一个团的台账。全部装入，或什么也不装。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("unit", help="团的代码")
        parser.add_argument("package", type=Path, help="数据包")
        parser.add_argument("--as-of", type=date.fromisoformat, default=None, help="资料截至哪天（默认今天）")
        parser.add_argument("--create-units", action="store_true", help="数据包里有、单位树里没有的连队，就地建立")

    def handle(self, *args: Any, **options: Any) -> None:
        unit = Unit.objects.filter(code=options["unit"], level=Level.REGIMENT).first()
        if unit is None:
            raise NoSuchRegiment(unit_code=options["unit"])
        loaded = load_package(
            by=Console(), unit=unit, path=options["package"], as_of=options["as_of"] or timezone.localdate(),
            create_units=options["create_units"], stage=lambda words: self.stderr.write(words),
        )  # fmt: skip
        planner.tidy()
        self.stdout.write(loaded.sentence())
        for notice in loaded.notices:
            self.stdout.write(f"提示：{notice}")
        if loaded.rejected:
            self.stdout.write("退回的行和没有对上的行，在网页“部门文件”里逐行可查。")
