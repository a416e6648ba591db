"""The account that the service uses: it reads tables and executes procedures, nothing else."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from dialplane_service.mariadb.connection import Connection, close, connect, execute
from dialplane_service.mariadb.driver_errors import Code, DriverError, code
from dialplane_service.mariadb.migration_errors import MigrationError
from dialplane_service.mariadb.url import DATABASE_URL, DatabaseUrl

_LOOPBACK: Final = frozenset({"127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """A user of the server and where it may come from."""

    user: str
    host: str
    password: str = field(repr=False)
    url: DatabaseUrl

    def __str__(self) -> str:
        return f"{self.user}@{self.host}"

    @property
    def quoted(self) -> str:
        """As statements have it."""
        return f"`{self.user.replace('`', '``')}`@`{self.host.replace('`', '``')}`"


def service_account(
    admin: DatabaseUrl,
    service: DatabaseUrl | None,
    *,
    host: str | None = None,
    allow_passwordless: bool = False,
) -> ServiceAccount | None:
    """The account that the service's URL names; ``None`` when the service is its own administrator.

    Raises:
        MigrationError: the URLs name different databases, or an open account would be reachable.

    """
    if service is None or service.user == admin.user:
        return None
    if service.database != admin.database:
        raise MigrationError(
            f"{DATABASE_URL} names the database {service.database},"
            f" the administrator's URL {admin.database}; they must be the same"
        )
    if not service.password and not allow_passwordless and not _is_private(service.unix_socket):
        raise MigrationError(
            f"{DATABASE_URL} has no password for {service.user}; give it one, or allow it with"
            " --allow-passwordless when nobody else can reach the server"
        )
    chosen = host or ("localhost" if service.is_local else "%")
    return ServiceAccount(service.user, chosen, service.password, service)


async def ensure_account(connection: Connection, account: ServiceAccount) -> bool:
    """Create the account if there is none; returns whether it did. An existing password is kept."""
    account_exists = await execute(
        connection,
        "SELECT 1 FROM mysql.user WHERE User = %s AND Host = %s",
        (account.user, account.host),
    )
    if account_exists:
        return False
    await execute(
        connection,
        f"CREATE USER IF NOT EXISTS {account.quoted} IDENTIFIED BY %s",
        (account.password,),
    )
    return True


async def require_login(account: ServiceAccount) -> None:
    """See that the service will be able to log in.

    Raises:
        MigrationError: it will not.

    """
    try:
        connection = await connect(account.url, timeout_s=10)
    except DriverError as error:
        if code(error) != Code.ACCESS_DENIED:
            raise
        hint = ""
        if account.url.host in _LOOPBACK and account.url.unix_socket is None:
            hint = f" (or the server does not resolve names: try --service-host {account.url.host})"
        raise MigrationError(
            f"{account} cannot log in with the password of {DATABASE_URL}{hint};"
            f" mend the URL, or run: ALTER USER {account.quoted} IDENTIFIED BY '…'"
        ) from error
    await close(connection)


def _is_private(unix_socket: str | None) -> bool:
    """Whether only the socket's owner can reach it."""
    if unix_socket is None:
        return False
    try:
        return Path(unix_socket).parent.stat().st_mode & 0o077 == 0
    except OSError:
        return False
