"""What goes on in an office, without end: files come in and are confirmed, the worker screens, people decide on cases.

Each loop writes an acknowledgement, and forces it to the disk, only after the act it tells of has returned: what is in that
file, a person has been told is done.
"""

from __future__ import annotations

import csv
import io
import random
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import uuid4

from shouwang.accounts.models import User
from shouwang.casework import screenings
from shouwang.casework.actions import act, cosign, open_case, run_screening, withdraw
from shouwang.casework.actions.screening import RunBusy
from shouwang.casework.desk import Desk
from shouwang.casework.errors import CaseOver, Conflict, DoorShut, LiveCaseExists
from shouwang.casework.models import LIVE, Case, CaseStatus, RunState, ScreeningRun, StepRecord
from shouwang.registry import batch_jobs
from shouwang.registry.actions import confirm_batch, receive_file
from shouwang.registry.models import BatchState, BatchWork, Household, SourceBatch
from tests.casework.conftest import DOERS, FORMS, SECOND
from tests.reliability.acks import Acks
from tests.reliability.place import AS_OF, patients, staff

BILL = ("身份证号", "姓名", "结算日期", "总费用", "个人自付")
ROWS = 1_000
#: Steps after which a case is left as it is.
_DONE_WITH = ("receipt",)


def import_files(acks: Acks) -> None:
    """A department sends one file after the other, and the worker reads and posts them. What was broken off comes first."""
    known, by = patients(), staff("hospital")
    while True:
        finish_files(by, acks)
        acks.doing("import")
        batch = receive_file(
            by=by, unit=by.unit, feed="medical", file_name="费用.csv", content=_bills(known), department="hospital",
            as_of=AS_OF,
        )  # fmt: skip
        acks.done("received", batch=str(batch.uuid))


def finish_files(by: User, acks: Acks) -> None:
    """What the worker does with every file that waits, and the person who confirms it."""
    # There is one worker: a file it has begun is its own ghost's, and need not be watched for signs of life first.
    BatchWork.objects.update(beat_at=None)
    batch_jobs.work_off()
    for batch in SourceBatch.objects.filter(state=BatchState.STAGED):
        confirm_batch(by=by, batch=batch, reason="核对无误", others=True, later=True)
        acks.done("confirmed", batch=str(batch.uuid))
    waiting = list(SourceBatch.objects.filter(state=BatchState.PUBLISHING))
    acks.doing("publish")
    for batch in waiting:
        while batch.state == BatchState.PUBLISHING:  # the worker comes back to what the others kept it from
            BatchWork.objects.filter(batch=batch).update(beat_at=None)
            batch_jobs.work_off()
            batch.refresh_from_db()
        assert batch.state == BatchState.CONFIRMED, batch.state
        acks.done("import", batch=str(batch.uuid))


def _bills(known: list[list[str]]) -> bytes:
    """A thousand bills like no others: some of strangers, some with a date that cannot be."""
    dice, mark = random.Random(), uuid4().int % 90_000_000
    file = io.StringIO(newline="")
    out = csv.writer(file)
    out.writerow(BILL)
    for place in range(ROWS):
        number, name = dice.choice(known)
        day = "2020-02-30" if place % 97 == 0 else f"2020-0{dice.randint(1, 3)}-{dice.randint(1, 28):02d}"
        name = "欧阳无名" if place % 89 == 1 else name
        number = "" if place % 89 == 1 else number
        out.writerow((number, name, day, f"{1000 + mark % 900_000}.{place % 100:02d}", f"{place}.{mark % 100:02d}"))
    return file.getvalue().encode("utf-8-sig")


def screen(acks: Acks) -> None:
    """The office asks for a screening as soon as the last is over; the worker does it."""
    while True:
        screen_once(acks)


def screen_once(acks: Acks) -> str:
    """Do the screening that was broken off, or else a new one. Returns the fingerprint of its results."""
    office = staff("office")
    # There is one worker: a run that has begun is its own ghost's, and need not be watched for signs of life first.
    ScreeningRun.objects.filter(state=RunState.RUNNING).update(beat_at=None)
    with suppress(RunBusy):  # one was broken off, and is taken up now
        run_screening(by=office, regiment=office.unit, as_of=AS_OF)
    acks.doing("screen")
    run = screenings.claim()
    assert run is not None
    done = screenings.perform(run)
    assert done.state == RunState.DONE, done.progress
    acks.done("screening", run=str(done.uuid), sha256=done.result_sha256)
    return done.result_sha256


def finish(acks: Acks) -> list[str]:
    """Everything broken off is done to its end, a screening too; then once more the same. Returns the two fingerprints."""
    finish_files(staff("hospital"), acks)
    return [screen_once(acks), screen_once(acks)]


def decide(acks: Acks) -> None:
    """Somebody takes a household and goes with it from step to step; another may be doing the same."""
    people, dice = {name: staff(name) for name in {*DOERS.values(), *SECOND.values()}}, random.Random()
    while True:
        case = _a_case(people, dice, acks)
        while case.status == CaseStatus.ACTIVE or case.open_steps.exists():
            try:
                if not _go_on(case, people, dice, acks):
                    break
            except (Conflict, CaseOver, DoorShut):
                pass  # a colleague was quicker
            case.refresh_from_db()


def _a_case(people: dict[str, Any], dice: random.Random, acks: Acks) -> Case:
    live = Case.objects.filter(status__in=LIVE)
    waiting = live.filter(status=CaseStatus.ACTIVE).order_by("?").first()
    if waiting is not None and dice.random() < 0.5:
        return waiting
    free = Household.objects.filter(closed_on=None).exclude(pk__in=live.values("household"))
    home = free.order_by("?").first()
    if home is None:
        time.sleep(0.05)
        return waiting or live.order_by("?")[0]
    try:
        case = open_case(by=people["cadre"], household=home)
    except LiveCaseExists:
        return _a_case(people, dice, acks)
    acks.done("case", case=str(case.uuid))
    return case


def _go_on(case: Case, people: dict[str, Any], dice: random.Random, acks: Acks) -> bool:
    """One act on a case. False when nothing is left to do."""
    desk = Desk.look(Case.objects.select_related("version", "household__unit").get(pk=case.pk))
    rows = list(case.open_steps.exclude(step__in=_DONE_WITH).select_related("record"))
    if not rows:
        return False
    row = rows[0]
    if row.record is not None:
        signed = cosign(by=people[SECOND[row.step]], record=row.record)
        acks.done("signature", record=str(signed.uuid), user=SECOND[row.step])
    elif case.status == CaseStatus.ACTIVE and dice.random() < 0.1:
        acks.done("decision", record=str(withdraw(by=people["cadre"], case=case, reason="不再需要").uuid))
    else:
        step = desk.procedure.step(row.step)
        assert step is not None
        record: StepRecord = act(
            by=people[DOERS[row.step]], case=case, step=row.step, way=step.ways[0].id, evidence=FORMS.get(row.step, {}),
            note="说明",
        )  # fmt: skip
        acks.done("decision", record=str(record.uuid))
    return True


LOOPS: dict[str, Callable[[Acks], None]] = {"import": import_files, "screen": screen, "decide": decide}
