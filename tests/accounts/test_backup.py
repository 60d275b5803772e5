"""Backups: restored and compared with what was there, and refused when a single bit is wrong."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from django.db import connection, connections

from shouwang.accounts import audit, audit_chain, backup
from shouwang.accounts.backup.container import BackupDamaged
from shouwang.accounts.backup.content import describe, differences
from shouwang.accounts.backup.engines import PlaceTaken, drop_database
from shouwang.accounts.backup.steps import NoBackup, RestoreDiffers
from shouwang.accounts.keyring import KeyMissing
from shouwang.accounts.models import AuditEvent, User
from tests.accounts.conftest import CONSOLE, Person, needs_sqlite
from tests.accounts.test_crypto import PHONE_NUMBER, ZHANG
from tests.processes import CLEAN, copy_file, process

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def filled(person: Person) -> User:
    user = person("zhang", "cadre", "c1", phone=PHONE_NUMBER, citizen_number=ZHANG)
    for number in range(40):
        audit.note(by=user, verb="household.viewed", number=number)
    return user


def test_a_drill_restores_and_compares_everything(filled: User) -> None:
    audit_chain.anchor()
    made = backup.make(by=CONSOLE)
    assert AuditEvent.objects.latest("seq").verb == "backup.made"
    certificate = backup.drill(by=CONSOLE)
    assert certificate.name == made.name
    assert certificate.audit_seq == audit.head().seq - 2
    assert certificate.tables >= 15
    assert "内容一致" in certificate.sentence()
    assert list(made.parent.iterdir()) == [made]  # nothing in clear is left beside it


def test_the_backup_file_is_unreadable(filled: User) -> None:
    content = backup.make(by=CONSOLE).read_bytes()
    for canary in (b"SQLite format", b"PGDMP", b"accounts_user", b"zhang", PHONE_NUMBER.encode(), ZHANG.encode()):
        assert canary not in content


def test_every_damage_is_found(filled: User, tmp_path: Path) -> None:
    whole = backup.make(by=CONSOLE).read_bytes()
    rng, damaged = random.Random(5), tmp_path / "damaged.swb"
    variants = [whole[:-1], whole[: len(whole) // 2], whole[:100], whole[:10], b"", whole + b"x", whole[50:]]
    for _ in range(30):
        place = rng.randrange(len(whole))
        variants.append(whole[:place] + bytes([whole[place] ^ (1 << rng.randrange(8))]) + whole[place + 1 :])
    for variant in variants:
        damaged.write_bytes(variant)
        # A flip in the key id names a key nobody has; that, too, is a refusal.
        with pytest.raises((BackupDamaged, KeyMissing)):
            backup.drill(by=CONSOLE, backup=damaged)
    assert not AuditEvent.objects.filter(verb="backup.drilled").exists()


@needs_sqlite
def test_restore_to_a_directory_and_never_over_a_database(filled: User, tmp_path: Path) -> None:
    made = backup.make(by=CONSOLE)
    certificate = backup.restore(by=CONSOLE, backup=made, place=tmp_path / "new")
    assert certificate.rows > 50
    with sqlite3.connect(tmp_path / "new" / "shouwang.sqlite3") as restored:
        assert restored.execute("SELECT count(*) FROM accounts_user").fetchone() == (1,)
    with pytest.raises(PlaceTaken, match="没有覆盖"):
        backup.restore(by=CONSOLE, backup=made, place=tmp_path / "new")


@needs_sqlite
def test_a_copy_of_the_main_file_alone_would_not_pass(
    filled: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The mistake people make: `cp db.sqlite3`. integrity_check calls it sound; the comparison does not."""
    real = describe("default")
    copy_file(Path(connection.settings_dict["NAME"]), tmp_path / "naive.sqlite3")
    with sqlite3.connect(tmp_path / "naive.sqlite3") as naive:
        assert naive.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT 1")
    monkeypatch.setattr(
        "shouwang.accounts.backup.engines._copy_sqlite",
        lambda draft: shutil.copy(tmp_path / "naive.sqlite3", draft) and real,
    )
    made = backup.make(by=CONSOLE)
    with pytest.raises(RestoreDiffers, match="应"):
        backup.drill(by=CONSOLE, backup=made)


def test_differences_are_told_in_words() -> None:
    table = {"rows": 2, "sha256_sum": "a"}
    one = {"audit": {"seq": 5, "mac": "x"}, "tables": {"a": table, "b": table, "c": table}}
    other = {
        "audit": {"seq": 4, "mac": "y"},
        "tables": {"a": {**table, "rows": 1}, "b": {**table, "sha256_sum": "b"}, "d": table},
    }
    assert differences(one, one) == []
    assert differences(one, other) == [
        "审计记录应到第5条，实为第4条", "表 a 应有2行，实有1行", "表 b 行数相同但内容不同", "表 c 缺失", "表 d 多出",
    ]  # fmt: skip


def test_without_a_backup_a_drill_says_so(filled: User) -> None:
    with pytest.raises(NoBackup, match="请先执行 backup"):
        backup.drill(by=CONSOLE)


def _write_on(stop: object, begun: object) -> None:
    begun.wait()  # type: ignore[attr-defined]
    while not stop.is_set():  # type: ignore[attr-defined]
        audit.note(by=CONSOLE, verb="busy")


def test_backups_under_load_are_consistent(filled: User) -> None:
    stop, begun = CLEAN.Event(), CLEAN.Barrier(3)
    writers = [process(_write_on, stop, begun) for _ in range(2)]
    for writer in writers:
        writer.start()
    begun.wait(60)
    try:
        for _ in range(3):
            acknowledged = audit.head().seq
            certificate = backup.drill(by=CONSOLE, backup=backup.make(by=CONSOLE))
            assert certificate.audit_seq >= acknowledged
    finally:
        stop.set()
        for writer in writers:
            writer.join(20)
    assert AuditEvent.objects.filter(verb="busy").count() > 20
    assert audit_chain.verify().intact


def test_postgresql_restores_into_a_new_database_only(filled: User) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("只对 PostgreSQL 有意义；用 make test-pg 运行。")
    made, name = backup.make(by=CONSOLE), f"{connection.settings_dict['NAME']}_restored"
    try:
        assert backup.restore(by=CONSOLE, backup=made, place=name).rows > 50
        with pytest.raises(PlaceTaken):
            backup.restore(by=CONSOLE, backup=made, place=name)
    finally:
        drop_database(name)
