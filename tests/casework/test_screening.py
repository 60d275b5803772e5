"""Screening from the registry: the same findings as the command line, as clues; merged by household, never repeated."""

from __future__ import annotations

import csv
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from shouwang.accounts.models import AuditEvent, Unit
from shouwang.accounts.scope import AccessDenied
from shouwang.casework import actions, heartbeat, queries, screening_job, screenings
from shouwang.casework.clue_writer import ClueWriter
from shouwang.casework.errors import ClueDone, ReasonNeeded, RunBusy, RunFailed
from shouwang.casework.models import Clue, ClueLine, Move, Purpose, RunLine, RunState, ScreeningRun
from shouwang.casework.models.screening import KEPT
from shouwang.demo.generate import generate
from shouwang.intake.screening import screen_into
from shouwang.intake.session import facts_of
from shouwang.policy.book import RuleBook
from shouwang.registry.loading import load_package
from shouwang.registry.models import Household, LedgerEntry
from shouwang.screening.engines import DuckDB
from tests.accounts.conftest import CONSOLE, hold
from tests.casework.conftest import MakeHouse, Staff, do

pytestmark = pytest.mark.django_db
AS_OF = date(2020, 5, 20)
FLAGGED = {"met", "suspected", "special"}


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return generate(tmp_path_factory.mktemp("casework-package"), 400, 7).folder


@pytest.fixture(scope="session")
def by_command_line(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `shouwang screen` writes for the same package."""
    out = tmp_path_factory.mktemp("casework-results")
    with facts_of(package, lazy=False) as (facts, account):
        screen_into(out, facts, account, RuleBook.of("qituan-2020", AS_OF), DuckDB(facts.connection))
    return out


@pytest.fixture
def loaded(package: Path, tree: dict[str, Unit]) -> Unit:
    load_package(by=CONSOLE, unit=tree["r7"], path=package, as_of=AS_OF, create_units=True)
    return tree["r7"]


def screened(staff: Staff, regiment: Unit, purpose: Purpose = Purpose.WHOLE, as_of: date = AS_OF) -> ScreeningRun:
    run = actions.run_screening(by=staff.office, regiment=regiment, purpose=purpose, as_of=as_of)
    call_command("work", once=True)
    run.refresh_from_db()
    assert run.state == RunState.DONE, run.progress
    return run


def rows_of(folder: Path) -> dict[str, dict[str, str]]:
    with (folder / "households.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["household_id"].lstrip("'\t"): row for row in csv.DictReader(file)}


def test_clues_are_the_command_lines_findings(staff: Staff, loaded: Unit, by_command_line: Path) -> None:
    """一户不多、一户不少：命令行有结论的户各有一条线索，结论、档次、规则、数字都一样；结果文件逐字节相同。"""
    run = screened(staff, loaded)
    expected = {number: row for number, row in rows_of(by_command_line).items() if row["outcome"] in FLAGGED}
    clues = {clue.household.number: clue for clue in Clue.objects.select_related("household")}
    assert len(expected) > 50
    assert set(clues) == set(expected)
    lines = {line.household.number: line for line in run.lines.select_related("household")}
    for number, row in expected.items():
        clue, line = clues[number], lines[number]
        income = int(row["net_income_fen"]) if row["net_income_fen"] else None
        assert (clue.outcome, clue.tier, line.net_income) == (row["outcome"], row["tier"], income)
        told = {one.rule for one in clue.lines.all()}
        assert told == {rule for column in ("rules_met", "rules_suspected") for rule in row[column].split(";") if rule}
    outcomes = Counter(row["outcome"] for row in rows_of(by_command_line).values())
    assert {name: run.counts[name] for name in outcomes} == outcomes
    mine = (screenings.folder_of(run) / "households.csv").read_bytes()
    assert mine == (by_command_line / "households.csv").read_bytes()


def test_a_clue_raised_in_the_night_bears_the_day_it_is_here(staff: Staff, loaded: Unit) -> None:
    """凌晨的筛查记在当地的这一天，不是格林尼治的前一天。"""
    actions.run_screening(by=staff.office, regiment=loaded, as_of=AS_OF)
    ScreeningRun.objects.update(created_at=datetime(2026, 11, 20, 17, 0, tzinfo=UTC))  # 01:00 of the 21st in China
    call_command("work", once=True)
    assert set(Clue.objects.values_list("raised_on", flat=True)) == {date(2026, 11, 21)}


def test_the_same_facts_raise_nothing_twice(staff: Staff, loaded: Unit) -> None:
    """再筛一次，一条不多；不立案的不再冒出来；分办过的仍是分办。"""
    screened(staff, loaded)
    first, second = Clue.objects.order_by("pk")[:2]
    people = staff.make("local", "cadre", "c1")
    for clue in (first, second):
        hold(people, "cadre", clue.household.unit) if not people.posts.filter(
            unit=clue.household.unit
        ).exists() else None
    actions.dismiss_clue(by=people, clue=first, reason="已核实，收入漏登")
    actions.triage_clue(by=people, clue=second, note="周五入户")
    before = Clue.objects.count(), ClueLine.objects.count()
    run = screened(staff, loaded)
    assert (Clue.objects.count(), ClueLine.objects.count()) == before
    assert run.counts["clues_known"] == before[0]
    assert run.counts.get("entered", 0) == run.counts.get("moved", 0) == run.counts.get("left", 0) == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("dismissed", "triaged")


def earn(household: Household, fen: int) -> None:
    """One more line of income in the last quarter of the window."""
    LedgerEntry.objects.create(household=household, quarter=2020 * 4, kind="wage_income", amount_fen=fen, **_origin())


def _origin() -> dict[str, object]:
    """What a line needs besides: whatever the registry asks of a line typed by a person."""
    known = LedgerEntry.objects.order_by("pk").last()
    return {"source": "self", "batch": known.batch if known else None, "row": 10_000_000 + LedgerEntry.objects.count()}


def test_changed_households_only(staff: Staff, loaded: Unit) -> None:
    """只算有变动的户：没有变动就一户不算；一户收入变了，只有它的线索添一行、说明哪个数字变了；不再命中的退下，人的决定不动。"""
    with pytest.raises(RunFailed):
        actions.run_screening(by=staff.office, regiment=loaded, purpose=Purpose.CHANGED, as_of=AS_OF)
    whole = screened(staff, loaded)
    assert screened(staff, loaded, Purpose.CHANGED).counts["recomputed"] == 0
    low = RunLine.objects.filter(
        run=whole, outcome="met", tier="severe", rules_met="income_below_line", net_income__gte=0
    ).first()
    out = RunLine.objects.filter(
        run=whole, outcome="met", tier="low", rules_met="income_below_line", rules_suspected=""
    ).first()
    assert low is not None and out is not None
    earn(low.household, 100)
    earn(out.household, 100_000_000)
    run = screened(staff, loaded, Purpose.CHANGED)
    assert run.counts["recomputed"] == 2
    assert {name: run.counts[name] for name in ("met", "suspected", "special")} == {
        name: whole.counts.get(name, 0) - (name == "met") for name in ("met", "suspected", "special")
    }
    moved = run.lines.get(household=low.household)
    assert (moved.move, moved.moved["net_income"]) == ("moved", [low.net_income, low.net_income + 100])
    assert run.lines.get(household=out.household).move == "left"
    assert Clue.objects.get(household=low.household).lines.values("fingerprint").distinct().count() == 2
    gone = Clue.objects.get(household=out.household)
    assert not gone.still_found and gone.state == "new"
    people = staff.office
    assert gone not in queries.clue_list(people) and gone in queries.clue_list(people, gone=True)
    pair = queries.Pair(whole, run)
    assert [line.household for line in pair.lines(people, Move.LEFT)] == [out.household]
    assert [line.household for line in pair.lines(people, Move.MOVED)] == [low.household]
    assert not pair.lines(people, Move.ENTERED).exists()
    (told,) = pair.told(list(pair.lines(people, Move.MOVED)), Move.MOVED)
    assert told.changes == {"net_income": [low.net_income, low.net_income + 100]}
    again = screened(staff, loaded)
    assert set(again.lines.filter(outcome__in=FLAGGED).values_list("household", "outcome", "net_income")) == set(
        run.lines.filter(outcome__in=FLAGGED).values_list("household", "outcome", "net_income")
    ), "incremental and whole agree"


def test_a_dismissed_clue_comes_back_only_with_new_facts(staff: Staff, loaded: Unit) -> None:
    """不立案以后事实变了，才有新线索；变回原样，不再重复。"""
    run = screened(staff, loaded)
    line = RunLine.objects.filter(run=run, outcome="met", tier="severe", net_income__gte=0).first()
    assert line is not None
    worker = staff.make("local", "cadre", "c1")
    if line.household.unit.code != "c1":
        hold(worker, "cadre", line.household.unit)
    clue = Clue.objects.get(household=line.household)
    actions.dismiss_clue(by=worker, clue=clue, reason="有存款")
    earn(line.household, 100)
    screened(staff, loaded)
    newer = Clue.objects.filter(household=line.household).latest("pk")
    assert newer != clue and newer.state == "new"
    actions.dismiss_clue(by=worker, clue=newer, reason="有存款")
    earn(line.household, -100)
    screened(staff, loaded)
    assert Clue.objects.filter(household=line.household).count() == 2


def test_a_parameter_is_tried_out_before_it_is_signed(staff: Staff, loaded: Unit) -> None:
    """改监测线：试算写出谁进谁出、各连多少；试算不产生线索；与命令行改参数的结果一致。"""
    today = timezone.localdate()
    change = actions.propose_parameter_change(
        by=staff.office,
        regiment=loaded,
        name="monitoring_line",
        value="9000",
        reason="试算",
        from_date=today + timedelta(days=1),
    )
    ScreeningRun.objects.filter(pk=change.run_id).update(as_of=AS_OF)
    screenings.work_off()
    change.refresh_from_db()
    with_line = RuleBook.of("qituan-2020", AS_OF, {"monitoring_line": "9000"})
    assert with_line.parameters["monitoring_line"] == 900_000
    entered = change.run.lines.filter(move="entered")
    assert change.effect is not None
    assert change.effect["entered"] == entered.count() > 0
    assert sum(unit["entered"] for unit in change.effect["by_unit"].values()) == entered.count()
    assert all(
        line.net_income is None or line.net_income < 900_000 * (line.members or 1)
        for line in entered.filter(rules_met="income_below_line")
    )
    assert Clue.objects.count() == 0
    assert "parameter" in {task.kind for task in queries.inbox_of(staff.head).tasks()}
    assert "parameter" not in {task.kind for task in queries.inbox_of(staff.office).tasks()}


def test_who_may_ask_for_a_screening(staff: Staff, house: MakeHouse, tree: dict[str, Unit]) -> None:
    """运行筛查由团办办；正在跑的时候不另起一次；控制台（定时任务）也可以。"""
    house()
    for name in ("cadre", "leader", "division", "office_r8"):
        with pytest.raises(AccessDenied):
            actions.run_screening(by=staff[name], regiment=tree["r7"])
    actions.run_screening(by=staff.office, regiment=tree["r7"])
    with pytest.raises(RunBusy, match="排队中"):
        actions.run_screening(by=CONSOLE, regiment=tree["r7"])
    actions.run_screening(by=CONSOLE, regiment=tree["r8"])
    assert screenings.work_off() == 2
    assert AuditEvent.objects.filter(verb="screening.done").count() == 2


class Killed(BaseException):
    """As kill -9 leaves things: nobody tidies up."""


def test_a_killed_worker_leaves_nothing_half_done(staff: Staff, loaded: Unit, monkeypatch: pytest.MonkeyPatch) -> None:
    """办到一半被杀：这次筛查重新来过，线索不重不漏。"""
    run = actions.run_screening(by=staff.office, regiment=loaded, as_of=AS_OF)
    lot, lots = ClueWriter._lot, []

    def dies(self: ClueWriter, rows: object) -> None:
        if lots:
            raise Killed
        lots.append(1)
        lot(self, rows)  # type: ignore[arg-type]

    monkeypatch.setattr("shouwang.casework.clue_writer.LOT", 50)
    monkeypatch.setattr(ClueWriter, "_lot", dies)
    with pytest.raises(Killed):
        screenings.work_off()
    assert 0 < Clue.objects.count() <= 50
    monkeypatch.setattr(ClueWriter, "_lot", lot)
    assert screenings.claim() is None, "not taken from a worker that may be alive"
    ScreeningRun.objects.filter(pk=run.pk).update(beat_at=timezone.now() - timedelta(minutes=11))
    assert screenings.work_off() == 1
    run.refresh_from_db()
    assert run.state == RunState.DONE
    flagged = run.lines.filter(outcome__in=FLAGGED)
    assert flagged.count() == Clue.objects.count() == Clue.objects.values("household").distinct().count()


def test_what_goes_wrong_is_said(
    staff: Staff, house: MakeHouse, tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """筛查失败，原因写在这一行上，别的照跑。"""
    house()
    run = actions.run_screening(by=staff.office, regiment=tree["r7"])
    monkeypatch.setenv("SHOUWANG_MEMORY", "许多")
    screenings.work_off()
    run.refresh_from_db()
    assert run.state == RunState.FAILED and "SHOUWANG_MEMORY" in run.progress


@pytest.mark.parametrize("error", [RuntimeError("disk 652901199001012417"), MemoryError(), KeyError("x")])
def test_a_failure_nobody_foresaw_has_a_number_and_the_next_run_goes_on(
    staff: Staff, house: MakeHouse, tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture, error: Exception,
) -> None:  # fmt: skip
    """没料到的错也写在这一行上，带编号，日志里查得到；页面不露出程序的话；后面排队的照办。"""
    house()
    first = actions.run_screening(by=staff.office, regiment=tree["r7"])
    second = actions.run_screening(by=CONSOLE, regiment=tree["r8"])
    real = screening_job.write_facts

    def fails(*args: Any) -> Any:
        if args[3] == tree["r7"]:
            raise error
        return real(*args)

    monkeypatch.setattr(screening_job, "write_facts", fails)
    assert screenings.work_off() == 2
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (RunState.FAILED, RunState.DONE)
    (number,) = re.findall(r"编号 (\w{12})", first.progress)
    assert number in caplog.text and "disk" not in first.progress
    failed = AuditEvent.objects.get(verb="screening.failed")
    assert failed.result == "failed" and number in failed.facts
    assert actions.run_screening(by=staff.office, regiment=tree["r7"]).state == RunState.QUEUED


@pytest.mark.parametrize("signal", [KeyboardInterrupt, SystemExit])
def test_a_worker_told_to_stop_gives_its_run_back(
    staff: Staff, house: MakeHouse, tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch, signal: type[BaseException]
) -> None:
    """停止后台时，做到一半的那次重新排队，下次启动马上从头再算，不必等。"""
    house()
    run = actions.run_screening(by=staff.office, regiment=tree["r7"])

    def stops(*args: Any) -> Any:
        raise signal

    with monkeypatch.context() as patch:
        patch.setattr(screening_job, "write_facts", stops)
        with pytest.raises(signal):
            screenings.work_off()
    run.refresh_from_db()
    assert run.state == RunState.QUEUED
    assert screenings.work_off() == 1
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_worker_that_lost_its_run_writes_nothing(staff: Staff, house: MakeHouse, tree: dict[str, Unit]) -> None:
    """后台停顿太久，别的后台接着办了：醒来的那个不再报进展，也不能把它标成失败。"""
    house()
    run = actions.run_screening(by=staff.office, regiment=tree["r7"])
    slow = screenings.claim()
    assert slow is not None and heartbeat.beat(slow, progress="逐户筛查")
    ScreeningRun.objects.filter(pk=run.pk).update(beat_at=timezone.now() - heartbeat.DEAD_AFTER * 2)
    quick = screenings.claim()
    assert quick is not None and quick.claim != slow.claim
    assert not heartbeat.beat(slow, progress="写结果和线索")
    screenings.perform(slow)
    run.refresh_from_db()
    assert (run.state, run.claim) == (RunState.RUNNING, quick.claim)
    screenings.perform(quick)
    run.refresh_from_db()
    assert run.state == RunState.DONE


def test_a_long_stage_shows_signs_of_life(
    staff: Staff, house: MakeHouse, tree: dict[str, Unit], monkeypatch: pytest.MonkeyPatch
) -> None:
    """一个阶段再长，这一行也每隔一会儿更新一次。"""
    house()
    run = actions.run_screening(by=staff.office, regiment=tree["r7"])
    beats = Event()
    assert 3 * heartbeat.BEAT < heartbeat.DEAD_AFTER, "two signs may get lost before the worker counts as dead"
    monkeypatch.setattr(heartbeat, "BEAT", timedelta(milliseconds=5))
    monkeypatch.setattr(heartbeat, "beat", lambda *_, **__: beats.set())
    with heartbeat.beating(run):
        assert beats.wait(5)


def test_households_without_enough_facts_are_kept_and_people_counted(
    staff: Staff, loaded: Unit, by_command_line: Path
) -> None:
    """资料不足的户也逐户留下，不产生线索；户数、人数、人均与命令行一致；只算有变动的户时也一样。"""
    run = screened(staff, loaded)
    rows = rows_of(by_command_line)
    lines = {line.household.number: line for line in run.lines.select_related("household")}
    unknown = {number for number, row in rows.items() if row["outcome"] == "unknown"}
    assert unknown and unknown == {number for number, line in lines.items() if line.outcome == "unknown"}
    assert not Clue.objects.filter(household__number__in=unknown).exists()
    people = Counter[str]()
    for row in rows.values():
        people[row["outcome"]] += int(row["members"])
    assert {outcome: run.counts[f"people_{outcome}"] for outcome in people} == people
    assert (run.counts["households"], run.counts["people"]) == (len(rows), people.total())
    for number, line in lines.items():
        per_head = rows[number]["net_income_per_head"]
        assert line.net_income_per_head == (int(Decimal(per_head) * 100) if per_head else None)
    again = screened(staff, loaded, Purpose.CHANGED)
    same = [*KEPT, *(f"people_{outcome}" for outcome in KEPT), "not_met", "households"]
    assert {name: again.counts[name] for name in same} == {name: run.counts.get(name, 0) for name in same}
    assert again.lines.count() == run.lines.count()


def test_reports_join_the_clue_of_the_household(staff: Staff, house: MakeHouse, tree: dict[str, Unit]) -> None:
    """部门、干部、本人报来的，都并在一户一条线索上；重复报同一句不添行；部门只看到自己报的，看得到结果。"""
    home, other = house(), house("c2")
    with pytest.raises(ReasonNeeded):
        actions.report_clue(by=staff.cadre, household=home, sentence=" ")
    clue = actions.report_clue(by=staff.cadre, household=home, sentence="户主住院")
    assert actions.report_clue(by=staff.cadre, household=home, sentence="户主住院") == clue
    assert actions.report_clue(by=staff.hospital, household=home, sentence="自付二万一千元") == clue
    mine = actions.report_clue(by=staff.hospital, household=other, sentence="自付三万元")
    assert (clue.lines.count(), clue.source, mine.source, mine.department) == (2, "event", "department", "hospital")
    assert list(queries.clue_list(staff.hospital)) == []
    assert queries.clue_results(staff.hospital) == {
        "reported": 2,
        "waiting": 2,
        "dismissed": 0,
        "opened": 0,
        "confirmed": 0,
    }
    with pytest.raises(AccessDenied):
        actions.report_clue(by=staff.cadre_c2, household=home, sentence="x")
    case = actions.open_case_from_clue(by=staff.cadre, clue=clue)
    with pytest.raises(ClueDone, match="cadre"):
        actions.dismiss_clue(by=staff.secretary, clue=clue, reason="不困难")
    actions.merge_clue(by=staff.cadre_c2, clue=mine, into=mine_into(staff, house), reason="分户前的同一件事")
    assert case.clue == clue
    do(staff, case, "declare")


def mine_into(staff: Staff, house: MakeHouse) -> Clue:
    return actions.report_clue(by=staff.cadre_c2, household=house("c2"), sentence="同一件事")
