"""`manage work`: does queued screenings, one after the other, until it is stopped."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from shouwang.casework.screenings import work_off


class Command(BaseCommand):
    help = "后台办理排队的筛查；--once 办完即退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="办完排队的就退出")
        parser.add_argument("--pause", type=float, default=2.0, help="没有排队的时候隔几秒再看")

    def handle(self, *args: Any, **options: Any) -> None:
        while True:
            done = work_off()
            if done:
                self.stdout.write(f"完成 {done} 次筛查")
            if options["once"]:
                return
            close_old_connections()
            time.sleep(options["pause"])
