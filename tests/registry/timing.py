"""How long does a page of the list take among 300,000 households? Run by hand, not collected:

`SHOUWANG_ENV=test SHOUWANG_HOME=/tmp/x python -m tests.registry.timing [households]`; with SHOUWANG_DATABASE_URL on PostgreSQL.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from uuid import uuid4

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwang.config.settings")

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.utils import timezone  # noqa: E402

from shouwang.accounts.actions import create_account, create_unit, grant_post  # noqa: E402
from shouwang.accounts.crypto import CITIZEN_NUMBER, Sealed, field_ring  # noqa: E402
from shouwang.accounts.models import Unit, User  # noqa: E402
from shouwang.accounts.origin import Console  # noqa: E402
from shouwang.accounts.roles import Level  # noqa: E402
from shouwang.registry import bulk, search  # noqa: E402
from shouwang.registry.models import Household, Membership, Person  # noqa: E402
from shouwang.registry.queries import HouseholdFilter, household_page, households_for  # noqa: E402
from shouwang.units.identity import check_digit  # noqa: E402

CONSOLE = Console("timing@here")
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
GIVEN = "伟芳娜敏静秀英丽强磊军洋勇艳杰娟涛明超兰霞平刚桂志建国华玉红"
DIVISIONS, REGIMENTS, COMPANIES = 2, 14, 60


def seed(households: int) -> None:
    """Two divisions of 28 regiments with 1,680 companies, three people a household."""
    call_command("migrate", verbosity=0)
    if Household.objects.exists():
        return
    companies = [unit for unit in _tree() if unit.level == Level.COMPANY]
    dice = Random(7)
    with transaction.atomic():
        search.pause(connection)
        names = "id uuid number unit_id division_id regiment_id company_id version".split()
        rows = (
            (i, uuid4().hex, f"H{i:07d}", c.pk, c.division_id, c.regiment_id, c.company_id, 1)
            for i in range(1, households + 1)
            for c in [companies[i * 7919 % len(companies)]]
        )
        bulk.insert(connection, Household, names, rows)
        people = "id uuid name name_tokens citizen citizen_index birth_date sex ethnicity home_id".split()
        bulk.insert(connection, Person, people, (_person(i, dice) for i in range(1, 3 * households + 1)))
        members = "uuid household_id person_id member_number relation shares_budget".split()
        relations = ("户主", "配偶", "之子")
        lines = (
            (uuid4().hex, (i + 2) // 3, i, f"H{(i + 2) // 3:07d}-{i % 3 + 1}", relations[i % 3], True)
            for i in range(1, 3 * households + 1)
        )
        bulk.insert(connection, Membership, members, lines)
        search.rebuild(connection, 0)
        bulk.settle_keys(connection, Household, Person)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _tree() -> list[Unit]:
    corps = create_unit(by=CONSOLE, code="bt", name="兵团", level=Level.CORPS)
    units = [corps]
    for d in range(DIVISIONS):
        division = create_unit(by=CONSOLE, code=f"d{d}", name=f"{d}师", level=Level.DIVISION, parent=corps)
        for r in range(REGIMENTS):
            code = f"d{d}r{r}"
            regiment = create_unit(by=CONSOLE, code=code, name=f"{r}团", level=Level.REGIMENT, parent=division)
            for c in range(COMPANIES):
                name = f"{c}连"
                units.append(
                    create_unit(by=CONSOLE, code=f"{code}c{c}", name=name, level=Level.COMPANY, parent=regiment)
                )
    return units


def _person(i: int, dice: Random) -> tuple[object, ...]:
    name = dice.choice(SURNAMES) + "".join(dice.choices(GIVEN, k=dice.choice((1, 2, 2))))
    born = date(1940, 1, 1) + timedelta(days=dice.randrange(28_000))
    first = f"652901{born:%Y%m%d}{i % 1000:03d}"
    number, uuid = first + check_digit(first), uuid4()
    sealed = Sealed.of(number, f"registry_person.citizen.{uuid}", field_ring()).text
    index = CITIZEN_NUMBER.token(number)
    return i, uuid.hex, name, search.tokens(name), sealed, index, str(born), "", "", (i + 2) // 3


def _user(name: str, role: str, unit: Unit) -> User:
    known = User.objects.filter(username=name).first()
    if known is None:
        known, _ = create_account(by=CONSOLE, username=name, display_name=name, unit=unit)
        today = timezone.localdate()
        grant_post(by=CONSOLE, user=known, role=role, unit=unit, starts_on=today, ends_on=today + timedelta(days=100))
    known.acting_post = known.posts.select_related("unit").first()
    return known


def measure(title: str, act: Callable[[], object], times: int = 15) -> None:
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        taken.append((time.perf_counter() - began) * 1000)
    print(f"{title:<44} min {min(taken):7.1f} ms   median {statistics.median(taken):7.1f} ms")


def main() -> None:
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    began = time.perf_counter()
    seed(households)
    print(f"{connection.vendor}: {households} 户，准备 {time.perf_counter() - began:.0f} 秒")
    division = Unit.objects.get(code="d0")
    regiment, company = Unit.objects.get(code="d0r3"), Unit.objects.get(code="d0r3c5")
    top = _user("top", "division_office", division)
    office, cadre = _user("office", "regiment_office", regiment), _user("cadre", "cadre", company)
    deep = f"H{households - 1000:07d}"
    person = Person.objects.filter(home__regiment=regiment)[0]
    for user, name in ((top, "师"), (office, "团"), (cadre, "连")):
        measure(f"{name}：第一页，含户数", lambda user=user: households_for(user))
        measure(f"{name}：深处一页", lambda user=user: households_for(user, after=deep))
        measure(f"{name}：姓名两个字", lambda user=user: households_for(user, HouseholdFilter(name="王伟")))
        measure(f"{name}：姓名一个字", lambda user=user: households_for(user, HouseholdFilter(name="王")))
        measure(f"{name}：没有的姓名", lambda user=user: households_for(user, HouseholdFilter(name="欧阳")))
    measure("师：只看一个团", lambda: households_for(top, HouseholdFilter(unit=regiment)))
    measure("团：身份证号", lambda: households_for(office, HouseholdFilter(citizen_number=person.citizen)))
    measure("团：一户一档", lambda: household_page(office, person.home.uuid))


if __name__ == "__main__":
    main()
