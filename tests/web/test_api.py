"""The machine interface: who may call and how, what it gives, that it does once what is sent twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from shouwang.accounts.actions import end_post, issue_access_token, revoke_access_token
from shouwang.accounts.actions.tokens import MOST, PREFIX, TokenRefused
from shouwang.accounts.models import AccessToken, AuditEvent, Post, StoredReply, Unit, User
from shouwang.accounts.roles import NOT_BY_TOKEN, ROLES, STEP_UP, by_token
from shouwang.casework import actions
from shouwang.casework.models import Case, Clue, ClueLine, StepRecord
from shouwang.registry.actions import NewEntry, post_entries
from shouwang.units.periods import quarter
from tests.accounts.conftest import CONSOLE, sign_in
from tests.casework.conftest import FORMS, MakeHouse, Staff, case, clock, house, open_of, staff, walk
from tests.registry.conftest import last_seq, number, verbs

__all__ = ["case", "clock", "house", "staff"]

Browser = Callable[..., Client]
pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


class Program:
    """What calls with a token."""

    def __init__(self, user: User, *, days: int = 30) -> None:
        post = user.posts.get()
        self.token, self.raw = issue_access_token(by=user, post=post, name="上报程序", days=days)
        self.client = Client(headers={"Authorization": f"Bearer {self.raw}"})

    def get(self, path: str, **query: Any) -> Any:
        return self.client.get(ROOT + path, query)

    def post(self, path: str, told: dict[str, Any], key: Any = None) -> Any:
        headers = {"Idempotency-Key": str(key or uuid4())}
        return self.client.post(ROOT + path, json.dumps(told), content_type="application/json", headers=headers)


def refused(answer: Any, status: int) -> dict[str, str]:
    """A refusal as programs get it."""
    assert answer.status_code == status, answer.content.decode()
    told: dict[str, str] = answer.json()
    assert {"code", "what", "why", "do"} <= told.keys()
    assert told["what"] and answer["Cache-Control"] == "no-store, private"
    return told


# ---- who may call


def test_nobody_is_answered_without_a_token_or_a_session(case: Case, client: Client) -> None:
    for path in ("/me", "/households", f"/cases/{case.number}", "/openapi.json", "/nowhere"):
        told = refused(client.get(ROOT + path), 404 if path == "/nowhere" else 401)
        assert case.number not in json.dumps(told)
    for header in ("Bearer ", f"Bearer {PREFIX}x", "Bearer x", "Basic eDp5", "nonsense"):
        refused(client.get(f"{ROOT}/me", headers={"Authorization": header}), 401)
    assert "access_token.refused" in verbs()


def test_a_token_acts_in_its_post_and_leaves_a_trail(staff: Staff) -> None:
    program = Program(staff.office)
    before = last_seq()
    me = program.get("/me").json()
    assert me["post"]["title"] == "团办" and me["post"]["unit"]["name"] == "r7" and me["by_token"] is True
    event = AuditEvent.objects.get(seq__gt=before)
    assert event.verb == "access_token.used" and event.actor == staff.office and event.post == staff.office.posts.get()
    assert f"GET {ROOT}/me" in event.facts and program.raw not in event.facts
    program.token.refresh_from_db()
    assert program.token.last_used_at is not None and program.token.last_used_ip == "127.0.0.1"


def test_a_token_is_kept_only_as_a_keyed_digest(staff: Staff) -> None:
    program = Program(staff.office)
    kept = json.dumps([str(value) for value in AccessToken.objects.values_list().get()])
    assert program.raw not in kept and program.raw.removeprefix(PREFIX) not in kept
    assert len(program.raw) > 40 and Program(staff.office).raw != program.raw


@pytest.mark.parametrize("way", ["revoked", "expired", "post over", "account closed"])
def test_a_token_that_does_not_hold_opens_nothing(staff: Staff, way: str, clock: Any) -> None:
    user = staff.office
    program = Program(user, days=5)
    assert program.get("/me").status_code == 200
    if way == "revoked":
        revoke_access_token(by=user, token=program.token)
    elif way == "expired":
        clock.pass_days(6)
    elif way == "post over":
        end_post(by=CONSOLE, post=user.posts.get(), reason="调离")
    else:
        User.objects.filter(pk=user.pk).update(is_active=False)
    refused(program.get("/me"), 401)


def test_only_a_current_post_of_ones_own_and_at_most_ninety_days(staff: Staff) -> None:
    own, foreign = staff.office.posts.get(), staff.leader.posts.get()
    for facts in (
        {"post": foreign, "days": 1}, {"post": own, "days": 91}, {"post": own, "days": 0}, {"post": own, "days": 1, "name": " "},
    ):  # fmt: skip
        with pytest.raises(TokenRefused):
            issue_access_token(by=staff.office, **{"name": "程序", **facts})
    for _ in range(MOST):
        issue_access_token(by=staff.office, post=own, name="程序", days=90)
    with pytest.raises(TokenRefused, match="先作废"):
        issue_access_token(by=staff.office, post=own, name="程序", days=90)


def test_a_token_opens_nothing_that_needs_a_second_factor() -> None:
    assert STEP_UP < NOT_BY_TOKEN
    for code, role in list(ROLES.items()):
        limited = by_token(role)
        assert limited.permissions == role.permissions - NOT_BY_TOKEN and limited.title == role.title
        assert ROLES[code] is role, "the role itself stays what it is"


def test_a_decision_is_not_made_by_token(staff: Staff, case: Case) -> None:
    """The same call goes through in a session of the same person."""
    case = walk(staff, case, "confirm")
    told: dict[str, Any] = {"seen": case.revision, "evidence": FORMS["confirm"], "note": "说明"}
    step = next(
        one for one in Program(staff.leader).get(f"/cases/{case.number}").json()["steps"] if one["id"] == "confirm"
    )
    assert step["state"] == "open" and step["can_act"] is False
    told["way"] = step["ways"][0]["id"]
    by_token = refused(Program(staff.leader).post(f"/cases/{case.number}/steps/confirm", told), 422)
    assert by_token["code"] == "API-07" and "登录" in by_token["do"] and open_of(case) == ["confirm"]
    client = sign_in(Client(), staff.leader)
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": str(uuid4())}}
    assert client.post(f"{ROOT}/cases/{case.number}/steps/confirm", json.dumps(told), **send).status_code == 200


def test_a_session_may_call_and_must_send_its_csrf_token_to_write(staff: Staff, case: Case) -> None:
    client = sign_in(Client(enforce_csrf_checks=True), staff.cadre)
    assert client.get(f"{ROOT}/me").json()["by_token"] is False
    told = {"household": str(case.household.uuid), "sentence": "看到了"}
    send = {"content_type": "application/json", "headers": {"Idempotency-Key": str(uuid4())}}
    told_no = refused(client.post(f"{ROOT}/clues", json.dumps(told), **send), 403)
    assert "CSRF" in told_no["do"]
    page = client.get(reverse("accounts:home")).content.decode()
    csrf = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    send["headers"]["X-CSRFToken"] = csrf
    assert client.post(f"{ROOT}/clues", json.dumps(told), **send).status_code == 200


def test_a_session_that_owes_its_second_factor_is_told_in_json(browser: Browser, staff: Staff) -> None:
    client = browser(staff.office, proved=False)
    assert "Bearer" in refused(client.get(f"{ROOT}/me"), 401)["do"]


def test_too_many_calls_are_slowed_and_told_when_to_come_back(staff: Staff, settings: Any) -> None:
    settings.API_PER_MINUTE = 3
    program, other = Program(staff.office), Program(staff.office)
    answers = [(program if turn % 2 else other).get("/me") for turn in range(6)]
    late = [answer for answer in answers if answer.status_code == 429]
    assert len(late) >= 2, "all tokens of a person count together"
    assert 1 <= int(late[0]["Retry-After"]) <= 60 and late[0]["Retry-After"] in refused(late[0], 429)["do"]
    assert Program(staff.leader).get("/me").status_code == 200


def test_guessing_tokens_is_stopped_before_it_fills_the_trail(client: Client, settings: Any) -> None:
    settings.API_WRONG_PER_MINUTE = 3
    guess = {"Authorization": f"Bearer {PREFIX}guess"}
    answers = [client.get(f"{ROOT}/me", headers=guess).status_code for _ in range(8)]
    assert answers.count(401) <= 6 and answers[-1] == 429, "the minute may turn once"
    assert verbs().count("access_token.refused") == answers.count(401)


# ---- what it gives


def test_households_with_the_filters_and_pages_of_the_list(
    staff: Staff, house: MakeHouse, tree: dict[str, Unit]
) -> None:
    made = [house() for _ in range(5)] + [house("c2")]
    house("c81")
    program = Program(staff.office)
    first = program.get("/households", size=4).json()
    rest = program.get("/households", size=4, after=first["next"]).json()
    assert [row["number"] for row in first["rows"] + rest["rows"]] == sorted(one.number for one in made)
    assert first["count"] == 6 and rest["next"] is None
    assert program.get("/households", unit=str(tree["c2"].uuid)).json()["count"] == 1
    assert program.get("/households", unit=str(tree["c81"].uuid)).json() == {
        "count": 0, "capped": False, "next": None, "rows": [],
    }  # fmt: skip
    assert program.get("/households", number=made[0].number).json()["count"] == 1
    assert Program(staff.cadre_c2).get("/households").json()["count"] == 1


def test_one_household_in_fen_with_masked_numbers_and_on_record(staff: Staff, house: MakeHouse) -> None:
    citizen = "659999196503072711"
    home = house("c1", citizen)
    post_entries(by=staff.secretary, household=home, entries=[
        NewEntry(quarter=quarter(2020, 1), kind="wage_income", amount_fen=123_456),
        NewEntry(quarter=quarter(2020, 2), kind="rigid_medical", amount_fen=7),
    ])  # fmt: skip
    clue = actions.report_clue(by=staff.cadre, household=home, sentence="走访看到")
    before = last_seq()
    answer = Program(staff.office).get(f"/households/{home.uuid}")
    told = answer.json()
    assert citizen not in answer.content.decode()
    assert told["people"][0]["number_masked"] == "6599**********2711"
    quarters = {one["quarter"]: one for one in told["quarters"]}
    assert quarters["2020Q1"]["income_fen"] == quarters["2020Q1"]["net_fen"] == 123_456
    assert quarters["2020Q2"]["net_fen"] is None, "nothing entered is unknown, not zero"
    assert told["clue"] == str(clue.uuid) and told["case"] is None
    assert "household.read" in verbs(before)


def test_what_is_outside_is_as_if_it_were_not(staff: Staff, house: MakeHouse) -> None:
    other = actions.open_case(by=staff.cadre_c2, household=house("c2"))
    program = Program(staff.cadre)
    for path in (
        f"/households/{other.household.uuid}",
        f"/cases/{other.number}",
        "/cases/none",
        f"/households/{uuid4()}",
    ):
        told = refused(program.get(path), 404)
        assert told["code"] == "API-02"
    taken = {"way": "self", "seen": 1, "evidence": {}}
    assert refused(program.post(f"/cases/{other.number}/steps/declare", taken), 404)["code"] == "API-02"
    refused(program.get("/batches"), 404)
    assert "access.denied" in verbs()


def test_the_rule_book_of_the_day_and_of_the_regiment(staff: Staff) -> None:
    rules = Program(staff.cadre).get("/rules", on="2020-06-01").json()
    assert rules["policy"] == "qituan-2020" and len(rules["rules"]) == 11
    assert all(rule["text"] and rule["clause"] for rule in rules["rules"])
    told = Program(staff.cadre).get("/parameters", on="2020-06-01").json()
    line = next(one for one in told["parameters"] if one["name"] == "monitoring_line")
    assert (line["value"], line["value_fen"], line["changed_here"]) == ("8000", 800_000, False)
    assert refused(Program(staff.cadre).get("/rules", policy="none"), 422)["code"] == "POL-02"


# ---- what it does, and once


def test_a_step_is_done_as_on_the_page(staff: Staff, case: Case) -> None:
    program = Program(staff.cadre)
    shown = program.get(f"/cases/{case.number}").json()
    (step,) = [one for one in shown["steps"] if one["can_act"]]
    assert step["id"] == "declare" and {one["name"] for one in step["asks"]} >= {"applicant", "consent"}
    taken = {"way": step["ways"][0]["id"], "seen": shown["revision"], "evidence": FORMS["declare"]}
    answer = program.post(f"/cases/{case.number}/steps/declare", taken)
    assert answer.status_code == 200 and answer["Idempotent-Replayed"] == "false"
    record = StepRecord.objects.get(case=case)
    assert answer.json()["at"] == ["case", case.number, str(record.uuid)]
    assert record.by == staff.cadre and open_of(case) == ["visit"]
    late = refused(program.post(f"/cases/{case.number}/steps/declare", taken), 409)
    assert "cadre" in late["what"] + late["why"]


@pytest.mark.parametrize("times", [2, 5])
def test_the_same_operation_number_does_nothing_more(staff: Staff, case: Case, times: int) -> None:
    program, key = Program(staff.cadre), uuid4()
    told = {"household": str(case.household.uuid), "sentence": "看到丈夫住院"}
    answers = [program.post("/clues", told, key) for _ in range(times)]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert [answer["Idempotent-Replayed"] for answer in answers] == ["false"] + ["true"] * (times - 1)
    assert ClueLine.objects.count() == Clue.objects.count() == 1 and StoredReply.objects.count() == 1
    assert verbs().count("clue.reported") == 1
    other = refused(program.post("/clues", {**told, "sentence": "别的"}, key), 422)
    assert other["code"] == "TOK-03" and ClueLine.objects.count() == 1
    assert Program(staff.member).post("/clues", told, key).status_code == 200, "a number belongs to one person"


def test_an_act_that_was_refused_may_be_sent_again_under_its_number(staff: Staff, case: Case) -> None:
    program, key = Program(staff.cadre), uuid4()
    taken = {"way": "self", "seen": 1, "evidence": {}}
    way = program.get(f"/cases/{case.number}").json()["steps"][0]["ways"][0]["id"]
    told = refused(program.post(f"/cases/{case.number}/steps/declare", {**taken, "way": way}, key), 422)
    assert told["what"] and not StoredReply.objects.exists() and not StepRecord.objects.exists()
    good = {"way": way, "seen": case.revision, "evidence": FORMS["declare"]}
    assert program.post(f"/cases/{case.number}/steps/declare", good, key).status_code == 200


def test_the_kept_reply_is_sealed(staff: Staff, case: Case) -> None:
    Program(staff.cadre).post("/clues", {"household": str(case.household.uuid), "sentence": "看到"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM accounts_storedreply")
        assert cursor.fetchone()[0].startswith("S1$")


def test_a_department_reports_and_learns_nothing(staff: Staff, house: MakeHouse) -> None:
    known, unknown = number("1965-03-07", 271), number("1990-11-23", 42)
    house("c1", known)
    program = Program(staff.hospital)
    told = {"person_name": "某人", "cause": "因病", "occurred_on": "2020-03-01", "sentence": "自付三万元"}
    answers = [program.post("/reports", {**told, "citizen_number": number}).json() for number in (known, unknown)]
    assert [{**one, "at": one["at"][0]} for one in answers] == [{**answers[0], "at": "report"}] * 2
    wrong = known[:-1] + ("1" if known[-1] != "1" else "2")
    assert refused(program.post("/reports", {**told, "citizen_number": wrong}), 422)["code"] == "USR-03"
    refused(program.get("/households"), 404)


def test_what_cannot_be_read_is_named_and_not_repeated(staff: Staff, case: Case) -> None:
    program = Program(staff.cadre)
    secret = "659999196503072711"
    for told in ({"household": secret, "sentence": "x"}, {"household": str(uuid4())}, {"sentence": secret * 200}):
        answer = program.post("/clues", told)
        assert "household" in refused(answer, 422)["what"] or "sentence" in answer.json()["what"]
        assert secret not in answer.content.decode()
    bad = program.client.post(
        f"{ROOT}/clues", "{", content_type="application/json", headers={"Idempotency-Key": str(uuid4())}
    )
    assert bad.status_code in (400, 422) and bad.json()["what"]
    assert program.client.post(f"{ROOT}/clues", "{}", content_type="application/json").status_code == 422
    assert refused(program.client.put(f"{ROOT}/me"), 405)["code"] == "API-04"
    for query in ({"size": "0"}, {"size": "9999"}, {"unit": "x"}, {"name": "a\x00b"}, {"closed": "perhaps"}):
        assert refused(program.get("/households", **query), 422)["code"] == "API-03"
    assert program.get("/cases", after="not a position").status_code == 200


# ---- the page of tokens


def test_tokens_are_made_with_a_fresh_proof_shown_once_and_revoked(browser: Browser, staff: Staff) -> None:
    user = staff.office
    stale = browser(user, proved=False)
    assert stale.get(reverse("web:token_new")).status_code == 302
    client = browser(user)
    assert "还没有令牌" in client.get(reverse("web:tokens")).content.decode()
    post = user.posts.get()
    page = client.post(
        reverse("web:token_new"), {"name": "每月上报", "post": str(post.uuid), "days": "30"}
    ).content.decode()
    raw = page.split('class="secret">')[1].split("<")[0]
    assert raw.startswith(PREFIX)
    assert Client(headers={"Authorization": f"Bearer {raw}"}).get(f"{ROOT}/me").status_code == 200
    listed = client.get(reverse("web:tokens")).content.decode()
    assert "每月上报" in listed and raw not in listed and "导出名单" in listed
    token = AccessToken.objects.get()
    assert token.expires_at - token.created_at <= timedelta(days=90)
    assert client.post(reverse("web:token_revoke", args=[token.uuid])).status_code == 302
    assert "已作废" in client.get(reverse("web:tokens")).content.decode()
    assert Client(headers={"Authorization": f"Bearer {raw}"}).get(f"{ROOT}/me").status_code == 401
    assert client.get(reverse("web:token_revoke", args=[token.uuid])).status_code == 404


def test_nobody_sees_or_revokes_anothers_token(browser: Browser, staff: Staff) -> None:
    program = Program(staff.office)
    client = browser(staff.leader)
    assert "上报程序" not in client.get(reverse("web:tokens")).content.decode()
    assert client.post(reverse("web:token_revoke", args=[program.token.uuid])).status_code == 404
    program.token.refresh_from_db()
    assert program.token.revoked_at is None


def test_a_bad_form_says_what_is_wrong(browser: Browser, staff: Staff) -> None:
    client = browser(staff.office)
    foreign = Post.objects.get(user=staff.leader)
    for form in (
        {"name": "", "days": "30"},
        {"name": "x", "days": "91"},
        {"name": "x", "days": "1", "post": str(foreign.uuid)},
    ):
        page = client.post(reverse("web:token_new"), {"post": str(staff.office.posts.get().uuid), **form})
        assert page.status_code == 422 and not AccessToken.objects.exists()
