"""The worker's queue of screenings: which run is next, and what becomes of one that fails.

Never imported by a web process: it loads the engine. A run that was killed is done again from its beginning; one that
fails says so on its row, with a number to quote where nobody foresaw the failure, and the next run goes on.
"""

from __future__ import annotations

import logging
from uuid import uuid4

import duckdb
from django.db import transaction
from django.utils import timezone

from shouwang.accounts import audit
from shouwang.accounts.models.audit import Result
from shouwang.casework.heartbeat import DEAD_AFTER, beating
from shouwang.casework.models import RunState, ScreeningRun
from shouwang.casework.screening_job import FIRST_STAGE, ScreeningJob, folder_of
from shouwang.units.errors import ShouwangError

__all__ = ["claim", "folder_of", "perform", "work_off"]

logger = logging.getLogger(__name__)


def work_off() -> int:
    """Do every queued run. Returns how many."""
    done = 0
    while (run := claim()) is not None:
        perform(run)
        done += 1
    return done


def claim() -> ScreeningRun | None:
    """Take the oldest run that waits, or one whose worker died; of two workers only one gets it."""
    now = timezone.now()
    for run in ScreeningRun.objects.filter(state__in=[RunState.QUEUED, RunState.RUNNING]).order_by("pk"):
        if run.state == RunState.RUNNING and run.beat_at and now - run.beat_at < DEAD_AFTER:
            continue
        mine = ScreeningRun.objects.filter(pk=run.pk, state=run.state, beat_at=run.beat_at)
        facts = {"state": RunState.RUNNING, "beat_at": now, "claim": uuid4(), "progress": FIRST_STAGE}
        if mine.update(**facts, done=0, total=0):
            return ScreeningRun.objects.select_related("unit", "started_by").get(pk=run.pk)
    return None


def perform(run: ScreeningRun) -> ScreeningRun:
    """Do a run. What goes wrong is written on its row, in words; a worker that is told to stop gives the run back."""
    try:
        with beating(run):
            ScreeningJob(run).do()
    except (KeyboardInterrupt, SystemExit):
        _mine(run).update(state=RunState.QUEUED, progress="排队中（后台刚才停止，重新开始后从头再算）", beat_at=None)
        raise
    except ShouwangError as error:
        _fail(run, str(error))
    except duckdb.OutOfMemoryException as error:
        logger.warning("run %s ran out of memory: %s", run.pk, error)
        _fail(run, "内存不够。请让维护人员调大 SHOUWANG_MEMORY，或在别的任务少的时候重新发起。")
    except Exception:
        # The edge of the worker: whatever it is, the run must not stay "running" and the others must go on.
        number = uuid4().hex[:12]
        logger.exception("run %s failed, number %s", run.pk, number)
        _fail(run, f"程序出错，编号 {number}。请重新发起一次；若仍不行，把编号告诉维护人员，他们据此查运行日志。")
    run.refresh_from_db()
    return run


def _fail(run: ScreeningRun, why: str) -> None:
    with transaction.atomic():
        words = f"没有完成：{why}"[:400]
        if _mine(run).update(state=RunState.FAILED, progress=words, finished_at=timezone.now()):
            audit.record(
                by=run.started_by, verb="screening.failed", target=run, unit=run.unit, result=Result.FAILED, why=words
            )


def _mine(run: ScreeningRun):  # type: ignore[no-untyped-def]
    """The row, as long as no other worker has taken the run over."""
    return ScreeningRun.objects.filter(pk=run.pk, state=RunState.RUNNING, claim=run.claim)
