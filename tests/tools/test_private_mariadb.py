"""The private server: adopted when it lives, cleaned up after when it died, whole or absent."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pymysql
import pytest
from tools.mariadb_data import MariaDBStartError
from tools.mariadb_program import REPOSITORY, MariaDBProgram, find_mariadb
from tools.private_mariadb import PrivateMariaDB
from tools.temporary_mariadb import temporary_mariadb

from tests.support.database import connect_arguments


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with spaces in a path far longer than a socket's may be."""
    return tmp_path_factory.mktemp("private") / ("long " * 30).strip() / ("name " * 30).strip()


@pytest.fixture
def server(home: Path) -> Iterator[PrivateMariaDB]:
    server = PrivateMariaDB(home, relaxed=True)
    server.start()
    yield server
    server.stop()


def answer(server: PrivateMariaDB, query: str) -> object:
    connection = pymysql.connect(**connect_arguments(server.url()))
    with connection, connection.cursor() as cursor:
        cursor.execute(query)
        row = cursor.fetchone()
    return row[0] if row else None


def wait_for_death(process: int) -> None:
    deadline = time.monotonic() + 20
    while Path(f"/proc/{process}").exists():
        # A zombie is dead; whoever started it will notice in time.
        if "\nState:\tZ" in Path(f"/proc/{process}/status").read_text():
            return
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_it_answers_only_on_a_short_socket_of_its_own(server: PrivateMariaDB) -> None:
    assert len(os.fsencode(server.socket)) < 107
    assert server.socket.parent.stat().st_mode & 0o077 == 0
    assert answer(server, "SELECT @@skip_networking") == 1
    assert answer(server, "SELECT COUNT(*) FROM mysql.user WHERE user = ''") == 0


def test_a_restart_keeps_data_and_address_and_a_stop_cleans_up(server: PrivateMariaDB) -> None:
    answer(server, "CREATE DATABASE IF NOT EXISTS kept")
    url = server.url()
    server.stop()
    assert not server.is_running()
    assert not server.socket.parent.exists()
    server.start()
    assert server.url() == url
    assert answer(server, "SHOW DATABASES LIKE 'kept'") == "kept"


def test_a_running_server_is_adopted(server: PrivateMariaDB, home: Path) -> None:
    other = PrivateMariaDB(home, relaxed=True)
    other.start()
    assert (other.pid, other.socket) == (server.pid, server.socket)
    other.stop()
    assert not server.is_running()


def test_the_server_of_a_killed_run_is_adopted(home: Path) -> None:
    script = (
        "import sys, time, pathlib\n"
        "from tools.private_mariadb import PrivateMariaDB\n"
        "PrivateMariaDB(pathlib.Path(sys.argv[1]), relaxed=True).start()\n"
        "print('up', flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script, home], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "up\n"
        run.kill()
    left_over = PrivateMariaDB(home, relaxed=True)
    process = left_over.pid
    assert process is not None
    left_over.start()
    assert left_over.pid == process
    left_over.stop()
    assert not left_over.is_running()


def test_a_killed_server_leaves_nothing_in_the_way(server: PrivateMariaDB, home: Path) -> None:
    process, url = server.pid, server.url()
    assert process is not None
    os.kill(process, signal.SIGKILL)
    wait_for_death(process)
    assert server.socket.exists()
    again = PrivateMariaDB(home, relaxed=True)
    again.start()
    assert answer(again, "SELECT 1") == 1
    assert again.url() == url


def test_a_server_without_its_socket_is_replaced(server: PrivateMariaDB, home: Path) -> None:
    process = server.pid
    shutil.rmtree(server.socket.parent)
    again = PrivateMariaDB(home, relaxed=True)
    again.start()
    assert again.pid != process
    assert answer(again, "SELECT 1") == 1


def test_unfinished_data_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / "data.part" / "mysql").mkdir(parents=True)
    (tmp_path / "data.part" / "ibdata1").write_bytes(b"half")
    with PrivateMariaDB(tmp_path, relaxed=True) as server:
        assert answer(server, "SELECT 1") == 1
    assert not (tmp_path / "data.part").exists()


def test_data_that_cannot_be_created_is_absent(tmp_path: Path) -> None:
    base = tmp_path / "usr"
    (base / "bin").mkdir(parents=True)
    for name in ("mariadbd", "mariadb-install-db", "my_print_defaults"):
        (base / "bin" / name).write_text("#!/bin/sh\necho no space left; exit 1\n")
        (base / "bin" / name).chmod(0o755)
    server = PrivateMariaDB(tmp_path / "home", program=MariaDBProgram(base))
    with pytest.raises(MariaDBStartError, match="no space left"):
        server.start()
    assert not (tmp_path / "home" / "data").exists()
    assert not server.socket.parent.exists()


def test_a_path_beyond_what_mariadb_takes_is_explained(tmp_path: Path) -> None:
    home = tmp_path / ("x" * 200) / ("y" * 200) / ("z" * 100)
    with pytest.raises(MariaDBStartError, match="430 bytes"):
        PrivateMariaDB(home).start()


def test_a_server_that_ends_at_once_says_why(tmp_path: Path) -> None:
    with PrivateMariaDB(tmp_path, relaxed=True) as server:
        assert server.is_running()
    (tmp_path / "data" / "ibdata1").write_bytes(b"broken")
    with pytest.raises(MariaDBStartError, match="ibdata1"):
        PrivateMariaDB(tmp_path, relaxed=True).start()


def test_a_throwaway_server_leaves_nothing() -> None:
    with temporary_mariadb() as server:
        runtime, home, process = server.socket.parent, server.home, server.pid
        assert process is not None
    assert not runtime.exists()
    assert not home.exists()
    wait_for_death(process)


def test_a_throwaway_server_dies_with_a_killed_starter() -> None:
    script = (
        "import time\n"
        "from tools.temporary_mariadb import temporary_mariadb\n"
        "with temporary_mariadb() as server:\n"
        "    print(server.pid, server.home, server.socket.parent, flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        process, home, runtime = run.stdout.readline().split()
        run.kill()
    wait_for_death(int(process))
    # Its folders are for the next one to sweep.
    with temporary_mariadb():
        assert not Path(home).exists()
        assert not Path(runtime).exists()


def test_the_program_is_found_without_help() -> None:
    assert find_mariadb().fault() is None
