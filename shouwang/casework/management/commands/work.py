"""`manage work`: reads and posts departments' files and does queued screenings, one after the other, until it is stopped."""

from __future__ import annotations

import logging
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections

from shouwang.casework import screenings
from shouwang.registry import batch_jobs, planner

_LOG = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "后台办理排队的部门文件和筛查；--once 办完即退出。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="办完排队的就退出")
        parser.add_argument("--pause", type=float, default=1.0, help="没有排队的时候隔几秒再看")

    def handle(self, *args: Any, **options: Any) -> None:
        _patiently(planner.tidy)  # an upgrade may have brought new indexes
        while True:
            files = _patiently(batch_jobs.work_off)  # first: somebody is looking at the progress of a file
            if files:
                self.stdout.write(f"办理 {files} 批部门文件")
            runs = _patiently(screenings.work_off)
            if runs:
                self.stdout.write(f"完成 {runs} 次筛查")
            if files or runs:
                _patiently(planner.tidy)
            if options["once"]:
                return
            close_old_connections()
            time.sleep(options["pause"])


def _patiently(work: Callable[[], int | None]) -> int:
    """Everything that waits. A full disk or a database that is being restarted does not end the worker, because nobody would
    start it again: what was in hand is taken up once its silence has been long enough."""
    try:
        return work() or 0
    except DatabaseError:
        _LOG.exception("the database does not take the work")
        return 0
