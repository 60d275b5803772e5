"""R7: the procedure under 200 random histories, and the same machine against faults planted in the code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from shouwang.accounts.actions import declare_kinship
from shouwang.accounts.models.people import Relation
from shouwang.casework import desk, signing
from shouwang.casework.actions import steps as steps_module
from shouwang.policy.procedure import Act, Procedure, Step
from tests.accounts.conftest import hold
from tests.accounts.test_crypto import WANG
from tests.casework.conftest import MakeHouse, Staff
from tests.casework.machine import CaseMachine

pytestmark = pytest.mark.django_db
_QUIET = [
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.differing_executors,
]


@pytest.fixture
def machine(staff: Staff, house: MakeHouse) -> type[CaseMachine]:
    """People with one post, with all of them, and a relative with all of them."""
    tree = {"c1": staff.cadre.unit, "r7": staff.office.unit, "d1": staff.division.unit}
    posts = (
        ("company_secretary", "c1"),
        ("regiment_office", "r7"),
        ("leading_group_member", "r7"),
        ("division_office", "d1"),
    )
    everything = [staff.make(f"all{n}") for n in range(3)]
    for user in everything:
        for role, at in posts:
            hold(user, role, tree[at])
    CaseMachine.relative = everything[2]
    declare_kinship(by=everything[2], relation=Relation.SIBLING, name="王五", citizen_number=WANG)
    CaseMachine.actors = [
        staff.cadre, everything[0], staff.secretary, staff.office, everything[2], staff.leader, staff.division, everything[1],
        staff.office2, staff.leader2,
    ]  # fmt: skip
    CaseMachine.household = house("c1", WANG)
    return CaseMachine


def run(machine: type[CaseMachine], examples: int, steps: int) -> None:
    chosen = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=_QUIET, database=None,
        derandomize=True, phases=[Phase.generate], print_blob=False, report_multiple_bugs=False,
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=chosen)


def test_two_hundred_histories(machine: type[CaseMachine]) -> None:
    """两百段随机经历，没有一段跳步、倒置、一人两办、亲属经手；而且走到过各种结局，不是空跑。"""
    wanted = {"active", "confirmed", "refused", "appealed", "back_to_company", "check_again", "upheld", "received"}
    machine.reached.clear()
    # What chance does not reach in the first two hundred it is given more time for, before the search is called idle.
    for examples in (200, 400):
        run(machine, examples=examples, steps=12)
        if wanted <= machine.reached:
            break
    assert wanted <= machine.reached, "the search did not get far"


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _opens_too_early(self: Procedure, step: Step, standing: dict[str, Act], ended: bool) -> bool:
    return step.id not in standing and not ended and all(e in standing for e in step.after if e != "check")


def _forgets_to_clear(self: Procedure, act: Act, standing: dict[str, Act], status: str) -> str:
    step = self.step(act.step)
    way = step.way(act.way) if step else None
    if way is not None and way.back:
        standing.pop(way.back, None)
        return way.status or status
    standing[act.step] = act
    door = self.door(act.step)
    return door.status if door else (way.status if way else "") or status


FAULTS: dict[str, tuple[object, str, Callable[..., Any]]] = {
    "同一人可办两头": (signing, "keep_apart", _nothing),
    "亲属不回避": (signing, "recuse", _nothing),
    "日期可以倒置": (signing, "check_day", _nothing),
    "没有核查也能确认": (Procedure, "_is_open", _opens_too_early),
    "退回不清后面的步骤": (Procedure, "_take", _forgets_to_clear),
    "走访一人签字就算": (desk, "needed", lambda procedure, step: 1),
    "确认不留依据": (steps_module.snapshots, "take", _nothing),
    "待办不随记录更新": (desk.Desk, "_open_steps", _nothing),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_planted_faults_are_found(machine: type[CaseMachine], monkeypatch: pytest.MonkeyPatch, fault: str) -> None:
    """在代码里种一个错，同样的机器找得出来：上一项测试不是摆设。"""
    monkeypatch.setattr(*FAULTS[fault])
    if fault == "走访一人签字就算":
        monkeypatch.setattr(steps_module, "needed", FAULTS[fault][2])
    with pytest.raises((AssertionError, KeyError, ExceptionGroup)):
        run(machine, examples=400, steps=20)  # it ends with the first history that breaks
