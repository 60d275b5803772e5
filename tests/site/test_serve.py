"""`shouwang serve`: what must hold before the web process is forked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles import storage
from django.db import connections

from shouwang.cli import serve, website


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_carried_over_the_fork(monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite's locks belong to a process: a connection carried over a fork can corrupt the database."""
    seen: list[Any] = []

    class Server:
        def __init__(self, *_: Any, **__: Any) -> None:
            pass

        def serve(self) -> None:
            seen.extend(one.connection for one in connections.all())

    monkeypatch.setattr(serve, "Granian", Server)
    connections["default"].ensure_connection()
    serve.run("127.0.0.1", 0, worker=False)
    assert seen and all(one is None for one in seen)


def test_a_fresh_installation_has_its_styles_and_scripts(settings: Any, tmp_path: Path) -> None:
    """照安装说明装好、启动，页面要的样式和脚本就在；否则每一页都是 500。"""
    settings.WHITENOISE_USE_FINDERS = False
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STORAGES = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    with pytest.raises(ValueError, match="Missing staticfiles manifest entry"):
        storage.staticfiles_storage.url("web/app.css")
    website.lay_out_assets()
    address = storage.staticfiles_storage.url("web/app.css")
    assert (settings.STATIC_ROOT / address.removeprefix(settings.STATIC_URL)).is_file()
    website.lay_out_assets()  # the next start finds them
    assert storage.staticfiles_storage.url("web/app.css") == address


def test_the_worker_is_started_before_the_server_forks(monkeypatch: pytest.MonkeyPatch) -> None:
    """否则网页进程可能带走启动的管道，看管的线程一直等下去，后台任务进程死了也不知道。"""
    order: list[str] = []

    class Child:
        returncode = None

        def __init__(self, command: list[str]) -> None:
            order.append(command[-1])

        def poll(self) -> None:
            return None

        def terminate(self) -> None:
            order.append("ended")

        def wait(self, seconds: float) -> int:
            return 0

    class Server:
        def __init__(self, *_: Any, **__: Any) -> None:
            order.append("server")

        def serve(self) -> None:
            order.append("forks")

    monkeypatch.setattr(serve.subprocess, "Popen", Child)
    monkeypatch.setattr(serve, "Granian", Server)
    serve.run("127.0.0.1", 0)
    assert order == ["work", "server", "forks", "ended"]
