"""Whom is each row of a department's file about? The rules of contract 2 (Matching), asked of the registry in lots.

By citizen number through the blind index where its check digit is right and one person has it; else, only where the number
is blank or wrong, by one person of the same name and birth date. Anything else is left to a person, never guessed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q

from shouwang.accounts.crypto import CITIZEN_NUMBER, index_ring
from shouwang.accounts.models import Unit
from shouwang.registry.models import Household, Membership, Person, RowOutcome
from shouwang.registry.reading import ReadRow, valid_number
from shouwang.terms.tables import MEMBERS, Table

_CHECK = "请核对号码和姓名；确实不是本团的人，不必改。"
_SEVERAL = "请补上正确的身份证号；不改也可以，由团办判定。"
#: How a row was recognised whose number nobody has: not at all.
STRANGER = "没有这个编号"


@dataclass
class Recognised:
    """What one row turned out to be."""

    outcome: RowOutcome
    person_id: int | None = None
    household_id: int | None = None
    how: str = ""
    reason: str = ""
    advice: str = ""
    citizen_index: str = ""


class Who(NamedTuple):
    """Somebody a row may be about, and the household they are in: numbers only, for a file has many rows."""

    pk: int
    home: int


class Recogniser:
    """Recognises the rows of one file, lot by lot; remembers what it has seen of it."""

    def __init__(self, table: Table, unit: Unit) -> None:
        self.table = table
        self.people = Person.objects.filter(within("home__", unit))
        self.households = Household.objects.filter(within("", unit))
        self.indexes = index_ring()
        self.seen: dict[tuple[Any, ...], int] = {}
        self.counts: Counter[str] = Counter()

    def lot(self, rows: Sequence[ReadRow]) -> list[Recognised]:
        """One answer for each row."""
        if self.table.matched:
            found = self._by_person(rows)
        elif self.table is MEMBERS:
            found = self._by_member_number(rows)
        else:
            found = self._by_household(rows)
        self.counts.update(one.outcome.value for one in found)
        return found

    # ---- rows about a person

    def _by_person(self, rows: Sequence[ReadRow]) -> list[Recognised]:
        numbers = {row.row: valid_number(row) for row in rows if not row.refused}
        holders = self._holders(set(numbers.values()) - {""})
        namesakes = self._namesakes([row for row in rows if not row.refused and not numbers[row.row]])
        answers = []
        for row in rows:
            if row.refused:
                answers.append(_refused(row))
            elif repeated := self._repeats(row):
                answers.append(repeated)
            elif number := numbers[row.row]:
                answers.append(_by_number(holders.get(number, []), CITIZEN_NUMBER.token(number, self.indexes)))
            else:
                answers.append(_by_name(row, namesakes.get((row.values["name"], row.values["birth_date"]), [])))
        return answers

    def _repeats(self, row: ReadRow) -> Recognised | None:
        """A row equal to an earlier one of the file in every column counts once."""
        key = tuple(row.values.values())
        first = self.seen.setdefault(key, row.row)
        if first == row.row:
            return None
        return Recognised(RowOutcome.DUPLICATE, reason=f"与第{first}行完全相同，只计一次")

    def _holders(self, numbers: set[str]) -> dict[str, list[Who]]:
        owner = {token: number for number in numbers for token in CITIZEN_NUMBER.tokens(number, self.indexes)}
        holders: dict[str, list[Who]] = defaultdict(list)
        found = self.people.filter(citizen_index__in=owner).values_list("citizen_index", "pk", "home")
        for token, person, home in found:
            holders[owner[token]].append(Who(person, home))
        return holders

    def _namesakes(self, rows: Sequence[ReadRow]) -> dict[tuple[Any, Any], list[Who]]:
        names = {row.values["name"] for row in rows if row.values["name"] and row.values["birth_date"]}
        days = {row.values["birth_date"] for row in rows}
        found: dict[tuple[Any, Any], list[Who]] = defaultdict(list)
        same = self.people.filter(name__in=names, birth_date__in=days)
        for name, born, person, home in same.values_list("name", "birth_date", "pk", "home"):
            found[name, born].append(Who(person, home))
        return found

    # ---- rows that carry a number of ours

    def _by_household(self, rows: Sequence[ReadRow]) -> list[Recognised]:
        wanted = {row.values.get("household_id") for row in rows if not row.refused}
        known = {household.number: household for household in self.households.filter(number__in=wanted)}
        members = self._members({row.values.get("member_id") for row in rows if not row.refused} - {None})
        answers = []
        for row in rows:
            household = known.get(row.values.get("household_id") or "")
            if row.refused:
                answers.append(_refused(row))
            elif household is None:
                answers.append(_stranger("户编号"))
            else:
                member = members.get(row.values.get("member_id") or "")
                person = member.person_id if member and member.household_id == household.pk else None
                answers.append(Recognised(RowOutcome.ACCEPTED, person, household.pk, how="户编号"))
        return answers

    def _by_member_number(self, rows: Sequence[ReadRow]) -> list[Recognised]:
        known = self._members({row.values.get("member_id") for row in rows if not row.refused})
        answers = []
        for row in rows:
            member = known.get(row.values.get("member_id") or "")
            if row.refused:
                answers.append(_refused(row))
            elif member is None or member.household.number != row.values["household_id"]:
                answers.append(_stranger("人员编号"))
            else:
                answers.append(Recognised(RowOutcome.ACCEPTED, member.person_id, member.household_id, how="人员编号"))
        return answers

    def _members(self, numbers: set[Any]) -> dict[str, Membership]:
        found = Membership.objects.filter(member_number__in=numbers, superseded_at=None)
        mine = found.filter(household__in=self.households) if numbers else found.none()
        return {member.member_number: member for member in mine.select_related("household")}


def within(via: str, unit: Unit) -> Q:
    """People and households of the regiment a file came from; of the division, where it came from there."""
    if unit.regiment_id:
        return Q(**{f"{via}regiment": unit.regiment_id})
    return Q(**{f"{via}division": unit.division_id})


def _refused(row: ReadRow) -> Recognised:
    return Recognised(RowOutcome.REJECTED, reason=row.reason, advice=row.advice)


def _stranger(header: str) -> Recognised:
    reason, advice = f"没有登记这个{header}", "请核对编号；若是新的，请先在户档案里登记。"
    return Recognised(RowOutcome.REJECTED, how=STRANGER, reason=reason, advice=advice)


def _by_number(people: Sequence[Who], token: str) -> Recognised:
    if len(people) == 1:
        (person,) = people
        return Recognised(RowOutcome.MATCHED, person.pk, person.home, how="身份证号", citizen_index=token)
    if people:
        reason = f"有{len(people)}人登记了这个身份证号"
        return Recognised(RowOutcome.AMBIGUOUS, reason=reason, advice=_SEVERAL, citizen_index=token)
    return Recognised(RowOutcome.UNMATCHED, reason="没有人登记这个身份证号", advice=_CHECK, citizen_index=token)


def _by_name(row: ReadRow, people: Sequence[Who]) -> Recognised:
    why = "身份证号不对" if row.values["id_number"] else "没有身份证号"
    if len(people) == 1:
        (person,) = people
        return Recognised(RowOutcome.MATCHED, person.pk, person.home, how="姓名和出生日期", reason=why)
    if people:
        return Recognised(RowOutcome.AMBIGUOUS, reason=f"{why}；姓名和出生日期相同的有{len(people)}人", advice=_SEVERAL)
    if not row.values["name"] or not row.values["birth_date"]:
        return Recognised(
            RowOutcome.UNMATCHED, reason=f"{why}，又缺少姓名或出生日期", advice="请补上身份证号，或姓名和出生日期。"
        )
    return Recognised(RowOutcome.UNMATCHED, reason=f"{why}，也没有姓名和出生日期都相同的人", advice=_CHECK)
