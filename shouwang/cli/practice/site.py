"""Building the trial installation, and finding it built the next time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from django.conf import settings

from shouwang.accounts.models import Unit
from shouwang.accounts.origin import Console
from shouwang.casework.actions import run_screening
from shouwang.casework.models import RunState, ScreeningRun
from shouwang.casework.screenings import work_off
from shouwang.cli.practice import hospital, units
from shouwang.demo.generate import generate
from shouwang.registry.loading import load_package
from shouwang.registry.models import Household
from shouwang.units.errors import ShouwangError

Stage = Callable[[str], None]


class ScreeningFailed(ShouwangError):
    code = "WEB-03"
    what = "演示团的筛查没有完成：{why}"
    do = "请删除演示目录后重新执行 make demo；若仍不行，请把这句话告诉维护人员。"


def build(folder: Path, households: int, seed: int, stage: Stage) -> Unit:
    """A regiment with its data loaded and screened. Everything there already is left as it is."""
    regiment = units.regiment()
    day: date = settings.SCREENING_DAY
    if not Household.objects.filter(regiment=regiment).exists():
        package = folder / "package"
        generate(package, households, seed, "csv", progress=lambda label, done, total: stage(f"{label} {done} 户"))
        load_package(by=Console(), unit=regiment, path=package, as_of=day, create_units=True, stage=stage)
    if not ScreeningRun.objects.filter(unit=regiment, state=RunState.DONE).exists():
        stage("逐户筛查")
        _screen(regiment, day)
    stage("准备一份医院文件")
    hospital.write(folder / "医院费用-2020年一季度.xlsx", regiment, day)
    return regiment


def _screen(regiment: Unit, day: date) -> None:
    if not ScreeningRun.objects.filter(unit=regiment, state__in=[RunState.QUEUED, RunState.RUNNING]).exists():
        run_screening(by=Console(), regiment=regiment, as_of=day)
    work_off()
    last = ScreeningRun.objects.filter(unit=regiment).order_by("-pk").first()
    if last is None or last.state != RunState.DONE:
        raise ScreeningFailed(why=last.progress if last else "没有开始")
