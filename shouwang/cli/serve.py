"""`shouwang serve`: the system in the browser, and beside it the worker that reads files and screens."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from django.db import connections
from granian import Granian
from granian.constants import Interfaces

from shouwang.cli import website
from shouwang.units.errors import ShouwangError

_STOP_SECONDS, _AGAIN_SECONDS, _LOOK_SECONDS = 20, 5, 0.5


class HalfACertificate(ShouwangError):
    code = "WEB-02"
    what = "--cert 和 --key 要一起给。"
    do = "请同时指明证书文件和私钥文件；证书和私钥都由本单位网络管理员签发。"


@click.command(short_help="在浏览器里使用守望。")
@click.option("--address", default="127.0.0.1", show_default=True, metavar="地址", help="0.0.0.0 表示本机的所有网卡。")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), metavar="端口")
@click.option(
    "--cert", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="文件", help="HTTPS 证书。"
)
@click.option(
    "--key", type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="文件", help="证书的私钥。"
)
@click.option("--threads", default=4, show_default=True, type=click.IntRange(1, 64), metavar="线程数")
@click.option("--no-worker", is_flag=True, help="不在本机办理后台任务（另有机器运行 shouwang work）。")
def serve(address: str, port: int, cert: Path | None, key: Path | None, threads: int, no_worker: bool) -> int:
    """启动网页和后台任务，直到按 Ctrl-C。数据放在 SHOUWANG_HOME（默认 ./var）。"""
    if (cert is None) != (key is None):
        raise HalfACertificate()
    website.ready()
    website.require_tables()
    website.lay_out_assets()
    run(address, port, threads, worker=not no_worker, cert=cert, key=key)
    return 0


def run(
    address: str, port: int, threads: int = 4, *, worker: bool = True, cert: Path | None = None, key: Path | None = None
) -> None:
    """Serve until told to stop; one process with threads, because SQLite has one writer anyway."""
    # The server forks its web process, and SQLite must not be carried over a fork: its locks stay behind (howtocorrupt 2.6).
    connections.close_all()
    click.echo(f"守望已启动：{'https' if cert else 'http'}://{address}:{port}　按 Ctrl-C 停止。")
    with _worker() if worker else _nobody():
        Granian(
            "shouwang.config.wsgi:application", address=address, port=port, interface=Interfaces.WSGI, workers=1,
            blocking_threads=threads, websockets=False, respawn_failed_workers=True, log_enabled=False,
            ssl_cert=cert, ssl_key=key,
        ).serve()  # fmt: skip


@contextmanager
def _nobody() -> Iterator[None]:
    yield


@contextmanager
def _worker() -> Iterator[None]:
    """The worker as a second process: what it loads to screen, no web process ever holds. One that dies is started again."""
    leave = threading.Event()
    # Started before the server forks its web process: forked in the middle of a start, that process would keep the pipe by
    # which the start is reported, and the keeper would wait for its end for ever.
    keeper = threading.Thread(target=_keep_working, args=(_started(), leave), name="keeper of the worker")
    keeper.start()
    try:
        yield
    finally:
        leave.set()
        keeper.join()


def _started() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "shouwang", "work"])


def _keep_working(process: subprocess.Popen[bytes], leave: threading.Event) -> None:
    """Start the worker again, a little later, should it end by itself, until told to leave."""
    while True:
        while process.poll() is None and not leave.wait(_LOOK_SECONDS):
            pass
        if process.poll() is None:
            _end(process)
            return
        if leave.wait(_AGAIN_SECONDS):
            return
        click.echo(f"后台任务进程停了（退出码 {process.returncode}），现在重新启动；排队的任务会接着办。", err=True)
        process = _started()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
