"""Servers that are not the service: each misbehaves in one way, on a loopback port."""

import contextlib
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

HTTP1 = b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"
GARBAGE = bytes(range(256)) * 8


@contextmanager
def silent() -> Iterator[str]:
    """Accepts connections and never speaks."""
    with _listening() as listener:
        yield _address(listener)


@contextmanager
def refusing() -> Iterator[str]:
    """Listens nowhere: the connection is refused."""
    with _listening() as listener:
        address = _address(listener)
    yield address


@contextmanager
def answering(data: bytes) -> Iterator[str]:
    """Says `data` to each connection and closes it; nothing: resets it."""
    with _listening() as listener:
        threading.Thread(target=_answer, args=(listener, data), daemon=True).start()
        yield _address(listener)


def _answer(listener: socket.socket, data: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            if data:
                connection.sendall(data)
            else:
                linger = struct.pack("ii", 1, 0)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            connection.close()


@contextmanager
def _listening() -> Iterator[socket.socket]:
    listener = socket.create_server(("127.0.0.1", 0))
    try:
        yield listener
    finally:
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()
    return f"{host}:{port}"
