"""What a citizen number says of a person, and how a new person is made."""

from __future__ import annotations

from datetime import date

from shouwang.accounts.actions.people import checked_citizen_number
from shouwang.accounts.crypto import CITIZEN_NUMBER
from shouwang.registry import search
from shouwang.registry.models import Household, Person, Sex
from shouwang.units import identity
from shouwang.units.errors import ShouwangError
from shouwang.units.text import normalise


class NameNeeded(ShouwangError):
    code = "REG-10"
    what = "没有填写姓名。"
    do = "请按身份证或户口簿填写姓名。"


class BirthDateDiffers(ShouwangError):
    code = "REG-11"
    what = "填写的出生日期 {given} 与身份证号里的 {inside} 不一致。"
    do = "请核对证件；以身份证号为准时，出生日期可以留空。"


def sex_of(number: str) -> str:
    """The sex a valid citizen number tells: its seventeenth digit is odd for men."""
    if len(number) != 18:
        return ""
    return (Sex.MALE if int(number[16]) % 2 else Sex.FEMALE).value


def new_person(
    *,
    name: str,
    home: Household,
    citizen_number: str = "",
    birth_date: date | None = None,
    sex: str = "",
    ethnicity: str = "",
) -> Person:
    """An unsaved person; the citizen number is checked, and tells birth date and sex where they are not given."""
    name, number = normalise(name), checked_citizen_number(citizen_number)
    if not name:
        raise NameNeeded()
    inside = identity.birth_date(number) if number else None
    if inside and birth_date and inside != birth_date:
        raise BirthDateDiffers(given=birth_date, inside=inside)
    person = Person(name=name, name_tokens=search.tokens(name), citizen=number, home=home, ethnicity=ethnicity)
    person.citizen_index = CITIZEN_NUMBER.token(number)
    person.birth_date = birth_date or inside
    person.sex = sex or sex_of(number)
    return person
