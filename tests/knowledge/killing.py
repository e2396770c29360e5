"""Changes of a data directory in a process of their own that is killed before a chosen step.

A step is anything that Python is about to do to the files of the data directory: create, open for writing, rename, remove.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from knowledge import audit, life, releases
from knowledge.datadir import DataDirectory
from knowledge.embedding import HashEmbeddings
from knowledge.life import Verdict
from knowledge.staging import Change

_CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.truncate")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT
Act = Callable[[DataDirectory, Path], object]


def stage(data: DataDirectory, file: Path) -> object:
    return life.stage(data, HashEmbeddings(), Change((file,)), by="a killed one")


def publish(data: DataDirectory, _: Path) -> object:
    return life.publish(data, lambda *_: Verdict(True, "fine"), HashEmbeddings(), by="a killed one", keep=2)


def rollback(data: DataDirectory, _: Path) -> object:
    return life.rollback(data, HashEmbeddings(), by="a killed one", keep=2)


def reset(data: DataDirectory, _: Path) -> object:
    return life.reset(data, by="a killed one", keep=2)


def build(data: DataDirectory, folder: Path) -> object:
    return releases.build(folder, data, HashEmbeddings(), by="a killed one")


def killed(act: Act, data: DataDirectory, argument: Path, step: int) -> bool:
    """Run `act` and kill it before its `step`-th step; whether it came that far."""
    process = _start(_run, act, data.path, argument, step)
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def killed_while_logging(act: Act, data: DataDirectory, argument: Path, line: int) -> bool:
    """Run `act` and kill it when half of its `line`-th line of the audit log is written."""
    process = _start(_run_logging, act, data.path, argument, line)
    process.join(120)
    assert process.exitcode in (0, -signal.SIGKILL), process.exitcode
    return process.exitcode != 0


def context() -> ForkServerContext:
    """Processes that start with everything imported."""
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(["tests.knowledge.killing", "chromadb", "langchain_chroma"])
    return found


def _start(target: Callable[..., None], *arguments: Any) -> BaseProcess:
    process = context().Process(target=target, args=arguments)
    process.start()
    return process


def _run(act: Act, path: Path, argument: Path, step: int) -> None:
    steps = 0

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if not (event in _CHANGES or (event == "open" and arguments[2] & _WRITES)):
            return
        if isinstance(arguments[0], str | bytes | os.PathLike) and os.fsdecode(arguments[0]).startswith(str(path)):
            steps += 1
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    act(DataDirectory(path), argument)


def _run_logging(act: Act, path: Path, argument: Path, line: int) -> None:
    lines, write = 0, audit._write_whole

    def half(descriptor: int, content: bytes) -> None:
        nonlocal lines
        lines += 1
        if lines == line:
            os.write(descriptor, content[: len(content) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        write(descriptor, content)

    audit._write_whole = half
    act(DataDirectory(path), argument)
