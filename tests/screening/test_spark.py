"""Spark gives the same bytes as DuckDB: on a real standalone cluster of one master and two workers on this machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shouwang.demo.generate import generate
from tests.intake.test_too_much import regiment_with

_PRESENT = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
pytestmark = [
    pytest.mark.spark,
    pytest.mark.skipif(
        not _PRESENT, reason="没有 Spark：请安装 pip install 'shouwang[spark]' 和 Java 17 后再运行这些测试。"
    ),
]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a master with two workers, each with one core."""
    spec = importlib.util.find_spec("pyspark")
    assert spec is not None
    assert spec.submodule_search_locations is not None
    home = Path(spec.submodule_search_locations[0])
    work = tmp_path_factory.mktemp("spark")
    port = _free_port()
    address = f"spark://127.0.0.1:{port}"
    environment = os.environ | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1", "SPARK_NO_DAEMONIZE": "1"}
    launcher = [str(home / "bin" / "spark-class")]
    master = ["org.apache.spark.deploy.master.Master", "--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    worker = ["org.apache.spark.deploy.worker.Worker", address, "--host", "127.0.0.1", "--webui-port", "0"]
    commands = [master] + [
        [*worker, "--cores", "1", "--memory", "1g", "--work-dir", str(work / str(i))] for i in (1, 2)
    ]
    logs = [work / f"{name}.log" for name in ("master", "worker-1", "worker-2")]
    processes = []
    try:
        for command, log in zip(commands, logs, strict=True):
            with log.open("wb") as out:
                processes.append(subprocess.Popen(launcher + command, stdout=out, stderr=out, env=environment))
        _wait_until_two_workers(logs[0])
        yield address
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(timeout=30)


def _wait_until_two_workers(log: Path) -> None:
    deadline = time.monotonic() + 120
    while log.read_text(errors="replace").count("Registering worker") < 2:
        assert time.monotonic() < deadline, f"the cluster did not come up: {log.read_text(errors='replace')[-2000:]}"
        time.sleep(0.5)


def _run(package: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "shouwang", "screen", str(package), "--as-of", "2020-05-20", "--out", str(out)]
    return subprocess.run([*command, *options], capture_output=True, text=True, timeout=300, check=False)


def _screen(package: Path, out: Path, *options: str) -> Path:
    done = _run(package, out, *options)
    assert done.returncode in (0, 1), done.stderr[-3000:]
    return out


def test_a_cluster_and_one_machine_give_the_same_bytes(cluster: str, tmp_path: Path) -> None:
    generate(tmp_path / "package", 300, 11)
    one = _screen(tmp_path / "package", tmp_path / "duckdb")
    many = _screen(tmp_path / "package", tmp_path / "spark", "--engine", "spark", "--master", cluster)
    for name in ("households.csv", "findings.jsonl", "questions.csv", "matching.csv", "rejects.csv"):
        assert (one / name).read_bytes() == (many / name).read_bytes(), name


def test_what_does_not_fit_is_refused_in_the_same_words(cluster: str, tmp_path: Path) -> None:
    """金额大到乘法超出 64 位：两种引擎都退出 2，说同样的话，什么也不写。"""
    package = regiment_with(300, tmp_path / "package")
    one = _run(package, tmp_path / "duckdb")
    many = _run(package, tmp_path / "spark", "--engine", "spark", "--master", cluster)
    assert (one.returncode, many.returncode) == (2, 2), many.stderr[-3000:]
    assert "“7T-1”，3600000000000.00 元" in many.stderr
    assert one.stderr.strip() in many.stderr
    assert not (tmp_path / "spark").exists()
