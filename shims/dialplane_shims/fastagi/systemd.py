"""Tells systemd how the agent is: sd_notify(3) over its datagram socket, and the watchdog's time."""

import contextlib
import os
import socket


class Systemd:
    """Speaks to the service manager that started this process; to nobody if there is none."""

    def __init__(self, environment: "os._Environ[str] | dict[str, str]") -> None:
        address = environment.get("NOTIFY_SOCKET", "")
        # "@" stands for the first byte of a name in the abstract namespace.
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self.ping_seconds = self._ping_seconds(environment) if address else 0.0
        """Seconds between two pings, a third of the watchdog's patience; 0.0: no watchdog."""

    def notify(self, *lines: str) -> None:
        """Send a message, such as "READY=1"; a manager that does not listen is no error."""
        if not self._address:
            return
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as end:
            end.settimeout(1.0)
            end.sendto("\n".join(lines).encode(), self._address)

    @staticmethod
    def _ping_seconds(environment: "os._Environ[str] | dict[str, str]") -> float:
        if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
            return 0.0
        microseconds = environment.get("WATCHDOG_USEC", "")
        return int(microseconds) / 3_000_000 if microseconds.isdigit() else 0.0
