"""Wait until the service answers that it is serving: exit code 0, or 1 after so many seconds.

Run by `make run` with the virtual environment's Python: `wait_until_serving HOST PORT SECONDS`.
"""

import ipaddress
import socket
import sys
import time

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc


def main(host: str, port: int, seconds: float) -> int:
    """Ask again and again until the service says SERVING."""
    ask = _is_serving if _is_loopback(host) else _listens
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if ask(host, port):
            return 0
        time.sleep(0.1)
    return 1


def _is_serving(host: str, port: int) -> bool:
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    # A proxy that is meant for the web must not come between two programs of one machine.
    with grpc.insecure_channel(target, options=[("grpc.enable_http_proxy", 0)]) as channel:
        try:
            answer = health_pb2_grpc.HealthStub(channel).Check(
                health_pb2.HealthCheckRequest(), timeout=1
            )
        except grpc.RpcError:
            return False
    return bool(answer.status == health_pb2.HealthCheckResponse.SERVING)


def _listens(host: str, port: int) -> bool:
    # Elsewhere than on loopback it speaks mutual TLS, for which there is no certificate here.
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
