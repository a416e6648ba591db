"""What a figure must be read beside: the machine, the versions, and how busy it was."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import pymysql
from tests.support.database import connect_arguments

_PACKAGES = ("grpcio", "protobuf", "aiomysql", "PyMySQL", "numpy", "uvloop")


def describe(database_url: str) -> dict[str, str]:
    """By label, in the order in which it is shown."""
    one, five, _ = os.getloadavg()
    return {
        "processor": f"{_processor()}, {os.cpu_count()} logical",
        "memory": f"{_memory_gb():.0f} GB",
        "system": f"{platform.system()} {platform.release()}",
        "load before": f"{one:.1f} over 1 min, {five:.1f} over 5 min",
        "Python": platform.python_version(),
        "packages": ", ".join(f"{name} {version(name)}" for name in _PACKAGES),
        "MariaDB": f"{_mariadb(database_url)}, relaxed: no sync to disk at commit",
        "commit": _commit(),
    }


def is_busy() -> bool:
    """Whether others use so much of the machine that even ratios say little."""
    return os.getloadavg()[0] > (os.cpu_count() or 1)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _memory_gb() -> float:
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9


def _mariadb(url: str) -> str:
    connection = pymysql.connect(**connect_arguments(url))
    try:
        return str(connection.get_server_info()).removeprefix("5.5.5-")
    finally:
        connection.close()


def _commit() -> str:
    try:
        told = subprocess.run(
            ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "not known"
    return told.stdout.strip()
