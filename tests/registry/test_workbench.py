"""The workbench and the conflicts as queries: whom a row may be about, what stands after an undo, what is listed to whom."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
from django.http import Http404

from shouwang.accounts.models import Unit, User
from shouwang.accounts.scope import AccessDenied
from shouwang.registry.actions import (
    Newcomer,
    Verdict,
    confirm_batch,
    decide_match,
    record_fact,
    register_household,
    settle_conflict,
    take_back_match,
    undo_batch,
)
from shouwang.registry.actions.facts import SettledBefore
from shouwang.registry.actions.matches import DecidedBefore, MovedOn, NothingToTakeBack
from shouwang.registry.conflicts import conflicts_of
from shouwang.registry.likely import candidates
from shouwang.registry.models import (
    FactSource,
    Household,
    HouseholdFact,
    LedgerEntry,
    MedicalBill,
    Person,
    PersonFact,
    RowOutcome,
    SourceBatch,
    SourceRow,
)
from shouwang.registry.queries.conflicts import FIRST, ConflictFilter, conflict_for, conflicts_for
from shouwang.registry.queries.workbench import asked_of, compared, next_row, workbench_batches, workbench_row
from shouwang.registry.sidebyside import masked_cells
from shouwang.units.periods import quarter
from tests.accounts.conftest import Person as MakePerson
from tests.registry.conftest import BILL, FAMILY, OPENED, last_seq, member, number, verbs
from tests.registry.test_batches import ROWS, doctor, stage

__all__ = ["doctor", "stage"]

FATHER = FAMILY[0].citizen_number
DAY = date(2020, 5, 20)


@pytest.fixture
def staged(family: Household, stage: Callable[..., SourceBatch], sent: Callable[..., Path]) -> SourceBatch:
    return stage(sent("住院.csv", BILL, ROWS))


def row(batch: SourceBatch, place: int) -> SourceRow:
    return SourceRow.objects.select_related("batch__unit").get(batch=batch, row=place)


def names(people: list[Person]) -> list[str]:
    return [one.name for one in people]


# ---- whom a row may be about


@pytest.mark.parametrize(
    ("name", "born"),
    [("王志刚", "1970-05-20"), ("汪志强", "1970-05-20"), ("王志强", "1971-05-20"), ("王志强", None)],
)
def test_a_slip_in_one_place_still_finds_the_person(family: Household, name: str, born: str | None) -> None:
    found = candidates(name, "", date.fromisoformat(born) if born else None, family.unit)
    assert names(found)[:1] == ["王志强"]


def test_the_likeliest_of_many_namesakes_comes_first(family: Household, office: User, tree: dict[str, Unit]) -> None:
    for place in range(8):
        one = Newcomer("王志强", "户主", number(f"1960-01-0{place + 1}", place))
        register_household(by=office, unit=tree["c1"], number=f"7T-9{place}", on=OPENED, members=[one])
    wrong = FATHER[:-2] + "00"
    found = candidates("王志强", wrong, None, family.unit)
    assert len(found) == 5
    assert found[0].citizen == FATHER, "号码只差两位的排在最前"
    assert candidates("王志强", number("1960-01-08", 7), None, family.unit)[0].birth_date == date(1960, 1, 8)


def test_a_birth_date_is_read_out_of_the_number(staged: SourceBatch) -> None:
    assert asked_of(row(staged, 5))[2] == date(1960, 1, 1)


def test_numbers_that_strayed_into_other_cells_are_masked() -> None:
    told = masked_cells(
        {"id_number": f" {FATHER}", "name": f"王志强{FATHER}", "note": "１３９１２３４５６７８", "aid": None}
    )
    assert FATHER not in str(told)
    assert told["id_number"] == f"{FATHER[:4]}**********{FATHER[-4:]}"
    assert told["note"] == "139****5678"
    assert "aid" not in told


# ---- deciding and taking back


def test_rows_put_off_come_after_the_others(staged: SourceBatch, office: User) -> None:
    first = next_row(office, staged)
    assert first is not None
    assert first.row == 4
    decide_match(by=office, row=first, verdict=Verdict.LATER)
    second = next_row(office, staged)
    assert second is not None
    assert second.row == 5
    decide_match(by=office, row=second, verdict=Verdict.LATER)
    again = next_row(office, staged)
    assert again is not None
    assert again.row == 4
    (line,) = workbench_batches(office)
    assert (line.waiting, line.put_off, line.matched) == (2, 2, 2)


def test_what_is_taken_back_stands_as_it_was(
    staged: SourceBatch, office: User, doctor: User, family: Household
) -> None:
    confirm_batch(by=doctor, batch=staged, reason="核对过原件")
    mother = member(family, "李秀兰").person
    decide_match(by=office, row=row(staged, 4), verdict=Verdict.IS, person=mother)
    assert MedicalBill.objects.standing().filter(row=4).exists()
    before = last_seq()
    take_back_match(by=office, row=row(staged, 4))
    one = row(staged, 4)
    assert (one.outcome, one.person, one.household, one.how, one.decided_by, one.decided_at) == (
        RowOutcome.UNMATCHED, None, None, "", None, None,
    )  # fmt: skip
    assert verbs(before) == ["match.taken_back"]
    assert not MedicalBill.objects.standing().filter(row=4).exists()
    assert MedicalBill.objects.standing().count() == 2, "其余各行照旧计入"
    with pytest.raises(NothingToTakeBack):
        take_back_match(by=office, row=row(staged, 4))


def test_a_row_taken_back_may_be_somebody_elses_and_counts_once(
    staged: SourceBatch, office: User, doctor: User, family: Household
) -> None:
    """判错了人，撤回再判：只计给现在判定的人；再改回来，也还是一笔。"""
    confirm_batch(by=doctor, batch=staged, reason="核对过原件")
    mother, daughter = member(family, "李秀兰").person, member(family, "王小红").person
    for whom in (mother, daughter, mother):
        decide_match(by=office, row=row(staged, 4), verdict=Verdict.IS, person=whom)
        assert [bill.person for bill in MedicalBill.objects.standing().filter(row=4)] == [whom]
        take_back_match(by=office, row=row(staged, 4))
    assert MedicalBill.objects.filter(row=4).count() == 2, "一人一笔，都留着"


def test_the_outcome_before_comes_back(
    family: Household, office: User, tree: dict[str, Unit], stage: Callable[..., SourceBatch], sent: Callable[..., Path]
) -> None:
    twin = [Newcomer("李秀兰", "户主", birth_date=date(1972, 3, 1))]
    register_household(by=office, unit=tree["c2"], number="7T-8", on=OPENED, members=twin)
    batch = stage(sent("两人.csv", BILL, [("", "李秀兰", "1972-03-01", "2020-03-02", "80", "80")]))
    assert row(batch, 2).outcome == RowOutcome.AMBIGUOUS
    decide_match(by=office, row=row(batch, 2), verdict=Verdict.LATER)
    decide_match(by=office, row=row(batch, 2), verdict=Verdict.NOBODY)
    take_back_match(by=office, row=row(batch, 2))
    assert row(batch, 2).outcome == RowOutcome.AMBIGUOUS


def test_a_line_of_the_ledger_that_was_reversed_is_not_taken_back(
    staged: SourceBatch, office: User, family: Household
) -> None:
    mother = member(family, "李秀兰").person
    decide_match(by=office, row=row(staged, 4), verdict=Verdict.IS, person=mother)
    line = {"household": family, "person": mother, "quarter": quarter(2020, 1), "kind": "wage_income", "batch": staged}
    entry = LedgerEntry.objects.create(**line, row=4, amount_fen=9_000)
    LedgerEntry.objects.create(**line, corrects=entry, amount_fen=-9_000)
    with pytest.raises(MovedOn):
        take_back_match(by=office, row=row(staged, 4))
    assert row(staged, 4).outcome == RowOutcome.MATCHED


def test_a_department_does_not_decide_or_take_back(staged: SourceBatch, office: User, doctor: User) -> None:
    decide_match(by=office, row=row(staged, 4), verdict=Verdict.NOBODY)
    with pytest.raises(AccessDenied):
        take_back_match(by=doctor, row=row(staged, 4))
    with pytest.raises(Http404):
        workbench_row(doctor, row(staged, 4).uuid)


def test_nothing_is_decided_in_a_batch_taken_out(staged: SourceBatch, office: User, doctor: User) -> None:
    decide_match(by=office, row=row(staged, 4), verdict=Verdict.NOBODY)
    with pytest.raises(DecidedBefore):
        decide_match(by=office, row=row(staged, 4), verdict=Verdict.NOBODY)
    undo_batch(by=doctor, batch=staged, reason="送错")
    assert not workbench_batches(office)
    assert next_row(office, staged) is None


def test_evidence_is_who_lives_there(staged: SourceBatch, family: Household) -> None:
    best = compared(row(staged, 4)).candidates[0]
    assert best.belongs == member(family, "李秀兰")
    assert [one.person.name for one in best.others] == ["王志强", "王小明", "王小红"]


# ---- conflicts over the whole territory


def say(user: User, about: Person | Household, kind: str, value: str, source: FactSource, day: date = DAY) -> None:
    record_fact(by=user, about=about, kind=kind, value=value, as_of=day, source=source)


def contradict(user: User, about: Person | Household, kind: str, one: str, other: str) -> None:
    say(user, about, kind, one, FactSource.SELF)
    say(user, about, kind, other, FactSource.VISIT)


def listed(user: User, **wanted: object) -> list[tuple[str, str]]:
    found = conflicts_for(user, ConflictFilter(**wanted))  # type: ignore[arg-type]
    assert found.count == len(found.rows)
    return [(line.household.number, line.conflict.kind) for line in found.rows]


def test_the_list_is_what_each_household_says(family: Household, office: User, tree: dict[str, Unit]) -> None:
    father, mother = member(family, "王志强").person, member(family, "李秀兰").person
    contradict(office, family, "water_safe", "是", "否")
    contradict(office, father, "health", "健康", "患有大病")
    contradict(office, mother, "labour", "普通劳动力", "普通劳动力")  # two sources of one mind
    say(office, mother, "health", "健康", FactSource.VISIT, date(2019, 1, 1))
    say(office, mother, "health", "长期慢性病", FactSource.VISIT)  # one source that changed its mind
    far = register_household(
        by=office,
        unit=tree["c2"],
        number="7T-2",
        on=OPENED,
        members=[Newcomer("赵一", "户主", number("1980-01-01", 1))],
    )
    contradict(office, far, "dwelling_grade", "A", "D")
    assert listed(office) == [("7T-1", "water_safe"), ("7T-1", "health"), ("7T-2", "dwelling_grade")]
    assert listed(office, kind="health") == [("7T-1", "health")]
    assert listed(office, unit=tree["c2"]) == [("7T-2", "dwelling_grade")]
    people = [one.person for one in family.memberships.select_related("person")]
    assert {one.kind for one in conflicts_of([family, *people])} == {"water_safe", "health"}, "与户档案同一口径"


@pytest.mark.parametrize("seed", range(4))
def test_the_list_is_that_of_the_plain_way(
    family: Household, office: User, sent: Callable[..., Path], stage: Callable[..., SourceBatch], seed: int
) -> None:
    """Anything said by anybody, on any day, in any order, settled now and then, a department's file taken out again."""
    dice = Random(seed)
    people = [one.person for one in family.memberships.order_by("pk")]
    header = ("户编号", "人员编号", "姓名", "健康状况")
    files = []
    for again in range(2):
        said = ["健康" if again else "患有大病", *(dice.choice(["健康", "患有大病"]) for _ in people[1:])]
        lines = [
            ("7T-1", f"7T-1-{place}", one.name, health)
            for place, (one, health) in enumerate(zip(people, said, strict=True), start=1)
        ]
        files.append(stage(sent(f"体检{again}.csv", header, lines), "members"))
        confirm_batch(by=office, batch=files[-1])
    facts = []
    for _ in range(60):
        whom, kind, values = dice.choice(
            [
                (family, "water_safe", "是否"),
                (family, "dwelling_grade", "ABC"),
                *((one, "labour", "强弱") for one in people),
            ]
        )
        source = dice.choice([FactSource.SELF, FactSource.VISIT, FactSource.PACKAGE, FactSource.SETTLED])
        owner = {"person": whom} if isinstance(whom, Person) else {"household": whom}
        facts.append((PersonFact if isinstance(whom, Person) else HouseholdFact)(
            **owner, kind=kind, value=dice.choice(values), as_of=DAY - timedelta(days=dice.randrange(3)), source=source,
            reason="核实" if source == FactSource.SETTLED else "", entered_by=office,
        ))  # fmt: skip
        facts[-1].save()
    for _ in range(2):
        plain = {(one.about.pk, one.kind) for one in conflicts_of([*people, family])}
        lines = conflicts_for(office).rows
        assert {(line.conflict.about.pk, line.conflict.kind) for line in lines} == plain
        assert {kind for _, kind in plain} & {"labour", "water_safe", "dwelling_grade"}, "没有矛盾，什么也没有试"
        undo_batch(by=office, batch=files.pop(), reason="送错了")


def test_settled_it_is_gone_until_somebody_says_otherwise(family: Household, office: User, secretary: User) -> None:
    father = member(family, "王志强").person
    contradict(office, father, "health", "健康", "患有大病")
    settle_conflict(by=office, about=father, kind="health", value="患有大病", reason="看过诊断书")
    assert listed(office) == []
    with pytest.raises(SettledBefore, match="看过诊断书"):
        settle_conflict(by=secretary, about=father, kind="health", value="健康", reason="问过本人")
    say(office, father, "health", "患有大病", FactSource.VISIT)
    assert listed(office) == []
    say(office, father, "health", "健康", FactSource.SELF)
    assert listed(office) == [("7T-1", "health")]


def test_pages_lead_on_and_back(family: Household, office: User, tree: dict[str, Unit]) -> None:
    for place in range(5):
        home = register_household(
            by=office, unit=tree["c1"], number=f"7T-5{place}", on=OPENED, members=[Newcomer(f"钱{place}", "户主")]
        )
        contradict(office, home, "water_safe", "是", "否")
    first = conflicts_for(office, size=2)
    second = conflicts_for(office, after=first.after, size=2)
    third = conflicts_for(office, after=second.after, size=2)
    seen = [[line.household.number for line in page.rows] for page in (first, second, third)]
    assert seen == [["7T-50", "7T-51"], ["7T-52", "7T-53"], ["7T-54"]]
    assert (first.before, second.before, third.before, third.after) == (None, FIRST, first.after, None)
    assert {page.count for page in (first, second, third)} == {5}


@pytest.mark.parametrize(
    ("role", "at", "seen"),
    [
        ("regiment_office", "r7", 1), ("company_secretary", "c1", 1), ("company_secretary", "c2", 0),
        ("regiment_office", "r8", 0), ("cadre", "c1", 0), ("division_office", "d1", 0), ("department_officer", "hospital", 0),
    ],
)  # fmt: skip
def test_conflicts_are_for_those_who_may_settle_them(
    family: Household, office: User, person: MakePerson, role: str, at: str, seen: int
) -> None:
    father = member(family, "王志强").person
    contradict(office, father, "health", "健康", "患有大病")
    user = person("who", role, at)
    assert conflicts_for(user).count == len(conflicts_for(user).rows) == seen
    if seen:
        assert conflict_for(user, "person", str(father.uuid), "health") == father
    else:
        with pytest.raises(Http404):
            conflict_for(user, "person", str(father.uuid), "health")


@pytest.mark.parametrize("households", [3, 30])
def test_a_page_costs_the_same_whatever_is_behind_it(
    office: User, tree: dict[str, Unit], households: int, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for place in range(households):
        home = register_household(
            by=office, unit=tree["c1"], number=f"7T-{place:03}", on=OPENED, members=[Newcomer(f"孙{place}", "户主")]
        )
        contradict(office, home, "water_safe", "是", "否")
    with django_assert_max_num_queries(8):  # type: ignore[attr-defined]
        assert conflicts_for(office, size=3).count == households
