"""How is a file read so that the reader may die without us?

Parsers written in C and Rust can abort, and an abort cannot be caught. So they run in a child process that
limits itself before it touches the file, answers in bounded JSON lines, and is killed when its time is up.
A fresh interpreter, not a fork: a fork would inherit our threads' locks and our memory.
"""

from __future__ import annotations

import json
import resource
import signal
import subprocess
import sys
from collections.abc import Generator
from pathlib import Path
from threading import Timer
from typing import Any

import shouwang
from shouwang.sources.errors import ReaderDied

MEMORY_BYTES = 1536 << 20
CPU_SECONDS = 60
WALL_SECONDS = 90
#: Longest line and longest answer we are willing to receive.
LINE_BYTES = 64 << 20
ANSWER_BYTES = 4 << 30

Message = dict[str, Any]


def limit_self() -> None:
    """Called by the child first of all: memory, CPU time, no files, no core dump."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def answer(message: Message) -> None:
    """Called by the child: one message, one line."""
    line = json.dumps(message, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")


def ask(module: str, arguments: list[str], file: str) -> Generator[Message, None, None]:
    """Run a reader module in a limited child and yield its messages. Raises ReaderDied however it ends badly."""
    process = subprocess.Popen(
        [sys.executable, "-B", "-m", module, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        # Nothing of our surroundings but the way to this package; one thread each, for threads reserve memory.
        env={"PYTHONPATH": str(Path(shouwang.__file__).parent.parent), "OMP_NUM_THREADS": "1", "LC_ALL": "C.UTF-8"},
    )
    timer = Timer(WALL_SECONDS, process.kill)
    timer.start()
    try:
        yield from _messages(process, file)
        if process.wait() != 0:
            raise ReaderDied(file=file, problem=_cause(process.returncode))
    finally:
        timer.cancel()
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()


def _messages(process: subprocess.Popen[bytes], file: str) -> Generator[Message, None, None]:
    assert process.stdout is not None
    received = 0
    while line := process.stdout.readline(LINE_BYTES):
        received += len(line)
        if not line.endswith(b"\n"):
            # Cut short: the child died while writing, or the line is longer than allowed.
            process.kill()
            raise ReaderDied(file=file, problem=_cause(process.wait()))
        if received > ANSWER_BYTES:
            raise ReaderDied(file=file, problem="内容展开后过大")
        message: Message = json.loads(line)
        yield message


def _cause(status: int) -> str:
    """Why a child ended, as far as its exit status tells."""
    if status == -signal.SIGXCPU:
        return f"读取超过 {CPU_SECONDS} 秒"
    if status == -signal.SIGKILL:
        return f"读取超过 {WALL_SECONDS} 秒或内容过大"
    return f"读取进程中止，文件损坏或内存超过 {MEMORY_BYTES >> 20} MB"
