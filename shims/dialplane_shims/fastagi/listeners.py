"""What the agent listens on: FastAGI's TCP port, and a unix socket for steps that are handed over."""

import contextlib
import errno
import os
import socket
from pathlib import Path

_BACKLOG = 1024


class ListenError(Exception):
    """Nothing can be listened on there; the message says where and why."""


def listen_tcp(address: str, port: int) -> socket.socket:
    """Listen for Asterisk. Raises ListenError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        return _ready(socket.create_server((address, port), family=family, backlog=_BACKLOG))
    except OSError as error:
        raise ListenError(f"{address}:{port}: {error.strerror}") from error


def listen_unix(path: Path) -> socket.socket:
    """Listen for processes of this user and of its group. Raises ListenError.

    Who may connect is decided by the socket's mode (0660) and its folder's (0750 in the unit).
    What an agent that was killed left behind is taken away; another agent that runs is not.
    """
    end = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _take_away_stale(path)
        os.fchmod(end.fileno(), 0o660)  # before bind, so that it never has another mode
        end.bind(str(path))
        path.chmod(0o660)
        end.listen(_BACKLOG)
    except OSError as error:
        end.close()
        raise ListenError(f"{path}: {error.strerror}") from error
    return _ready(end)


def _take_away_stale(path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            return
        except ConnectionRefusedError:
            if not path.is_socket():
                raise OSError(errno.EEXIST, "is not a socket") from None
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
            return
        except BlockingIOError:
            pass  # somebody listens, and is busy
    raise OSError(errno.EADDRINUSE, "another agent listens there")


def _ready(listener: socket.socket) -> socket.socket:
    listener.setblocking(False)
    return listener
