"""How long do the list pages take when the system is full? `python -m bench.site.pages [households] [times]`

The data directory or the database the environment names (SHOUWANG_HOME, SHOUWANG_DATABASE_URL) is filled once by
`bench.site.regiments`. Every page is asked for through Django's whole stack, as a browser would, by people of every level.
Server time is the smallest of so many askings, beside it the median and the smallest CPU time of this process: other work on
the machine only ever adds. On SQLite the database's work is in that CPU time, on PostgreSQL it is not.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("SHOUWANG_ENV", "test")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouwang.config.settings")

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import NoReverseMatch, reverse  # noqa: E402

from bench.site.regiments import seed  # noqa: E402
from bench.timing import yardstick  # noqa: E402
from shouwang.accounts.models import User  # noqa: E402
from shouwang.registry.models import Household, Person  # noqa: E402
from tests.accounts.conftest import sign_in  # noqa: E402

LIMIT_MS = 100
EVERYBODY = ("division", "office", "secretary")


@dataclass(frozen=True)
class Timed:
    """One page, asked for by one person."""

    title: str
    who: str
    status: int
    least: float
    median: float
    cpu: float
    queries: int
    slowest: float
    slowest_sql: str
    yardstick: float


def pages(households: int) -> list[tuple[str, str, tuple[str, ...]]]:
    """Title, address, and who asks for it."""
    deep = f"H{households - 1_000:07d}"
    wanted = [
        ("首页", _at("home"), EVERYBODY),
        ("待办", _at("inbox"), ("office", "secretary", "leader")),
        ("已办", _at("done"), ("secretary",)),
        ("我经手的", _at("touched"), ("secretary",)),
        ("超期", _at("overdue"), ("office", "secretary")),
        ("户籍台账，第一页，含户数", _at("households"), EVERYBODY),
        ("户籍台账，深处一页", _at("households", after=deep), EVERYBODY),
        ("户籍台账，姓名三个字", _at("households", name="王志强"), EVERYBODY),
        ("户籍台账，姓名两个字", _at("households", name="王伟"), EVERYBODY),
        ("户籍台账，姓名一个字", _at("households", name="王"), EVERYBODY),
        ("户籍台账，没有的姓名", _at("households", name="欧阳"), EVERYBODY),
        ("户籍台账，户编号", _at("households", number=deep), EVERYBODY),
        ("线索", _at("clues"), ("division", "office", "secretary")),
        ("线索，按姓名", _at("clues", text="王伟"), ("division", "office", "secretary")),
        ("个案", _at("cases"), ("division", "office", "secretary")),
        ("个案，按姓名", _at("cases", text="王伟"), ("division", "office", "secretary")),
        ("筛查", _at("screenings"), ("office",)),
        ("部门文件", _at("sources"), ("office", "hospital")),
        ("比对工作台", _at("matching"), ("office",)),
        ("疑点清单，总数", _at("suspicions"), ("office",)),
        ("疑点：应纳未纳", _at("suspicion", "should_be_covered"), ("office",)),
        ("疑点：从未摸排", _at("suspicion", "never_seen"), ("office",)),
        ("统计", _at("statistics"), ("corps", "division", "office")),
        ("统计，重新数", _at("statistics", fresh="1"), ("corps", "division", "office")),
        ("规则手册", _at("rulebook"), ("office",)),
        ("一户一档", _one_household(), ("office",)),
    ]
    return [(title, address, people) for title, address, people in wanted if address]


def _at(name: str, /, *args: str, **query: str) -> str:
    """The address of a page; empty where this version has none."""
    try:
        address = reverse(f"web:{name}", args=args)
    except NoReverseMatch:
        return ""
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else address


def _one_household() -> str:
    return reverse("web:household", args=[Household.objects.filter(regiment__code="d0r3")[0].uuid])


def measure(client: Client, title: str, who: str, address: str, times: int) -> Timed:
    taken, spent, steps = [], [], []
    with CaptureQueriesContext(connection) as told:
        status = client.get(address).status_code
    queries = [(float(query["time"]) * 1000, query["sql"]) for query in told.captured_queries]
    slowest = max(queries, default=(0.0, ""))
    for _ in range(times):
        steps.append(yardstick())
        began, used = time.perf_counter(), time.process_time()
        client.get(address)
        taken.append((time.perf_counter() - began) * 1000)
        spent.append((time.process_time() - used) * 1000)
    return Timed(
        title, who, status, round(min(taken), 1), round(statistics.median(taken), 1), round(min(spent), 1), len(queries),
        slowest[0], slowest[1], round(min(steps), 1),
    )  # fmt: skip


def run(households: int, times: int, say: Callable[[str], None] = print) -> dict[str, Any]:
    began = time.perf_counter()
    people = seed(households)
    say(
        f"{connection.vendor}：{Household.objects.count()} 户，{Person.objects.count()} 人，准备 {time.perf_counter() - began:.0f} 秒"
    )
    timed = []
    for title, address, who in pages(households):
        for name in who:
            one = measure(_signed_in(people[name]), title, name, address, times)
            if one.status != 200:
                raise SystemExit(f"{title}（{name}）答复 {one.status}，不是页面，不能计时：{address}")
            timed.append(one)
            mark = "" if one.least <= LIMIT_MS else f"  ← 慢，最慢的查询 {one.slowest:.0f} 毫秒"
            say(
                f"{title}（{name}） {one.status}  最小 {one.least} 中位 {one.median} CPU {one.cpu} 毫秒，{one.queries} 次查询{mark}"
            )
    return {
        "database": connection.vendor, "households": households, "people": Person.objects.count(), "times": times,
        "load": os.getloadavg()[0], "pages": [asdict(one) for one in timed],
    }  # fmt: skip


def _signed_in(user: User) -> Client:
    client = Client(raise_request_exception=False)
    return sign_in(client, user)


def main() -> None:
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
    times = int(sys.argv[2]) if len(sys.argv) > 2 else 7
    found = run(households, times)
    out = Path(os.environ["SHOUWANG_HOME"]) / f"pages-{connection.vendor}.json"
    out.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    print(out)


if __name__ == "__main__":
    main()
