"""Sealed columns and blind indexes: nothing readable at rest, nothing movable, nothing searched by accident."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, transaction

from shouwang.accounts import audit, rotation
from shouwang.accounts.actions import declare_kinship, disable_account
from shouwang.accounts.crypto import (
    BANK_ACCOUNT,
    CITIZEN_NUMBER,
    PHONE,
    EncryptedTextField,
    PlainTextRefused,
    Sealed,
    SealedDataDamaged,
    SealedLookup,
    field_ring,
)
from shouwang.accounts.keyring import KeyFileDamaged, KeyFileExposed, KeyInUse, KeyMissing, ring
from shouwang.accounts.models import User
from shouwang.accounts.models.people import Relation
from shouwang.units.identity import check_digit
from tests.accounts.conftest import CONSOLE, Person
from tests.processes import bytes_of

ZHANG = "65290119850101001" + check_digit("65290119850101001")
WANG = "65900219600229112" + check_digit("65900219600229112")
PHONE_NUMBER = "13899990001"


def stored(user: User, column: str = "phone") -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM accounts_user WHERE id = %s", [user.pk])
        return str(cursor.fetchone()[0])


def store(user: User, text: str, column: str = "phone") -> User:
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE accounts_user SET {column} = %s WHERE id = %s", [text, user.pk])
    return User.objects.get(pk=user.pk)


def test_a_sealed_value_reads_back(person: Person) -> None:
    user = User.objects.get(pk=person("zhang", phone=PHONE_NUMBER, citizen_number=ZHANG).pk)
    assert (user.phone, user.citizen_number) == (PHONE_NUMBER, ZHANG)
    assert stored(user).startswith(f"S1${field_ring().current_id}$")
    assert stored(person("nobody")) == ""


def test_saving_a_row_whose_value_nobody_read_keeps_it(person: Person) -> None:
    user = User.objects.get(pk=person("zhang", phone=PHONE_NUMBER).pk)
    before = stored(user)
    user.display_name = "张三"
    user.save()
    assert stored(user) == before
    assert User.objects.only("display_name").get(pk=user.pk).phone == PHONE_NUMBER


def test_a_value_moved_to_another_row_or_column_does_not_open(person: Person) -> None:
    zhang, wang = person("zhang", phone=PHONE_NUMBER), person("wang", phone="13899990002")
    with pytest.raises(SealedDataDamaged, match="加密内容无法解开"):
        _ = store(wang, stored(zhang)).phone
    with pytest.raises(SealedDataDamaged):
        _ = store(zhang, stored(zhang), "citizen_number").citizen_number


def test_every_flipped_character_is_noticed(person: Person) -> None:
    user = person("zhang", phone=PHONE_NUMBER)
    whole = stored(user)
    for place in range(len(whole)):
        changed = whole[:place] + ("A" if whole[place] != "A" else "B") + whole[place + 1 :]
        with pytest.raises((SealedDataDamaged, KeyMissing)):
            _ = store(user, changed).phone
    for garbage in ("plain", "S1$x", "S1$$", PHONE_NUMBER, "S1$" + field_ring().current_id + "$AAAA"):
        with pytest.raises((SealedDataDamaged, KeyMissing)):
            _ = store(user, garbage).phone


def test_plain_text_has_no_way_in_and_no_way_to_be_searched(person: Person) -> None:
    user = person("zhang", phone=PHONE_NUMBER)
    with pytest.raises(PlainTextRefused, match="不能用 update"), transaction.atomic():
        User.objects.filter(pk=user.pk).update(phone="13800000000")
    with pytest.raises(PlainTextRefused), transaction.atomic():
        User.objects.bulk_update([user], ["phone"])
    with pytest.raises(SealedLookup, match="盲索引"):
        User.objects.filter(phone=PHONE_NUMBER).exists()
    assert User.objects.filter(citizen_index__in=CITIZEN_NUMBER.tokens(ZHANG)).count() == 0


def test_bulk_create_seals_too(person: Person) -> None:
    unit = person("zhang").unit
    User.objects.bulk_create(
        [User(username=f"u{n}", display_name="u", unit=unit, phone=f"1389999{n:04}") for n in range(3)]
    )
    assert [user.phone for user in User.objects.filter(username__startswith="u").order_by("pk")][2] == "13899990002"


@pytest.mark.parametrize("profile", ["aes", "sm"])
def test_both_profiles_seal_open_and_index(profile: str, settings: object, tmp_path: Path) -> None:
    settings.SHOUWANG_CRYPTO, settings.SHOUWANG_KEYS = profile, tmp_path  # type: ignore[attr-defined]
    sealed = Sealed.of("维吾尔·Уйғур 王", "t.c.1")
    assert sealed.open("t.c.1") == "维吾尔·Уйғур 王"
    assert field_ring().current.algorithm == {"aes": "aes-256-gcm", "sm": "sm4-gcm"}[profile]
    with pytest.raises(SealedDataDamaged):
        sealed.open("t.c.2")
    assert CITIZEN_NUMBER.token(ZHANG) == CITIZEN_NUMBER.token(f" {ZHANG[:6]} {ZHANG[6:].lower()} ")


def test_a_profile_may_change_while_old_values_stay_readable(settings: object, tmp_path: Path) -> None:
    settings.SHOUWANG_CRYPTO, settings.SHOUWANG_KEYS = "aes", tmp_path  # type: ignore[attr-defined]
    old = Sealed.of("旧", "t.c.1")
    field_ring().with_new_key("sm4-gcm")
    new = Sealed.of("新", "t.c.1")
    assert (old.open("t.c.1"), new.open("t.c.1")) == ("旧", "新")


def test_blind_indexes_of_different_things_never_meet() -> None:
    digits = "13899990001"
    assert len({index.token(digits) for index in (CITIZEN_NUMBER, PHONE, BANK_ACCOUNT)}) == 3
    assert PHONE.token("138 9999-0001") == PHONE.token(digits)
    assert PHONE.token("") == ""
    assert PHONE.tokens("") == []


def test_every_model_with_sealed_columns_has_a_uuid_to_bind_them_to() -> None:
    for model, _ in rotation.sealed_columns():
        assert model._meta.get_field("uuid").unique, model
    assert {model.__name__ for model, _ in rotation.sealed_columns()} >= {"User", "Kinship", "TotpDevice"}


def test_rotation_reseals_everything_and_the_old_key_can_go(person: Person) -> None:
    users = [person(f"u{n}", phone=f"1389999{n:04}") for n in range(7)]
    old = field_ring().current_id
    with pytest.raises(rotation.KeyStillUsed, match="账号7条"):
        rotation.retire(by=CONSOLE, key_id=old)
    stale = User.objects.get(pk=users[0].pk)
    assert rotation.rotate(by=CONSOLE) == 7
    assert rotation.rotate(by=CONSOLE, new_key=False) == 0
    stale.save()  # loaded before the rotation, saved after it: must not bring the old key back
    assert rotation.rotate(by=CONSOLE, new_key=False) == 0
    rotation.retire(by=CONSOLE, key_id=old)
    assert old not in field_ring().keys
    assert [User.objects.get(pk=user.pk).phone for user in users] == [f"1389999{n:04}" for n in range(7)]


def test_keys_are_files_only_their_owner_reads(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "field.ring"
    first = ring(path, "aes-256-gcm")
    assert (path.stat().st_mode & 0o777, path.parent.stat().st_mode & 0o777) == (0o400, 0o700)
    assert ring(path, "aes-256-gcm").current == first.current
    with pytest.raises(KeyInUse):
        first.without(first.current_id)
    with pytest.raises(KeyMissing, match="从托管处恢复"):
        first.key("nope")
    path.chmod(0o644)
    first = first.with_new_key("aes-256-gcm")  # replaces the file, with the right mode
    assert path.stat().st_mode & 0o777 == 0o400
    path.chmod(0o440)
    path.touch()
    with pytest.raises(KeyFileExposed, match="chmod 400"):
        ring(path, "aes-256-gcm")


def test_a_damaged_key_file_is_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "field.ring"
    path.write_text("{}")
    path.chmod(0o400)
    with pytest.raises(KeyFileDamaged):
        ring(path, "aes-256-gcm")
    assert path.read_text() == "{}"


@pytest.mark.django_db(transaction=True)
def test_no_identity_or_phone_number_lies_in_the_database(person: Person) -> None:
    user = person("zhang", phone=PHONE_NUMBER, citizen_number=ZHANG)
    declare_kinship(by=user, relation=Relation.SIBLING, name="王丽华金丝雀", citizen_number=WANG)
    disable_account(by=CONSOLE, user=user, reason=f"身份证 {ZHANG} 与电话{PHONE_NUMBER} 登记有误")
    event = audit.note(by=user, verb="test", facts_text=f"电话：{PHONE_NUMBER}，{WANG}")
    assert "138****0001" in event.facts
    assert WANG not in event.facts
    rows = b""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            rows += repr(cursor.fetchall()).encode()
    if connection.vendor == "sqlite":
        rows += bytes_of(Path(connection.settings_dict["NAME"]))
    assert len(rows) > 10_000
    for canary in (ZHANG, WANG, PHONE_NUMBER, "王丽华金丝雀"):
        assert canary.encode() not in rows


def test_the_field_tells_its_place() -> None:
    field = User._meta.get_field("phone")
    assert isinstance(field, EncryptedTextField)
    user = User()
    assert field.place(user) == f"accounts_user.phone.{user.uuid}"
