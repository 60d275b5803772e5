"""Power lost while the log was being written: whatever is left of it, what comes back is the state after one of the acts (R2).

kill -9 cannot show this, because the system's cache survives it. Here the write-ahead log itself is cut or a bit of it flipped,
at 12 places in every run of the suite, at 400 by `make torture` (SHOUWANG_CUTS).
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from shouwang.accounts.backup.content import describe, differences, opened
from shouwang.accounts.models import User
from shouwang.casework import actions
from shouwang.casework.desk import Desk
from shouwang.casework.models import Case
from tests.accounts.conftest import needs_sqlite
from tests.casework.conftest import DOERS, FORMS, ROLES, SECOND, MakeHouse, Staff
from tests.processes import copy_file
from tests.reliability.invariants import broken

CUTS = int(os.environ.get("SHOUWANG_CUTS", "12"))
_HEADER, _FRAME_HEADER = 32, 24
_OPEN = {"timeout": 20, "init_command": "PRAGMA foreign_keys=ON;"}

pytestmark = [needs_sqlite, pytest.mark.django_db(transaction=True)]


@dataclass(frozen=True)
class Moment:
    """After an act: how long the log was, and everything the database held."""

    wal: int
    content: dict[str, Any]


@pytest.fixture
def log(staff: Staff, house: MakeHouse, case: Case) -> Iterator[tuple[Path, list[Moment]]]:
    """A day's acts, none of them yet in the main file, and the moment after each."""
    path = Path(connection.settings_dict["NAME"])
    wal = path.with_name(f"{path.name}-wal")
    acts = [*_one_case(staff, case), *_some_clues(staff, house)]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.execute("PRAGMA wal_autocheckpoint=0")
        moments = [Moment(0, describe("default"))]
        for act in acts:
            act()
            moments.append(Moment(wal.stat().st_size, describe("default")))
        yield path, moments
        cursor.execute("PRAGMA wal_autocheckpoint=1000")


def _one_case(staff: Staff, case: Case) -> list[Callable[[], Any]]:
    """Every step from declaration to receipt, each one transaction: a visit is recorded and then signed by a second person."""
    people = {name: staff[name] for name in (*DOERS.values(), *SECOND.values()) if name in ROLES}
    assert all(user.pk for user in people.values())  # made before the log begins
    acts: list[Callable[[], Any]] = []
    for step in "declare visit assess report compare check confirm file receipt".split():
        acts.append(partial(_act, people[DOERS[step]], case, step))
        if step in SECOND:
            acts.append(partial(_cosign, people[SECOND[step]], case, step))
    return acts


def _act(user: User, case: Case, step: str) -> None:
    chosen = Desk.look(Case.objects.get(pk=case.pk)).procedure.step(step)
    assert chosen is not None
    actions.act(by=user, case=case, step=step, way=chosen.ways[0].id, evidence=FORMS.get(step, {}), note="说明")


def _cosign(user: User, case: Case, step: str) -> None:
    actions.cosign(by=user, record=case.records.get(step=step))


def _some_clues(staff: Staff, house: MakeHouse) -> list[Callable[[], Any]]:
    homes = [house() for _ in range(4)]
    return [partial(actions.report_clue, by=staff.cadre, household=home, sentence="房顶漏雨") for home in homes]


def test_what_comes_back_is_the_state_after_the_last_act_before_the_damage(
    log: tuple[Path, list[Moment]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, moments = log
    wal = path.with_name(f"{path.name}-wal").read_bytes()
    frame = _FRAME_HEADER + int.from_bytes(wal[8:12])
    dice, lasting = random.Random(20200520), []
    for number in range(CUTS):
        place = dice.randrange(len(wal))
        damaged = wal[:place] if number % 2 else _flipped(wal, place, dice)
        whole = _HEADER + max(0, place - _HEADER) // frame * frame  # the frames before the damaged one
        lasting.append(max(index for index, moment in enumerate(moments) if moment.wal <= whole))
        with opened({"NAME": _revived(path, damaged, tmp_path), "OPTIONS": _OPEN}) as alias:
            where = f"第 {number + 1} 处（{'截断' if number % 2 else '翻转'}于 {place}，日志长 {len(wal)}）"
            assert differences(moments[lasting[-1]].content, describe(alias)) == [], where
            assert broken(alias) == [], where
    with capsys.disabled():
        print(
            f"\n日志 {len(wal)} 字节、{len(moments) - 1} 项办理，损坏 {CUTS} 处：逐处恢复到损坏前最后一项，"
            f"停在 {len(set(lasting))} 种状态"
        )
    assert len(set(lasting)) > min(CUTS, len(moments)) // 3, "损坏的地方太集中，说明不了问题"


def test_an_undamaged_log_comes_back_whole(log: tuple[Path, list[Moment]], tmp_path: Path) -> None:
    path, moments = log
    wal = path.with_name(f"{path.name}-wal").read_bytes()
    with opened({"NAME": _revived(path, wal, tmp_path), "OPTIONS": _OPEN}) as alias:
        assert differences(moments[-1].content, describe(alias)) == []
    assert moments[-1].content["audit"]["seq"] > moments[0].content["audit"]["seq"] + 10


def _flipped(wal: bytes, place: int, dice: random.Random) -> bytes:
    return wal[:place] + bytes([wal[place] ^ (1 << dice.randrange(8))]) + wal[place + 1 :]


def _revived(path: Path, wal: bytes, folder: Path) -> str:
    """The main file and what is left of its log, as a machine finds them when it is switched on again."""
    target = folder / "revived.sqlite3"
    for old in folder.glob("revived.sqlite3*"):
        old.unlink()
    copy_file(path, target)
    target.with_name(f"{target.name}-wal").write_bytes(wal)
    return str(target)
