"""The made-up people and their money look like a regiment's."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from shouwang.demo.profile import UNITS
from shouwang.units.identity import birth_date, is_valid
from shouwang.units.periods import age_on, quarter
from tests.demo import reading

AS_OF = date(2020, 5, 20)
CHILDREN = ("之子", "之女")


def _years(older: reading.Row, younger: reading.Row) -> int:
    return int(younger["born"].year - older["born"].year)


def test_numbers_are_unique_and_right(clean_package: reading.Package) -> None:
    members = clean_package.tables["members"]
    numbers = [member["id_number"] for member in members]
    assert len(set(numbers)) == len(numbers)
    assert all(is_valid(number) for number in numbers)
    assert all(m["birth_date"] in (None, birth_date(m["id_number"])) for m in members)


def test_sex_in_the_number_agrees_with_the_relation(clean_package: reading.Package) -> None:
    men, women = ("之子", "之父", "之孙子", "之女婿"), ("之女", "之母", "之孙女", "之儿媳")
    for member in clean_package.tables["members"]:
        male = int(member["id_number"][16]) % 2 == 1
        assert not (male and member["relation"] in women)
        assert male or member["relation"] not in men


def test_families_are_plausible(clean_package: reading.Package) -> None:
    for case in reading.cases(clean_package).values():
        by = defaultdict(list)
        for member in case.members:
            by[member["relation"]].append(member)
            assert 0 <= age_on(member["born"], AS_OF) <= 100
        assert len(by["户主"]) == 1
        assert len(by["配偶"]) <= 1
        head = by["户主"][0]
        for spouse in by["配偶"]:
            assert int(spouse["id_number"][16]) % 2 != int(head["id_number"][16]) % 2
            assert abs(_years(head, spouse)) <= 12
        for child in by["之子"] + by["之女"]:
            assert 17 <= _years(head, child) <= 55
            assert all(_years(spouse, child) >= 17 for spouse in by["配偶"])
        for parent in by["之父"] + by["之母"]:
            assert 19 <= _years(parent, head) <= 45


def test_names_follow_the_father(clean_package: reading.Package) -> None:
    followed = 0
    for case in reading.cases(clean_package).values():
        couple = [m for m in case.members if m["relation"] in ("户主", "配偶")]
        fathers = [m for m in couple if int(m["id_number"][16]) % 2]
        for child in (m for m in case.members if m["relation"] in CHILDREN):
            if fathers and "·" in child["name"]:
                assert child["name"].split("·")[1] == fathers[0]["name"].split("·")[0]
                followed += 1
            elif fathers:
                assert child["name"][0] == fathers[0]["name"][0]
    assert followed > 100


def test_cotton_is_sold_in_the_fourth_quarter(clean_package: reading.Package) -> None:
    cotton = {unit.name for unit in UNITS if unit.crop == 0}
    sold: dict[int, int] = defaultdict(int)
    spent: dict[int, int] = defaultdict(int)
    for case in reading.cases(clean_package).values():
        if case.row["unit"] in cotton:
            for row in case.ledger:
                if quarter(2019, 1) <= row["quarter"] <= quarter(2019, 4):
                    sold[row["quarter"] % 4 + 1] += row["amount"] * (row["kind"] == "production_income")
                    spent[row["quarter"] % 4 + 1] += row["amount"] * (row["kind"] == "production_cost")
    assert 0.75 < sold[4] / sum(sold.values()) < 0.88
    assert (spent[2] + spent[3]) / sum(spent.values()) > 0.9


def test_sizes_are_a_regiment_s(clean_package: reading.Package) -> None:
    tables = clean_package.tables
    assert 2.8 < len(tables["members"]) / 2000 < 3.3
    assert 21 < len(tables["ledger"]) / 2000 < 27
    assert len({row["unit"] for row in tables["households"]}) == len(UNITS)
    assert any(row["amount"] < 0 for row in tables["ledger"])
    assert any(row["amount"] == 0 for row in tables["ledger"])
    assert any(row["one_off"] for row in tables["ledger"])


def test_people_of_four_kinds_live_there(clean_package: reading.Package) -> None:
    names = [member["name"] for member in clean_package.tables["members"]]
    dotted = sum("·" in name for name in names) / len(names)
    assert 0.15 < dotted < 0.45
    assert any(name.startswith("马") for name in names)
    assert sum(member["registered_here"] is False for member in clean_package.tables["members"]) > 200
    assert sum(member["resident_here"] is False for member in clean_package.tables["members"]) > 30
