"""One private server for everybody who runs this clone: the first starts it, the last stops it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from tools.locks import exclusive, open_lock, take_shared, try_exclusive
from tools.private_mariadb import PrivateMariaDB


@contextmanager
def shared(server: PrivateMariaDB) -> Iterator[PrivateMariaDB]:
    """Use the server together with other processes; it is up inside the block.

    A user that is killed leaves the server running; the next one adopts it.
    """
    users = server.home / "users.lock"
    # Coming and going is serialised, so that nobody arrives at a server that is being stopped.
    door = server.home / "door.lock"
    descriptor = open_lock(users)
    try:
        with exclusive(door):
            take_shared(descriptor)
            server.start()
        yield server
    finally:
        with exclusive(door):
            if try_exclusive(descriptor):
                server.stop()
            os.close(descriptor)
