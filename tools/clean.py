"""Remove everything that make created in this folder, the private database included."""

import os
import shutil
import sys

from tools.locks import open_lock, try_exclusive
from tools.mariadb_program import REPOSITORY
from tools.private_mariadb import PrivateMariaDB

CACHES = (".mypy_cache", ".ruff_cache", ".pytest_cache", ".import_linter_cache", ".hypothesis")


def main() -> int:
    """Clean up; returns the exit code."""
    home = REPOSITORY / "var" / "mariadb"
    if home.exists():
        users = open_lock(home / "users.lock")
        try:
            if not try_exclusive(users):
                print("A `make run` of this folder is using the database; stop it first.")
                return 1
            PrivateMariaDB(home).stop()
        finally:
            os.close(users)
    for name in ("var", ".venv", *CACHES):
        shutil.rmtree(REPOSITORY / name, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
