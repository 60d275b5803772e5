"""Builds the world of the matrix, through the actions wherever there is one."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from shouwang.accounts.actions import create_account, create_unit
from shouwang.accounts.models import User
from shouwang.accounts.roles import ROLES
from shouwang.casework import actions
from shouwang.casework.desk import Desk
from shouwang.casework.effects import effect_of
from shouwang.casework.models import (
    Case,
    ChangeState,
    Clue,
    ClueLine,
    ClueSource,
    Move,
    OpenStep,
    ParameterChange,
    Purpose,
    ReliefKind,
    RunLine,
    RunState,
    ScreeningRun,
    VisitKind,
)
from shouwang.registry.actions import (
    Newcomer,
    NewEntry,
    confirm_batch,
    post_entries,
    record_document,
    record_event,
    record_fact,
    register_household,
    stage_batch,
)
from shouwang.registry.models import (
    FactSource,
    Membership,
    RowOutcome,
    SourceBatch,
)
from shouwang.units.identity import check_digit
from shouwang.units.periods import quarter
from tests.accounts.conftest import CONSOLE, hashed, hold, home_of
from tests.casework.conftest import DOERS, FORMS, SECOND
from tests.matrix.world import (
    COMPANIES,
    DEPARTMENTS,
    HOUSEHOLDS,
    REGIMENTS,
    REPORTS_ON,
    SHARED_NAME,
    UNITS,
    WORDS,
    Company,
    Department,
    Regiment,
    World,
    word,
)

_PDF = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
_OPENED = date(2015, 1, 1)


def build(folder: Path) -> World:
    """All of it, from the units down."""
    world = World()
    for code, level, parent, department in UNITS:
        above = world.units[parent] if parent else None
        name = f"{code}{WORDS.get(f'unit@{code}', '')}"
        world.units[code] = create_unit(
            by=CONSOLE, code=code, name=name, level=level, parent=above, department=department
        )
    _staff(world)
    for place, code in enumerate(COMPANIES):
        world.companies[code] = _company(world, code, place)
    for code in REGIMENTS:
        _screened(world, code)
    for place, code in enumerate(DEPARTMENTS):
        world.departments[code] = _department(world, code, folder, place)
    for code in REGIMENTS:
        world.regiments[code] = _regiment(world, code, folder)
    for code in COMPANIES:
        _cases(world, code)
    for role in ROLES:
        world.people[role] = _account(world, f"try.{role}", role, home_of(role), "")
    return world


def _account(world: World, name: str, role: str, at: str, mark: str) -> User:
    unit = world.units[at]
    user, _ = create_account(
        by=CONSOLE,
        username=name.replace(".", "-").replace("_", "-"),
        display_name=f"{mark}{name.split('.')[0]}",
        unit=unit,
    )
    user.password, user.must_change_password = hashed(), False
    user.save()
    hold(user, role, unit)
    return user


def _staff(world: World) -> None:
    """Who does the work: `cadre.c1`, `office.r7`, `division.d1`, `officer.hospital`."""
    wanted = [(name, role, code) for code in COMPANIES for name, role in (
        ("cadre", "cadre"), ("member", "committee_member"), ("secretary", "company_secretary"))]  # fmt: skip
    wanted += [(name, role, code) for code in REGIMENTS for name, role in (
        ("office", "regiment_office"), ("office2", "regiment_office"), ("leader", "leading_group_member"),
        ("head", "leading_group_head"))]  # fmt: skip
    wanted += [("division", "division_office", code) for code in ("d1", "d2")]
    wanted += [("officer", "department_officer", code) for code in DEPARTMENTS]
    for name, role, code in wanted:
        world.staff[f"{name}.{code}"] = _account(world, f"{name}.{code}", role, code, word("staff", code))


def crew(world: World, company: str) -> dict[str, User]:
    """The staff of a company by the names the steps go by."""
    regiment = COMPANIES[company]
    division = REGIMENTS[regiment]
    return {
        name: world.staff.get(f"{name}.{company}")
        or world.staff.get(f"{name}.{regiment}")
        or world.staff[f"{name}.{division}"]
        for name in {*DOERS.values(), "head"}
    }


def citizen(born: str, company: int, place: int) -> str:
    """A made-up citizen number that is right, of a county that does not exist."""
    first = f"6599{90 + company}{born.replace('-', '')}{place:03d}"
    return first + check_digit(first)


def _company(world: World, code: str, which: int) -> Company:
    """Households of two, the first with a line of everything."""
    mark, people = word("data", code), crew(world, code)
    made = Company(world.units[code])
    for place in range(HOUSEHOLDS[code]):
        pair = [citizen("1970-05-20", which, place), citizen("1972-03-01", which, place)]
        made.citizens += pair
        members = (
            Newcomer(
                f"{mark}{SHARED_NAME}", "户主", pair[0], joined_on=_OPENED, registered_here=True, resident_here=True
            ),
            Newcomer(f"李秀兰{which}{place}", "配偶", pair[1], joined_on=_OPENED, resident_here=True),
        )
        made.households.append(
            register_household(
                by=people["secretary"], unit=made.unit, number=f"{code}-{place + 1}", on=_OPENED, members=members
            )
        )
    first = made.households[0]
    made.member = Membership.objects.select_related("person").get(household=first, relation="户主")
    line = NewEntry(quarter=quarter(2020, 1), kind="wage_income", amount_fen=120_000, source=f"{mark}工资单")
    (made.entry,) = post_entries(by=people["secretary"], household=first, entries=[line])
    made.event = record_event(
        by=people["cadre"], household=first, occurred_on=date(2020, 3, 1), cause="因病", note=f"{mark}住院"
    )
    record_fact(
        by=people["cadre"], about=made.member.person, kind="health", value="患有大病", as_of=date(2020, 3, 2),
        source=FactSource.VISIT, reason=f"{mark}看了病历",
    )  # fmt: skip
    made.document = record_document(
        by=people["cadre"],
        household=first,
        title=f"{mark}诊断书",
        file_name=f"{mark}.pdf",
        content=_PDF + mark.encode(),
    )
    return made


def _screened(world: World, code: str) -> None:
    """Two finished screenings of a regiment, a clue for each second household that was met."""
    today = timezone.localdate()
    for place, day in enumerate((today - timedelta(days=1), today)):
        run = ScreeningRun.objects.create(
            unit=world.units[code], policy="qituan-2020", policy_sha256="0" * 64, as_of=day, state=RunState.DONE,
            progress="完成", counts={"met": 77}, result_sha256=f"{place}" * 64,
            finished_at=timezone.now(), started_by=world.staff[f"office.{code}"],
        )  # fmt: skip
        for company in (name for name, regiment in COMPANIES.items() if regiment == code):
            for household in world.companies[company].households:
                RunLine.objects.create(
                    run=run, household=household, outcome="met", tier="low", members=2, net_income=1_200_000,
                    base_income=1_200_000, rigid=place * 100, rules_met="income_below_line",
                )  # fmt: skip
    for company in (name for name, regiment in COMPANIES.items() if regiment == code):
        _clues(world, company, run)


def _clues(world: World, code: str, run: ScreeningRun) -> None:
    """A clue by the screening on each of the first two households; the second is also told of by a cadre."""
    made, mark = world.companies[code], word("data", code)
    for household in made.households[:2]:
        clue = Clue.objects.create(
            household=household, source=ClueSource.SCREENING, fingerprint=household.number, raised_on=timezone.localdate(),
            run=run, outcome="met", score=10, reasons=[f"{mark}人均低"], due_on=timezone.localdate() + timedelta(days=2),
        )  # fmt: skip
        ClueLine.objects.create(
            clue=clue, source=ClueSource.SCREENING, run=run, rule="income_below_line", outcome="met", clause="二/一/p1",
            sentence=f"{mark}家庭人均纯收入6000.00元，低于监测线8000.00元。", fingerprint="x",
            figures={"net_income": 1_200_000, "heads": 2, "net_income_per_head": 600_000},
        )  # fmt: skip
    cadre = world.staff[f"cadre.{code}"]
    made.clue = actions.report_clue(by=cadre, household=made.households[1], sentence=f"{mark}走访时看到地里绝收")
    actions.triage_clue(
        by=cadre, clue=made.clue, revisit_on=timezone.localdate() + timedelta(days=1), note=f"{mark}先走访"
    )
    made.clue.refresh_from_db()
    actions.record_visit(by=cadre, household=made.households[1], kind=VisitKind.DAILY, found=f"{mark}家里有病人")
    actions.record_relief(
        by=cadre, household=made.households[1], kind=ReliefKind.GOODS, amount=50_000, note=f"{mark}米面油"
    )


def _cases(world: World, code: str) -> None:
    """One case confirmed and filed, one whose visit waits for the second signature, one withdrawn."""
    made, people = world.companies[code], crew(world, code)
    clue = Clue.objects.get(household=made.households[0])
    made.confirmed = actions.open_case_from_clue(by=people["cadre"], clue=clue)
    _walk(people, made.confirmed, word("data", code), "receipt")
    made.case = actions.open_case(by=people["cadre"], household=made.households[2])
    _walk(people, made.case, word("data", code), "assess", sign=False)
    made.record = made.case.records.get(step="visit")
    made.ended = actions.open_case(by=people["cadre"], household=made.households[3])
    actions.withdraw(by=people["cadre"], case=made.ended, reason=f"{word('data', code)}不要了")
    made.ended.refresh_from_db()


def _walk(people: dict[str, User], case: Case, mark: str, upto: str, *, sign: bool = True) -> None:
    """Every open step in order until `upto` is open; without `sign`, until something waits for a signature."""
    while True:
        desk = Desk.look(Case.objects.select_related("version").get(pk=case.pk))
        opened = list(OpenStep.objects.filter(case=case).order_by("pk").values_list("step", flat=True))
        if not opened or upto in opened:
            break
        step = desk.procedure.step(opened[0])
        assert step is not None
        record = actions.act(
            by=people[DOERS[step.id]], case=case, step=step.id, way=step.ways[0].id, evidence=_marked(step.id, mark),
            note=f"{mark}说明",
        )  # fmt: skip
        if step.id in SECOND:
            if not sign:
                break
            actions.cosign(by=people[SECOND[step.id]], record=record)
    case.refresh_from_db()


def _marked(step: str, mark: str) -> dict[str, Any]:
    """The form of a step, the unit's word in everything that is free text."""
    free = {"statement", "living", "opinion", "findings", "income", "minutes", "attendees", "visitors"}
    return {name: f"{mark}{value}" if name in free else value for name, value in FORMS.get(step, {}).items()}


def _department(world: World, code: str, folder: Path, place: int) -> Department:
    """A file with one row for each way it can end, and reports: of somebody known, of somebody unknown."""
    mark, regiment, officer = word("data", code), DEPARTMENTS[code], world.staff[f"officer.{code}"]
    company = next(name for name, one in COMPANIES.items() if one == regiment)
    known = world.companies[company]
    spouse = Membership.objects.select_related("person").get(household=known.households[0], relation="配偶").person
    batch = _sent(world, code, folder, officer, [
        (spouse.citizen, spouse.name, "", f"2020-0{place + 1}-03", "100", "100"),
        (citizen("1990-01-01", place, 900), f"{mark}某", "", "2020-01-03", "100", "100"),
        ("", f"{mark}乙", "", "", "甲", "100"),
    ])  # fmt: skip
    doubtful = batch.rows.get(outcome=RowOutcome.UNMATCHED)
    if code not in REPORTS_ON:
        return Department(world.units[code], batch, doubtful, None)
    told = {"by": officer, "cause": "因病", "occurred_on": date(2020, 3, 1)}
    actions.report_person(
        **told, citizen_number=spouse.citizen, person_name=spouse.name, sentence=f"{word('report', company)}住院",
    )  # fmt: skip
    unknown = actions.report_person(
        **told, citizen_number=citizen("1991-01-01", place, 901), person_name=f"{mark}丙", sentence=f"{mark}大额自付",
    )  # fmt: skip
    return Department(world.units[code], batch, doubtful, unknown)


def _regiment(world: World, code: str, folder: Path) -> Regiment:
    """A file of the office, confirmed; two screenings; a parameter change that waits for the second person."""
    mark, office, unit = word("data", code), world.staff[f"office.{code}"], world.units[code]
    company = next(name for name, one in COMPANIES.items() if one == code)
    head = world.companies[company].member.person
    batch = _sent(world, code, folder, office, [(head.citizen, head.name, "", "2020-02-03", "200", "200")])
    confirm_batch(by=office, batch=batch)
    earlier, run = ScreeningRun.objects.filter(unit=unit).order_by("pk")[:2]
    trial = ScreeningRun.objects.create(
        unit=unit, policy="qituan-2020", policy_sha256="0" * 64, as_of=run.as_of, purpose=Purpose.SIMULATION,
        state=RunState.DONE, result_sha256="9" * 64, finished_at=timezone.now(), parameters={"monitoring_line": "8100"},
    )  # fmt: skip
    for company in (name for name, one in COMPANIES.items() if one == code):
        RunLine.objects.create(
            run=trial, household=world.companies[company].households[-1], outcome="met", members=2, move=Move.ENTERED
        )
    trial.counts = effect_of(trial) | {"before": {"met": 1}, "after": {"met": 2}}
    trial.save(update_fields=["counts"])
    change = ParameterChange.objects.create(
        unit=unit, policy="qituan-2020", name="monitoring_line", value="8100", reason=f"{mark}物价上涨", run=trial,
        from_date=timezone.localdate() + timedelta(days=30), proposed_by=office, state=ChangeState.PROPOSED,
        effect=trial.counts,
    )  # fmt: skip
    return Regiment(unit, run, earlier, change, batch)


_HEADER = ("身份证号", "姓名", "出生日期", "结算日期", "总费用", "个人自付")


def _sent(world: World, code: str, folder: Path, by: User, rows: list[tuple[str, ...]]) -> SourceBatch:
    """A file of bills, staged."""
    name = f"{word('data', code)}票据.csv"
    path = folder / name
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([_HEADER, *rows])
    unit = world.units[code]
    return stage_batch(
        by=by, unit=unit, table="medical", path=path, file_name=name, department=unit.department, as_of=date(2020, 5, 1)
    )
