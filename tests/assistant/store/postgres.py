"""A PostgreSQL server of the tests' own, from Debian's package: on loopback, in a folder of its own, gone at the end."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROLE = "bzt"
# The server refuses to run as root; either of these is there where Debian's package is.
_ACCOUNTS = ("postgres", "nobody")
_START_SECONDS = 180
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=16MB", "max_connections=60")


def programs() -> Path | None:
    """The folder of `initdb` and `postgres`, the newest version there is."""
    versions = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if versions:
        return max(versions, key=lambda path: float(path.parent.name))
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def server(binaries: Path) -> Iterator[str]:
    """A running server; the address of its database `postgres`, without the name."""
    folder = Path(tempfile.mkdtemp(prefix="bzt-postgres-"))
    process = None
    try:
        prefix = _as_somebody_else(folder)
        data = folder / "data"
        made = [*prefix, str(binaries / "initdb"), "-D", str(data), "-U", ROLE, "-A", "trust", "-E", "UTF8"]
        subprocess.run([*made, "--locale=C", "--no-sync"], check=True, cwd=folder, capture_output=True)
        options = [f"-c{option}" for option in (*_FAST, "listen_addresses=127.0.0.1", "unix_socket_directories=")]
        command = [*prefix, str(binaries / "postgres"), "-D", str(data), *options]
        # Somebody else may take a free port before the server does.
        for tries_left in (2, 1, 0):
            port = _free_port()
            with (folder / "log").open("wb") as log:
                process = subprocess.Popen([*command, "-p", str(port)], cwd=folder, stdout=log, stderr=log)
            if _is_up(binaries, port, process):
                break
            log_text = (folder / "log").read_text(encoding="utf-8", errors="replace")
            assert tries_left, f"PostgreSQL did not start: {log_text}"
        yield f"postgresql://{ROLE}@127.0.0.1:{port}"
    finally:
        if process is not None:
            process.send_signal(signal.SIGINT)  # a fast shutdown: open connections do not delay it
            process.wait(120)
        shutil.rmtree(folder, ignore_errors=True)


def _as_somebody_else(folder: Path) -> list[str]:
    """What to put before a command so that it does not run as root; the server ends with the tests, even killed ones."""
    ending = ["setpriv", "--pdeathsig", "INT"] if shutil.which("setpriv") else []
    if os.geteuid() != 0:
        return ending
    import pwd

    account = next(name for name in _ACCOUNTS if name in {entry.pw_name for entry in pwd.getpwall()})
    entry = pwd.getpwnam(account)
    os.chown(folder, entry.pw_uid, entry.pw_gid)
    return ["setpriv", "--reuid", account, "--regid", str(entry.pw_gid), "--clear-groups", *ending[1:]]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_up(binaries: Path, port: int, process: subprocess.Popen[bytes]) -> bool:
    """Waits until the server answers; false if it ends instead."""
    until = time.monotonic() + _START_SECONDS
    ready = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    while subprocess.run(ready, check=False).returncode != 0:
        if process.poll() is not None or time.monotonic() > until:
            return False
        time.sleep(0.1)
    return process.poll() is None
