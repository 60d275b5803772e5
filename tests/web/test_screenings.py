"""The pages of screenings: who may start one, what each sees of it, two compared, what leaves as a file."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from shouwang.accounts.models import AuditEvent, Unit
from shouwang.casework import actions
from shouwang.casework.clue_writer import ClueWriter
from shouwang.casework.models import RunState, ScreeningRun
from shouwang.casework.run_results import Found
from shouwang.registry.models import Household, SourceBatch
from tests.casework.conftest import MakeHouse, Staff, house, staff
from tests.web.test_clues import INCOME, body, listed

__all__ = ["house", "staff"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db


def found(home: Household, outcome: str = "met", income: int | None = 828_700, **more: Any) -> Found:
    figures = {"net_income": income, "net_income_per_head": None if income is None else income // 3, "base_income": None,
               "rigid": 0, "members": 3}  # fmt: skip
    facts = {
        "tier": "severe",
        "rules_met": "income_below_line" if outcome == "met" else "",
        "rules_suspected": "",
    } | more
    findings = (INCOME | {"values": {"net_income": income}},) if outcome == "met" else ()
    return Found(home.number, outcome, figures=figures, findings=findings, **facts)


def run_of(unit: Unit, results: Sequence[Found], before: ScreeningRun | None = None, **facts: Any) -> ScreeningRun:
    """A finished screening with these results, compared with the one before as the worker does."""
    today = timezone.localdate()
    run = ScreeningRun.objects.create(
        unit=unit, policy="qituan-2020", policy_sha256="x", as_of=today, state=RunState.DONE, result_sha256=uuid4().hex * 2,
        finished_at=timezone.now(), counts={"met": len(results), "people_met": 3 * len(results), "households": 9, "people": 27},
        **facts,
    )  # fmt: skip
    known = {line.household.number: line for line in before.lines.select_related("household")} if before else {}
    ClueWriter(run, known, today + timedelta(days=2)).write(results)
    return run


@pytest.fixture
def homes(house: MakeHouse) -> dict[str, Household]:
    return {"a": house(), "b": house(), "c": house(), "poor": house(), "other": house("c2"), "far": house("c81")}


@pytest.fixture
def pair(homes: dict[str, Household], tree: dict[str, Unit]) -> tuple[ScreeningRun, ScreeningRun]:
    """Of c1: a stays and earns more, b leaves, c enters, poor lacks facts; of c2: other enters. And a run of another regiment."""
    first = run_of(tree["r7"], [found(homes["a"]), found(homes["b"]), found(homes["poor"], "unknown", None, tier="")])
    second = run_of(
        tree["r7"],
        [found(homes["a"], income=900_000), found(homes["b"], "not_met", 9_000_000, tier="above"), found(homes["c"]),
         found(homes["other"], "special", rules_met="dwelling_unsafe"), found(homes["poor"], "unknown", None, tier="")],
        first,
    )  # fmt: skip
    run_of(tree["r8"], [found(homes["far"])])
    return first, second


def at(run: ScreeningRun, name: str = "screening") -> str:
    return reverse(f"web:{name}", args=[run.uuid])


def cells(page: str, table: str) -> dict[str, list[str]]:
    """The rows of one table of a page by their first cell, tags taken out."""
    part = page.split(f'id="{table}-title"')[1].split("</section>")[0]
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", part.split("<tbody")[-1], re.S)
    told = [
        [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)] for row in rows
    ]
    return {row[0]: row[1:] for row in told}


@pytest.mark.parametrize(
    ("name", "reads", "starts"),
    [("office", True, True), ("leader", True, False), ("head", True, False), ("cadre", True, False), ("secretary", True, False),
     ("division", True, False), ("hospital", False, False), ("corps", False, False)],
)  # fmt: skip
def test_who_may_read_and_who_may_start(
    browser: Browser, staff: Staff, pair: Any, name: str, reads: bool, starts: bool
) -> None:
    client = browser(staff[name])
    for address in (
        reverse("web:screenings"),
        at(pair[1]),
        reverse("web:screening_compare"),
        at(pair[1], "screening_progress"),
    ):
        assert client.get(address).status_code == (200 if reads else 404), address
    assert client.get(reverse("web:screening_new")).status_code == (200 if starts else 404)
    if reads:
        page = body(client.get(reverse("web:screenings")))
        assert ("发起筛查" in page) is starts
        assert ">筛查</a>" in page


def test_another_regiment_has_no_such_screening(browser: Browser, staff: Staff, pair: Any) -> None:
    for name in ("office_r8", "division_d2"):
        client = browser(staff[name])
        assert at(pair[1]) not in body(client.get(reverse("web:screenings")))
        for address in (at(pair[1]), at(pair[1], "screening_progress"), at(pair[1], "screening_export")):
            assert client.get(address).status_code == 404, address
        chosen = client.get(reverse("web:screening_compare"), {"earlier": pair[0].uuid, "later": pair[1].uuid})
        assert not any(home in body(chosen) for home in ("H0001", "H0002", "H0003"))


def test_a_company_sees_its_own_households_and_counts(
    browser: Browser, staff: Staff, pair: Any, homes: dict[str, Household]
) -> None:
    page = body(browser(staff.secretary).get(at(pair[1])))
    assert set(listed(page)) == {homes[name].number for name in ("a", "c", "poor")} | {"c1", *_rules(page)}
    assert cells(page, "units") == {"c1": ["2 户 6 人", "—", "—", "1 户 3 人"]}
    assert "共筛查" not in page and "9 户" not in page and homes["other"].number not in page
    page = body(browser(staff.office).get(at(pair[1])))
    assert cells(page, "units") == {
        "c1": ["2 户 6 人", "—", "—", "1 户 3 人"],
        "c2": ["—", "—", "1 户 3 人", "—"],
        "合计": ["2 户 6 人", "—", "1 户 3 人", "1 户 3 人"],
    }
    assert "共筛查 9 户 27 人" in page
    row = cells(body(browser(staff.secretary).get(reverse("web:screenings"))), "table")
    (own, *_) = row.values()
    assert own[3:7] == ["2 户 6 人", "—", "—", "1 户 3 人"]


def _rules(page: str) -> set[str]:
    return set(cells(page, "rules"))


def test_rules_are_counted_and_lead_to_their_households(
    browser: Browser, staff: Staff, pair: Any, homes: dict[str, Household]
) -> None:
    client = browser(staff.office)
    told = cells(body(client.get(at(pair[1]))), "rules")
    assert told["家庭人均纯收入低于监测线"] == ["2 户 6 人", "—"]
    assert told["住房不安全"] == ["1 户 3 人", "—"]
    assert households(body(client.get(at(pair[1]), {"rule": "dwelling_unsafe"}))) == [homes["other"].number]
    assert households(body(client.get(at(pair[1]), {"outcome": "unknown"}))) == [homes["poor"].number]
    unit = homes["other"].unit.uuid
    assert households(body(client.get(at(pair[1]), {"unit": unit, "outcome": "met"}))) == []


def households(page: str) -> list[str]:
    """The households of the ranked list, in its order."""
    return re.findall(r'class="row-link" href="/households/[^"]+">(H\d+)</a>', page)


def test_the_most_urgent_first_each_with_its_clue(
    browser: Browser, staff: Staff, pair: Any, homes: dict[str, Household]
) -> None:
    page = body(browser(staff.office).get(at(pair[1])))
    assert set(households(page)[:2]) == {homes["a"].number, homes["c"].number}
    assert households(page)[-1] == homes["poor"].number
    clue = homes["a"].pk
    assert page.count('class="cell-link" href="/clues/') == 3 and clue
    assert "3,000.00" in page and "9,000.00" in page


def test_compared_in_any_order_and_only_in_ones_own_units(
    browser: Browser, staff: Staff, pair: Any, homes: dict[str, Household]
) -> None:
    asked = {"earlier": pair[0].uuid, "later": pair[1].uuid}
    client = browser(staff.office)
    lists = {
        move: body(client.get(reverse("web:screening_compare"), asked | {"move": move}))
        for move in ("entered", "left", "moved")
    }
    assert set(households(lists["entered"])) == {homes["c"].number, homes["other"].number}
    assert households(lists["left"]) == [homes["b"].number]
    told = {move: re.search(r"共 ([\d,]+) 条", text) for move, text in lists.items()}
    assert {move: found and found[1] for move, found in told.items()} == {"entered": "2", "left": "1", "moved": "1"}
    assert households(lists["moved"]) == [homes["a"].number]
    assert "家庭纯收入（元） 8,287.00 → 9,000.00" in lists["moved"]
    assert cells(lists["left"], "units") == {
        "c1": ["1 户 3 人", "1 户 3 人", "1 户 3 人"],
        "c2": ["1 户 3 人", "—", "—"],
        "合计": ["2 户 6 人", "1 户 3 人", "1 户 3 人"],
    }
    back = body(client.get(reverse("web:screening_compare"), {"earlier": pair[1].uuid, "later": pair[0].uuid}))
    assert households(back) == [homes["b"].number], "the other way round who left has entered"
    own = body(browser(staff.secretary).get(reverse("web:screening_compare"), asked))
    assert households(own) == [homes["c"].number] and ">c2<" not in own


def test_what_is_not_known_is_equal_to_what_is_not_known(
    browser: Browser, staff: Staff, tree: dict[str, Unit], house: MakeHouse
) -> None:
    homes = [house(), house()]
    first = run_of(tree["r7"], [found(homes[0], "suspected", None), found(homes[1], "suspected", None)])
    second = run_of(tree["r7"], [found(homes[0], "suspected", None), found(homes[1], "suspected", 1)], first)
    asked = {"earlier": first.uuid, "later": second.uuid, "move": "moved"}
    page = body(browser(staff.office).get(reverse("web:screening_compare"), asked))
    assert households(page) == [homes[1].number]


def test_starting_one_and_what_stands_in_the_way(browser: Browser, staff: Staff, tree: dict[str, Unit]) -> None:
    client, today = browser(staff.office), timezone.localdate()
    form = {"regiment": tree["r7"].uuid, "purpose": "changed", "as_of": today}
    refused = client.post(reverse("web:screening_new"), form)
    assert refused.status_code == 422 and "先做一次全部户的筛查" in body(refused)
    ahead = client.post(reverse("web:screening_new"), form | {"as_of": today + timedelta(days=1)})
    assert ahead.status_code == 422 and "以后的资料还没有" in body(ahead)
    far = client.post(reverse("web:screening_new"), form | {"purpose": "whole", "regiment": tree["r8"].uuid})
    assert far.status_code == 422 and not ScreeningRun.objects.exists()
    made = client.post(reverse("web:screening_new"), form | {"purpose": "whole"})
    run = ScreeningRun.objects.get()
    assert made["Location"] == at(run) and (run.as_of, run.started_by) == (today, staff.office)
    busy = client.post(reverse("web:screening_new"), form | {"purpose": "whole"})
    assert busy.status_code == 422 and "正在进行" in body(busy)


def test_progress_is_asked_for_until_it_is_over(browser: Browser, staff: Staff, tree: dict[str, Unit]) -> None:
    run = actions.run_screening(by=staff.office, regiment=tree["r7"])
    client = browser(staff.office)
    assert 'hx-trigger="every 1s"' in body(client.get(at(run)))
    ScreeningRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, progress="写结果和线索", done=500, total=2340)
    asked = client.get(at(run, "screening_progress"))
    assert "500 / 2,340" in body(asked) and "HX-Refresh" not in asked
    ScreeningRun.objects.filter(pk=run.pk).update(
        state=RunState.FAILED, progress="没有完成：程序出错，编号 4f2a。请重新发起一次。", finished_at=timezone.now()
    )
    over = client.get(at(run, "screening_progress"))
    assert over["HX-Refresh"] == "true" and "hx-trigger" not in body(over)
    page = body(client.get(at(run)))
    assert "编号 4f2a" in page and "重新发起" in page
    assert "重新发起</a>" not in body(browser(staff.leader).get(at(run)))


def rows_of(response: Any) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(BytesIO(response.content)).get_sheet_by_index(0).to_python()


def test_the_file_has_the_rows_of_the_list_and_is_recorded(
    browser: Browser, staff: Staff, pair: Any, homes: dict[str, Household], tree: dict[str, Unit]
) -> None:
    client = browser(staff.office)
    address = f"{at(pair[1], 'screening_export')}?outcome=met&unit={tree['c1'].uuid}"
    assert "共 2 户" in body(client.get(address))
    assert client.post(address, {"reason": " "}).status_code == 422
    head, *rows = rows_of(client.post(address, {"reason": "核对"}))
    assert {row[0] for row in rows} == {homes["a"].number, homes["c"].number}
    assert (
        dict(zip(head, next(row for row in rows if row[0] == homes["a"].number), strict=True))["家庭纯收入（元）"]
        == 9000
    )
    event = AuditEvent.objects.latest("seq")
    assert (event.verb, event.unit) == ("screening.exported", tree["r7"]) and '"count":2' in event.facts
    compared = f"{reverse('web:screening_compare_export')}?earlier={pair[0].uuid}&later={pair[1].uuid}"
    head, *rows = rows_of(client.post(compared, {"reason": "汇报"}))
    assert sorted((row[0], row[3]) for row in rows) == sorted(
        [
            (homes["c"].number, "新进"),
            (homes["other"].number, "新进"),
            (homes["b"].number, "退出"),
            (homes["a"].number, "数字有变"),
        ]
    )
    for address in (at(pair[1], "screening_export"), compared):
        assert browser(staff.secretary).get(address).status_code == 404
        assert browser(staff.leader).get(address).status_code == 404
        assert browser(staff.office, proved=False).get(address).status_code == 302


def test_from_a_batch_the_changed_households_are_chosen(browser: Browser, staff: Staff, tree: dict[str, Unit]) -> None:
    """从一批文件来的筛查说明来处，先选好只算有变动的户；看不到的一批当作没有。"""
    batch = SourceBatch.objects.create(
        unit=tree["hospital"], table="medical", state="confirmed", file_name="三月费用.csv", sha256="x",
        as_of=timezone.localdate(), **tree["hospital"].scope_columns,
    )  # fmt: skip
    address = f"{reverse('web:screening_new')}?batch={batch.uuid}"
    page = body(browser(staff.office).get(address))
    assert "三月费用.csv" in page and re.search(r'value="changed"[^>]* checked', page)
    assert not re.search(r'value="changed"[^>]* checked', body(browser(staff.office).get(reverse("web:screening_new"))))
    assert browser(staff.office_r8).get(address).status_code == 404
    assert browser(staff.office).get(f"{reverse('web:screening_new')}?batch=x").status_code == 404
