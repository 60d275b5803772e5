"""The ground everything stands on: SQLite's version and safeguards, deployment checks, no accounts out of the box."""

from __future__ import annotations

import ast
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

from shouwang.accounts import checks
from shouwang.accounts.management.commands.flush import FlushRefused
from shouwang.accounts.models import User
from shouwang.config import environment
from tests.accounts.conftest import needs_sqlite

ROOT = Path(__file__).parents[2]


def manage(home: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a management command in a process of its own."""
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("SHOUWANG", "DJANGO"))}
    command = [sys.executable, "-m", "shouwang.config.manage", *arguments]
    variables = {
        "SHOUWANG_ENV": "production",
        "SHOUWANG_HOSTS": "shouwang.example",
        "SHOUWANG_HOME": str(home),
        **variables,
    }
    return subprocess.run(command, cwd=ROOT, env={**keep, **variables}, capture_output=True, text=True, check=False)


@needs_sqlite
@pytest.mark.django_db
@pytest.mark.parametrize(("name", "expected"), checks.EXPECTED_PRAGMAS.items())
def test_pragma_took(name: str, expected: object) -> None:
    with connection.cursor() as cursor:
        found = cursor.execute(f"PRAGMA {name}").fetchone()
    assert found is None or found[0] == expected
    assert connection.transaction_mode == "IMMEDIATE"


@needs_sqlite
@pytest.mark.django_db(transaction=True)
def test_a_pragma_that_did_not_take_is_an_error() -> None:
    assert checks.check_pragmas(databases=["default"]) == []
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=OFF")
        try:
            assert [error.id for error in checks.check_pragmas(databases=["default"])] == ["accounts.E001"]
        finally:
            cursor.execute("PRAGMA synchronous=FULL")


@pytest.mark.parametrize(
    ("version", "fixed"),
    [
        ((3, 40, 1), False), ((3, 44, 5), False), ((3, 44, 6), True), ((3, 45, 0), False), ((3, 50, 6), False),
        ((3, 50, 7), True), ((3, 51, 2), False), ((3, 51, 3), True), ((3, 53, 4), True), ((4, 0, 0), True),
    ],
)  # fmt: skip
def test_gate_knows_the_fixed_releases(version: tuple[int, int, int], fixed: bool) -> None:
    assert checks.sqlite_is_fixed(version) is fixed


@needs_sqlite
def test_gate_refuses_in_one_sentence() -> None:
    with pytest.raises(checks.UnsafeSqlite, match=r"3\.40\.1.*pysqlite3 0\.6\.1"):
        checks.refuse_unsafe_sqlite((3, 40, 1))


@needs_sqlite
def test_no_process_starts_on_the_systems_old_sqlite(tmp_path: Path) -> None:
    hidden = tmp_path / "hidden" / "pysqlite3"
    hidden.mkdir(parents=True)
    (hidden / "__init__.py").write_text("raise ImportError\n")
    version = subprocess.run(
        [sys.executable, "-c", "import sqlite3; print(sqlite3.sqlite_version)"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split(".")
    if checks.sqlite_is_fixed((int(version[0]), int(version[1]), int(version[2]))):
        pytest.skip("本机系统自带的 SQLite 已修复，无法演示拒绝启动。")
    done = manage(tmp_path, "migrate", PYTHONPATH=str(hidden.parent))
    assert done.returncode == 1
    assert "守望没有启动" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "shouwang.sqlite3").exists()


def test_deployment_check_has_nothing_to_say(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues" in done.stdout or "没有" in done.stdout


def test_production_needs_its_host_names(tmp_path: Path) -> None:
    done = manage(tmp_path, "check", SHOUWANG_HOSTS="")
    assert done.returncode == 1
    assert "SHOUWANG_HOSTS" in done.stderr


def test_a_fresh_installation_has_no_account_and_secret_keys(tmp_path: Path) -> None:
    assert manage(tmp_path, "migrate", "-v0").returncode == 0
    with sqlite3.connect(tmp_path / "shouwang.sqlite3") as fresh:
        for table in ("accounts_user", "accounts_post", "accounts_onetimetoken", "django_session"):
            assert fresh.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)
    for path in (tmp_path / "keys").iterdir():
        assert path.stat().st_mode & 0o777 == 0o400


def test_there_is_nobody_above_the_roles() -> None:
    assert not hasattr(User.objects, "create_superuser")
    assert {"is_superuser", "is_staff"}.isdisjoint(field.name for field in User._meta.get_fields())


def test_flush_is_refused_outside_tests(settings: object) -> None:
    settings.SHOUWANG_ENV = "demo"  # type: ignore[attr-defined]
    with pytest.raises(FlushRefused):
        call_command("flush", interactive=False)


def test_database_address_of_postgresql() -> None:
    config = environment.postgresql("postgresql://sw:p%40ss@db:5433/shouwang?sslmode=verify-full")
    assert (config["HOST"], config["PORT"], config["PASSWORD"], config["NAME"]) == ("db", "5433", "p@ss", "shouwang")
    assert config["OPTIONS"] == {"sslmode": "verify-full", "options": environment.POSTGRESQL_PLANNER}
    own = environment.postgresql("postgresql://sw@db/shouwang?options=-c%20jit%3Don")
    assert own["OPTIONS"] == {"options": "-c jit=on"}, "what the address says comes first"
    with pytest.raises(environment.BadEnvironment, match="SHOUWANG_DATABASE_URL") as refused:
        environment.postgresql("mysql://root:secret@db/x")
    assert "secret" not in str(refused.value)


def test_an_unknown_word_in_the_environment_stops_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUWANG_ENV", "prod")
    with pytest.raises(environment.BadEnvironment, match="production、demo、test"):
        environment.choice("SHOUWANG_ENV", "production", "demo", "test")


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_models_stay_small() -> None:
    for model in apps.get_app_config("accounts").get_models():
        fields = [field for field in model._meta.concrete_fields if field.name != "id"]
        assert len(fields) <= 15, model


def test_house_rules_of_size() -> None:
    for path in [*ROOT.glob("shouwang/accounts/**/*.py"), *ROOT.glob("shouwang/config/**/*.py")]:
        source = path.read_text(encoding="utf-8")
        if "migrations" in path.parts:
            continue
        assert len(source.splitlines()) <= 300, path
        assert "@receiver" not in source
        assert "except Exception" not in source
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or 0) - node.lineno + 1
                assert length <= 60 if node.name == "record" else length <= 40, (path, node.name, length)
                assert node.returns is not None, (path, node.name)
