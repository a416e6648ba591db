"""The driver's errors by name, and what each one means for whoever asked."""

import asyncio
from enum import IntEnum
from typing import Final

import pymysql


class Code(IntEnum):
    """Error numbers of MariaDB (1000-1999), of Galera's refusals and of the client (2000-2999)."""

    DISK_FULL = 1021
    ERROR_ON_WRITE = 1026
    OUT_OF_MEMORY = 1037
    TOO_MANY_CONNECTIONS = 1040
    OUT_OF_RESOURCES = 1041
    HOST_UNKNOWN = 1042
    HANDSHAKE = 1043
    DATABASE_ACCESS_DENIED = 1044
    ACCESS_DENIED = 1045
    NOT_PREPARED = 1047
    UNKNOWN_DATABASE = 1049
    TABLE_EXISTS = 1050
    SHUTDOWN = 1053
    DUPLICATE_COLUMN = 1060
    DUPLICATE_KEY_NAME = 1061
    SHUTDOWN_COMPLETE = 1079
    CANNOT_DROP = 1091
    TABLE_FULL = 1114
    HOST_BLOCKED = 1129
    HOST_NOT_ALLOWED = 1130
    NO_SUCH_TABLE = 1146
    ABORTED_CONNECTION = 1152
    READ_PACKET = 1158
    READ_TIMEOUT = 1159
    WRITE_PACKET = 1160
    WRITE_TIMEOUT = 1161
    ERROR_DURING_COMMIT = 1180
    TOO_MANY_USER_CONNECTIONS = 1203
    LOCK_WAIT_TIMEOUT = 1205
    LOCK_TABLE_FULL = 1206
    DEADLOCK = 1213
    SPECIFIC_ACCESS_DENIED = 1227
    RESOURCE_LIMIT = 1226
    READ_ONLY_SERVER = 1290
    QUERY_INTERRUPTED = 1317
    TABLE_CHANGED = 1412
    SIGNAL = 1644
    READ_ONLY_TRANSACTION = 1792
    DUPLICATE_CONSTRAINT = 1826
    CONNECTION_KILLED = 1927
    STATEMENT_TIMEOUT = 1969
    SOCKET = 2002
    CONNECT = 2003
    UNKNOWN_HOST = 2005
    SERVER_GONE = 2006
    SERVER_LOST = 2013


RETRIED: Final = frozenset({Code.LOCK_WAIT_TIMEOUT, Code.DEADLOCK, Code.TABLE_CHANGED})
"""The statement is rolled back and may be sent again at once: everything asked is idempotent."""

LOST: Final = frozenset(
    {
        Code.SHUTDOWN,
        Code.SHUTDOWN_COMPLETE,
        Code.ABORTED_CONNECTION,
        Code.READ_PACKET,
        Code.READ_TIMEOUT,
        Code.WRITE_PACKET,
        Code.WRITE_TIMEOUT,
        Code.CONNECTION_KILLED,
        Code.SERVER_GONE,
        Code.SERVER_LOST,
    }
)
"""The connection is gone; whether the statement was committed is not known."""

_AWAY: Final = frozenset(
    {
        *RETRIED,
        *LOST,
        Code.DISK_FULL,
        Code.ERROR_ON_WRITE,
        Code.OUT_OF_MEMORY,
        Code.TOO_MANY_CONNECTIONS,
        Code.OUT_OF_RESOURCES,
        Code.NOT_PREPARED,
        Code.TABLE_FULL,
        Code.ERROR_DURING_COMMIT,
        Code.TOO_MANY_USER_CONNECTIONS,
        Code.LOCK_TABLE_FULL,
        Code.RESOURCE_LIMIT,
        Code.READ_ONLY_SERVER,
        Code.QUERY_INTERRUPTED,
        Code.READ_ONLY_TRANSACTION,
        Code.STATEMENT_TIMEOUT,
        Code.SOCKET,
        Code.CONNECT,
        Code.UNKNOWN_HOST,
    }
)

DriverError = pymysql.MySQLError
"""Base of everything the driver raises by itself."""


def code(error: BaseException) -> int | None:
    """The error number; ``None`` when the error is not the driver's or has none."""
    if isinstance(error, DriverError) and error.args and isinstance(error.args[0], int):
        return error.args[0]
    return None


def is_lost(error: BaseException) -> bool:
    """Whether the connection broke, so that a new one may do better."""
    if isinstance(error, pymysql.InterfaceError | asyncio.IncompleteReadError | ConnectionError):
        return True
    return code(error) in LOST


def is_retried(error: BaseException) -> bool:
    """Whether the same statement may be sent again at once."""
    return code(error) in RETRIED


def is_away(error: BaseException) -> bool:
    """Whether the fault lies in the database's state and not in what was asked."""
    return is_lost(error) or code(error) in _AWAY


def signal_name(error: BaseException) -> str | None:
    """What a procedure's ``SIGNAL`` said, for example ``UNKNOWN_SERVER``; ``None``: it was none."""
    return str(error.args[1]) if code(error) == Code.SIGNAL else None
