"""A real PostgreSQL server, started from this machine's binaries for as long as the tests need it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg

MISSING = "PostgreSQL's own programs (initdb, postgres) are not here: install its server package"
PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian and Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat's family
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
START_LIMIT_S = 60


def binaries() -> Path | None:
    """The folder of initdb and postgres, the newest that there is, or None."""
    found = [folder for place in PLACES for folder in sorted(Path("/").glob(place[1:]), key=_release)]
    on_path = shutil.which("initdb")
    if on_path is not None:
        found.append(Path(on_path).resolve().parent)
    whole = [folder for folder in found if (folder / "initdb").exists() and (folder / "postgres").exists()]
    return whole[-1] if whole else None


def _release(folder: Path) -> list[int]:
    return [int(digits) for digits in "".join(c if c.isdigit() else " " for c in str(folder)).split()]


class PostgresServer:
    """A running server, reached through a socket in its own folder."""

    def __init__(self, folder: Path, user: str) -> None:
        self.folder = folder
        self.user = user
        self._schemas = 0

    def address(self, schema: str = "public") -> str:
        """A `postgresql://` address whose tables are in that schema."""
        options = quote(f"-c search_path={schema}")
        return f"postgresql://{self.user}@/postgres?host={quote(str(self.folder), safe='')}&options={options}"

    def fresh_address(self) -> str:
        """The address of a schema that holds nothing yet."""
        self._schemas += 1
        with psycopg.connect(self.address(), autocommit=True) as db:
            db.execute(f"CREATE SCHEMA fresh_{self._schemas}")
        return self.address(f"fresh_{self._schemas}")


@contextmanager
def postgres_server(programs: Path) -> Iterator[PostgresServer]:
    """Make a cluster, start it, and stop it again; root has it run by `postgres` or `nobody`, as it must."""
    user = _unprivileged() if os.geteuid() == 0 else None
    # Not pytest's own folder: only its owner may enter that, and a socket's path has to be short.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        name = (user or pwd.getpwuid(os.geteuid())).pw_name
        _run(
            programs,
            "initdb",
            folder,
            user,
            "-D",
            "data",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
            "--no-sync",
        )
        with _running(programs, folder, user):
            server = PostgresServer(folder, name)
            yield server
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> Iterator[None]:
    settings = [
        f"-c{each}" for each in ("listen_addresses=", "fsync=off", f"unix_socket_directories={folder}")
    ]
    command = [str(programs / "postgres"), "-D", "data", *settings]
    with (folder / "log").open("wb") as log:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, **_as(user)
        )
    try:
        _wait(process, folder)
        yield
    finally:
        process.send_signal(signal.SIGQUIT)  # at once, since nobody will look at its files again
        process.wait(START_LIMIT_S)


def _wait(process: subprocess.Popen[bytes], folder: Path) -> None:
    until = time.monotonic() + START_LIMIT_S
    while not (folder / "data" / "postmaster.pid").exists() or "ready" not in _state(folder):
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError("PostgreSQL did not start: " + (folder / "log").read_text(errors="replace"))
        time.sleep(0.05)


def _state(folder: Path) -> str:
    return (folder / "data" / "postmaster.pid").read_text()


def _run(programs: Path, name: str, folder: Path, user: pwd.struct_passwd | None, *arguments: str) -> None:
    done = subprocess.run(
        [programs / name, *arguments], cwd=folder, capture_output=True, text=True, check=False, **_as(user)
    )
    if done.returncode != 0:
        raise RuntimeError(f"{name} failed: {done.stdout}{done.stderr}")


def _unprivileged() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("PostgreSQL does not run as root, and there is neither a user postgres nor nobody")


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    return {} if user is None else {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
