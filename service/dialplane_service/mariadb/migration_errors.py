"""What can stop a migration or the loading of demo rows, said to the person who started it."""

from dialplane_service.mariadb.driver_errors import Code, DriverError, code
from dialplane_service.mariadb.url import ADMIN_DATABASE_URL, DatabaseUrl

_NO_RIGHTS = frozenset({1044, 1045, 1142, 1143, 1227, 1370, 1410, 1419, 1698})


class MigrationError(Exception):
    """The schema is not as wanted; the message says what happened and what to do."""


def explained(error: DriverError, url: DatabaseUrl, doing: str) -> MigrationError:
    """The driver's error, with what was being done and what to do about it."""
    number, text = code(error), str(error.args[1]) if len(error.args) > 1 else str(error)
    if number in _NO_RIGHTS:
        remedy = (
            f"{url} may not do this: set {ADMIN_DATABASE_URL} to a user that may create databases,"
            " users, routines and triggers"
        )
    elif number in (Code.CONNECT, Code.SOCKET, Code.UNKNOWN_HOST):
        remedy = f"see that MariaDB runs and that {url} is where it listens"
    else:
        remedy = "nothing is lost; mend the cause and run it again"
    return MigrationError(f"{doing}: {text} (error {number}); {remedy}")
