"""The audit trail: whatever is done to it afterwards is found, and nothing is done without it."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from shouwang.accounts import audit, audit_chain, triggers
from shouwang.accounts.actions import create_account
from shouwang.accounts.audit_chain import Anchor, AnchorsDamaged, BadAnchor
from shouwang.accounts.models import AuditEvent, Unit, User
from tests.accounts.conftest import CONSOLE, Person, needs_sqlite
from tests.processes import run_together

TABLE = triggers.TABLE


@pytest.fixture
def chain(person: Person) -> int:
    """A chain of some fifty events; returns its length."""
    user = person("zhang", "cadre", "c1")
    user.acting_post = user.posts.get()
    for number in range(30):
        audit.note(by=user, verb="household.viewed", target=f"registry.household/{number}", number=number)
    return audit.head().seq


def sql(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


@contextmanager
def tampering() -> Iterator[None]:
    """What somebody with the database password does: switch the guard off, change, switch it on. Undone afterwards."""
    with transaction.atomic():
        triggers.remove(connection)
        yield
        transaction.set_rollback(True)


def found(*, then_install: bool = True) -> str:
    if then_install:
        triggers.install(connection)
    return audit_chain.verify().explanation


def places(length: int, count: int = 12) -> list[int]:
    return random.Random(7).sample(range(2, length - 1), count)


def test_an_untouched_chain_is_intact(chain: int) -> None:
    verdict = audit_chain.verify()
    assert verdict.intact
    assert verdict.checked == chain
    assert "没有找到锚点" in verdict.sentence()
    audit_chain.anchor()
    assert audit_chain.verify().sentence() == f"审计链完整：{chain} 条记录逐条相符，1 个锚点相符。"


EDITS = {
    "facts": "'{}'", "verb": "'x'", "target": "'x'", "result": "'failed'", "ip": "'1.1.1.1'", "request_id": "'x'",
    "actor_id": "NULL", "unit_id": "NULL", "post_id": "NULL", "policy_version": "'x'", "recorded_at": "'2020-01-01 00:00:00+00'",
    "occurred_at": "'2020-01-01 00:00:00+00'", "mac": "'hmac-sha256:000000:00'", "prev_mac": "'x'",
}  # fmt: skip


@pytest.mark.parametrize("column", EDITS)
def test_an_edited_column_is_found(chain: int, column: str) -> None:
    seq = chain - 3  # an event with actor, post and unit
    with tampering():
        value = EDITS[column] if connection.vendor == "postgresql" else EDITS[column].replace("+00", "")
        sql(f"UPDATE {TABLE} SET {column} = {value} WHERE seq = %s", seq)
        assert f"第{seq}条" in found()


def test_every_column_is_covered_by_an_edit() -> None:
    assert {field.column for field in AuditEvent._meta.concrete_fields} == {*EDITS, "seq"}


def test_a_deleted_event_is_found(chain: int) -> None:
    for seq in places(chain):
        with tampering():
            sql(f"DELETE FROM {TABLE} WHERE seq = %s", seq)
            assert f"第{seq}条不见了" in found()


def test_deleting_and_renumbering_is_found(chain: int) -> None:
    for seq in places(chain, 5):
        with tampering():
            sql(f"DELETE FROM {TABLE} WHERE seq = %s", seq)
            for later in range(seq + 1, chain + 1):
                sql(f"UPDATE {TABLE} SET seq = %s WHERE seq = %s", later - 1, later)
            assert f"第{seq}条断开" in found()


def test_an_inserted_event_is_found(chain: int) -> None:
    columns = ",".join(
        field.column for field in AuditEvent._meta.concrete_fields if field.column not in ("seq", "prev_mac")
    )
    for seq in places(chain, 5):
        with tampering():
            for later in range(chain, seq, -1):
                sql(f"UPDATE {TABLE} SET seq = %s WHERE seq = %s", later + 1, later)
            sql(
                f"INSERT INTO {TABLE} (seq, prev_mac, {columns}) SELECT seq + 1, 'forged', {columns} FROM {TABLE} WHERE seq = %s",
                seq,
            )
            assert f"第{seq + 1}条断开" in found()


def test_a_forged_event_at_the_end_is_found(chain: int) -> None:
    columns = ",".join(
        field.column for field in AuditEvent._meta.concrete_fields if field.column not in ("seq", "prev_mac")
    )
    sql(
        f"INSERT INTO {TABLE} (seq, prev_mac, {columns}) SELECT seq + 1, mac, {columns} FROM {TABLE} WHERE seq = %s",
        chain,
    )  # continues the chain, so the trigger lets it pass; only the key is missing
    assert f"第{chain + 1}条断开：内容与校验码不符" in audit_chain.verify().explanation


def test_reordered_events_are_found(chain: int) -> None:
    for seq in places(chain):
        with tampering():
            sql(f"UPDATE {TABLE} SET seq = 1000000 WHERE seq = %s", seq)
            sql(f"UPDATE {TABLE} SET seq = %s WHERE seq = %s", seq, seq + 1)
            sql(f"UPDATE {TABLE} SET seq = %s WHERE seq = 1000000", seq + 1)
            assert f"第{seq}条断开" in found()


def test_a_cut_tail_is_found_by_the_anchor(chain: int) -> None:
    audit_chain.anchor()
    for seq in places(chain):
        with tampering():
            sql(f"DELETE FROM {TABLE} WHERE seq > %s", seq)
            assert (
                found()
                == f"审计链到第{seq}条为止，而锚点记到第{chain}条：末尾的记录被截掉了。请保留现场，从备份中找回。"
            )


def test_a_cut_tail_is_found_by_an_anchor_on_paper(chain: int) -> None:
    made = audit_chain.anchor()
    paper = f"{made.seq}:{made.mac}"
    with tampering():
        sql(f"DELETE FROM {TABLE} WHERE seq > 5")
        triggers.install(connection)
        assert audit_chain.verify(with_anchors=False).intact
        assert not audit_chain.verify([Anchor.typed(paper)], with_anchors=False).intact
    with pytest.raises(BadAnchor):
        Anchor.typed("没有序号")


def test_a_chain_written_anew_with_the_key_is_found_by_the_anchor(chain: int) -> None:
    audit_chain.anchor()
    with tampering():
        event = AuditEvent.objects.get(seq=chain)
        event.facts = '{"number":0}'
        event.mac = audit.seal(event, audit.audit_ring())
        sql(f"UPDATE {TABLE} SET facts = %s, mac = %s WHERE seq = %s", event.facts, event.mac, chain)
        assert "与留存的锚点不符" in found()


def test_dropped_or_rewritten_triggers_are_found(chain: int) -> None:
    names = list(triggers.POSTGRESQL if connection.vendor == "postgresql" else triggers.SQLITE)
    for name in names:
        with transaction.atomic():
            sql(f"DROP TRIGGER {name}" + (f" ON {TABLE}" if connection.vendor == "postgresql" else ""))
            assert name in found(then_install=False)
            transaction.set_rollback(True)
    with transaction.atomic():
        if connection.vendor == "postgresql":
            sql("SET CONSTRAINTS ALL IMMEDIATE")
            sql(f"ALTER TABLE {TABLE} DISABLE TRIGGER {names[0]}")
        else:
            sql(f"DROP TRIGGER {names[0]}")
            sql(f"CREATE TRIGGER {names[0]} BEFORE UPDATE ON {TABLE} BEGIN SELECT 1; END")
        assert names[0] in found(then_install=False)
        transaction.set_rollback(True)


FORBIDDEN = [
    f"UPDATE {TABLE} SET verb = 'x' WHERE seq = 3",
    f"DELETE FROM {TABLE} WHERE seq = 3",
    f"DELETE FROM {TABLE}",
    f"INSERT INTO {TABLE} SELECT * FROM {TABLE} WHERE seq = 3",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_database_itself_refuses(chain: int, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    assert audit_chain.verify().checked == chain


def test_the_orm_has_no_way_round(chain: int) -> None:
    for act in (
        lambda: AuditEvent.objects.filter(seq=3).delete(),
        lambda: AuditEvent.objects.filter(seq=3).update(verb="x"),
        lambda: AuditEvent.objects.get(seq=3).save(),
        lambda: AuditEvent.objects.bulk_create(
            [AuditEvent.objects.get(seq=3)], update_conflicts=True, unique_fields=["seq"], update_fields=["verb"]
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()


@needs_sqlite
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("recursive", ["ON", "OFF"])
def test_replace_is_refused_even_without_recursive_triggers(chain: int, recursive: str) -> None:
    with sqlite3.connect(connection.settings_dict["NAME"]) as raw:
        raw.execute(f"PRAGMA recursive_triggers={recursive}")
        row = list(raw.execute(f"SELECT * FROM {TABLE} WHERE seq = {chain}").fetchone())
        names = [column[1] for column in raw.execute(f"PRAGMA table_info({TABLE})")]
        for change in ({"verb": "x"}, {"seq": chain + 1}, {"seq": chain + 1, "mac": "x"}):
            changed = [change.get(name, value) for name, value in zip(names, row, strict=True)]
            with pytest.raises(sqlite3.IntegrityError, match="审计记录"):
                raw.execute(f"INSERT OR REPLACE INTO {TABLE} VALUES ({','.join('?' * len(row))})", changed)
    raw.close()
    assert audit_chain.verify().checked == chain


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_nothing_is_recorded(person: Person) -> None:
    with pytest.raises(audit.AuditOutsideTransaction, match="同一个事务"):
        audit.record(by=CONSOLE, verb="x")


def test_an_act_that_cannot_be_recorded_does_not_happen(tree: dict[str, Unit]) -> None:
    before = User.objects.count()
    with tampering():
        sql(f"ALTER TABLE {TABLE} RENAME TO lost")  # the audit table is gone, or its disk is full
        with pytest.raises(DatabaseError), transaction.atomic():
            create_account(by=CONSOLE, username="ghost", display_name="鬼", unit=tree["c1"])
    assert User.objects.count() == before


def _fail_after_opening(unit: Unit) -> None:
    with transaction.atomic():
        create_account(by=CONSOLE, username="zhang", display_name="张", unit=unit)
        raise ZeroDivisionError


def test_a_failed_act_leaves_no_record(tree: dict[str, Unit]) -> None:
    before = audit.head().seq
    with pytest.raises(ZeroDivisionError):
        _fail_after_opening(tree["c1"])
    assert audit.head().seq == before
    assert not User.objects.filter(username="zhang").exists()


def test_an_event_tells_who_where_what(person: Person, tree: dict[str, Unit]) -> None:
    user = person("zhang", "cadre", "c1")
    user.acting_post = user.posts.get()
    when = datetime(2020, 5, 1, tzinfo=UTC)
    event = audit.note(
        by=user,
        verb="visit.recorded",
        target=user,
        occurred_at=when,
        policy_version="qituan-2020",
        before="a",
        after="b",
    )
    event = AuditEvent.objects.get(pk=event.pk)
    assert (event.actor, event.post, event.unit) == (user, user.posts.get(), tree["c1"])
    assert event.target == f"accounts.user/{user.uuid}"
    assert json.loads(event.facts) == {"after": "b", "before": "a"}
    assert event.occurred_at == when
    assert event.recorded_at - timezone.now() < timedelta(seconds=5)
    assert audit_chain.verify().intact


def test_facts_have_one_spelling() -> None:
    value = {"b": [1, True, None], "a": date(2020, 5, 1), "金额": 3199999, "d": Decimal("1.50")}
    assert audit.canonical(value) == '{"a":"2020-05-01","b":[1,true,null],"d":"1.50","金额":3199999}'
    with pytest.raises(audit.UnspeakableFact, match="float"):
        audit.canonical({"a": 0.1})


def test_times_never_run_backwards(chain: int, monkeypatch: pytest.MonkeyPatch) -> None:
    last = audit.head().recorded_at
    assert last is not None
    monkeypatch.setattr("shouwang.accounts.audit.clock.now", lambda: last - timedelta(minutes=2))
    assert audit.note(by=CONSOLE, verb="x").recorded_at == last
    monkeypatch.setattr("shouwang.accounts.audit.clock.now", lambda: last - timedelta(minutes=6))
    with pytest.raises(audit.ClockBehind, match="校准"):
        audit.note(by=CONSOLE, verb="x")


def test_a_lost_key_is_told_as_such(chain: int, settings: object, tmp_path: object) -> None:
    settings.SHOUWANG_KEYS = tmp_path / "new-keys"  # type: ignore[attr-defined, operator]
    assert "无法验证" in audit_chain.verify().explanation
    assert "托管处" in audit_chain.verify().explanation


def test_damaged_anchors_are_an_error(chain: int, settings: object) -> None:
    audit_chain.anchor()
    with settings.SHOUWANG_ANCHORS.open("a") as file:  # type: ignore[attr-defined]
        file.write("{broken\n")
    with pytest.raises(AnchorsDamaged, match="第2行"):
        audit_chain.verify()


EACH = 25


def _write_events(number: int, barrier: object) -> None:
    barrier.wait()  # type: ignore[attr-defined]
    for turn in range(EACH):
        audit.note(by=CONSOLE, verb="race", writer=number, turn=turn)


@pytest.mark.django_db(transaction=True)
def test_eight_processes_write_one_line() -> None:
    assert run_together(_write_events, 8) == [0] * 8
    events = AuditEvent.objects.filter(verb="race")
    assert events.count() == 8 * EACH
    assert len({json.loads(event.facts)["writer"] for event in events}) == 8
    verdict = audit_chain.verify()
    assert verdict.intact
    assert verdict.checked == 8 * EACH
