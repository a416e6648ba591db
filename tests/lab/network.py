"""The network that a lab runs in: a loopback interface of its own where the kernel allows it.

In a network namespace nothing can be reached from outside, whatever a program listens on, and two
labs never meet. Without one, a lab has a random part of 127.0.0.0/8 and binds only to that.
"""

import secrets
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

_PREFIX_6 = "fd20::"
# Brings the interface up with an IPv6 address for each host, says so, and whether that kind is to be
# had here; and keeps the namespaces until its standard input ends.
_HOLD = f"""
import contextlib, fcntl, os, socket, struct, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
fcntl.ioctl(s, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))
said = b"up4"
with contextlib.suppress(OSError):
    s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    for host in range(1, 255):
        address = socket.inet_pton(socket.AF_INET6, "{_PREFIX_6}%x" % host)
        fcntl.ioctl(s, 0x8916, struct.pack("=16sIi", address, 128, socket.if_nametoindex("lo")))
    said = b"up6"
os.write(1, said)
sys.stdin.read()
"""


class Network:
    """Addresses for a lab's programs, and the way to start programs there.

    `separate` wants a namespace of its own; there is none where the kernel refuses.
    """

    def __init__(self, *, separate: bool = True) -> None:
        self._separate = separate
        self._holder: subprocess.Popen[bytes] | None = None
        self._has_ipv6 = False
        self._prefix = f"127.{secrets.randbelow(200) + 20}.{secrets.randbelow(250) + 1}"

    def __enter__(self) -> Self:
        if not self._separate:
            return self
        holder = subprocess.Popen(
            ["unshare", "-r", "-n", sys.executable, "-I", "-S", "-c", _HOLD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            # Ctrl-C is for whoever holds the other end: it still has programs to stop here.
            start_new_session=True,
        )
        assert holder.stdout is not None
        said = holder.stdout.read(3)
        if said[:2] == b"up":
            self._holder = holder
            self._has_ipv6 = said == b"up6"
            self._prefix = "127.20.0"
        else:
            _end(holder)
        return self

    def __exit__(self, *_: object) -> None:
        if self._holder is not None:
            _end(self._holder)
            self._holder = None

    @property
    def is_separate(self) -> bool:
        """Whether it is a namespace of its own."""
        return self._holder is not None

    def address(self, host: int) -> str:
        """Return the address of the lab's host number `host`, 1 to 254."""
        return f"{self._prefix}.{host}"

    def address_6(self, host: int) -> str:
        """Return the host's IPv6 address; empty where there is none to be had."""
        return f"{_PREFIX_6}{host:x}" if self._has_ipv6 else ""

    def entering(self, command: Sequence[str | Path]) -> list[str]:
        """Return the command line that runs a program in this network."""
        # Not a function between fork and exec: gRPC, where it is loaded, starts threads there, and a
        # process with threads may not enter a namespace.
        enter: list[str] = []
        if self._holder is not None:
            enter = ["nsenter", "--user", "--net", "--preserve-credentials"]
            enter += ["--target", str(self._holder.pid), "--"]
        return [*enter, *(str(word) for word in command)]

    def start(
        self,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        output: IO[bytes],
        folder: Path,
    ) -> "subprocess.Popen[bytes]":
        """Start a program in this network; it dies when we do.

        Whatever shim it runs has a spool in `folder`, where it is not told another: never this machine's.
        """
        return subprocess.Popen(
            self.entering(["setpriv", "--pdeathsig", "TERM", "--", *command]),
            env={"PATH": "/usr/bin:/bin", "DIALPLANE_SPOOL": str(folder / "spool"), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            start_new_session=True,
        )


def _end(holder: "subprocess.Popen[bytes]") -> None:
    for pipe in (holder.stdin, holder.stdout):
        if pipe is not None:
            pipe.close()
    with suppress(subprocess.TimeoutExpired):
        holder.wait(5)
    holder.kill()
    holder.wait()
