"""A private PostgreSQL server for the tests: started in a temporary folder, stopped at the end."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

_APT = ["apt-get", "install", "-y", "--no-install-recommends", "postgresql"]


@dataclass(frozen=True)
class Server:
    """A server that this test session owns and may stop and start."""

    binaries: Path
    folder: Path
    port: int

    def url(self, name: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{name}"

    def start(self) -> None:
        options = (
            f"-p {self.port} -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200 "
            f"-c unix_socket_directories={self.folder} -c shared_buffers=64MB"
        )
        log = self.folder / "log"
        self._control("start", "-w", "-t", "60", "-l", str(log), "-o", options)

    def stop(self) -> None:
        self._control("stop", "-m", "immediate", "-w")

    def run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _control(self, *arguments: str) -> None:
        command = [str(self.binaries / "pg_ctl"), "-D", str(self.folder / "data"), *arguments]
        unprivileged(command)


@contextmanager
def server() -> Iterator[Server]:
    """Starts a server. Where there is none to be had the test is skipped, and fails under CI."""
    binaries = _binaries() or _installed()
    if binaries is None:
        said = "NO POSTGRESQL: half of the store's tests do not run. Install Debian's postgresql."
        if os.environ.get("CI"):
            pytest.fail(said)
        warnings.warn(said, stacklevel=1)
        pytest.skip(said)
    folder = Path(tempfile.mkdtemp(prefix="pittari-postgres-"))
    if os.geteuid() == 0:
        owner = _owner()
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    running = Server(binaries, folder, _free_port())
    try:
        initdb = [str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "postgres"]
        unprivileged([*initdb, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"])
        running.start()
        yield running
        running.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def unprivileged(command: list[str]) -> None:
    """Runs a command as somebody who is not root, as PostgreSQL demands."""
    user = _owner().pw_name if os.geteuid() == 0 else None
    done = subprocess.run(
        command, user=user, cwd="/", capture_output=True, text=True, check=False, timeout=120
    )
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stdout} {done.stderr}")


def _owner() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def _binaries() -> Path | None:
    found = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if tool := shutil.which("pg_config"):
        said = subprocess.run([tool, "--bindir"], capture_output=True, text=True, check=False)
        found.append(Path(said.stdout.strip()))
    if tool := shutil.which("initdb"):
        found.append(Path(tool).resolve().parent)
    return max((path for path in found if (path / "initdb").exists()), default=None)


def _installed() -> Path | None:
    """Installs Debian's server where that is possible, and returns its binaries."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update"], capture_output=True, check=False, timeout=300)
        subprocess.run(_APT, capture_output=True, check=False, timeout=600, env=quiet)
    return _binaries()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
